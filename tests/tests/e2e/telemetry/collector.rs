//! A collector of traces in a few lines: what is sent to it over OTLP is kept in memory.

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use std::sync::{Arc, Mutex};
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// A span, and the process that it is of.
#[derive(Debug, Clone)]
pub(crate) struct Collected {
    pub(crate) service: String,
    pub(crate) span: Span,
}

/// Takes spans until it is dropped.
pub(crate) struct Collector {
    pub(crate) port: u16,
    kept: Kept,
    _until: DropGuard,
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Collected>>>);

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let (kept, end) = (Kept::default(), CancellationToken::new());
        let serving = Server::builder()
            .add_service(TraceServiceServer::new(kept.clone()))
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), end.clone().cancelled_owned());
        tokio::spawn(serving);
        Self {
            port,
            kept,
            _until: end.drop_guard(),
        }
    }

    /// Everything so far.
    pub(crate) fn spans(&self) -> Vec<Collected> {
        self.kept.0.lock().expect("no writer panics").clone()
    }
}

#[tonic::async_trait]
impl TraceService for Kept {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut kept = self.0.lock().expect("no writer panics");
        for resource in request.into_inner().resource_spans {
            let attributes = resource
                .resource
                .map(|resource| resource.attributes)
                .unwrap_or_default();
            let service = attributes
                .iter()
                .find(|attribute| attribute.key == "service.name")
                .map(text);
            let service = service.unwrap_or_default();
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                let service = service.clone();
                kept.push(Collected { service, span });
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collected {
    /// Everything in it that is text: its name, and keys and values of every attribute of it, its events and its links.
    pub(crate) fn texts(&self) -> Vec<String> {
        let span = &self.span;
        let events = span.events.iter();
        let attributes = (span.attributes.iter())
            .chain(events.clone().flat_map(|event| &event.attributes))
            .chain(span.links.iter().flat_map(|link| &link.attributes));
        let mut texts = vec![span.name.clone()];
        texts.extend(span.status.iter().map(|status| status.message.clone()));
        texts.extend(events.map(|event| event.name.clone()));
        texts.extend(attributes.map(|attribute| format!("{}={}", attribute.key, text(attribute))));
        texts
    }
}

fn text(attribute: &KeyValue) -> String {
    match &attribute.value {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => text.clone(),
        other => format!("{other:?}"),
    }
}
