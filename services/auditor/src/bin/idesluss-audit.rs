//! Verifies a bundle offline: no server, no database, no network.

use clap::{Parser, Subcommand};
use idesluss_auditor::command::{Verify, run_verify};
use std::process::ExitCode;

/// Checks what an idésluss has handed out, and trusts nothing but its bytes and the keys in the policy.
#[derive(Parser)]
#[command(name = "idesluss-audit", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verifies a bundle: 0, nothing is broken; 1, something is; 2, it could not be checked.
    Verify(Verify),
}

fn main() -> ExitCode {
    let Command::Verify(arguments) = Arguments::parse().command;
    run_verify("idesluss-audit", &arguments)
}
