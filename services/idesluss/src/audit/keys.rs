use super::AuditError;
use super::journal::Journal;
use crate::session::Session;
use clap::Args;
use idesluss_notary::SigningKeys;
use std::path::PathBuf;

/// Prints what others write into their policies.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), AuditError> {
    let session = Session::open(&arguments.data, false).await?;
    let mut origins = Vec::new();
    let mut asked = Ok(());
    for (service, channel) in session.journals() {
        match Journal::new(service, channel).checkpoint().await {
            Ok((_, checkpoint)) => origins.push(checkpoint.origin),
            Err(error) => asked = asked.and(Err(error)),
        }
    }
    session.close().await?;
    asked?;
    let keys = SigningKeys::load(&arguments.data.join("keys").join("signing.key"), false)?;
    println!("# Who holds these lines from the instance itself can verify what it hands out.");
    for origin in origins {
        for key in keys.public_of_log(&origin)? {
            println!("log {key}");
        }
    }
    println!(
        "# Partners whose witnesses must have cosigned: witness <name> <key>, group, and their name instead of none."
    );
    println!("quorum none");
    Ok(())
}
