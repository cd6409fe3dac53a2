//! A running instance and clients to its services.

use crate::region::write_region;
use crate::server::Server;
use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::Status;
use tonic::transport::Channel;

/// The test region, running on a folder of its own.
#[derive(Debug)]
pub struct House {
    /// The data folder.
    pub folder: TempDir,
    /// The process.
    pub server: Server,
}

impl House {
    /// Starts the region on an empty folder.
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        write_region(folder.path());
        let server = Server::start(folder.path(), &[]);
        Self { folder, server }
    }

    /// Starts the region again on a folder that it has been stopped or killed on.
    pub fn restart(folder: TempDir) -> Self {
        let server = Server::start(folder.path(), &[]);
        Self { folder, server }
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

    /// To submission's commands.
    pub fn submission(&self) -> SubmissionCommandServiceClient<Channel> {
        SubmissionCommandServiceClient::new(self.server.channel(self.server.addresses.submission))
    }

    /// To submission's queries.
    pub fn ideas(&self) -> SubmissionQueryServiceClient<Channel> {
        SubmissionQueryServiceClient::new(self.server.channel(self.server.addresses.submission))
    }

    /// To evaluation's commands.
    pub fn evaluation(&self) -> EvaluationCommandServiceClient<Channel> {
        EvaluationCommandServiceClient::new(self.server.channel(self.server.addresses.evaluation))
    }

    /// To evaluation's queries.
    pub fn evaluations(&self) -> EvaluationQueryServiceClient<Channel> {
        EvaluationQueryServiceClient::new(self.server.channel(self.server.addresses.evaluation))
    }

    /// To sharing's commands.
    pub fn sharing(&self) -> SharingCommandServiceClient<Channel> {
        SharingCommandServiceClient::new(self.server.channel(self.server.addresses.sharing))
    }

    /// To sharing's queries.
    pub fn solutions(&self) -> SharingQueryServiceClient<Channel> {
        SharingQueryServiceClient::new(self.server.channel(self.server.addresses.sharing))
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
