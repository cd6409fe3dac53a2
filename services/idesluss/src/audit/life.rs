//! An idea's life: every entry about it from each service, with the texts that an auditor may read, and how it is told.

use super::{AuditError, words};
use crate::session::Session;
use idesluss_auditor::{Entry, Knew, Life, Service, State, Step, Text};
use idesluss_domain::words::{Actor, IdeaId, Role};
use idesluss_proto::pb::command::{Query, TextState};
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use idesluss_proto::status::Refusal;
use idesluss_proto::write_actor;
use idesluss_runtime::Directory;
use std::fmt::Write as _;
use tonic::{Code, Status};

/// Every entry about the idea in each journal.
pub(crate) async fn gather(session: &Session, idea: IdeaId) -> Result<Vec<Entry>, AuditError> {
    let mut refused = None;
    let mut ideas = SubmissionQueryServiceClient::new(session.submission.clone());
    for actor in auditors(&session.directory) {
        let query = Some(Query {
            actor: Some(write_actor(&actor)),
            after: None,
        });
        let request = sub::GetHistoryRequest {
            query: query.clone(),
            idea: idea.to_string(),
        };
        let first = match ideas.get_history(request).await {
            Ok(answer) => answer.into_inner().entries,
            Err(status) if status.code() == Code::PermissionDenied => continue,
            Err(status) if status.code() == Code::NotFound => return Err(AuditError::NoSuchIdea(idea)),
            Err(status) => {
                refused = Some(status);
                continue;
            }
        };
        let mut entries = read(Service::Submission, first);
        let request = ev::GetHistoryRequest {
            query: query.clone(),
            idea: idea.to_string(),
        };
        let answer = EvaluationQueryServiceClient::new(session.evaluation.clone())
            .get_history(request)
            .await;
        entries.extend(read(
            Service::Evaluation,
            none_yet(answer.map(|answer| answer.into_inner().entries))?,
        ));
        let request = sh::GetHistoryRequest {
            query,
            idea: idea.to_string(),
        };
        let answer = SharingQueryServiceClient::new(session.sharing.clone())
            .get_history(request)
            .await;
        entries.extend(read(
            Service::Sharing,
            none_yet(answer.map(|answer| answer.into_inner().entries))?,
        ));
        return Ok(entries);
    }
    Err(refused.map_or(AuditError::NoAuditor, failed))
}

/// A service that has not heard of the idea has nothing to tell.
fn none_yet(answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, AuditError> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other.map_err(failed),
    }
}

fn failed(status: Status) -> AuditError {
    let refusal = Refusal::from(&status);
    AuditError::Refused(format!("{} ({})", status.message(), refusal.reason))
}

/// Everybody who is an auditor somewhere, as such.
fn auditors(directory: &Directory) -> impl Iterator<Item = Actor> {
    directory.people.iter().flat_map(|person| {
        let held = person.roles.iter().filter(|held| held.role == Role::Auditor);
        held.map(|held| Actor {
            person: person.id,
            organisation: held.organisation.clone(),
            role: Role::Auditor,
        })
    })
}

fn read(service: Service, entries: Vec<HistoryEntry>) -> Vec<Entry> {
    let entry = |entry: HistoryEntry| Entry {
        service,
        line: entry.line,
        texts: entry
            .texts
            .into_iter()
            .map(|(digest, text)| {
                let state = text.state();
                let text = match state {
                    TextState::Readable => Text::Readable(text.text),
                    TextState::Erased => Text::Erased,
                    TextState::Hidden => Text::Hidden,
                    TextState::KeyMissing | TextState::Unspecified => Text::KeyMissing,
                };
                (digest, text)
            })
            .collect(),
    };
    entries.into_iter().map(entry).collect()
}

/// The life as people read it.
pub(crate) fn tell(life: &Life, directory: &Directory) -> String {
    let mut told = format!("Idea {}\n", life.idea);
    for step in &life.steps {
        tell_step(&mut told, step, directory);
    }
    let _ = writeln!(told, "\nAt the end: {}", stands(&life.state));
    told
}

fn tell_step(told: &mut String, step: &Step, directory: &Directory) {
    let service = step.service.as_str();
    let _ = writeln!(
        told,
        "\n{}  {service}:{}  {}",
        step.recorded,
        step.position,
        words::spaced(&step.event)
    );
    if step.time != step.recorded {
        let _ = writeln!(told, "    when:  {}", step.time);
    }
    let _ = writeln!(told, "    who:   {}", words::who(&step.who, directory));
    if let Some(mandate) = &step.mandate {
        let _ = writeln!(told, "    under: {mandate}");
    }
    for (field, text) in &step.texts {
        let text = match text {
            Text::Readable(text) => text.replace('\n', "\n           "),
            Text::Erased => "(erased by decision)".to_owned(),
            Text::KeyMissing => "(its key is not found here; nobody decided to erase it)".to_owned(),
            Text::Hidden => "(hidden)".to_owned(),
        };
        let _ = writeln!(told, "    {field}: {text}");
    }
    let _ = writeln!(told, "    now:   {}", stands(&step.state));
    if let Some(knew) = &step.knew {
        tell_knowledge(told, knew);
    }
}

fn tell_knowledge(told: &mut String, knew: &Knew) {
    let _ = writeln!(
        told,
        "    knew:  the page was drawn at evaluation:{}, the journal had {} entries with root {}, the brief was version {}",
        knew.seen, knew.size, knew.root, knew.brief_version
    );
    for source in &knew.sources {
        let _ = writeln!(
            told,
            "           received from {} up to epoch {} sequence {} (its position {})",
            source.source, source.epoch, source.sequence, source.from_position
        );
    }
    for entry in &knew.entries {
        let how = if entry.seen { "seen" } else { "received, not seen" };
        let _ = writeln!(
            told,
            "           evaluation:{} {} ({how})",
            entry.position,
            words::spaced(&entry.event)
        );
    }
}

fn stands(state: &State) -> String {
    let mut parts = vec![format!("the idea is {}", state.idea)];
    for evaluation in &state.evaluations {
        let mut part = match evaluation.gate.as_str() {
            "" => "earlier records".to_owned(),
            gate => format!("round {} at {gate}", evaluation.round),
        };
        let _ = write!(part, ": {}, {} assessments", evaluation.phase, evaluation.assessed);
        if !evaluation.outcome.is_empty() {
            let _ = write!(part, ", {}", evaluation.outcome);
        }
        parts.push(part);
    }
    if !state.solution.is_empty() {
        parts.push(format!("the solution is {}", state.solution));
    }
    for adoption in &state.adoptions {
        parts.push(format!(
            "{} has it {}, {} benefits",
            adoption.organisation, adoption.phase, adoption.benefits
        ));
    }
    parts.join("; ")
}
