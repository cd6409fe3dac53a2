//! A decision, first or reconsidered: every rule that it must hold.

use super::super::tell::{At, Tell};
use super::case::Case;
use super::ideas::Idea;
use super::orders::Standing;
use super::{Act, Code, Past, assessing, basis, course, mandates, steps, taking_part};
use crate::verify::links::{Of, Wanted};
use idesluss_domain::evaluation::evaluation::{Basis, DecidedBy, DecisionMade};
use idesluss_domain::words::{Date, Outcome, PersonId};

/// What is known around an evaluation.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) idea: Option<&'a Idea>,
    pub(super) standing: Option<&'a Standing>,
    /// The day in Sweden on which the entry was recorded.
    pub(super) recorded: Date,
    pub(super) from_start: bool,
}

/// Judges a decision and takes it. `again`: the number of a reconsideration.
#[allow(
    clippy::too_many_arguments,
    reason = "a decision, what it is held against, and where it is told"
)]
pub(super) fn decide(
    case: &mut Case,
    decision: &DecisionMade,
    again: Option<u32>,
    around: &Around<'_>,
    act: &Act<'_>,
    past: Past<'_>,
    tell: &mut Tell,
    at: At<'_>,
) {
    in_order(case, again, tell, at);
    tell.rule(Code::R24, at, taking_part::acts_for(act, &case.organisation));
    tell.rule(Code::R01, at, course::about_this(case, decision, &act.event.subject));
    tell.rule(Code::R22, at, course::owned(case, decision));
    tell.rule(Code::R15, at, assessing::reasons(&decision.reasons));
    tell.rule(Code::R06, at, mandates::dated(decision, around.recorded));
    match &decision.decided_by {
        DecidedBy::Person { person, mandate } => {
            tell.rule(
                Code::R24,
                at,
                taking_part::acts_herself(act, Some(*person), &["decision-maker"]),
            );
            tell.rule(Code::R09, at, taking_part::declared(case, *person, "decided"));
            steps::unbiased(case, around.idea, *person, "decided", tell, at);
            tell.rule(Code::R12, at, course::did_not_assess(case, *person));
            tell.rule(Code::R02, at, mandates::verified(case, decision, act));
            under_mandate(case, decision, *person, mandate, around, tell, at);
        }
        DecidedBy::Board { recorded_by, .. } => {
            let roles = ["decision-maker", "coordinator", "registrar"];
            tell.rule(
                Code::R24,
                at,
                taking_part::acts_herself(act, Some(*recorded_by), &roles),
            );
            steps::unbiased(case, around.idea, *recorded_by, "recorded a board's decision", tell, at);
        }
    }
    tell.rule(
        Code::R18,
        at,
        basis::nothing_new(case, around.idea, &decision.basis, act.position),
    );
    tell.rule(Code::R21, at, basis::brief(case, &decision.basis));
    as_it_was(&decision.basis, act.position, past, tell, at);
    case.decisions += 1;
    case.advanced = decision.outcome == Outcome::Advance;
    case.settle();
}

/// R23 and R08: shown first, decided once, reconsidered in order, and not after it was closed.
fn in_order(case: &Case, again: Option<u32>, tell: &mut Tell, at: At<'_>) {
    if !case.revealed {
        tell.broken(Code::R23, at, "it was decided before the assessments were shown");
    }
    let shown = case.people.iter().filter(|person| person.shown).count();
    if case.revealed && u32::try_from(shown).is_ok_and(|shown| shown < case.yardstick.required) {
        tell.broken(
            Code::R08,
            at,
            format!(
                "it was decided on {shown} assessments, and {} are required",
                case.yardstick.required
            ),
        );
    }
    tell.rule(Code::R23, at, course::going_on(case, "it was decided"));
    match again {
        None if case.decisions > 0 => {
            tell.broken(Code::R23, at, "it had been decided before, and was not reconsidered")
        }
        Some(number) if case.decisions == 0 || number != case.decisions => {
            tell.broken(
                Code::R23,
                at,
                format!("reconsideration {number} follows on {} decisions", case.decisions),
            );
        }
        _ => {}
    }
}

/// R03, R04 and R05.
fn under_mandate(
    case: &Case,
    decision: &DecisionMade,
    person: PersonId,
    reference: &str,
    around: &Around<'_>,
    tell: &mut Tell,
    at: At<'_>,
) {
    let unknown = around.standing.is_none_or(|standing| standing.orders.0.is_empty());
    if unknown && !around.from_start {
        return tell.note(
            Code::R03,
            at,
            format!("the delegation orders of {} are not in the bundle", case.organisation),
        );
    }
    match mandates::in_force(around.standing, reference, decision.decided_on) {
        Err(text) => tell.broken(Code::R03, at, text),
        Ok((order, mandate)) => {
            let verified = case.verified.as_deref().map(|(_, verified)| verified);
            let other = |clause: &str, version| clause != mandate.clause || version != order.adopted.version;
            if verified.is_some_and(|verified| other(&verified.clause, verified.order_version)) {
                tell.broken(
                    Code::R03,
                    at,
                    "clause or version of the order are not those that were verified",
                );
            }
            tell.rule(
                Code::R04,
                at,
                mandates::held(order, mandate, person, decision.decided_on),
            );
            tell.rule(Code::R05, at, mandates::covers(mandate, decision));
        }
    }
}

/// R19 and R20: size, root and sources are those of the log as it was.
fn as_it_was(named: &Basis, position: u64, past: Past<'_>, tell: &mut Tell, at: At<'_>) {
    if named.size > position {
        // Told as R18; such a tree was not there.
        return;
    }
    let Past {
        tree,
        sources,
        journal,
        wanted,
    } = past;
    let Some(tree) = tree else {
        wanted.push(Wanted {
            size: named.size,
            root: named.root.0,
            of: Of::Basis(position),
        });
        return;
    };
    match tree.root_at(named.size) {
        Some(root) if root == named.root.0 => {}
        Some(_) => tell.broken(
            Code::R19,
            at,
            format!("the log of {} entries had another root", named.size),
        ),
        None if named.size < tree.begin() => {
            wanted.push(Wanted {
                size: named.size,
                root: named.root.0,
                of: Of::Basis(position),
            });
        }
        None => tell.broken(
            Code::R19,
            at,
            format!("it is the log of {} entries, long before the decision", named.size),
        ),
    }
    if let Some(sources) = sources {
        tell.rule(Code::R20, at, basis::sources(named, &sources.at(named.size, journal)));
    }
}
