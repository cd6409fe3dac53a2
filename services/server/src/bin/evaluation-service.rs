//! The evaluation service as a process of its own.

use idesluss_evaluation::{Config, SERVICE, start};
use idesluss_launch::{Program, Running};
use std::process::ExitCode;

fn main() -> ExitCode {
    let program = Program {
        service: SERVICE,
        follows: &["submission"],
    };
    idesluss_launch::main(program, async |context| {
        let started = start(Config {
            folder: context.folder,
            engine: context.engine,
            directory: context.directory,
            submission: context.peers.to("submission")?,
        })
        .await?;
        Ok(Running {
            routes: started.routes,
            views: started.views,
        })
    })
}
