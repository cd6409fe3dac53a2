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
use tonic::{Code, Status, Streaming};

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
        let submitted = async {
            let request = sub::GetHistoryRequest {
                query: query.clone(),
                idea: idea.clone(),
            };
            let parts = self.submission.get_history(request).await?.into_inner();
            gather(parts, |part| part.entries).await
        };
        let evaluated = async {
            let request = ev::GetHistoryRequest {
                query: query.clone(),
                idea: idea.clone(),
            };
            let parts = self.evaluation.get_history(request).await?.into_inner();
            gather(parts, |part| part.entries).await
        };
        let shared = async {
            let request = sh::GetHistoryRequest {
                query: query.clone(),
                idea: idea.clone(),
            };
            let parts = self.sharing.get_history(request).await?.into_inner();
            gather(parts, |part| part.entries).await
        };
        let (submitted, evaluated, shared) = tokio::join!(submitted, evaluated, shared);
        Ok([submitted?, none_yet(evaluated)?, none_yet(shared)?])
    }
}

/// What comes in parts, as one.
async fn gather<T>(
    mut parts: Streaming<T>,
    entries: impl Fn(T) -> Vec<HistoryEntry>,
) -> Result<Vec<HistoryEntry>, Status> {
    let mut all = Vec::new();
    while let Some(part) = parts.message().await? {
        all.extend(entries(part));
    }
    Ok(all)
}

fn none_yet(answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, Status> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other,
    }
}
