//! A running instance and clients to its services.

use crate::region::{ORGANISATIONS, Someone, write_region};
use crate::server::{Server, run};
use crate::ways::Ways;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::identity::ConfirmRolesRequest;
use idesluss_proto::pb::identity::identity_command_service_client::IdentityCommandServiceClient;
use std::fmt::Debug;
use std::ops::Deref;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::{Response, Status, Streaming};

/// The test region, running on a folder of its own.
#[derive(Debug)]
pub struct Instance {
    /// The data folder.
    pub folder: TempDir,
    /// The process.
    pub server: Server,
    ways: Ways,
}

impl Deref for Instance {
    type Target = Ways;

    fn deref(&self) -> &Ways {
        &self.ways
    }
}

impl Instance {
    /// Starts the region on an empty folder.
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        write_region(folder.path());
        Self::restart(folder)
    }

    /// Starts the region again on a folder that it has been stopped or killed on.
    pub fn restart(folder: TempDir) -> Self {
        let server = Server::start(folder.path(), &[]);
        let [submission, evaluation, sharing] =
            ["submission", "evaluation", "sharing"].map(|service| server.way(service));
        let ways = Ways {
            submission,
            evaluation,
            sharing,
        };
        Self { folder, server, ways }
    }

    /// After a restore: has an administrator of each organisation, named at the machine, confirm who holds which role.
    pub async fn confirm_roles(&self) {
        let data = self.folder.path().to_string_lossy().into_owned();
        let mut identity = IdentityCommandServiceClient::new(self.server.way("identity"));
        for (organisation, ..) in ORGANISATIONS {
            let administrator = Someone::who(organisation, Role::Administrator);
            let person = administrator.person();
            let named = [
                "role",
                "administrator",
                "--organisation",
                organisation,
                "--person",
                &person,
                "--data",
                &data,
            ];
            let named = run(&named);
            assert!(named.status.success(), "{named:?}");
            let command = administrator.command();
            let confirm = administrator.says(ConfirmRolesRequest { command });
            identity.confirm_roles(confirm).await.expect("confirmed");
        }
        // Every service hears of it before anybody is surprised.
        let somebody = Someone::who("uddevalla", Role::Submitter);
        eventually(async || self.submit(somebody.says(somebody.idea())).await.map(Some)).await;
    }

    /// Kills the process as a power cut would, and gives the folder.
    pub fn kill(self) -> TempDir {
        self.server.kill();
        self.folder
    }

    /// Asks it to end, and gives the folder.
    pub fn stop(self) -> TempDir {
        assert!(self.server.stop().success(), "the server ended with an error");
        self.folder
    }
}

/// Asks again until something has happened that no token can be waited for: what reactions do.
///
/// Panics after 20 s, with what was said last.
pub async fn eventually<T, F>(mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<Option<T>, Status>>,
{
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let said = ask().await;
        match said {
            Ok(Some(found)) => return found,
            other if Instant::now() > deadline => panic!("it has not happened in 20 s: {:?}", other.err()),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Looks again until the same is there twice in a row: reactions have answered what came before, and nothing more comes of it by itself.
/// None: it can't be the last yet.
///
/// Panics after 60 s, with what was seen last; `what` names it.
pub async fn settled<T: PartialEq + Debug>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut before = None;
    loop {
        let now = look().await;
        match now {
            Some(now) if before.as_ref() == Some(&now) => return now,
            now => {
                let so_far = Instant::now() < deadline;
                assert!(
                    so_far,
                    "{what} is not settled in 60 s: it was {before:?}, and is {now:?}"
                );
                before = now;
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Everything that comes in parts. Panics when it breaks off.
pub async fn gathered<T>(answer: Response<Streaming<T>>) -> Vec<T> {
    let mut parts = answer.into_inner();
    let mut all = Vec::new();
    while let Some(part) = parts.message().await.expect("the next part") {
        all.push(part);
    }
    all
}
