//! A decision, first or reconsidered: every rule that it must hold.

use super::super::findings::{At, Findings};
use super::case::Case;
use super::ideas::Idea;
use super::orders::OrdersInForce;
use super::{Act, Code, Past, assessing, basis, lifecycle, mandates, steps, taking_part};
use crate::verify::links::{Of, Wanted};
use idesluss_domain::evaluation::evaluation::{Basis, DecidedBy, DecisionMade};
use idesluss_domain::words::{Date, Label, MandateReference, Outcome, PersonId};

/// What is known around an evaluation.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) idea: Option<&'a Idea>,
    pub(super) orders: Option<&'a OrdersInForce>,
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
    findings: &mut Findings,
    at: At<'_>,
) {
    in_order(case, again, findings, at);
    let left = assessing::enough_left(case, around.idea, decision.outcome, "it was decided");
    findings.rule(Code::R08, at, left);
    findings.rule(Code::R24, at, taking_part::acts_for(act, &case.organisation));
    findings.rule(Code::R01, at, lifecycle::about_this(case, decision, &act.event.subject));
    findings.rule(Code::R22, at, lifecycle::owned(case, decision));
    findings.rule(Code::R15, at, assessing::reasons(&decision.reasons));
    findings.rule(
        Code::R06,
        at,
        mandates::dated(decision, case.opened_on, around.recorded),
    );
    match &decision.decided_by {
        DecidedBy::Person { person, mandate } => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, *person));
            // A board's decision others write down; what one person decides, they decide in the role that mandates are given to.
            let role = &*act.event.role;
            let decides = (role != "decision-maker").then(|| format!("{person} decided in the role {role}"));
            findings.rule(Code::R24, at, decides);
            findings.rule(Code::R09, at, taking_part::declared(case, *person, "decided"));
            steps::unbiased(case, around.idea, *person, "decided", findings, at);
            findings.rule(Code::R12, at, lifecycle::did_not_assess(case, *person));
            findings.rule(Code::R02, at, mandates::verified(case, decision, act));
            under_mandate(case, decision, *person, mandate, around, findings, at);
        }
        DecidedBy::Board { recorded_by, .. } => {
            findings.rule(Code::R24, at, taking_part::acts_herself(act, *recorded_by));
            steps::unbiased(
                case,
                around.idea,
                *recorded_by,
                "recorded a board's decision",
                findings,
                at,
            );
        }
    }
    findings.rule(
        Code::R18,
        at,
        basis::nothing_new(case, around.idea, &decision.basis, act.position),
    );
    findings.rule(Code::R21, at, basis::brief(case, &decision.basis));
    as_it_was(&decision.basis, act.position, past, findings, at);
    case.decisions += 1;
    case.advanced = decision.outcome == Outcome::Advance;
    case.settle();
}

/// R23 and R08: shown first, decided once, reconsidered in order, and not after it was closed.
fn in_order(case: &Case, again: Option<u32>, findings: &mut Findings, at: At<'_>) {
    if !case.revealed {
        findings.broken(Code::R23, at, "it was decided before the assessments were shown");
    }
    let shown = case.people.iter().filter(|person| person.shown).count();
    if case.revealed && u32::try_from(shown).is_ok_and(|shown| shown < case.yardstick.required) {
        findings.broken(
            Code::R08,
            at,
            format!(
                "it was decided on {shown} assessments, and {} are required",
                case.yardstick.required
            ),
        );
    }
    findings.rule(Code::R23, at, lifecycle::going_on(case, "it was decided"));
    match again {
        None if case.decisions > 0 => {
            findings.broken(Code::R23, at, "it had been decided before, and was not reconsidered")
        }
        Some(number) if case.decisions == 0 || number != case.decisions => {
            findings.broken(
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
    reference: &MandateReference,
    around: &Around<'_>,
    findings: &mut Findings,
    at: At<'_>,
) {
    let unknown = around.orders.is_none_or(|orders| orders.delegation.0.is_empty());
    if unknown && !around.from_start {
        return findings.note(
            Code::R03,
            at,
            format!("the delegation orders of {} are not in the bundle", case.organisation),
        );
    }
    match mandates::in_force(around.orders, reference, decision.decided_on) {
        Err(text) => findings.broken(Code::R03, at, text),
        Ok((order, mandate)) => {
            let verified = case.verified.as_deref().map(|(_, verified)| verified);
            let other = |clause: &Label, version| *clause != mandate.clause || version != order.adopted.version;
            if verified.is_some_and(|verified| other(&verified.clause, verified.order_version)) {
                findings.broken(
                    Code::R03,
                    at,
                    "clause or version of the order are not those that were verified",
                );
            }
            findings.rule(
                Code::R04,
                at,
                mandates::held(order, mandate, person, decision.decided_on),
            );
            findings.rule(Code::R05, at, mandates::covers(mandate, decision));
        }
    }
}

/// R19 and R20: size, root and sources are those of the log as it was.
fn as_it_was(named: &Basis, position: u64, past: Past<'_>, findings: &mut Findings, at: At<'_>) {
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
        Some(_) => findings.broken(
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
        None => findings.broken(
            Code::R19,
            at,
            format!("it is the log of {} entries, long before the decision", named.size),
        ),
    }
    if let Some(sources) = sources {
        findings.rule(Code::R20, at, basis::sources(named, &sources.at(named.size, journal)));
    }
}
