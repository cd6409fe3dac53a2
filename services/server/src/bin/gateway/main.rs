//! The gateway as a process of its own: the web before services that run elsewhere.

use clap::Parser;
use futures_util::FutureExt as _;
use idesluss_gateway::{Config, GatewayError, Mode, Settings, serve};
use idesluss_launch::{Traces, TracesError, notify_systemd, start_telemetry};
use idesluss_runtime::config::{ConfigError, FILE_VARIABLE};
use idesluss_runtime::{
    Condition, DialError, Directory, DirectoryError, Health, Ops, Peer, Tls, TlsError, dial, install_metrics,
    serve_ops, traced,
};
use idesluss_terminal::{print_error, print_line};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The web of Idésluss, as a process of its own.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// The file with the settings, as TOML; every setting can also come from the environment, as IDESLUSS_TABLE__KEY.
    #[arg(long, value_name = "FILE", env = FILE_VARIABLE)]
    config: Option<PathBuf>,
    /// Only read the settings and what they name, say what is wrong, and end.
    #[arg(long)]
    check_config: bool,
}

/// Why the gateway can't start, or had to stop.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error(transparent)]
    Traces(#[from] TracesError),
    #[error("metrics can't be kept: {0}")]
    Metrics(String),
    #[error("{0} is {1}, which can't be listened on: {2}. Stop what uses it, or choose another")]
    Port(&'static str, SocketAddr, std::io::Error),
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime could not be started: {error}")),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    print_error!("gateway: {sentence}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::load(arguments.config.as_deref())?;
    let directory = Arc::new(Directory::load(&settings.directory)?);
    let shutdown = CancellationToken::new();
    let tls = settings
        .tls
        .clone()
        .map(|files| Tls::load(files, shutdown.clone()))
        .transpose()?;
    let way = |addresses: &[String]| -> Result<Peer, DialError> { Ok(traced(dial(addresses, tls.as_ref())?)) };
    let peers = &settings.peers;
    let (submission, evaluation, sharing) = (way(&peers.submission)?, way(&peers.evaluation)?, way(&peers.sharing)?);
    if arguments.check_config {
        print_line!("The settings are in order.");
        return Ok(());
    }
    let traces = settings.telemetry.otlp.clone().map(|endpoint| Traces {
        service: "gateway",
        endpoint,
        sampled: settings.telemetry.sampled,
    });
    let _flush = start_telemetry(settings.telemetry.log, traces)?;
    let metrics = install_metrics().map_err(|error| Failure::Metrics(error.to_string()))?;
    idesluss_runtime::cancel_on_signal(shutdown.clone()).map_err(Failure::Signals)?;
    let web = listen("web.listen", settings.web.listen).await?;
    let ops = listen("ops.listen", settings.ops.listen).await?;

    let health = Health::starting(&[]);
    health.set("web", Condition::Well);
    let own = tls.clone();
    let answering = Ops {
        health: health.clone(),
        describe: Arc::new(move || {
            let not_after = own.as_ref().map(Tls::not_after);
            async move { state(not_after) }.boxed()
        }),
    };
    let answering = tokio::spawn(serve_ops(ops, answering, metrics, shutdown.clone()));
    let mode = if settings.web.demo {
        print_line!(
            "The gateway is running. Open http://{}/ in a browser.",
            settings.web.listen
        );
        Mode::Demo
    } else {
        // 122 random bits: nobody guesses it in the time that the program runs.
        let token = uuid::Uuid::new_v4().simple().to_string();
        print_line!(
            "The gateway is running. Open http://{}/in/{token} in a browser.",
            settings.web.listen
        );
        Mode::OneTimeLink { token }
    };
    notify_systemd(shutdown.clone());
    let served = serve(
        web,
        Config {
            directory,
            submission,
            evaluation,
            sharing,
            mode,
            requests_per_second: settings.web.requests_per_second,
            shutdown: shutdown.clone(),
        },
    )
    .await;
    shutdown.cancel();
    let _ = answering.await;
    Ok(served?)
}

/// The gateway keeps nothing: who it is, and until when its certificate holds, says it all.
fn state(not_after: Option<i64>) -> serde_json::Value {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    let left = not_after.map(|not_after| not_after - since.as_secs() as i64);
    serde_json::json!({
        "service": "gateway",
        "version": env!("CARGO_PKG_VERSION"),
        "now_micros": since.as_micros() as u64,
        "certificate_left_seconds": left,
    })
}

async fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|reason| Failure::Port(setting, address, reason))
}
