//! An idea's life: every entry about it from each service, with the texts that an auditor may read, and how it is told.

use super::{AuditError, words};
use crate::session::Session;
use idesluss_auditor::{Entry, History, Knew, State, Step, Text};
use idesluss_domain::words::{Actor, IdeaId};
use idesluss_evidence::{EvidenceError, history};
use idesluss_runtime::Directory;
use std::fmt::Write as _;
use tonic::Code;

/// Every entry about the idea in each journal, as the first of these auditors sees it who may, and who that is.
pub(crate) async fn gather(
    session: &Session,
    idea: IdeaId,
    auditors: impl IntoIterator<Item = Actor>,
) -> Result<(Actor, Vec<Entry>), AuditError> {
    let mut refused = AuditError::NoAuditor;
    for auditor in auditors {
        match history(&session.speaking(&auditor), idea).await {
            Ok(entries) => return Ok((auditor, entries)),
            Err(EvidenceError::Refused(status)) if status.code() == Code::PermissionDenied => {}
            Err(error @ EvidenceError::NoSuchIdea(_)) => return Err(error.into()),
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}

/// The life as people read it.
pub(crate) fn render(history: &History, directory: &Directory) -> String {
    let mut out = format!("Idea {}\n", history.idea);
    for step in &history.steps {
        render_step(&mut out, step, directory);
    }
    let _ = writeln!(out, "\nAt the end: {}", stands(&history.state));
    out
}

fn render_step(out: &mut String, step: &Step, directory: &Directory) {
    let service = step.service.as_str();
    let _ = writeln!(
        out,
        "\n{}  {service}:{}  {}",
        step.recorded,
        step.position,
        idesluss_auditor::spaced(&step.event)
    );
    if step.time != step.recorded {
        let _ = writeln!(out, "    when:  {}", step.time);
    }
    let _ = writeln!(out, "    who:   {}", words::who(&step.who, directory));
    if let Some(mandate) = &step.mandate {
        let _ = writeln!(out, "    under: {mandate}");
    }
    for (field, text) in &step.texts {
        let text = match text {
            Text::Readable(text) => text.replace('\n', "\n           "),
            Text::Erased => "(erased by decision)".to_owned(),
            Text::KeyMissing => "(its key is not found here; nobody decided to erase it)".to_owned(),
            Text::Hidden => "(hidden)".to_owned(),
        };
        let _ = writeln!(out, "    {field}: {text}");
    }
    let _ = writeln!(out, "    now:   {}", stands(&step.state));
    if let Some(knew) = &step.knew {
        render_knowledge(out, knew);
    }
}

fn render_knowledge(out: &mut String, knew: &Knew) {
    let _ = writeln!(
        out,
        "    knew:  the page was drawn at evaluation:{}, the journal had {} entries with root {}, the brief was version {}",
        knew.seen, knew.size, knew.root, knew.brief_version
    );
    for source in &knew.sources {
        let _ = writeln!(
            out,
            "           received from {} up to epoch {} sequence {} (its position {})",
            source.source, source.epoch, source.sequence, source.from_position
        );
    }
    for entry in &knew.entries {
        let how = if entry.seen { "seen" } else { "received, not seen" };
        let _ = writeln!(
            out,
            "           evaluation:{} {} ({how})",
            entry.position,
            idesluss_auditor::spaced(&entry.event)
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
