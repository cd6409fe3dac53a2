//! Who takes part: assessors, and who takes their place.

use super::{Answer, Service, act};
use crate::views;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::evaluation::{Action, Assign, Recuse};
use idesluss_domain::words::{Actor, EvaluationId, PersonId, Role, StreamName};
use idesluss_engine::PendingCommand;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{AssignAssessors, RecuseAssessor};
use idesluss_proto::{Problem, Reader, most};
use tonic::Status;

pub(super) fn check_assigned(
    service: &Service,
    _: Option<&Actor>,
    request: &pb::AssignAssessorsRequest,
    reader: &mut Reader,
) {
    // The contract takes no more; what is beyond that is refused as too many.
    if !request
        .assessors
        .iter()
        .take(most::<pb::AssignAssessorsRequest>("assessors"))
        .all(|person| assesses(service, person))
    {
        reader.problem("assessors", Problem::NotAnAssessor);
    }
}

pub(super) fn check_replacement(
    service: &Service,
    _: Option<&Actor>,
    request: &pb::RecuseAssessorRequest,
    reader: &mut Reader,
) {
    if !request.replaced_by.is_empty() && !assesses(service, &request.replaced_by) {
        reader.problem("replaced_by", Problem::NotAnAssessor);
    }
}

/// Whether somebody assesses for anybody here. What is no id is told as that.
fn assesses(service: &Service, person: &str) -> bool {
    let Ok(person) = person.trim().parse::<PersonId>() else {
        return true;
    };
    let known = service.context.directory.person(person);
    known.is_some_and(|person| person.roles.iter().any(|held| held.role == Role::Assessor))
}

/// How many open assessments each has elsewhere, and how many one may have.
async fn loads(
    service: &Service,
    pending: &PendingCommand,
    evaluation: EvaluationId,
    people: Vec<PersonId>,
) -> Result<(Vec<(PersonId, u32)>, u32), Status> {
    let asked = people.clone();
    let ask = move |conn: &rusqlite::Connection| views::open_load(conn, &asked, &evaluation.to_string());
    let (open, _) = service.evaluations.query(None, ask).await?;
    let organisation = &pending.actor().organisation;
    let criteria = StreamName::criteria(organisation);
    let loaded = service.context.engine.load(std::slice::from_ref(&criteria)).await?;
    let sets = loaded.state::<Criteria>(&criteria);
    let cap = sets.in_force_or_standard(organisation).load_cap;
    Ok((people.into_iter().zip(open).collect(), cap))
}

pub(super) async fn assign(
    service: Service,
    pending: PendingCommand,
    command: AssignAssessors,
) -> Answer<pb::AssignAssessorsRequest> {
    let evaluation = command.evaluation;
    let (assessors, cap) = loads(&service, &pending, evaluation, command.assessors).await?;
    Ok(act(pending, evaluation, Action::Assign(Assign { assessors, cap }))
        .await?
        .into())
}

pub(super) async fn recuse(
    service: Service,
    pending: PendingCommand,
    command: RecuseAssessor,
) -> Answer<pb::RecuseAssessorRequest> {
    let evaluation = command.evaluation;
    let replaced_by = command.replaced_by.into_iter().collect();
    let (replaced_by, cap) = loads(&service, &pending, evaluation, replaced_by).await?;
    let recuse = Recuse {
        assessor: command.assessor,
        // Whether it is a conflict decides in what else the person may take part.
        conflict: command.cause == pb::RecusalCause::Conflict,
        reason: command.reason,
        replaced_by: replaced_by.first().copied(),
        cap,
    };
    Ok(act(pending, evaluation, Action::Recuse(recuse)).await?.into())
}
