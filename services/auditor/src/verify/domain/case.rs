use super::Act;
use idesluss_domain::evaluation::evaluation::{EvaluationOpened, MandateVerified, WeightedCriterion};
use idesluss_domain::words::{Date, Digest, Gate, IdeaId, Label, OrganisationId, PersonId};
use std::rc::Rc;

/// What an evaluation uses to assess, shared by all that use the same.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Yardstick {
    /// Key and weight, in order.
    pub(super) criteria: Vec<(Label, u32)>,
    pub(super) required: u32,
}

impl Yardstick {
    pub(super) fn of(opened: &EvaluationOpened) -> Self {
        let pair = |criterion: &WeightedCriterion| (criterion.key.clone(), criterion.weight);
        Self {
            criteria: opened.criteria.iter().map(pair).collect(),
            required: opened.assessments_required,
        }
    }

    pub(super) fn weighted(&self) -> Vec<WeightedCriterion> {
        let whole = |(key, weight): &(Label, u32)| WeightedCriterion {
            key: key.clone(),
            weight: *weight,
        };
        self.criteria.iter().map(whole).collect()
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) assigned: bool,
    pub(super) recused: bool,
    pub(super) without_conflict: bool,
    pub(super) conflicted: bool,
    pub(super) assessed: bool,
    pub(super) shown: bool,
    pub(super) revisions: u16,
}

/// What an evaluation has to remember to be judged: about 0.3 KiB while it is assessed, 0.2 KiB once it is decided.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) idea: IdeaId,
    pub(super) gate: Gate,
    pub(super) organisation: Rc<OrganisationId>,
    pub(super) brief_version: u32,
    /// The day in Sweden on which it was opened.
    pub(super) opened_on: Date,
    pub(super) yardstick: Rc<Yardstick>,
    pub(super) excluded: Box<[PersonId]>,
    pub(super) assessed_before: Box<[PersonId]>,
    pub(super) people: Vec<Person>,
    /// What was committed to, by index in `people`; nothing any more once it is shown.
    pub(super) commitments: Vec<(u16, Digest)>,
    /// The mandate that was verified last, and where; gone once it was used.
    pub(super) verified: Option<Box<(u64, MandateVerified)>>,
    pub(super) decisions: u32,
    pub(super) owned: bool,
    pub(super) revealed: bool,
    /// Whom the last recommendation names; none: there is none.
    pub(super) voices: Box<[PersonId]>,
    pub(super) advanced: bool,
    pub(super) closed: bool,
    /// Its last entry, and the command that it came of.
    last: u64,
    last_command: u64,
    /// The last entry of an earlier command than that.
    before: Option<u64>,
}

impl Case {
    pub(super) fn open(
        opened: &EvaluationOpened,
        organisation: Rc<OrganisationId>,
        yardstick: Rc<Yardstick>,
        opened_on: Date,
        act: &Act<'_>,
    ) -> Self {
        Self {
            idea: opened.idea,
            gate: opened.gate,
            organisation,
            brief_version: opened.brief_version,
            opened_on,
            yardstick,
            excluded: opened.excluded.clone().into(),
            assessed_before: opened.assessed_before.clone().into(),
            people: Vec::new(),
            commitments: Vec::new(),
            verified: None,
            decisions: 0,
            owned: false,
            revealed: false,
            voices: Box::default(),
            advanced: false,
            closed: false,
            last: act.position,
            last_command: act.command,
            before: None,
        }
    }

    /// Notes that an entry is about it.
    pub(super) fn touch(&mut self, act: &Act<'_>) {
        if act.command != self.last_command {
            self.before = Some(self.last);
            self.last_command = act.command;
        }
        self.last = act.position;
    }

    /// The position of the last entry about it that an earlier command wrote.
    pub(super) fn before(&self) -> Option<u64> {
        self.before
    }

    pub(super) fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    pub(super) fn person_mut(&mut self, id: PersonId) -> &mut Person {
        let index = self
            .people
            .iter()
            .position(|person| person.id == id)
            .unwrap_or_else(|| {
                self.people.push(Person {
                    id,
                    assigned: false,
                    recused: false,
                    without_conflict: false,
                    conflicted: false,
                    assessed: false,
                    shown: false,
                    revisions: 0,
                });
                self.people.len() - 1
            });
        &mut self.people[index]
    }

    pub(super) fn commit(&mut self, id: PersonId, commitment: Digest) {
        self.person_mut(id).assessed = true;
        let index = self.people.iter().position(|person| person.id == id);
        let Some(index) = index.and_then(|index| u16::try_from(index).ok()) else {
            return;
        };
        self.commitments.retain(|(of, _)| *of != index);
        self.commitments.push((index, commitment));
    }

    pub(super) fn commitment(&self, id: PersonId) -> Option<Digest> {
        let index = self.people.iter().position(|person| person.id == id)?;
        let found = self.commitments.iter().find(|(of, _)| usize::from(*of) == index);
        found.map(|(_, commitment)| *commitment)
    }

    /// Those who are assigned and have not stepped aside.
    pub(super) fn active(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.assigned && !person.recused)
    }

    /// Lets go of what is only needed until it is decided.
    pub(super) fn settle(&mut self) {
        self.verified = None;
        self.commitments = Vec::new();
        self.voices = Box::default();
        self.people.shrink_to_fit();
    }
}
