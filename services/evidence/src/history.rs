use crate::{EvidenceError, Histories, Services};
use idesluss_auditor::{Entry, Service, Text};
use idesluss_domain::words::IdeaId;
use idesluss_proto::pb::command::{Query, TextState};
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use tonic::Code;

/// Every entry about an idea in each journal, with the texts that whoever the services are asked for may read.
///
/// Errors: `NoSuchIdea`; `Refused`, with PERMISSION_DENIED for whoever may not see it.
pub async fn history(services: &Services, idea: IdeaId) -> Result<Vec<Entry>, EvidenceError> {
    let histories = Histories {
        submission: SubmissionQueryServiceClient::new(services.submission.clone()),
        evaluation: EvaluationQueryServiceClient::new(services.evaluation.clone()),
        sharing: SharingQueryServiceClient::new(services.sharing.clone()),
    };
    let told = histories.of_idea(Some(Query::default()), idea.to_string()).await;
    told.map(entries).map_err(|status| match status.code() {
        Code::NotFound => EvidenceError::NoSuchIdea(idea),
        _ => EvidenceError::Refused(status),
    })
}

/// What the three services told of an idea, as the auditor's library reads it.
pub fn entries(told: [Vec<HistoryEntry>; 3]) -> Vec<Entry> {
    let services = [Service::Submission, Service::Evaluation, Service::Sharing];
    let each = told.into_iter().zip(services);
    each.flat_map(|(entries, service)| entries.into_iter().map(entry(service)))
        .collect()
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
