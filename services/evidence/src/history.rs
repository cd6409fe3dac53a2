use crate::{EvidenceError, Services};
use idesluss_auditor::{Entry, Service, Text};
use idesluss_domain::words::{Actor, IdeaId};
use idesluss_proto::pb::command::{Query, TextState};
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use idesluss_proto::write_actor;
use tonic::{Code, Status};

/// Every entry about an idea in each journal, with the texts that the asker may read.
///
/// Errors: `NoSuchIdea`; `Refused`, with PERMISSION_DENIED for whoever may not see it.
pub async fn history(services: &Services, asker: &Actor, idea: IdeaId) -> Result<Vec<Entry>, EvidenceError> {
    let query = Some(Query {
        actor: Some(write_actor(asker)),
        after: None,
    });
    let id = idea.to_string();
    let mut submission = SubmissionQueryServiceClient::new(services.submission.clone());
    let mut evaluation = EvaluationQueryServiceClient::new(services.evaluation.clone());
    let mut sharing = SharingQueryServiceClient::new(services.sharing.clone());
    let submitted = submission.get_history(sub::GetHistoryRequest {
        query: query.clone(),
        idea: id.clone(),
    });
    let evaluated = evaluation.get_history(ev::GetHistoryRequest {
        query: query.clone(),
        idea: id.clone(),
    });
    let shared = sharing.get_history(sh::GetHistoryRequest { query, idea: id });
    let (submitted, evaluated, shared) = tokio::join!(submitted, evaluated, shared);
    let submitted = match submitted {
        Err(status) if status.code() == Code::NotFound => return Err(EvidenceError::NoSuchIdea(idea)),
        other => other.map_err(EvidenceError::Refused)?.into_inner().entries,
    };
    let evaluated = none_yet(evaluated.map(|answer| answer.into_inner().entries))?;
    let shared = none_yet(shared.map(|answer| answer.into_inner().entries))?;
    let own = submitted.into_iter().map(entry(Service::Submission));
    let evaluated = evaluated.into_iter().map(entry(Service::Evaluation));
    Ok(own
        .chain(evaluated)
        .chain(shared.into_iter().map(entry(Service::Sharing)))
        .collect())
}

/// A service that has not heard of the idea has nothing to tell.
fn none_yet(answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, EvidenceError> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other.map_err(EvidenceError::Refused),
    }
}

/// Reads an entry as a service's history tells it.
pub fn entry(service: Service) -> impl Fn(HistoryEntry) -> Entry {
    move |entry| Entry {
        service,
        line: entry.line,
        texts: entry
            .texts
            .into_iter()
            .map(|(digest, text)| {
                let text = match text.state() {
                    TextState::Readable => Text::Readable(text.text),
                    TextState::Erased => Text::Erased,
                    TextState::Hidden => Text::Hidden,
                    TextState::KeyMissing | TextState::Unspecified => Text::KeyMissing,
                };
                (digest, text)
            })
            .collect(),
    }
}
