//! `idesluss import`: takes over an older idea box, through the same commands as everyone.

mod people;
mod rows;
mod send;

use crate::progress::progress;
use crate::session::{Session, SessionError};
use clap::Args;
use futures_util::{StreamExt as _, stream};
use idesluss_domain::words::{Actor, IdeaId, InvalidForm, Label, OrganisationId, Role};
use idesluss_evidence::Services;
use idesluss_proto::pb::command::{Query, Token};
use idesluss_proto::pb::submission::ListInboxRequest;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_runtime::Directory;
use idesluss_terminal::{print_error, print_line};
use people::{People, PeopleError};
use rows::{AssessmentRow, FileError, IdeaRow, Read, Refused, Status};
use send::Sender;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// How many rows are under way at once: enough to fill the journal's batches.
const UNDER_WAY: usize = 32;
/// Some rows were refused; the rest is in.
const EXIT_REFUSED: u8 = 3;

/// Takes over an older idea box from CSV files (UTF-8, comma-separated, the first line names the columns).
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The organisation whose ideas they become.
    #[arg(long, value_name = "ORG")]
    organisation: OrganisationId,
    /// The ideas: reference, submitted_at, submitter, title, problem, proposal, expected_benefit, area, status, decided_at,
    /// superseded_by, decision_reasons.
    #[arg(long, value_name = "FILE.csv")]
    ideas: PathBuf,
    /// The assessments: reference, assessor, criterion, score, rationale, assessed_at.
    #[arg(long, value_name = "FILE.csv")]
    assessments: Option<PathBuf>,
    /// The import's name; rows of the same name are taken over once. Otherwise the ideas file's.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read and check everything; change nothing.
    #[arg(long)]
    dry_run: bool,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why nothing more can be imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error("there is no organisation {0} here. There are: {1}")]
    Organisation(OrganisationId, String),
    #[error("{0} has no coordinator: give somebody the role coordinator in instance.toml")]
    NoCoordinator(OrganisationId),
    #[error("the import's name, --name or else the ideas file's: {0}")]
    Name(InvalidForm),
    #[error("the assessments name {0} criteria; at most 20 can be taken over in one import")]
    Criteria(usize),
    #[error("the services refused: {0}")]
    Refused(String),
    #[error("interrupted: what is in stays in; run the same command again to go on")]
    Interrupted,
}

/// Everything that is to be imported, understood.
struct Plan {
    ideas: Vec<IdeaRow>,
    assessments: Vec<Vec<AssessmentRow>>,
    criteria: BTreeSet<String>,
    refused: Vec<(&'static str, Refused)>,
    notes: Vec<String>,
}

/// Reads, checks, sends, and says what came of it.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, ImportError> {
    let plan = plan(&arguments)?;
    let stem = arguments
        .ideas
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let name = arguments.name.clone().or(stem).unwrap_or_default().trim().to_owned();
    name.parse::<Label>().map_err(ImportError::Name)?;
    let mut report = Report::new(&plan);
    if !arguments.dry_run {
        let session = Session::open(&arguments.data, true).await?;
        let sent = tokio::select! {
            sent = send_all(&arguments, &session, name, plan, &mut report) => sent,
            _ = tokio::signal::ctrl_c() => Err(ImportError::Interrupted),
        };
        session.close().await?;
        sent?;
    }
    Ok(report.print(arguments.dry_run))
}

fn plan(arguments: &Arguments) -> Result<Plan, ImportError> {
    let Read { rows: ideas, refused } = rows::ideas(&arguments.ideas)?;
    let mut refused: Vec<_> = refused.into_iter().map(|row| ("ideas", row)).collect();
    let references: BTreeSet<&str> = ideas.iter().map(|row| row.reference.as_str()).collect();
    let mut notes = Vec::new();
    for row in &ideas {
        for target in row
            .superseded_by
            .iter()
            .filter(|target| !references.contains(target.as_str()))
        {
            notes.push(format!(
                "{}: {target}, which is said to replace it, is not among the ideas taken over",
                row.reference
            ));
        }
        if row.decided_before_submission() {
            notes.push(format!(
                "{}: decided before it was submitted; kept as it stands, and flagged",
                row.reference
            ));
        }
    }
    let mut assessments: BTreeMap<(String, String), Vec<AssessmentRow>> = BTreeMap::new();
    let mut criteria = BTreeSet::new();
    if let Some(file) = &arguments.assessments {
        let read = rows::assessments(file)?;
        refused.extend(read.refused.into_iter().map(|row| ("assessments", row)));
        for row in read.rows {
            if !references.contains(row.reference.as_str()) {
                let reason = "its idea is not among those that are taken over".to_owned();
                let (line, reference) = (row.line, row.reference);
                refused.push((
                    "assessments",
                    Refused {
                        line,
                        reference,
                        reason,
                    },
                ));
                continue;
            }
            criteria.insert(row.criterion.clone());
            assessments
                .entry((row.reference.clone(), row.assessor.clone()))
                .or_default()
                .push(row);
        }
    }
    if criteria.len() > 20 {
        return Err(ImportError::Criteria(criteria.len()));
    }
    Ok(Plan {
        ideas,
        assessments: assessments.into_values().collect(),
        criteria,
        refused,
        notes,
    })
}

/// Who imports: a coordinator of the organisation.
fn coordinator(directory: &Directory, organisation: &OrganisationId) -> Result<Actor, ImportError> {
    if directory.organisation(organisation).is_none() {
        let known: Vec<_> = directory
            .organisations
            .iter()
            .map(|known| known.id.to_string())
            .collect();
        return Err(ImportError::Organisation(organisation.clone(), known.join(", ")));
    }
    let actors = directory.people.iter().map(|person| Actor {
        person: person.id,
        organisation: organisation.clone(),
        role: Role::Coordinator,
    });
    let found = actors.into_iter().find(|actor| directory.holds(actor));
    found.ok_or_else(|| ImportError::NoCoordinator(organisation.clone()))
}

async fn send_all(
    arguments: &Arguments,
    session: &Session,
    name: String,
    plan: Plan,
    report: &mut Report,
) -> Result<(), ImportError> {
    let actor = coordinator(&session.directory, &arguments.organisation)?;
    let services = session.speaking(&actor);
    let before = head(&services).await?;
    let sender = Sender::new(&services, &session.directory.instance, &actor.organisation, name);
    let mut people = People::open(&arguments.data)?;
    let submitters: Vec<_> = plan
        .ideas
        .iter()
        .map(|row| match row.submitter.as_str() {
            // Nobody knows who it was: a pseudonym for that somebody alone.
            "" => people.pseudonym(&session.directory, &format!("unknown submitter of {}", row.reference)),
            name => people.pseudonym(&session.directory, name),
        })
        .collect();
    let assessors: Vec<_> = (plan.assessments.iter().filter_map(|rows| rows.first()))
        .map(|row| people.pseudonym(&session.directory, &row.assessor))
        .collect();
    people.save()?;

    let rows = plan.ideas.len() + plan.assessments.len();
    let bar = progress(rows as u64, "rows", arguments.quiet);
    let mut ideas = stream::iter(plan.ideas.iter().zip(submitters))
        .map(|(row, submitter)| {
            let sender = sender.clone();
            async move { (row, sender.idea_row(row, submitter).await) }
        })
        .buffer_unordered(UNDER_WAY);
    let mut taken: BTreeMap<String, Token> = BTreeMap::new();
    while let Some((row, sent)) = ideas.next().await {
        if let Ok(token) = &sent {
            taken.insert(row.reference.clone(), token.clone());
        }
        report.idea(row, sent.map(|token| token.position >= before));
        bar.inc(1);
    }
    drop(ideas);
    link(&sender, &plan.ideas, report).await;
    if !plan.criteria.is_empty() {
        let names = plan.criteria.iter().map(String::as_str).collect();
        sender.criteria(&names).await.map_err(ImportError::Refused)?;
    }
    let mut assessments = stream::iter(plan.assessments.iter().zip(assessors))
        .map(|(rows, assessor)| {
            let sender = sender.clone();
            let idea = rows.first().and_then(|row| taken.get(&row.reference)).cloned();
            async move { (rows, sender.assessment(rows, assessor, idea).await) }
        })
        .buffer_unordered(UNDER_WAY);
    while let Some((rows, sent)) = assessments.next().await {
        report.assessment(rows, sent);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Links what was superseded, after everything is in.
async fn link(sender: &Sender, ideas: &[IdeaRow], report: &mut Report) {
    let taken: BTreeSet<&str> = report.taken.iter().map(String::as_str).collect();
    let superseded = ideas
        .iter()
        .filter(|row| row.status == Status::Superseded && taken.contains(row.reference.as_str()));
    let mut linked = stream::iter(superseded)
        .map(|row| {
            let targets = row
                .superseded_by
                .iter()
                .filter(|target| taken.contains(target.as_str()));
            let by: Vec<IdeaId> = targets.map(|target| sender.idea(target)).collect();
            async move { (row, sender.supersede(row, by).await) }
        })
        .buffer_unordered(UNDER_WAY);
    let mut failed = Vec::new();
    while let Some((row, sent)) = linked.next().await {
        if let Err(reason) = sent {
            failed.push((row, reason));
        }
    }
    drop(linked);
    for (row, reason) in failed {
        report.refuse("ideas", row.line, &row.reference, &reason);
    }
}

/// How many entries submission had before: what stands after it is new.
async fn head(services: &Services) -> Result<u64, ImportError> {
    let request = ListInboxRequest {
        query: Some(Query::default()),
        page_size: 1,
        ..ListInboxRequest::default()
    };
    let answer = SubmissionQueryServiceClient::new(services.submission.clone())
        .list_inbox(request)
        .await;
    let answer = answer.map_err(|status| ImportError::Refused(status.message().to_owned()))?;
    Ok(answer.into_inner().position)
}

/// What came of it.
struct Report {
    /// By status: how many are new, and how many had been taken over before.
    outcomes: BTreeMap<Status, (usize, usize)>,
    taken: BTreeSet<String>,
    assessments: usize,
    refused: Vec<(&'static str, Refused)>,
    notes: Vec<String>,
}

impl Report {
    fn new(plan: &Plan) -> Self {
        let mut outcomes: BTreeMap<Status, (usize, usize)> = BTreeMap::new();
        for row in &plan.ideas {
            outcomes.entry(row.status).or_default();
        }
        Self {
            outcomes,
            taken: plan.ideas.iter().map(|row| row.reference.clone()).collect(),
            assessments: plan.assessments.len(),
            refused: plan.refused.clone(),
            notes: plan.notes.clone(),
        }
    }

    fn idea(&mut self, row: &IdeaRow, sent: Result<bool, String>) {
        match sent {
            Ok(new) => {
                let (added, before) = self.outcomes.entry(row.status).or_default();
                *(if new { added } else { before }) += 1;
            }
            Err(reason) => {
                self.taken.remove(&row.reference);
                self.refuse("ideas", row.line, &row.reference, &reason);
            }
        }
    }

    fn assessment(&mut self, rows: &[AssessmentRow], sent: Result<(), String>) {
        if let Err(reason) = sent {
            self.assessments -= 1;
            for row in rows {
                self.refuse("assessments", row.line, &row.reference, &reason);
            }
        }
    }

    fn refuse(&mut self, file: &'static str, line: u64, reference: &str, reason: &str) {
        let (reference, reason) = (reference.to_owned(), reason.to_owned());
        self.refused.push((
            file,
            Refused {
                line,
                reference,
                reason,
            },
        ));
    }

    /// Prints the summary; refused rows go to standard error.
    fn print(mut self, dry_run: bool) -> ExitCode {
        self.refused
            .sort_by_key(|(file, row)| (*file == "assessments", row.line));
        for (file, row) in &self.refused {
            print_error!("{file}, line {}: {} refused: {}", row.line, row.reference, row.reason);
        }
        for note in &self.notes {
            print_line!("note: {note}");
        }
        if dry_run {
            print_line!(
                "{} ideas and {} assessments would be taken over; nothing was changed",
                self.taken.len(),
                self.assessments
            );
        } else {
            print_line!("{:<12} {:>8} {:>8}", "status", "new", "before");
            for (status, (new, before)) in &self.outcomes {
                print_line!("{:<12} {new:>8} {before:>8}", status.as_str());
            }
            let (new, before) = self
                .outcomes
                .values()
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            print_line!("{:<12} {new:>8} {before:>8}", "all");
            print_line!("assessments: {}", self.assessments);
        }
        print_line!("refused: {}", self.refused.len());
        if self.refused.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(EXIT_REFUSED)
        }
    }
}
