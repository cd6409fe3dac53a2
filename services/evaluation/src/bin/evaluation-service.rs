//! The evaluation service as a process of its own.

use idesluss_evaluation::{Config, SERVICE, start};
use idesluss_launch::{Program, Running};
use std::process::ExitCode;

fn main() -> ExitCode {
    let program = Program {
        service: SERVICE,
        follows: &["submission"],
    };
    idesluss_launch::main(program, async |seat| {
        let started = start(Config {
            folder: seat.folder,
            engine: seat.engine,
            directory: seat.directory,
            submission: seat.peers.to("submission")?,
        })
        .await?;
        Ok(Running {
            routes: started.routes,
            views: started.views,
        })
    })
}
