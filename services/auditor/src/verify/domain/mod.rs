//! The rules of the domain, event by event.
//!
//! Nothing here trusts that the rules were asked when an event was written: each is looked at anew, against what stood in the log before.
//! One function a rule, named with its code, in the file of its subject.

mod asserted;
mod assessing;
mod basis;
mod case;
mod deciding;
mod ideas;
mod lifecycle;
mod mandates;
mod orders;
mod persons;
mod roles;
mod steps;
mod taking_part;

use super::findings::{At, Findings};
use super::peaks::Tree;
use super::sources::Sources;
use super::{Code, links::Wanted};
pub(super) use asserted::Asserted;
use case::{Case, Yardstick};
use ideas::Idea;
use idesluss_domain::Event;
use idesluss_domain::evaluation::delegation_order::DelegationOrderEvent;
use idesluss_domain::evaluation::{CriteriaEvent, EvaluationEvent};
use idesluss_domain::submission::disclosure::TextsDisclosed;
use idesluss_domain::submission::{DisclosureEvent, IdeaEvent};
use idesluss_domain::words::{Date, OrganisationId, Timestamp};
use idesluss_proof::line::EventLine;
use orders::OrdersInForce;
pub(super) use persons::Erasures;
pub(super) use roles::{Roles, tells_of_roles};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use uuid::Uuid;

/// An entry that is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act<'a> {
    pub(super) position: u64,
    pub(super) recorded_micros: i64,
    /// A tag of its command.
    pub(super) command: u64,
    pub(super) event: &'a EventLine<'a>,
}

/// The log as it was when an entry was written.
pub(super) struct Past<'a> {
    /// The tree over the entries before; None: entries come one by one, or the tree is known to be broken.
    pub(super) tree: Option<&'a Tree>,
    /// What had been received; None: some entries are hidden.
    pub(super) sources: Option<&'a Sources>,
    /// `/<instance>/<service>`
    pub(super) journal: &'a str,
    /// Roots that are to be linked to the checkpoint.
    pub(super) wanted: &'a mut Vec<Wanted>,
}

/// Evaluation's log, folded as far as the rules need it.
#[derive(Debug)]
pub(super) struct Rules {
    zone: jiff::tz::TimeZone,
    orders_in_force: HashMap<OrganisationId, OrdersInForce>,
    organisations: HashSet<Rc<OrganisationId>>,
    yardsticks: HashSet<Rc<Yardstick>>,
    ideas: HashMap<Uuid, Idea>,
    cases: HashMap<Uuid, Case>,
    /// Whether streams are read from their beginning.
    from_start: bool,
    pub(super) decisions: u64,
    /// Decisions on evaluations that began before the bundle, and the first of them.
    pub(super) unjudged: (u64, Option<u64>),
}

impl Rules {
    /// `from_start`: whether every stream is in the bundle from its first event on.
    pub(super) fn new(from_start: bool) -> Self {
        Self {
            zone: sweden(),
            orders_in_force: HashMap::new(),
            organisations: HashSet::new(),
            yardsticks: HashSet::new(),
            ideas: HashMap::new(),
            cases: HashMap::new(),
            from_start,
            decisions: 0,
            unjudged: (0, None),
        }
    }

    /// Takes a received entry.
    pub(super) fn received(&mut self, act: &Act<'_>, event: Option<&Event>) {
        let Some(idea) = id(&act.event.subject, "idea/") else {
            return;
        };
        let event = match event {
            Some(Event::Idea(event)) => Some(event),
            _ => None,
        };
        let home = event
            .and_then(home)
            .map(|home| shared(&mut self.organisations, home.clone()));
        let known = self.ideas.entry(idea).or_default();
        known.home = known.home.take().or(home);
        if known.take(act.position, event) {
            self.ideas.remove(&idea);
        }
    }

    /// Judges an own entry, and takes it.
    pub(super) fn own(&mut self, act: &Act<'_>, event: &Event, past: Past<'_>, findings: &mut Findings, at: At<'_>) {
        match event {
            Event::DelegationOrder(event) => self.order(act, event, findings, at),
            Event::Criteria(CriteriaEvent::CriteriaAdopted(adopted)) => {
                findings.rule(Code::R24, at, taking_part::acts_for(act, &adopted.organisation));
                let orders = self.orders_in_force.entry(adopted.organisation.clone()).or_default();
                let follows = usize::try_from(adopted.version).is_ok_and(|version| version == orders.sets() + 1);
                if !follows && self.from_start {
                    let text = format!("criteria {} follow on criteria {}", adopted.version, orders.sets());
                    findings.broken(Code::R27, at, text);
                }
                orders.take_criteria(act.position, adopted.clone());
            }
            Event::Evaluation(event) => self.evaluation(act, event, past, findings, at),
            _ => {}
        }
    }

    fn order(&mut self, act: &Act<'_>, event: &DelegationOrderEvent, findings: &mut Findings, at: At<'_>) {
        let named = act.event.subject.strip_prefix("delegation-order/");
        let Some(organisation) = named.and_then(|name| name.parse::<OrganisationId>().ok()) else {
            return findings.broken(Code::R27, at, "its subject is no organisation's delegation order");
        };
        let recorded = self.day(act.recorded_micros);
        findings.rule(Code::R24, at, taking_part::acts_for(act, &organisation));
        let orders = self.orders_in_force.entry(organisation.clone()).or_default();
        match event {
            DelegationOrderEvent::DelegationOrderAdopted(adopted) => {
                if adopted.organisation != organisation {
                    findings.broken(Code::R27, at, format!("it is {}'s order", adopted.organisation));
                }
                if self.from_start {
                    findings.rule(Code::R27, at, mandates::numbered(orders, adopted, recorded));
                }
            }
            DelegationOrderEvent::MandateSubdelegated(event) if self.from_start => {
                findings.rule(Code::R25, at, mandates::handed_on(orders, event, act));
            }
            DelegationOrderEvent::MandateRevoked(event) if self.from_start => {
                findings.rule(Code::R25, at, mandates::taken_back(orders, event, act));
            }
            DelegationOrderEvent::MandateSubdelegated(_) | DelegationOrderEvent::MandateRevoked(_) => {}
        }
        orders.take_order(event);
    }

    fn evaluation(
        &mut self,
        act: &Act<'_>,
        event: &EvaluationEvent,
        past: Past<'_>,
        findings: &mut Findings,
        at: At<'_>,
    ) {
        use EvaluationEvent as E;
        let Some(id) = id(&act.event.subject, "evaluation/") else {
            return findings.broken(Code::R01, at, "its subject is no evaluation");
        };
        if let E::EvaluationOpened(opened) = event {
            return self.open(id, opened, act, findings, at);
        }
        // What was taken over, and what was erased, stands apart from every evaluation.
        match event {
            E::EarlierDecisionRecorded(earlier) => {
                return self.earlier(act, earlier.idea.0, &earlier.organisation, findings, at);
            }
            E::EarlierAssessmentRecorded(earlier) => {
                return self.earlier(act, earlier.idea.0, &earlier.organisation, findings, at);
            }
            E::TextsErased(_) => return,
            _ => {}
        }
        let Some(case) = self.cases.get_mut(&id) else {
            if self.from_start {
                findings.broken(Code::R01, at, "the evaluation had not been opened");
            } else if matches!(event, E::DecisionMade(_) | E::DecisionReconsidered(_)) {
                self.unjudged.0 += 1;
                self.unjudged.1.get_or_insert(act.position);
            }
            return;
        };
        case.touch(act);
        let idea = self.ideas.get(&case.idea.0);
        match event {
            E::DecisionMade(decision)
            | E::DecisionReconsidered(idesluss_domain::evaluation::evaluation::DecisionReconsidered {
                decision, ..
            }) => {
                self.decisions += 1;
                let orders = self.orders_in_force.get(&*case.organisation);
                let again = match event {
                    E::DecisionReconsidered(anew) => Some(anew.number),
                    _ => None,
                };
                let recorded = day(&self.zone, act.recorded_micros);
                let around = deciding::Around {
                    idea,
                    orders,
                    recorded,
                    from_start: self.from_start,
                };
                deciding::decide(case, decision, again, &around, act, past, findings, at);
            }
            step => steps::take(case, step, idea, act, findings, at),
        }
        let in_conflict = match event {
            E::ConflictDeclared(event) => Some(event.person),
            E::AssessorRecused(event) => event.conflict.then_some(event.assessor),
            _ => None,
        };
        if let (Some(person), Some(idea)) = (in_conflict, self.ideas.get_mut(&case.idea.0)) {
            idea.conflict(person);
        }
    }

    /// R24: what was decided or assessed before the sluice is recorded by a coordinator of the organisation whose idea it is.
    fn earlier(&self, act: &Act<'_>, idea: Uuid, owner: &OrganisationId, findings: &mut Findings, at: At<'_>) {
        findings.rule(Code::R24, at, taking_part::acts_for(act, owner));
        let known = self.ideas.get(&idea);
        if known.is_some_and(|idea| idea.began_here) {
            findings.broken(
                Code::R24,
                at,
                "the idea was not taken over, and something earlier was recorded of it",
            );
        }
        let home = known.and_then(|idea| idea.home.as_deref());
        if let Some(home) = home.filter(|home| *home != owner) {
            findings.broken(
                Code::R24,
                at,
                format!("the idea is {home}'s, and {owner} recorded something earlier of it"),
            );
        }
    }

    fn open(
        &mut self,
        id: Uuid,
        opened: &idesluss_domain::evaluation::evaluation::EvaluationOpened,
        act: &Act<'_>,
        findings: &mut Findings,
        at: At<'_>,
    ) {
        if self.cases.contains_key(&id) {
            return findings.broken(Code::R23, at, "the evaluation had been opened before");
        }
        findings.rule(Code::R24, at, taking_part::acts_for(act, &opened.organisation));
        findings.rule(Code::R01, at, lifecycle::opened_rightly(opened, &act.event.subject));
        let idea = self.ideas.get(&opened.idea.0);
        findings.rule(Code::R11, at, taking_part::excludes_authors(&opened.excluded, idea));
        let orders = self.orders_in_force.entry(opened.organisation.clone()).or_default();
        let turn = idea.map_or(act.position, |idea| idea.turn);
        if !orders.has_in_force(opened, turn) {
            let text = format!(
                "it uses {} version {}, which was not in force as it stands there",
                opened.criteria_set, opened.criteria_version
            );
            if self.from_start {
                findings.broken(Code::R16, at, text);
            } else if orders.sets() == 0 {
                findings.note(Code::R16, at, "the organisation's criteria are not in the bundle");
            } else {
                findings.broken(Code::R16, at, text);
            }
        }
        for assessor in self.assessed_earlier(opened) {
            if !opened.assessed_before.contains(&assessor) {
                let text = format!(
                    "{assessor} assessed at this gate in an earlier round, and is not named among those who did"
                );
                findings.broken(Code::R12, at, text);
            }
        }
        let yardstick = shared(&mut self.yardsticks, Yardstick::of(opened));
        let organisation = shared(&mut self.organisations, opened.organisation.clone());
        let opened_on = self.day(act.recorded_micros);
        self.cases
            .insert(id, Case::open(opened, organisation, yardstick, opened_on, act));
    }

    /// Who assessed the same idea at the same gate in an earlier round.
    fn assessed_earlier(
        &self,
        opened: &idesluss_domain::evaluation::evaluation::EvaluationOpened,
    ) -> Vec<idesluss_domain::words::PersonId> {
        use idesluss_domain::words::EvaluationId;
        // Nobody evaluates an idea a thousand times; a number that says so shall not keep the auditor busy.
        let rounds = 1..opened.round.min(1_000);
        let cases = rounds.filter_map(|round| self.cases.get(&EvaluationId::derive(opened.idea, round).0));
        let same = cases.filter(|case| case.gate == opened.gate);
        same.flat_map(|case| {
            case.people
                .iter()
                .filter(|person| person.assessed)
                .map(|person| person.id)
        })
        .collect()
    }

    fn day(&self, micros: i64) -> Date {
        day(&self.zone, micros)
    }
}

/// Whose idea it is, as the event says that it begins with.
fn home(event: &IdeaEvent) -> Option<&OrganisationId> {
    match event {
        IdeaEvent::IdeaSubmitted(event) => Some(&event.organisation),
        IdeaEvent::IdeaReceived(event) => Some(&event.organisation),
        _ => None,
    }
}

fn sweden() -> jiff::tz::TimeZone {
    // The zone comes with the program; days in UTC are better than none should it be missing.
    jiff::tz::TimeZone::get("Europe/Stockholm").unwrap_or(jiff::tz::TimeZone::UTC)
}

/// The day in Sweden.
fn day(zone: &jiff::tz::TimeZone, micros: i64) -> Date {
    let moment = Timestamp::from_micros(micros).map_or(jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::from);
    zone.to_datetime(moment).date()
}

fn id(subject: &str, kind: &str) -> Option<Uuid> {
    subject.strip_prefix(kind).and_then(|id| Uuid::try_parse(id).ok())
}

/// The one that is equal to it and known already, or it.
fn shared<T: Eq + std::hash::Hash>(known: &mut HashSet<Rc<T>>, value: T) -> Rc<T> {
    if let Some(known) = known.get(&value) {
        return known.clone();
    }
    let value = Rc::new(value);
    known.insert(value.clone());
    value
}

/// R24 for what is disclosed of an idea, in whichever log: auditors take home what is their organisation's.
pub(super) fn disclosed(act: &Act<'_>, event: &DisclosureEvent, findings: &mut Findings, at: At<'_>) {
    let DisclosureEvent::TextsDisclosed(TextsDisclosed { to, organisation, .. }) = event;
    findings.rule(Code::R24, at, taking_part::acts_herself(act, *to));
    findings.rule(Code::R24, at, taking_part::acts_for(act, organisation));
}
