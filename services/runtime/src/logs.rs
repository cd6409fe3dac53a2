use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For a terminal.
    Plain,
    /// One JSON object a line, for a collector.
    Json,
}

/// Sends tracing to standard error. `RUST_LOG` chooses what; without it, warnings and worse.
///
/// Called once, first; a second call is left alone.
pub fn start_logs(form: LogForm) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let _ = match form {
        LogForm::Plain => builder.try_init(),
        LogForm::Json => builder.json().try_init(),
    };
}
