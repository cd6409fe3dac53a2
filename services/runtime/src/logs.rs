use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::io::IsTerminal as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// What is left out of the log unless `RUST_LOG` asks for it. Whenever the broker is lost, its client reports as an error that it has used up
/// its attempts to connect again: it has none, since a new connection is made by us, who say so themselves, once and as a warning.
const LEFT_OUT: &str = "async_nats::connector=off";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogForm {
    /// For a terminal.
    #[default]
    Plain,
    /// One JSON object a line, for a collector.
    Json,
}

/// Where traces go.
#[derive(Debug, Clone)]
pub struct Traces {
    /// The process's name in them, such as `submission`.
    pub service: &'static str,
    /// The collector's OTLP over gRPC, such as `http://collector:4317`.
    pub endpoint: String,
    /// Which share of the traces that begin here is kept, 0 to 1.
    pub sampled: f64,
}

/// Why traces can't be sent.
#[derive(Debug, thiserror::Error)]
#[error("traces can't be sent: {0}")]
pub struct TracesError(#[from] opentelemetry_otlp::ExporterBuildError);

/// Sends what was traced and not sent yet, when it is dropped.
#[derive(Debug, Default)]
pub struct Flush(Option<SdkTracerProvider>);

impl Drop for Flush {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take()
            && let Err(error) = provider.shutdown()
        {
            tracing::debug!(%error, "the last traces were not sent");
        }
    }
}

/// Sends tracing to standard error. `RUST_LOG` chooses what; without it, warnings and worse.
///
/// Called once, first; a second call is left alone.
pub fn start_logs(form: LogForm) {
    start(form, "warn", None);
}

/// The same for a service that runs on its own, with traces to a collector if there is one. Notices go to the log too.
///
/// Needs a runtime. A collector that is away is no error: traces are dropped then.
pub fn start_telemetry(form: LogForm, traces: Option<Traces>) -> Result<Flush, TracesError> {
    let provider = traces.map(provider).transpose()?;
    start(form, "info", provider.as_ref());
    Ok(Flush(provider))
}

fn provider(traces: Traces) -> Result<SdkTracerProvider, TracesError> {
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

fn start(form: LogForm, level: &str, provider: Option<&SdkTracerProvider>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{level},{LEFT_OUT}")));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match form {
        LogForm::Plain => lines.boxed(),
        LogForm::Json => lines.json().boxed(),
    };
    let traces = provider.map(|provider| {
        let ours = tracing_subscriber::filter::filter_fn(|about| about.target().starts_with("idesluss"));
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("idesluss"))
            .with_filter(ours)
    });
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces)
        .try_init();
}
