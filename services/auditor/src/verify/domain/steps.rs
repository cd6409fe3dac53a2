//! The steps of an evaluation between its opening and its decision, and those after it.

use super::super::findings::{At, Findings};
use super::case::Case;
use super::ideas::Idea;
use super::{Act, Code, assessing, lifecycle, taking_part};
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{AssessmentsRevealed, RecommendationIssued};
use idesluss_domain::words::{Digest, PersonId, SealedText};
use std::collections::BTreeMap;

/// More people than ever take part: so that no list of them grows without end, whatever was written.
const MOST_PEOPLE: usize = 1_000;

/// Judges a step and takes it.
pub(super) fn take(
    case: &mut Case,
    step: &EvaluationEvent,
    idea: Option<&Idea>,
    act: &Act<'_>,
    findings: &mut Findings,
    at: At<'_>,
) {
    use EvaluationEvent as E;
    if case.people.len() >= MOST_PEOPLE {
        return findings.broken(
            Code::R01,
            at,
            format!("more than {MOST_PEOPLE} people are said to take part"),
        );
    }
    match step {
        E::NeedOwnerConfirmed(event) => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, event.need_owner));
            findings.rule(Code::R23, at, lifecycle::going_on(case, "a need owner confirmed"));
            unbiased(case, idea, event.need_owner, "confirmed to own the need", findings, at);
            case.owned = true;
        }
        E::AssessorAssigned(event) => {
            findings.rule(Code::R24, at, taking_part::acts_for(act, &case.organisation));
            // Who leads the evaluation may name a successor while taking somebody off; who steps aside may not.
            let role = &act.event.role;
            let names_successor =
                (role == "assessor").then(|| format!("{} chose an assessor as {role}", act.event.actor));
            findings.rule(Code::R24, at, names_successor);
            findings.rule(Code::R23, at, lifecycle::hidden(case, "an assessor was assigned"));
            if case.person(event.assessor).is_some_and(|person| person.assigned) {
                findings.broken(Code::R23, at, format!("{} had been assigned before", event.assessor));
            }
            led_by(case, idea, act, "assigned an assessor", findings, at);
            unbiased(case, idea, event.assessor, "was asked to assess", findings, at);
            let person = case.person_mut(event.assessor);
            (person.assigned, person.recused) = (true, false);
        }
        E::NoConflictDeclared(event) => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, event.person));
            findings.rule(
                Code::R10,
                at,
                taking_part::unconflicted(case, idea, event.person, "declared to have no conflict"),
            );
            findings.rule(
                Code::R11,
                at,
                taking_part::not_own(case, idea, event.person, "declared to have no conflict"),
            );
            case.person_mut(event.person).without_conflict = true;
        }
        E::ConflictDeclared(event) => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, event.person));
            let person = case.person_mut(event.person);
            (person.without_conflict, person.conflicted) = (false, true);
        }
        E::AssessorRecused(event) => {
            findings.rule(Code::R23, at, lifecycle::hidden(case, "an assessor was taken off"));
            // What follows from a declared conflict has no reasons of its own.
            let follows = event.conflict && event.reason.is_none();
            let own = follows || act.event.role == "assessor";
            if own {
                findings.rule(Code::R24, at, taking_part::acts_herself(act, event.assessor));
            }
            if taking_part::actor(act) != Some(event.assessor) {
                led_by(case, idea, act, "took an assessor off", findings, at);
            }
            let person = case.person_mut(event.assessor);
            person.recused = true;
            if event.conflict {
                (person.without_conflict, person.conflicted) = (false, true);
            }
        }
        E::AssessmentSubmitted(event) => {
            let first = case.person(event.assessor).is_none_or(|person| !person.assessed);
            if !first {
                findings.broken(Code::R23, at, format!("{} had assessed before", event.assessor));
            }
            assess(
                case,
                idea,
                event.assessor,
                event.commitment,
                &event.rationales,
                act,
                findings,
                at,
            );
        }
        E::AssessmentRevised(event) => {
            let revisions = case
                .person(event.assessor)
                .filter(|person| person.assessed)
                .map(|person| person.revisions);
            if revisions.is_none_or(|last| u32::from(last) + 1 != event.revision) {
                findings.broken(
                    Code::R23,
                    at,
                    format!("revision {} of {} follows on nothing", event.revision, event.assessor),
                );
            }
            assess(
                case,
                idea,
                event.assessor,
                event.commitment,
                &event.rationales,
                act,
                findings,
                at,
            );
            case.person_mut(event.assessor).revisions = u16::try_from(event.revision).unwrap_or(u16::MAX);
        }
        E::AssessmentsRevealed(shown) => reveal(case, idea, shown, act, findings, at),
        E::RecommendationIssued(issued) => recommend(case, idea, issued, act, findings, at),
        E::MandateVerified(verified) => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, verified.decider));
            case.verified = Some(Box::new((act.position, verified.clone())));
        }
        E::EvaluationClosed(event) => {
            findings.rule(Code::R23, at, lifecycle::going_on(case, "it was closed"));
            if event.decided != (case.decisions > 0) {
                findings.broken(Code::R23, at, "it says wrongly whether a decision had been made");
            }
            case.closed = true;
            case.settle();
        }
        E::DecisionReported(_) => {
            findings.rule(Code::R23, at, lifecycle::decided(case, "a decision was reported"));
            led_by(case, idea, act, "reported a decision", findings, at);
        }
        E::DecisionCorrected(_) => {
            findings.rule(Code::R23, at, lifecycle::decided(case, "a decision was corrected"));
            led_by(case, idea, act, "corrected a decision", findings, at);
        }
        E::PilotStarted(_) | E::PilotCompleted(_) => led_by(case, idea, act, "ran a pilot", findings, at),
        E::ResourcesCommitted(_) | E::SupportArranged(_) => {
            let advanced = case.decisions > 0 && case.advanced;
            if !advanced {
                findings.broken(
                    Code::R23,
                    at,
                    "resources or support were given, and nothing had advanced",
                );
            }
            led_by(case, idea, act, "gave resources or support", findings, at);
        }
        _ => {}
    }
}

/// R10 and R11 for one person.
pub(super) fn unbiased(
    case: &Case,
    idea: Option<&Idea>,
    person: PersonId,
    does: &str,
    findings: &mut Findings,
    at: At<'_>,
) {
    findings.rule(Code::R10, at, taking_part::unconflicted(case, idea, person, does));
    findings.rule(Code::R11, at, taking_part::not_own(case, idea, person, does));
}

/// The same for whoever leads what is judged, rather than judge it.
fn led_by(case: &Case, idea: Option<&Idea>, act: &Act<'_>, does: &str, findings: &mut Findings, at: At<'_>) {
    if let Some(person) = taking_part::actor(act) {
        unbiased(case, idea, person, does, findings, at);
    }
}

#[allow(clippy::too_many_arguments, reason = "a step, what it says, and where it is told")]
fn assess(
    case: &mut Case,
    idea: Option<&Idea>,
    assessor: PersonId,
    commitment: Digest,
    rationales: &BTreeMap<String, SealedText>,
    act: &Act<'_>,
    findings: &mut Findings,
    at: At<'_>,
) {
    findings.rule(Code::R24, at, taking_part::acts_herself(act, assessor));
    findings.rule(Code::R23, at, lifecycle::hidden(case, "somebody assessed"));
    findings.rule(Code::R09, at, taking_part::declared(case, assessor, "assessed"));
    unbiased(case, idea, assessor, "assessed", findings, at);
    findings.rule(Code::R15, at, assessing::reasoned(case, rationales, assessor));
    let active = case
        .person(assessor)
        .is_some_and(|person| person.assigned && !person.recused);
    if !active {
        findings.broken(Code::R24, at, format!("{assessor} assessed without being assigned"));
    }
    case.commit(assessor, commitment);
}

fn reveal(
    case: &mut Case,
    idea: Option<&Idea>,
    shown: &AssessmentsRevealed,
    act: &Act<'_>,
    findings: &mut Findings,
    at: At<'_>,
) {
    findings.rule(Code::R24, at, taking_part::acts_for(act, &case.organisation));
    findings.rule(Code::R23, at, lifecycle::hidden(case, "the assessments were shown"));
    led_by(case, idea, act, "showed the assessments", findings, at);
    findings.rule(Code::R08, at, assessing::enough(case, shown));
    findings.rule(Code::R17, at, assessing::all_shown(case, idea, shown));
    let mut all = Vec::with_capacity(shown.assessments.len());
    for one in &shown.assessments {
        findings.rule(Code::R07, at, assessing::as_committed(case, one));
        match assessing::scored(case, one) {
            Ok(scores) => all.push(scores),
            Err(text) => findings.broken(Code::R13, at, text),
        }
    }
    // Means of scores that are none can't be told.
    if all.len() == shown.assessments.len() {
        findings.rule(Code::R14, at, assessing::means(case, &all, shown));
    }
    for one in &shown.assessments {
        case.person_mut(one.assessor).shown = true;
    }
    case.revealed = true;
    case.commitments = Vec::new();
}

fn recommend(
    case: &mut Case,
    idea: Option<&Idea>,
    issued: &RecommendationIssued,
    act: &Act<'_>,
    findings: &mut Findings,
    at: At<'_>,
) {
    findings.rule(Code::R23, at, lifecycle::undecided(case, "a panel recommended"));
    led_by(case, idea, act, "issued a recommendation", findings, at);
    // One whose voices have become co-authors is set aside.
    let author = |voice: &PersonId| taking_part::is_author(case, idea, *voice);
    if !case.voices.is_empty() && !case.voices.iter().any(author) {
        findings.broken(Code::R23, at, "a panel had recommended before");
    }
    let left = assessing::enough_left(case, idea, issued.proposal, "a panel recommended");
    findings.rule(Code::R08, at, left);
    findings.rule(Code::R26, at, lifecycle::panel(case, issued));
    for voice in lifecycle::voices(issued) {
        findings.rule(Code::R09, at, taking_part::declared(case, voice, "recommended"));
        unbiased(case, idea, voice, "recommended", findings, at);
    }
    let reasons = std::iter::once(&issued.reasons).chain(issued.dissent.iter().map(|dissent| &dissent.reasons));
    for digest in reasons {
        findings.rule(Code::R15, at, assessing::reasons(digest));
    }
    case.voices = lifecycle::voices(issued).collect();
}
