//! The trace that a request belongs to, in the W3C form `00-<trace>-<span>-<flags>`: between processes and inside events.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header in which a trace goes along.
pub(crate) const HEADER: &str = "traceparent";

/// The present span as an event or a header carries it; None when nothing is traced.
pub fn traceparent() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    let flags = span.trace_flags().to_u8();
    span.is_valid()
        .then(|| format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id()))
}

/// Makes `span` a part of the trace that a request came with.
pub(crate) fn continue_from(span: &Span, headers: &http::HeaderMap) {
    let found = headers.get(HEADER).and_then(|value| value.to_str().ok()).and_then(read);
    if let Some(parent) = found {
        let context = opentelemetry::Context::new().with_remote_span_context(parent);
        // Without a collector there is nothing to be a part of.
        let _ = span.set_parent(context);
    }
}

/// Links `span` to the one in which an event was written.
pub fn link(span: &Span, traceparent: Option<&str>) {
    if let Some(origin) = traceparent.and_then(read) {
        span.add_link(origin);
    }
}

fn read(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let ("00", trace, span, flags, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_as_it_is_meant_and_nonsense_is_none() {
        let read_back = read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").expect("valid");
        assert!(read_back.is_sampled() && read_back.is_remote());
        assert_eq!(read_back.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        for nonsense in [
            "",
            "00-0-0-0",
            "00-00000000000000000000000000000000-0000000000000000-01",
            "x",
        ] {
            assert!(read(nonsense).is_none(), "{nonsense}");
        }
    }
}
