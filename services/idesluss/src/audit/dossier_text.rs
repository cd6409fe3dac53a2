//! A dossier in plain text.

use super::words::{self, hundredths, person, spaced};
use idesluss_auditor::Dossier;
use idesluss_auditor::dossier::{Decision, Grounds, Powers};
use idesluss_runtime::Directory;
use std::fmt::Write as _;

pub(super) fn tell(dossier: &Dossier, directory: &Directory) -> String {
    let mut told = String::new();
    decision(&mut told, &dossier.decision, directory);
    basis(&mut told, dossier);
    known(&mut told, dossier, directory);
    elsewhere(&mut told, dossier, directory);
    grounds(&mut told, &dossier.grounds, directory);
    powers(&mut told, &dossier.powers, directory);
    told.push_str("\nWho had acted by then, and in which role\n");
    for acted in &dossier.acted {
        let name = match acted.role.as_str() {
            "service" => "the service itself".to_owned(),
            _ => person(&acted.person, directory),
        };
        let _ = writeln!(told, "  {} in {}: {name}", acted.role, acted.organisation);
    }
    told.push_str("\nWhat came after\n");
    if dossier.after.is_empty() {
        told.push_str("  nothing yet\n");
    }
    for later in &dossier.after {
        let _ = writeln!(told, "  {}", words::happened(&later.happened, directory));
        words::texts(&mut told, 6, &later.texts);
    }
    if let Some(erasure) = &dossier.erasure {
        let _ = writeln!(
            told,
            "\nTexts were erased: decided on {} on the basis of {} by {}",
            erasure.decided,
            erasure.basis,
            words::who(&erasure.by, directory)
        );
        for (service, on) in &erasure.erased {
            let _ = writeln!(told, "  {} on {on}", service.as_str());
        }
    }
    if !dossier.doubts.is_empty() {
        told.push_str("\nWhat does not fit together\n");
        for doubt in &dossier.doubts {
            let _ = writeln!(told, "  {doubt}");
        }
    }
    told
}

fn decision(told: &mut String, decision: &Decision, directory: &Directory) {
    let _ = writeln!(told, "Decision {}", decision.event);
    let _ = writeln!(told, "  idea:       {} ({})", decision.idea, decision.organisation);
    let _ = writeln!(
        told,
        "  evaluation: {}, round {} at {}",
        decision.evaluation, decision.round, decision.gate
    );
    let home = if decision.home {
        ", to be carried out at home"
    } else {
        ""
    };
    let _ = writeln!(
        told,
        "  decided:    {}{home}, {} kronor",
        decision.outcome, decision.cost_kronor
    );
    match &decision.board {
        Some((board, meeting, paragraph)) => {
            let _ = writeln!(told, "  by:         {board}, {meeting}, {paragraph}");
            let _ = writeln!(told, "  written by: {}", words::who(&decision.who, directory));
        }
        None => {
            let _ = writeln!(told, "  by:         {}", words::who(&decision.who, directory));
        }
    }
    let _ = writeln!(
        told,
        "  when:       {} in Sweden; recorded {} at evaluation:{}",
        decision.decided_on, decision.recorded, decision.position
    );
    if decision.reconsideration > 0 {
        let _ = writeln!(
            told,
            "  it is reconsideration {} of this evaluation",
            decision.reconsideration
        );
    }
    if decision.replaced {
        told.push_str("  it was reconsidered later: another decision holds\n");
    }
    words::texts(told, 2, &decision.texts);
}

fn basis(told: &mut String, dossier: &Dossier) {
    let basis = &dossier.basis;
    let _ = writeln!(
        told,
        "\nWhat it rests on\n  the page was drawn at evaluation:{}; the journal had {} entries with root {}; the brief was version {}",
        basis.seen, basis.size, basis.root, basis.brief_version
    );
    for source in &basis.sources {
        let _ = writeln!(
            told,
            "  received from {} up to epoch {} sequence {} (its position {})",
            source.source, source.epoch, source.sequence, source.from_position
        );
    }
}

fn known(told: &mut String, dossier: &Dossier, directory: &Directory) {
    told.push_str("\nWhat the decider had received\n");
    for entry in &dossier.known {
        let seen = if entry.seen { "seen" } else { "received, not seen" };
        let place = match entry.happened_at {
            Some(position) => format!(", from {}:{position}", entry.happened_in),
            None => String::new(),
        };
        let _ = writeln!(
            told,
            "  {}  evaluation:{}  {}  by {}  ({seen}{place})",
            entry.recorded,
            entry.position,
            spaced(&entry.event),
            words::who(&entry.who, directory)
        );
        words::texts(told, 6, &entry.texts);
    }
}

fn elsewhere(told: &mut String, dossier: &Dossier, directory: &Directory) {
    told.push_str("\nWhat had happened elsewhere and had not arrived\n");
    if dossier.elsewhere.is_empty() {
        told.push_str("  nothing, as far as the journals tell\n");
    }
    for missing in &dossier.elsewhere {
        let arrived = match (missing.followed, missing.arrived) {
            (_, Some(position)) => format!("arrived later, at evaluation:{position}"),
            (true, None) => "has not arrived to this day".to_owned(),
            (false, None) => "evaluation does not follow that service".to_owned(),
        };
        let _ = writeln!(told, "  {}  ({arrived})", words::happened(&missing.happened, directory));
        words::texts(told, 6, &missing.texts);
    }
}

fn grounds(told: &mut String, grounds: &Grounds, directory: &Directory) {
    let _ = writeln!(told, "\nThe brief, version {}", grounds.brief.version);
    words::texts(told, 2, &grounds.brief.texts);
    let criteria = &grounds.criteria;
    let _ = writeln!(
        told,
        "\nThe criteria: {}, version {}; {} independent assessments required",
        criteria.set, criteria.version, criteria.assessments_required
    );
    for criterion in &criteria.criteria {
        let scored = grounds
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
            told,
            "  {} ({}), weight {}{scored}",
            criterion.name_en, criterion.key, criterion.weight
        );
    }
    match &grounds.scores {
        Some(scores) => {
            let _ = writeln!(told, "  weighted mean {}", hundredths(scores.weighted_hundredths));
            for (assessor, given) in &scores.assessors {
                let given: Vec<String> = given.iter().map(|(key, score)| format!("{key} {score}")).collect();
                let _ = writeln!(told, "  {}: {}", person(assessor, directory), given.join(", "));
            }
        }
        None => told.push_str("  no scores had been revealed\n"),
    }
    told.push_str("\nConflicts of interest as declared\n");
    for declaration in &grounds.conflicts {
        let said = if declaration.conflict { "has one" } else { "has none" };
        let reason = declaration.reason.as_ref().map(words::text).unwrap_or_default();
        let _ = writeln!(
            told,
            "  {} {said} (evaluation:{}) {reason}",
            person(&declaration.person, directory),
            declaration.position
        );
    }
    told.push_str("\nThe panel\n");
    for seat in &grounds.panel {
        let state = match (seat.assessed, seat.recused) {
            (true, false) => format!("assessed, revised {} times", seat.revisions),
            (false, false) => "had not assessed".to_owned(),
            (_, true) => "taken off".to_owned(),
        };
        let replaced = seat
            .replaced_by
            .as_ref()
            .map(|by| format!(", replaced by {}", person(by, directory)));
        let _ = writeln!(
            told,
            "  {}: {state}{}",
            person(&seat.assessor, directory),
            replaced.unwrap_or_default()
        );
        words::texts(told, 6, &seat.rationales);
    }
    if let Some(owner) = &grounds.need_owner {
        let _ = writeln!(told, "\nThe need is owned by {}", person(owner, directory));
    }
    let Some(recommendation) = &grounds.recommendation else {
        told.push_str("\nNo recommendation had been issued\n");
        return;
    };
    let reasons = recommendation.reasons.as_ref().map(words::text).unwrap_or_default();
    let _ = writeln!(told, "\nThe recommendation: {}\n  {reasons}", recommendation.proposal);
    for member in &recommendation.panel {
        let _ = writeln!(told, "  behind it: {}", person(member, directory));
    }
    for dissent in &recommendation.dissent {
        let reasons = dissent.reasons.as_ref().map(words::text).unwrap_or_default();
        let _ = writeln!(told, "  otherwise: {}: {reasons}", person(&dissent.assessor, directory));
    }
}

fn powers(told: &mut String, powers: &Powers, directory: &Directory) {
    told.push_str("\nThe mandates in force that day\n");
    if let Some(verified) = &powers.verified {
        let _ = writeln!(
            told,
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
    match &powers.order {
        None => told.push_str("  no delegation order was in force\n"),
        Some(order) => {
            let paragraph = order.paragraph.as_ref().map(|paragraph| format!(" {paragraph}"));
            let until = order.valid_until.as_deref().unwrap_or("further notice");
            let _ = writeln!(
                told,
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
                    told,
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
    for happened in &powers.later {
        let _ = writeln!(told, "  since then: {}", words::happened(happened, directory));
    }
}
