use super::MiningError;
use super::object::{Kind, Object};
use super::value::moment;
use idesluss_auditor::Reading;
use idesluss_domain::Event;
use idesluss_domain::words::{OrganisationId, Role};
use uuid::Uuid;

/// An event as it is exported: every member looked at, so that nothing but ids, roles and names of ours gets through.
///
/// A journal's lines are only bytes to an auditor. Since each member here is a UUID, a known word or begins with a letter, a cell of a
/// table can't begin a formula and an XML document can't hold what XML forbids.
#[derive(Debug)]
pub(super) struct Occurrence {
    pub(super) service: &'static str,
    pub(super) position: u64,
    pub(super) id: Uuid,
    pub(super) activity: String,
    /// The idea, or what else it belongs to.
    pub(super) case: Object,
    /// The aggregate that it happened to.
    pub(super) subject: Object,
    /// The pseudonym; all zeroes where a service acted by itself.
    pub(super) person: Uuid,
    pub(super) role: Role,
    pub(super) organisation: OrganisationId,
    pub(super) mandate: Option<Object>,
    /// When it was recorded: what the journal vouches for.
    pub(super) recorded: String,
    /// When it happened, as its author claims.
    pub(super) claimed: String,
    pub(super) event: Event,
}

impl Occurrence {
    /// Errors: [`MiningError::Form`].
    pub(super) fn of(reading: Reading) -> Result<Self, MiningError> {
        let wrong = |member| MiningError::Form {
            service: reading.service.as_str(),
            position: reading.position,
            member,
        };
        let uuid = |text: &str, member| Uuid::parse_str(text).map_err(|_| wrong(member));
        let subject = Object::of_subject(&reading.subject).ok_or_else(|| wrong("subject"))?;
        let correlation = uuid(&reading.correlation, "correlationid")?;
        let mandate = reading.mandate.as_deref();
        let mandate = mandate.map(|mandate| Object::mandate(mandate).ok_or_else(|| wrong("mandate")));
        Ok(Self {
            service: reading.service.as_str(),
            position: reading.position,
            id: uuid(&reading.id, "id")?,
            activity: activity(&reading.type_name),
            case: case(&subject, correlation),
            person: uuid(&reading.actor, "actor")?,
            role: reading.role.parse().map_err(|_| wrong("role"))?,
            organisation: reading.organisation.parse().map_err(|_| wrong("organisation"))?,
            mandate: mandate.transpose()?,
            recorded: moment(reading.recorded),
            claimed: moment(reading.time),
            subject,
            event: reading.event,
        })
    }
}

/// What is one case: everything about an idea, whichever service wrote it.
///
/// `correlation` says which idea, also for evaluations, solutions, adoptions and the numbers that a register or a quota gives. Calls, criteria,
/// delegation orders and what journals say of themselves are about no idea: there each aggregate is a case. So is a solution or an adoption that
/// names itself as what it is about, because it began with no idea.
fn case(subject: &Object, correlation: Uuid) -> Object {
    let own = match subject.kind() {
        Kind::Idea | Kind::Register | Kind::Quota => false,
        Kind::Evaluation | Kind::Solution | Kind::Adoption => subject.uuid() == Some(correlation),
        _ => true,
    };
    if own {
        subject.clone()
    } else {
        Object::Numbered(Kind::Idea, correlation)
    }
}

/// The last part of an event's type, with its version unless that is the first: `DecisionMade`, `DecisionMade.v2`.
fn activity(type_name: &str) -> String {
    let mut parts = type_name.rsplit('.');
    let name = parts.next().unwrap_or_default();
    match parts.next() {
        None | Some("v1") => name.to_owned(),
        Some(version) => format!("{name}.{version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_is_named_without_its_version_only_while_it_is_the_first() {
        assert_eq!(activity("idesluss.evaluation.v1.DecisionMade"), "DecisionMade");
        assert_eq!(activity("idesluss.evaluation.v2.DecisionMade"), "DecisionMade.v2");
    }

    #[test]
    fn what_is_about_an_idea_is_in_its_case_and_the_rest_in_cases_of_its_own() {
        let [idea, other] = [1, 2].map(Uuid::from_u128);
        let numbered = |kind, id| Object::Numbered(kind, id);
        let about_idea = numbered(Kind::Idea, idea);
        for subject in [
            about_idea.clone(),
            numbered(Kind::Evaluation, other),
            numbered(Kind::Adoption, other),
        ] {
            assert_eq!(case(&subject, idea), about_idea);
        }
        let register = Object::of_subject("register/uddevalla/2026").expect("a register");
        assert_eq!(case(&register, idea), about_idea);
        let criteria = Object::of_subject("criteria/uddevalla").expect("criteria");
        for subject in [criteria, numbered(Kind::Call, other), numbered(Kind::Adoption, other)] {
            assert_eq!(case(&subject, other), subject);
        }
    }
}
