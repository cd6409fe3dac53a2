//! The command line of verification, for `idesluss-audit` and for `idesluss audit`.

use crate::fetch::{FetchError, Limits, fetch, is_url};
use crate::verify::{Kept, KeptError, Options, Report, VerifyError, verify};
use idesluss_proof::policy::{Policy, PolicyError};
use idesluss_terminal::{print_error, print_line};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Verifies a bundle offline: 0, nothing is broken; 1, something is; 2, it could not be checked.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The bundle: a file, or the address of one (https). It is fetched from there and from nowhere that it points to.
    #[arg(value_name = "FILE|URL")]
    bundle: String,
    /// Whom to trust: a file in the form of C2SP tlog-policy, with the logs, the witnesses and the quorum.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// A checkpoint kept from an earlier time, to see that the log still begins so; may be given once for each log.
    #[arg(long, value_name = "CHECKPOINT")]
    kept: Vec<PathBuf>,
    /// Fetches over http too, where anybody on the way can read the bundle.
    #[arg(long)]
    allow_http: bool,
    /// The largest bundle that is fetched, in GiB.
    #[arg(long, value_name = "GIB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    max_size: u32,
    /// Tells what was found as JSON.
    #[arg(long)]
    json: bool,
    /// Shows no progress.
    #[arg(long)]
    quiet: bool,
}

/// What kept the file from being checked, and what to do about it.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("{0} can't be opened: {1}. Check the path, and that you may read it")]
    Open(PathBuf, io::Error),
    #[error(
        "the policy {0} can't be used: {1}. It has lines such as: log <verifier key>, witness <name> <verifier key>, quorum <name>"
    )]
    Policy(PathBuf, PolicyError),
    #[error("{0} is no checkpoint: {1}. Give the file that you kept, as it was")]
    Kept(PathBuf, KeptError),
    #[error("{0} can't be fetched: {1}")]
    Fetch(String, FetchError),
    #[error("{0} can't be checked: {1}")]
    Check(String, VerifyError),
}

/// Verifies, tells what was found, and returns how the program ends. `program` stands before what went wrong.
pub fn run_verify(program: &str, arguments: &Verify) -> ExitCode {
    match run(arguments) {
        Ok(report) => {
            print_report(&report, arguments.json);
            ExitCode::from(report.exit_code())
        }
        Err(hindrance) => {
            print_error!("{program}: {hindrance}.");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Verify) -> Result<Report, Hindrance> {
    let policy: Policy = read(&arguments.policy)?
        .parse()
        .map_err(|error| Hindrance::Policy(arguments.policy.clone(), error))?;
    let mut kept: Vec<Kept> = Vec::new();
    for path in &arguments.kept {
        let checkpoint = read(path)?.parse();
        kept.push(checkpoint.map_err(|error| Hindrance::Kept(path.clone(), error))?);
    }
    let mut file = open(arguments)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    // It is read twice.
    let bar = progress(size.saturating_mul(2), arguments.quiet);
    let progress = |bytes| bar.inc(bytes);
    let options = Options {
        progress: Some(&progress),
    };
    let report = verify(&mut file, &policy, &kept, &options);
    bar.finish_and_clear();
    report.map_err(|error| Hindrance::Check(arguments.bundle.clone(), error))
}

fn open(arguments: &Verify) -> Result<File, Hindrance> {
    let place = arguments.bundle.as_str();
    if !is_url(place) {
        return File::open(place).map_err(|error| Hindrance::Open(place.into(), error));
    }
    let bar = progress(0, arguments.quiet);
    let limits = Limits {
        allow_http: arguments.allow_http,
        bytes: u64::from(arguments.max_size) << 30,
        ..Limits::default()
    };
    let file = fetch(place, limits, &bar).map_err(|error| Hindrance::Fetch(place.to_owned(), error));
    bar.finish_and_clear();
    file
}

fn read(path: &Path) -> Result<String, Hindrance> {
    std::fs::read_to_string(path).map_err(|error| Hindrance::Open(path.to_owned(), error))
}

/// Counts bytes; hidden where nobody looks.
fn progress(size: u64, quiet: bool) -> ProgressBar {
    let target = if quiet || !io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(size), target);
    let style = ProgressStyle::with_template("{bar:40} {percent}%  {binary_bytes_per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print_report(report: &Report, json: bool) {
    let text = if json {
        serde_json::to_string_pretty(report).unwrap_or_else(|error| error.to_string())
    } else {
        report.to_string()
    };
    print_line!("{text}");
}
