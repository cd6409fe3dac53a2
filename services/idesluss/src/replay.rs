//! `idesluss replay`: an idea's life, told from the journals.

use crate::session::{Session, SessionError};
use clap::Args;
use idesluss_auditor::{Cut, Entry, Knew, Life, ReplayError, Service, State, Step, Text, replay};
use idesluss_domain::words::{Actor, IdeaId, PersonId, Role, Timestamp};
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
use std::io::Write as _;
use std::path::PathBuf;
use tonic::{Code, Status};

/// Prints an idea's life across the services.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The idea's id, a UUID.
    #[arg(long, value_name = "ID")]
    idea: IdeaId,
    /// Only what was known up to here: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as
    /// 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    at: Option<Cut>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayFailed {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(
        "instance.toml names no auditor who may read this idea: give somebody the role auditor in its organisation"
    )]
    NoAuditor,
    #[error("there is no such idea here: {0}")]
    NoSuchIdea(IdeaId),
    #[error("the services refused: {0}")]
    Refused(String),
    #[error("the answer can't be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("the answer can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn read_cut(text: &str) -> Result<Cut, String> {
    let said = "write a position such as evaluation:42, or a time in UTC such as 2026-11-23T20:00:00Z".to_owned();
    if let Ok(position) = text.parse() {
        return Ok(Cut::Position(Service::Submission, position));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Cut::Time(time));
    }
    let (service, position) = text.split_once(':').ok_or_else(|| said.clone())?;
    let service = service.parse::<Service>().map_err(|error| error.to_string())?;
    Ok(Cut::Position(service, position.parse().map_err(|_| said)?))
}

/// Reads the journals as an auditor may, folds them, prints.
pub(crate) async fn run(arguments: Arguments) -> Result<(), ReplayFailed> {
    let session = Session::open(&arguments.data, false).await?;
    let entries = gather(&session, arguments.idea).await;
    let directory = session.directory.clone();
    session.close().await?;
    let life = replay(arguments.idea, &entries?, arguments.at)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &life)?;
        writeln!(out)?;
    } else {
        out.write_all(tell(&life, &directory).as_bytes())?;
    }
    Ok(())
}

/// Every entry about the idea in each journal.
async fn gather(session: &Session, idea: IdeaId) -> Result<Vec<Entry>, ReplayFailed> {
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
            Err(status) if status.code() == Code::NotFound => return Err(ReplayFailed::NoSuchIdea(idea)),
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
    Err(refused.map_or(ReplayFailed::NoAuditor, failed))
}

/// A service that has not heard of the idea has nothing to tell.
fn none_yet(answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, ReplayFailed> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other.map_err(failed),
    }
}

fn failed(status: Status) -> ReplayFailed {
    let refusal = Refusal::from(&status);
    ReplayFailed::Refused(format!("{} ({})", status.message(), refusal.reason))
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
fn tell(life: &Life, directory: &Directory) -> String {
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
        spaced(&step.event)
    );
    if step.time != step.recorded {
        let _ = writeln!(told, "    when:  {}", step.time);
    }
    let _ = writeln!(told, "    who:   {}", who(step, directory));
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
            spaced(&entry.event)
        );
    }
}

fn who(step: &Step, directory: &Directory) -> String {
    let known = step
        .who
        .person
        .parse::<PersonId>()
        .ok()
        .and_then(|person| directory.person(person));
    let name = match known {
        Some(person) => format!("{} ({})", person.name, step.who.person),
        None if step.who.role == "service" => "the service itself".to_owned(),
        None => step.who.person.clone(),
    };
    format!("{name}, {} in {}", step.who.role, step.who.organisation)
}

/// `IdeaSubmitted` as "idea submitted".
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
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
