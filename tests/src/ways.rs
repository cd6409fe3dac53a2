//! Ways to the three services, however they run.

use crate::Way;
use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;

/// A way to each service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ways {
    /// To submission.
    pub submission: Way,
    /// To evaluation.
    pub evaluation: Way,
    /// To sharing.
    pub sharing: Way,
}

impl Ways {
    /// To submission's commands.
    pub fn submission(&self) -> SubmissionCommandServiceClient<Way> {
        SubmissionCommandServiceClient::new(self.submission.clone())
    }

    /// To submission's queries.
    pub fn ideas(&self) -> SubmissionQueryServiceClient<Way> {
        SubmissionQueryServiceClient::new(self.submission.clone())
    }

    /// To evaluation's commands.
    pub fn evaluation(&self) -> EvaluationCommandServiceClient<Way> {
        EvaluationCommandServiceClient::new(self.evaluation.clone())
    }

    /// To evaluation's queries.
    pub fn evaluations(&self) -> EvaluationQueryServiceClient<Way> {
        EvaluationQueryServiceClient::new(self.evaluation.clone())
    }

    /// To sharing's commands.
    pub fn sharing(&self) -> SharingCommandServiceClient<Way> {
        SharingCommandServiceClient::new(self.sharing.clone())
    }

    /// To sharing's queries.
    pub fn solutions(&self) -> SharingQueryServiceClient<Way> {
        SharingQueryServiceClient::new(self.sharing.clone())
    }
}
