//! The sharing service as a process of its own.

use idesluss_launch::{Program, Running};
use idesluss_sharing::{Config, SERVICE, start};
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
        })
        .await?;
        Ok(Running {
            routes: started.routes,
            views: started.views,
        })
    })
}
