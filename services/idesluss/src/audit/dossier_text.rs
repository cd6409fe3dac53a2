//! A dossier in plain text.

use super::words::{self, hundredths, person};
use idesluss_auditor::Dossier;
use idesluss_auditor::dossier::{Decision, Mandates, Proceedings};
use idesluss_auditor::spaced;
use idesluss_runtime::Directory;
use std::fmt::Write as _;

pub(super) fn render(dossier: &Dossier, directory: &Directory) -> String {
    let mut out = String::new();
    decision(&mut out, &dossier.decision, directory);
    basis(&mut out, dossier);
    known(&mut out, dossier, directory);
    elsewhere(&mut out, dossier, directory);
    proceedings(&mut out, &dossier.proceedings, directory);
    mandates(&mut out, &dossier.mandates, directory);
    out.push_str("\nWho had acted by then, and in which role\n");
    for acted in &dossier.acted {
        let name = match acted.role.as_str() {
            "service" => "the service itself".to_owned(),
            _ => person(&acted.person, directory),
        };
        let _ = writeln!(out, "  {} in {}: {name}", acted.role, acted.organisation);
    }
    out.push_str("\nWhat came after\n");
    if dossier.after.is_empty() {
        out.push_str("  nothing yet\n");
    }
    for later in &dossier.after {
        let _ = writeln!(out, "  {}", words::happened(&later.happened, directory));
        words::texts(&mut out, 6, &later.texts);
    }
    if let Some(erasure) = &dossier.erasure {
        let _ = writeln!(
            out,
            "\nTexts were erased: decided on {} on the basis of {} by {}",
            erasure.decided,
            erasure.basis,
            words::who(&erasure.by, directory)
        );
        for (service, on) in &erasure.erased {
            let _ = writeln!(out, "  {} on {on}", service.as_str());
        }
    }
    if !dossier.findings.is_empty() {
        out.push_str("\nWhat does not fit together\n");
        for finding in &dossier.findings {
            let _ = writeln!(out, "  {finding}");
        }
    }
    out
}

fn decision(out: &mut String, decision: &Decision, directory: &Directory) {
    let _ = writeln!(out, "Decision {}", decision.event);
    let _ = writeln!(out, "  idea:       {} ({})", decision.idea, decision.organisation);
    let _ = writeln!(
        out,
        "  evaluation: {}, round {} at {}",
        decision.evaluation, decision.round, decision.gate
    );
    let home = if decision.home {
        ", to be carried out at home"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "  decided:    {}{home}, {} kronor",
        decision.outcome, decision.cost_kronor
    );
    match &decision.board {
        Some((board, meeting, paragraph)) => {
            let _ = writeln!(out, "  by:         {board}, {meeting}, {paragraph}");
            let _ = writeln!(out, "  written by: {}", words::who(&decision.who, directory));
        }
        None => {
            let _ = writeln!(out, "  by:         {}", words::who(&decision.who, directory));
        }
    }
    let _ = writeln!(
        out,
        "  when:       {} in Sweden; recorded {} at evaluation:{}",
        decision.decided_on, decision.recorded, decision.position
    );
    if decision.reconsideration > 0 {
        let _ = writeln!(
            out,
            "  it is reconsideration {} of this evaluation",
            decision.reconsideration
        );
    }
    if decision.replaced {
        out.push_str("  it was reconsidered later: another decision holds\n");
    }
    words::texts(out, 2, &decision.texts);
}

fn basis(out: &mut String, dossier: &Dossier) {
    let basis = &dossier.basis;
    let _ = writeln!(
        out,
        "\nWhat it rests on\n  the page was drawn at evaluation:{}; the journal had {} entries with root {}; the brief was version {}",
        basis.seen, basis.size, basis.root, basis.brief_version
    );
    for source in &basis.sources {
        let _ = writeln!(
            out,
            "  received from {} up to epoch {} sequence {} (its position {})",
            source.source, source.epoch, source.sequence, source.from_position
        );
    }
}

fn known(out: &mut String, dossier: &Dossier, directory: &Directory) {
    out.push_str("\nWhat the decider had received\n");
    for entry in &dossier.known {
        let seen = if entry.seen { "seen" } else { "received, not seen" };
        let place = match entry.happened_at {
            Some(position) => format!(", from {}:{position}", entry.happened_in),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "  {}  evaluation:{}  {}  by {}  ({seen}{place})",
            entry.recorded,
            entry.position,
            spaced(&entry.event),
            words::who(&entry.who, directory)
        );
        words::texts(out, 6, &entry.texts);
    }
}

fn elsewhere(out: &mut String, dossier: &Dossier, directory: &Directory) {
    out.push_str("\nWhat had happened elsewhere and had not arrived\n");
    if dossier.elsewhere.is_empty() {
        out.push_str("  nothing, as far as the journals tell\n");
    }
    for missing in &dossier.elsewhere {
        let arrived = match (missing.followed, missing.arrived) {
            (_, Some(position)) => format!("arrived later, at evaluation:{position}"),
            (true, None) => "has not arrived to this day".to_owned(),
            (false, None) => "evaluation does not follow that service".to_owned(),
        };
        let _ = writeln!(out, "  {}  ({arrived})", words::happened(&missing.happened, directory));
        words::texts(out, 6, &missing.texts);
    }
}

fn proceedings(out: &mut String, proceedings: &Proceedings, directory: &Directory) {
    let _ = writeln!(out, "\nThe brief, version {}", proceedings.brief.version);
    words::texts(out, 2, &proceedings.brief.texts);
    let criteria = &proceedings.criteria;
    let _ = writeln!(
        out,
        "\nThe criteria: {}, version {}; {} independent assessments required",
        criteria.set, criteria.version, criteria.assessments_required
    );
    for criterion in &criteria.criteria {
        let scored = proceedings
            .scores
            .iter()
            .flat_map(|scores| &scores.criteria)
            .find(|scored| scored.key == criterion.key);
        let scored = scored.map_or_else(String::new, |scored| {
            format!(
                ": mean {} of {}, from {} to {}, spread {}",
                hundredths(scored.mean_hundredths),
                scored.count,
                scored.lowest,
                scored.highest,
                scored.spread
            )
        });
        let _ = writeln!(
            out,
            "  {} ({}), weight {}{scored}",
            criterion.name_en, criterion.key, criterion.weight
        );
    }
    match &proceedings.scores {
        Some(scores) => {
            let _ = writeln!(out, "  weighted mean {}", hundredths(scores.weighted_hundredths));
            for (assessor, given) in &scores.assessors {
                let given: Vec<String> = given.iter().map(|(key, score)| format!("{key} {score}")).collect();
                let _ = writeln!(out, "  {}: {}", person(assessor, directory), given.join(", "));
            }
        }
        None => out.push_str("  no scores had been revealed\n"),
    }
    out.push_str("\nConflicts of interest as declared\n");
    for declaration in &proceedings.conflicts {
        let said = if declaration.conflict { "has one" } else { "has none" };
        let reason = declaration.reason.as_ref().map(words::text).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {} {said} (evaluation:{}) {reason}",
            person(&declaration.person, directory),
            declaration.position
        );
    }
    out.push_str("\nThe panel\n");
    for member in &proceedings.panel {
        let state = match (member.assessed, member.recused) {
            (true, false) => format!("assessed, revised {} times", member.revisions),
            (false, false) => "had not assessed".to_owned(),
            (_, true) => "taken off".to_owned(),
        };
        let replaced = member
            .replaced_by
            .as_ref()
            .map(|by| format!(", replaced by {}", person(by, directory)));
        let _ = writeln!(
            out,
            "  {}: {state}{}",
            person(&member.assessor, directory),
            replaced.unwrap_or_default()
        );
        words::texts(out, 6, &member.rationales);
    }
    if let Some(owner) = &proceedings.need_owner {
        let _ = writeln!(out, "\nThe need is owned by {}", person(owner, directory));
    }
    let Some(recommendation) = &proceedings.recommendation else {
        out.push_str("\nNo recommendation had been issued\n");
        return;
    };
    let reasons = recommendation.reasons.as_ref().map(words::text).unwrap_or_default();
    let _ = writeln!(out, "\nThe recommendation: {}\n  {reasons}", recommendation.proposal);
    for member in &recommendation.panel {
        let _ = writeln!(out, "  behind it: {}", person(member, directory));
    }
    for dissent in &recommendation.dissent {
        let reasons = dissent.reasons.as_ref().map(words::text).unwrap_or_default();
        let _ = writeln!(out, "  otherwise: {}: {reasons}", person(&dissent.assessor, directory));
    }
}

fn mandates(out: &mut String, mandates: &Mandates, directory: &Directory) {
    out.push_str("\nThe mandates in force that day\n");
    if let Some(verified) = &mandates.verified {
        let _ = writeln!(
            out,
            "  verified at evaluation:{}: clause {} of version {} lets {} decide at {} on {} kronor on {}",
            verified.position,
            verified.clause,
            verified.order_version,
            person(&verified.decider, directory),
            verified.gate,
            verified.cost_kronor,
            verified.on
        );
    }
    match &mandates.order {
        None => out.push_str("  no delegation order was in force\n"),
        Some(order) => {
            let paragraph = order.paragraph.as_ref().map(|paragraph| format!(" {paragraph}"));
            let until = order.valid_until.as_deref().unwrap_or("further notice");
            let _ = writeln!(
                out,
                "  {}, version {} ({}), adopted by {} on {}{}, valid from {} until {until}",
                order.organisation,
                order.version,
                order.form,
                order.adopted_by,
                order.adopted_on,
                paragraph.unwrap_or_default(),
                order.valid_from
            );
            for mandate in &order.mandates {
                let mut marks = vec![if mandate.held { "held" } else { "did not hold" }.to_owned()];
                if mandate.used {
                    marks.push("used".to_owned());
                }
                marks.extend(
                    mandate
                        .handed_on_from
                        .iter()
                        .map(|from| format!("handed on from {from}")),
                );
                marks.extend(mandate.revoked_from.iter().map(|from| format!("revoked from {from}")));
                let _ = writeln!(
                    out,
                    "  {}: {}, {} up to {} kronor ({})",
                    mandate.reference,
                    person(&mandate.holder, directory),
                    mandate.gates.join(", "),
                    mandate.up_to_kronor,
                    marks.join("; ")
                );
            }
        }
    }
    for happened in &mandates.later {
        let _ = writeln!(out, "  since then: {}", words::happened(happened, directory));
    }
}
