//! A solution: a product, service or way of working that an organisation shares.
//!
//! States: Drafted → Published (in versions) → Retired. A draft has no text; what is published is cleared of personal data and not sealed.

mod events;
pub mod rights;

pub use events::*;

use crate::SolutionStatus;
use crate::words::{EvaluationId, IdeaId, OrganisationId, PersonId, SolutionId};
use crate::{Act, Decider};

rejections! {
    /// Why something can't be done with a solution.
    SolutionRejection {
        /// Nothing was drafted under this id.
        Unknown => NotFound, "NO_SUCH_SOLUTION";
        /// The id is taken.
        OtherSolution => Precondition, "OTHER_SOLUTION";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Something to describe it by is missing.
        DescriptionMissing => Invalid, "DESCRIPTION_MISSING";
        /// The costs are the wrong way round.
        CostReversed => Invalid, "COST_REVERSED";
        /// The texts have not been gone through.
        NotCleared => Invalid, "NOT_CLEARED";
        /// Published before.
        AlreadyPublished => Precondition, "ALREADY_PUBLISHED";
        /// Not published.
        NotPublished => Precondition, "NOT_PUBLISHED";
        /// Retired.
        Retired => Precondition, "SOLUTION_RETIRED";
        /// Nothing said.
        ReasonMissing => Invalid, "REASON_MISSING";
        /// Replaced by itself.
        Itself => Invalid, "ITSELF";
    }
}

/// What somebody wants done with a solution.
pub type SolutionCommand = Act<SolutionId, SolutionAction>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum SolutionAction {
    /// Draft it.
    Draft {
        /// The idea that it comes from.
        idea: IdeaId,
        /// The evaluation that decided for rollout.
        decided_in: Option<EvaluationId>,
    },
    /// Publish it.
    Publish {
        /// What it is.
        description: Description,
        /// Who may see it.
        visibility: Visibility,
        /// Whether the steward confirms that it holds no personal data.
        cleared: bool,
    },
    /// Publish a new version.
    Version {
        /// What it is now.
        description: Description,
        /// Who may see it now.
        visibility: Visibility,
        /// What is new.
        changes: String,
        /// Whether the steward confirms that it holds no personal data.
        cleared: bool,
    },
    /// Retire it.
    Retire {
        /// Why.
        reason: String,
        /// What to use instead.
        replaced_by: Option<SolutionId>,
    },
}

/// A solution as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Solution {
    /// Where it comes from.
    pub drafted: Option<SolutionDrafted>,
    /// What is published now, and for whom.
    pub published: Option<(Description, Visibility)>,
    /// The title of the last version that was shown to other organisations; None: none was.
    pub shown_title: Option<String>,
    /// The version that is published; 0 before the first.
    pub version: u32,
    /// Who looks after it.
    pub steward: Option<PersonId>,
    /// Whether it is no longer offered.
    pub retired: bool,
}

impl Solution {
    /// How far it has come; None: nothing stands here.
    pub fn status(&self) -> Option<SolutionStatus> {
        self.drafted.as_ref()?;
        Some(match (self.retired, &self.published) {
            (true, _) => SolutionStatus::Retired,
            (false, Some(_)) => SolutionStatus::Published,
            (false, None) => SolutionStatus::Drafted,
        })
    }

    /// Whether it is shown to other organisations.
    pub fn is_shown(&self) -> bool {
        let published = self.published.as_ref();
        published.is_some_and(|(_, visibility)| *visibility >= Visibility::Region)
    }

    /// What it is called for `organisation`; None: nothing of it was ever for them to see.
    pub fn title_for(&self, organisation: &OrganisationId) -> Option<&str> {
        let is_own = |drafted: &SolutionDrafted| drafted.organisation == *organisation;
        match self.drafted.as_ref().is_some_and(is_own) {
            true => self
                .published
                .as_ref()
                .map(|(description, _)| description.title.as_str()),
            false => self.shown_title.as_deref(),
        }
    }

    /// Whether `organisation` may see it and take it into use.
    pub fn is_offered_to(&self, organisation: &OrganisationId) -> bool {
        let own = self
            .drafted
            .as_ref()
            .is_some_and(|drafted| drafted.organisation == *organisation);
        let visible = self
            .published
            .as_ref()
            .is_some_and(|(_, visibility)| own || *visibility >= Visibility::Region);
        visible && !self.retired
    }
}

/// The rules of a solution.
pub struct Solutions;

type Decided = Result<Vec<SolutionEvent>, SolutionRejection>;

impl Decider for Solutions {
    type Command = SolutionCommand;
    type Event = SolutionEvent;
    type State = Solution;
    type Rejection = SolutionRejection;

    fn decide(command: &SolutionCommand, solution: &Solution) -> Decided {
        command.action.rule().may(&command.actor, solution)?;
        match &command.action {
            SolutionAction::Draft { idea, decided_in } => draft(command, *idea, *decided_in, solution),
            SolutionAction::Publish {
                description,
                visibility,
                cleared,
            } => publish(command, description, *visibility, *cleared, solution),
            SolutionAction::Version {
                description,
                visibility,
                changes,
                cleared,
            } => {
                command.in_state(solution)?;
                let (before, _) = solution.published.as_ref().ok_or(SolutionRejection::NotPublished)?;
                check(description, *cleared)?;
                if changes.trim().is_empty() {
                    return Err(SolutionRejection::ReasonMissing);
                }
                if before == description && solution.published.as_ref().is_some_and(|(_, seen)| seen == visibility) {
                    return Ok(vec![]);
                }
                let (description, changes) = (description.clone(), changes.clone());
                let version = solution.version + 1;
                Ok(vec![
                    SolutionVersioned {
                        version,
                        description,
                        visibility: *visibility,
                        changes,
                    }
                    .into(),
                ])
            }
            SolutionAction::Retire { reason, replaced_by } => {
                if solution.retired {
                    return Ok(vec![]);
                }
                if reason.trim().is_empty() {
                    return Err(SolutionRejection::ReasonMissing);
                }
                if *replaced_by == Some(command.id) {
                    return Err(SolutionRejection::Itself);
                }
                Ok(vec![
                    SolutionRetired {
                        reason: reason.clone(),
                        replaced_by: *replaced_by,
                    }
                    .into(),
                ])
            }
        }
    }

    fn evolve(mut solution: Solution, event: &SolutionEvent) -> Solution {
        match event {
            SolutionEvent::SolutionDrafted(drafted) => solution.drafted = Some(drafted.clone()),
            SolutionEvent::SolutionPublished(published) => {
                show(&mut solution, &published.description, published.visibility);
                solution.steward = Some(published.steward);
                solution.version = 1;
            }
            SolutionEvent::SolutionVersioned(versioned) => {
                show(&mut solution, &versioned.description, versioned.visibility);
                solution.version = versioned.version;
            }
            SolutionEvent::SolutionRetired(_) => solution.retired = true,
        }
        solution
    }
}

fn show(solution: &mut Solution, description: &Description, visibility: Visibility) {
    solution.published = Some((description.clone(), visibility));
    if solution.is_shown() {
        solution.shown_title = Some(description.title.clone());
    }
}

fn check(description: &Description, cleared: bool) -> Result<(), SolutionRejection> {
    let Description {
        title,
        summary,
        licence,
        contact,
        prerequisites,
        cost_kronor,
        ..
    } = description;
    if [title, summary, licence, contact, prerequisites]
        .iter()
        .any(|text| text.trim().is_empty())
    {
        return Err(SolutionRejection::DescriptionMissing);
    }
    if cost_kronor.is_some_and(|(lowest, highest)| lowest > highest) {
        return Err(SolutionRejection::CostReversed);
    }
    if cleared {
        Ok(())
    } else {
        Err(SolutionRejection::NotCleared)
    }
}

fn draft(command: &SolutionCommand, idea: IdeaId, decided_in: Option<EvaluationId>, solution: &Solution) -> Decided {
    match &solution.drafted {
        // Decided for rollout, and carried out later: one solution all the same.
        Some(before) if before.idea == idea && before.organisation == command.actor.organisation => Ok(vec![]),
        Some(_) => Err(SolutionRejection::OtherSolution),
        None => {
            let organisation = command.actor.organisation.clone();
            Ok(vec![
                SolutionDrafted {
                    solution: command.id,
                    organisation,
                    idea,
                    decided_in,
                }
                .into(),
            ])
        }
    }
}

fn publish(
    command: &SolutionCommand,
    description: &Description,
    visibility: Visibility,
    cleared: bool,
    solution: &Solution,
) -> Decided {
    let same = |(before, seen): &(Description, Visibility)| before == description && *seen == visibility;
    if !solution.retired && solution.published.as_ref().is_some_and(same) {
        return Ok(vec![]);
    }
    command.in_state(solution)?;
    check(description, cleared)?;
    let steward = command.actor.person;
    Ok(vec![
        SolutionPublished {
            description: description.clone(),
            steward,
            visibility,
        }
        .into(),
    ])
}
