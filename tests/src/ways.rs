//! Ways to the three services, however they run.

use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use tonic::transport::Channel;

/// A channel to each service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ways {
    /// To submission.
    pub submission: Channel,
    /// To evaluation.
    pub evaluation: Channel,
    /// To sharing.
    pub sharing: Channel,
}

impl Ways {
    /// To submission's commands.
    pub fn submission(&self) -> SubmissionCommandServiceClient<Channel> {
        SubmissionCommandServiceClient::new(self.submission.clone())
    }

    /// To submission's queries.
    pub fn ideas(&self) -> SubmissionQueryServiceClient<Channel> {
        SubmissionQueryServiceClient::new(self.submission.clone())
    }

    /// To evaluation's commands.
    pub fn evaluation(&self) -> EvaluationCommandServiceClient<Channel> {
        EvaluationCommandServiceClient::new(self.evaluation.clone())
    }

    /// To evaluation's queries.
    pub fn evaluations(&self) -> EvaluationQueryServiceClient<Channel> {
        EvaluationQueryServiceClient::new(self.evaluation.clone())
    }

    /// To sharing's commands.
    pub fn sharing(&self) -> SharingCommandServiceClient<Channel> {
        SharingCommandServiceClient::new(self.sharing.clone())
    }

    /// To sharing's queries.
    pub fn solutions(&self) -> SharingQueryServiceClient<Channel> {
        SharingQueryServiceClient::new(self.sharing.clone())
    }
}
