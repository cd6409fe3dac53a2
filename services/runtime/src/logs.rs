use std::io::IsTerminal as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What is left out of the log unless `RUST_LOG` asks for it. Whenever the broker is lost, its client reports as an error that it has used up
/// its attempts to connect again: it has none, since a new connection is made by us, who say so themselves, once and as a warning. What strangers' passkeys say
/// is refused and counted like anything else.
const LEFT_OUT: &str = "async_nats::connector=off,webauthn_rs_core=off";

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

/// Sends tracing to standard error. `RUST_LOG` chooses what; without it, warnings and worse.
///
/// Called once, first; a second call is left alone.
pub fn start_logs(form: LogForm) {
    start_logs_with(form, "warn", None::<tracing_subscriber::layer::Identity>);
}

/// The same, by default from `level` on, with another layer beside the log, to which the log's filter does not apply.
pub fn start_logs_with<L>(form: LogForm, level: &str, beside: Option<L>)
where
    L: Layer<Registry> + Send + Sync,
{
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{level},{LEFT_OUT}")));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match form {
        LogForm::Plain => lines.boxed(),
        LogForm::Json => lines.json().boxed(),
    };
    let _ = tracing_subscriber::registry()
        .with(beside)
        .with(lines.with_filter(filter))
        .try_init();
}
