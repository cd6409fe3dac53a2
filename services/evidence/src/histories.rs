//! An idea's life as the three services tell it to whoever may see all of it.

use idesluss_proto::pb::command::Query;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tonic::{Code, Status};

/// Who is asked, over whatever way.
#[derive(Clone)]
pub struct Histories<S> {
    /// Submission.
    pub submission: SubmissionQueryServiceClient<S>,
    /// Evaluation.
    pub evaluation: EvaluationQueryServiceClient<S>,
    /// Sharing.
    pub sharing: SharingQueryServiceClient<S>,
}

impl<S> Histories<S>
where
    S: GrpcService<Body>,
    S::Error: Into<StdError>,
    S::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <S::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    /// Every entry about an idea in each journal: submission's, evaluation's, sharing's.
    ///
    /// What one of the others has not heard of, it has nothing to tell about. Errors: as the services say, submission's first.
    pub async fn of_idea(mut self, query: Option<Query>, idea: String) -> Result<[Vec<HistoryEntry>; 3], Status> {
        let submitted = self.submission.get_history(sub::GetHistoryRequest {
            query: query.clone(),
            idea: idea.clone(),
        });
        let evaluated = self.evaluation.get_history(ev::GetHistoryRequest {
            query: query.clone(),
            idea: idea.clone(),
        });
        let shared = self.sharing.get_history(sh::GetHistoryRequest { query, idea });
        let (submitted, evaluated, shared) = tokio::join!(submitted, evaluated, shared);
        Ok([
            submitted?.into_inner().entries,
            none_yet(evaluated.map(|answer| answer.into_inner().entries))?,
            none_yet(shared.map(|answer| answer.into_inner().entries))?,
        ])
    }
}

fn none_yet(answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, Status> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other,
    }
}
