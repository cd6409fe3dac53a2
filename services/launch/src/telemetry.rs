//! Logs for a collector of lines, and traces for a collector of spans.

use idesluss_runtime::{LogForm, start_logs_with};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::Layer as _;

/// Where traces go.
#[derive(Debug, Clone)]
pub(crate) struct Traces {
    /// The process's name in them, such as `submission`.
    pub(crate) service: String,
    /// The collector's OTLP over gRPC, such as `http://collector:4317`.
    pub(crate) endpoint: String,
    /// Which share of the traces that begin here is kept, 0 to 1.
    pub(crate) sampled: f64,
}

/// Sends what was traced and not sent yet, when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Flush(Option<SdkTracerProvider>);

impl Drop for Flush {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take()
            && let Err(error) = provider.shutdown()
        {
            tracing::debug!(%error, "the last traces were not sent");
        }
    }
}

/// Sends tracing to standard error, and traces to a collector if there is one. `RUST_LOG` chooses what goes to the log; without it, notices and worse.
///
/// Called once, first; needs a runtime. A collector that is away is no error: traces are dropped then.
pub(crate) fn start_telemetry(form: LogForm, traces: Option<Traces>) -> Result<Flush, ExporterBuildError> {
    let provider = traces.map(provider).transpose()?;
    let layer = provider.as_ref().map(|provider| {
        let ours = tracing_subscriber::filter::filter_fn(|about| about.target().starts_with("idesluss"));
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("idesluss"))
            .with_filter(ours)
    });
    start_logs_with(form, "info", layer);
    Ok(Flush(provider))
}

fn provider(traces: Traces) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(traces.endpoint)
        .build()?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(traces.sampled)));
    let name = format!("idesluss-{}", traces.service);
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampler)
        .with_resource(Resource::builder().with_service_name(name).build())
        .build())
}
