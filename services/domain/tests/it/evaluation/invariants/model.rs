//! When something may happen, told anew from what has happened, in as few words as possible.

use crate::ids::{organisation, person};
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Gate, Outcome, PersonId, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What anybody could know who had seen every command and event.
#[derive(Debug, Default)]
pub(super) struct Model {
    opened: Option<Open>,
    asked: BTreeSet<PersonId>,
    aside: BTreeSet<PersonId>,
    clear: BTreeSet<PersonId>,
    conflicted: BTreeSet<PersonId>,
    /// What each has given, last version; how often it was revised.
    given: BTreeMap<PersonId, (Assess, u32)>,
    shown: Option<BTreeSet<PersonId>>,
    /// Who stands behind the last recommendation, or sees it otherwise.
    recommended: Option<BTreeSet<PersonId>>,
    owner: Option<PersonId>,
    decisions: Vec<DecisionMade>,
    closed: bool,
    pilots: Vec<bool>,
}

/// Why what happened must not have.
type Broken = Result<(), String>;

/// Whether somebody only says that they take no part.
fn steps_aside(actor: PersonId, event: &EvaluationEvent) -> bool {
    match event {
        EvaluationEvent::ConflictDeclared(declared) => declared.person == actor,
        EvaluationEvent::AssessorRecused(recused) => recused.assessor == actor,
        _ => false,
    }
}

fn must(holds: bool, rule: &str) -> Broken {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}

impl Model {
    /// What somebody has given that is not shown yet, for those who may open it.
    pub(super) fn given(&self, who: PersonId) -> Option<&Assess> {
        self.given.get(&who).map(|(assess, _)| assess)
    }

    /// Whether a command may have led to these events; takes note of them. Errors: the rule that was broken.
    pub(super) fn allows(&mut self, command: &EvaluationCommand, events: &[EvaluationEvent]) -> Broken {
        let mut before = None;
        for event in events {
            self.may(command, before, event)
                .map_err(|rule| format!("{rule}: {command:?} led to {events:?}"))?;
            self.note(command, event);
            before = Some(event);
        }
        Ok(())
    }

    /// Somebody has become an author, or is in conflict, elsewhere.
    pub(super) fn is_biased_from_now_on(&mut self, who: PersonId) {
        self.conflicted.insert(who);
    }

    fn biased(&self, who: PersonId) -> bool {
        let excluded = self.opened.as_ref().is_some_and(|open| open.excluded.contains(&who));
        excluded || self.conflicted.contains(&who)
    }

    fn may(&self, command: &EvaluationCommand, before: Option<&EvaluationEvent>, event: &EvaluationEvent) -> Broken {
        use EvaluationEvent as E;
        let actor = &command.actor;
        must(
            !self.biased(actor.person) || steps_aside(actor.person, event),
            "a biased person led or judged",
        )?;
        must(
            actor.organisation == organisation("uddevalla"),
            "somebody from elsewhere acted",
        )?;
        must(self.tells_nothing_hidden(command, event), "what is hidden was told")?;
        let role = |roles: &[Role]| must(roles.contains(&actor.role), "a wrong role acted");
        let hidden = || must(self.shown.is_none(), "something changed after it was shown");
        let running = || must(!self.closed, "it was closed");
        let decided = || must(!self.decisions.is_empty(), "nothing was decided");
        let advanced = || {
            running()?;
            let last = self.decisions.last().map(|decision| decision.outcome);
            must(last == Some(Outcome::Advance), "it has not advanced")
        };
        match event {
            E::EvaluationOpened(_) => must(self.opened.is_none(), "it was opened twice"),
            E::NeedOwnerConfirmed(event) => {
                role(&[Role::NeedOwner])?;
                running()?;
                must(
                    self.owner.is_none() && self.decisions.is_empty(),
                    "the need was owned twice, or too late",
                )?;
                must(
                    event.need_owner == actor.person,
                    "somebody owns it without having said so",
                )
            }
            E::AssessorAssigned(event) => {
                role(&[Role::Coordinator])?;
                running()?;
                hidden()?;
                must(!self.biased(event.assessor), "a biased person was asked")?;
                must(
                    self.asked.contains(&event.assessor) || event.load < 4,
                    "somebody has too much to do",
                )?;
                must(!self.aside.contains(&event.assessor), "somebody came back")
            }
            E::NoConflictDeclared(event) => {
                role(&[Role::Assessor, Role::DecisionMaker])?;
                running()?;
                must(event.person == actor.person, "one declared for another")?;
                must(!self.biased(event.person), "a conflict was taken back")
            }
            E::ConflictDeclared(event) => must(event.person == actor.person, "one declared for another"),
            E::AssessorRecused(event) => {
                running()?;
                hidden()?;
                let own = actor.role == Role::Assessor && actor.person == event.assessor && event.replaced_by.is_none();
                let follows = event.conflict && event.reason.is_none() && actor.person == event.assessor;
                must(
                    own || follows || actor.role == Role::Coordinator,
                    "somebody else took an assessor off",
                )?;
                must(self.asked.contains(&event.assessor), "nobody was taken off")
            }
            E::AssessmentSubmitted(event) => {
                must(
                    !self.given.contains_key(&event.assessor),
                    "an assessment was overwritten",
                )?;
                self.assesses(command, event.assessor)
            }
            E::AssessmentRevised(event) => {
                let before = self.given.get(&event.assessor).map(|(_, revisions)| revisions + 1);
                must(before == Some(event.revision), "revisions are not counted")?;
                self.assesses(command, event.assessor)
            }
            E::AssessmentsRevealed(event) => {
                role(&[Role::Coordinator])?;
                running()?;
                hidden()?;
                self.reveals(event)
            }
            E::RecommendationIssued(event) => {
                role(&[Role::Coordinator, Role::Assessor])?;
                running()?;
                // One that names somebody who is biased by now is set aside.
                let holds = self.recommended.as_ref();
                let holds = holds.is_some_and(|heard| !heard.iter().any(|who| self.biased(*who)));
                must(
                    !holds && self.decisions.is_empty(),
                    "it was recommended twice, or too late",
                )?;
                let shown = self.shown.as_ref().ok_or("something hidden was recommended")?;
                let heard: Vec<_> = event
                    .panel
                    .iter()
                    .chain(event.dissent.iter().map(|dissent| &dissent.assessor))
                    .collect();
                must(
                    heard.iter().all(|who| shown.contains(who)),
                    "the panel has not assessed",
                )?;
                must(
                    !heard.iter().any(|who| self.biased(**who)),
                    "a biased person recommended",
                )?;
                must(
                    heard.iter().collect::<BTreeSet<_>>().len() == heard.len(),
                    "one has two voices",
                )?;
                must(
                    !event.panel.is_empty() && !self.biased(actor.person),
                    "nobody fit to recommend did",
                )
            }
            E::MandateVerified(event) => must(event.decider == actor.person, "another one's mandate was verified"),
            E::DecisionMade(event) => {
                must(self.decisions.is_empty(), "a decision was overwritten")?;
                self.decides(command, before, event)
            }
            E::DecisionReconsidered(event) => {
                decided()?;
                must(
                    event.number as usize == self.decisions.len(),
                    "reconsiderations are not counted",
                )?;
                self.decides(command, before, &event.decision)
            }
            E::DecisionReported(event) => {
                decided()?;
                must(event.meeting <= command.today, "a meeting lies ahead")
            }
            E::DecisionCorrected(_) => decided(),
            E::ResourcesCommitted(_) | E::SupportArranged(_) => advanced(),
            E::PilotStarted(_) => {
                running()?;
                must(self.pilots.last() != Some(&false), "two pilots run")?;
                let last = self.decisions.last().map(|decision| decision.outcome);
                let advanced = last == Some(Outcome::Advance);
                match self.opened.as_ref().map(|open| open.gate) {
                    Some(Gate::Concept) => must(advanced, "a concept is tried that has not advanced"),
                    Some(Gate::Pilot) => must(advanced || last.is_none(), "what was turned down is tried"),
                    _ => must(false, "a pilot at another gate"),
                }
            }
            E::PilotCompleted(event) => {
                must(self.pilots.last() == Some(&false), "no pilot runs")?;
                must(event.completed_on <= command.today, "the end lies ahead")
            }
            E::EvaluationClosed(event) => {
                role(&[Role::Service])?;
                running()?;
                must(event.decided != self.decisions.is_empty(), "a decision was forgotten")
            }
            E::EarlierDecisionRecorded(_) | E::EarlierAssessmentRecorded(_) | E::TextsErased(_) => {
                must(false, "this belongs to round 0")
            }
        }
    }

    /// No event but the reveal holds a score or a nonce.
    fn tells_nothing_hidden(&self, command: &EvaluationCommand, event: &EvaluationEvent) -> bool {
        let data = event.to_data().replace('\\', "");
        let member = "\"benefit\":";
        let score = |at: usize| data[at + member.len()..].starts_with(|next: char| next.is_ascii_digit());
        let scores = data.match_indices(member).any(|(at, _)| score(at));
        let now = match &command.action {
            Action::Submit(assess) | Action::Revise(assess) => Some(assess),
            _ => None,
        };
        let nonces = self.given.values().map(|(given, _)| given).chain(now).any(|assess| {
            let nonce: String = assess.nonce.0.iter().map(|byte| format!("{byte:02x}")).collect();
            data.contains(&nonce)
        });
        matches!(event, EvaluationEvent::AssessmentsRevealed(_)) || !(scores || nonces)
    }

    fn assesses(&self, command: &EvaluationCommand, assessor: PersonId) -> Broken {
        let who = command.actor.person;
        let (Action::Submit(assess) | Action::Revise(assess)) = &command.action else {
            return must(false, "somebody assessed who did something else");
        };
        must(
            assessor == who && command.actor.role == Role::Assessor,
            "one assessed for another",
        )?;
        must(
            self.asked.contains(&who) && !self.aside.contains(&who),
            "nobody had asked for it",
        )?;
        must(self.clear.contains(&who), "no conflict was denied")?;
        must(!self.biased(who), "a biased person assessed")?;
        must(self.shown.is_none() && !self.closed, "it was shown or closed")?;
        let scores: Vec<u8> = assess.scores.values().copied().collect();
        must(
            scores.len() == 2 && scores.iter().all(|score| (1..=5).contains(score)),
            "a score is out of range",
        )
    }

    fn reveals(&self, event: &AssessmentsRevealed) -> Broken {
        let open = self.opened.as_ref().ok_or("nothing was opened")?;
        let counted: BTreeSet<_> = event.assessments.iter().map(|shown| shown.assessor).collect();
        let asked = self.asked.difference(&self.aside).copied();
        // What somebody has assessed who is biased by now is disregarded.
        let asked: BTreeSet<_> = asked.filter(|who| !self.biased(*who)).collect();
        must(
            counted == asked,
            "not everybody who was asked is shown, or somebody else",
        )?;
        must(counted.len() == event.assessments.len(), "one counts twice")?;
        must(counted.len() >= open.assessments_required as usize, "too few are shown")?;
        must(!counted.iter().any(|who| self.biased(*who)), "a biased person counts")?;
        let mut all = vec![];
        for shown in &event.assessments {
            let (given, _) = self.given.get(&shown.assessor).ok_or("one is shown who gave nothing")?;
            let same = shown.nonce == given.nonce && shown.scores == scores_json(&given.scores);
            must(same, "what is shown is not what was given")?;
            all.push(given.scores.clone());
        }
        let mean = |numbers: &[u64]| {
            let (sum, count) = (numbers.iter().sum::<u64>(), numbers.len() as u64);
            (200 * sum + count) / (2 * count)
        };
        for summary in &event.criteria {
            let scores: Vec<u64> = all
                .iter()
                .map(|scores| u64::from(scores[summary.criterion.as_str()]))
                .collect();
            let (lowest, highest) = (scores.iter().min().expect("one"), scores.iter().max().expect("one"));
            let counted = u64::from(summary.mean_hundredths) == mean(&scores)
                && summary.count as usize == scores.len()
                && u64::from(summary.lowest) == *lowest
                && u64::from(summary.highest) == *highest
                && u64::from(summary.spread) == highest - lowest;
            must(counted, "scores are miscounted")?;
        }
        let means: Vec<u64> = event
            .criteria
            .iter()
            .map(|summary| u64::from(summary.mean_hundredths))
            .collect();
        let weighted = (2 * (3 * means[0] + means[1]) + 4) / 8;
        must(
            means.len() == 2 && u64::from(event.weighted_hundredths) == weighted,
            "weights are miscounted",
        )
    }

    fn decides(
        &self,
        command: &EvaluationCommand,
        before: Option<&EvaluationEvent>,
        decision: &DecisionMade,
    ) -> Broken {
        let who = command.actor.person;
        let (Action::Decide(decide) | Action::Reconsider(decide)) = &command.action else {
            return must(false, "something was decided by doing something else");
        };
        let open = self.opened.as_ref().ok_or("nothing was opened")?;
        must(self.shown.is_some(), "it was decided before everything was shown")?;
        must(!self.closed, "it was closed")?;
        must(!self.biased(who), "a biased person decided")?;
        must(
            decide.latest.is_none_or(|latest| latest <= decide.basis.seen),
            "something new had arrived",
        )?;
        must(decide.basis.seen < decide.basis.size, "a page from ahead decided")?;
        must(
            !decide.home || decide.outcome == Outcome::Advance,
            "what does not advance is carried out",
        )?;
        let owned = self.owner.is_some() || open.gate == Gate::Opportunity || decide.outcome != Outcome::Advance;
        must(owned, "nobody owns the need")?;
        match (&decide.who, &decision.decided_by) {
            (Who::Actor(Ok(mandate)), DecidedBy::Person { person: decider, .. }) => {
                must(
                    command.actor.role == Role::DecisionMaker && *decider == who,
                    "no decider decided",
                )?;
                let assessed = self.given.contains_key(&who) || open.assessed_before.contains(&who);
                let assesses = self.asked.contains(&who) && !self.aside.contains(&who);
                must(!assessed && !assesses, "who assesses this gate decided on it")?;
                must(self.clear.contains(&who), "no conflict was denied")?;
                let today = command.today;
                let valid = mandate.valid_from <= today
                    && mandate.valid_until.is_none_or(|last| today <= last)
                    && mandate.revoked_from.is_none_or(|first| today < first);
                let fits = mandate.gates.contains(&open.gate) && mandate.up_to_kronor >= decide.cost_kronor;
                must(valid && fits, "the mandate is for another day, gate or cost")?;
                must(
                    mandate.holder == who && mandate.organisation == open.organisation,
                    "it is another one's mandate",
                )?;
                must(
                    matches!(before, Some(EvaluationEvent::MandateVerified(_))),
                    "the mandate was not verified",
                )
            }
            (Who::Board { meeting, .. }, DecidedBy::Board { recorded_by, .. }) => must(
                *recorded_by == who && *meeting <= command.today && *meeting >= decide.opened_on,
                "a board's decision was made up",
            ),
            _ => must(false, "somebody else decided"),
        }
    }

    fn note(&mut self, command: &EvaluationCommand, event: &EvaluationEvent) {
        use EvaluationEvent as E;
        match (event, &command.action) {
            (E::EvaluationOpened(_), Action::Open(open)) => self.opened = Some((**open).clone()),
            (E::NeedOwnerConfirmed(event), _) => self.owner = Some(event.need_owner),
            (E::AssessorAssigned(event), _) => drop(self.asked.insert(event.assessor)),
            (E::NoConflictDeclared(event), _) => drop(self.clear.insert(event.person)),
            (E::ConflictDeclared(event), _) => drop(self.conflicted.insert(event.person)),
            (E::AssessorRecused(event), _) => {
                self.aside.insert(event.assessor);
                if event.conflict {
                    self.conflicted.insert(event.assessor);
                }
            }
            (E::AssessmentSubmitted(event), Action::Submit(assess)) => {
                self.given.insert(event.assessor, (assess.clone(), 0));
            }
            (E::AssessmentRevised(event), Action::Revise(assess)) => {
                self.given.insert(event.assessor, (assess.clone(), event.revision));
            }
            (E::AssessmentsRevealed(event), _) => {
                self.shown = Some(event.assessments.iter().map(|shown| shown.assessor).collect());
            }
            (E::RecommendationIssued(event), _) => {
                let dissenting = event.dissent.iter().map(|dissent| dissent.assessor);
                self.recommended = Some(event.panel.iter().copied().chain(dissenting).collect());
            }
            (E::DecisionMade(event), _) => self.decisions.push(event.clone()),
            (E::DecisionReconsidered(event), _) => self.decisions.push(event.decision.clone()),
            (E::PilotStarted(_), _) => self.pilots.push(false),
            (E::PilotCompleted(_), _) => {
                if let Some(last) = self.pilots.last_mut() {
                    *last = true;
                }
            }
            (E::EvaluationClosed(_), _) => self.closed = true,
            _ => {}
        }
    }
}

/// The model itself is no rubber stamp: it tells what is wrong with a history that no rule would write.
#[test]
fn the_model_refuses_what_must_not_happen() {
    let given = super::Given::ready();
    let mut model = Model::default();
    let made = super::made(Gate::Opportunity, Outcome::Advance);
    let command = given.command(
        crate::ids::actor(7, Role::DecisionMaker),
        super::decide(Outcome::Advance),
    );
    let broken = model.allows(&command, &[made.into()]).expect_err("refused");
    assert!(broken.starts_with("nothing was opened"), "{broken}");
    let asked = AssessorAssigned {
        assessor: person(1),
        load: 0,
    };
    model.opened = Some(super::open(Gate::Opportunity));
    let command = given.command(crate::ids::actor(3, Role::Coordinator), super::assign(&[1]));
    let broken = model.allows(&command, &[asked.into()]).expect_err("refused");
    assert!(broken.starts_with("a biased person was asked"), "{broken}");
}
