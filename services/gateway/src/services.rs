//! The services behind the pages.

use crate::retry::Retry;
use idesluss_evidence as evidence;
use idesluss_proto::pb::audit::audit_service_client::AuditServiceClient;
use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_runtime::Peer;

/// A client for each of them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) submission: SubmissionCommandServiceClient<Retry>,
    pub(crate) ideas: SubmissionQueryServiceClient<Retry>,
    pub(crate) evaluation: EvaluationCommandServiceClient<Retry>,
    pub(crate) evaluations: EvaluationQueryServiceClient<Retry>,
    pub(crate) sharing: SharingCommandServiceClient<Retry>,
    pub(crate) solutions: SharingQueryServiceClient<Retry>,
    /// What auditors ask submission, evaluation and sharing, in this order.
    pub(crate) audits: [AuditServiceClient<Retry>; 3],
    /// For what is read in streams: whoever has seen half of one begins anew.
    pub(crate) evidence: evidence::Services,
}

impl Services {
    pub(crate) fn new(submission: Peer, evaluation: Peer, sharing: Peer) -> Self {
        let evidence = evidence::Services {
            submission: submission.clone(),
            evaluation: evaluation.clone(),
            sharing: sharing.clone(),
        };
        let (submission, evaluation, sharing) = (Retry(submission), Retry(evaluation), Retry(sharing));
        let audits = [&submission, &evaluation, &sharing].map(|peer| AuditServiceClient::new(peer.clone()));
        Self {
            audits,
            evidence,
            submission: SubmissionCommandServiceClient::new(submission.clone()),
            ideas: SubmissionQueryServiceClient::new(submission),
            evaluation: EvaluationCommandServiceClient::new(evaluation.clone()),
            evaluations: EvaluationQueryServiceClient::new(evaluation),
            sharing: SharingCommandServiceClient::new(sharing.clone()),
            solutions: SharingQueryServiceClient::new(sharing),
        }
    }
}
