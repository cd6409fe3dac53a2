//! The services behind the pages.

use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use tonic::transport::Channel;

/// A client for each of them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) submission: SubmissionCommandServiceClient<Channel>,
    pub(crate) ideas: SubmissionQueryServiceClient<Channel>,
    pub(crate) evaluation: EvaluationCommandServiceClient<Channel>,
    pub(crate) evaluations: EvaluationQueryServiceClient<Channel>,
    pub(crate) sharing: SharingCommandServiceClient<Channel>,
    pub(crate) solutions: SharingQueryServiceClient<Channel>,
}

impl Services {
    pub(crate) fn new(submission: Channel, evaluation: Channel, sharing: Channel) -> Self {
        Self {
            submission: SubmissionCommandServiceClient::new(submission.clone()),
            ideas: SubmissionQueryServiceClient::new(submission),
            evaluation: EvaluationCommandServiceClient::new(evaluation.clone()),
            evaluations: EvaluationQueryServiceClient::new(evaluation),
            sharing: SharingCommandServiceClient::new(sharing.clone()),
            solutions: SharingQueryServiceClient::new(sharing),
        }
    }
}
