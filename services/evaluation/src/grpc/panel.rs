//! Who takes part: assessors, and who takes their place.

use super::{Answer, Service, act};
use crate::views;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::evaluation::{Action, Assign, Recuse};
use idesluss_domain::words::{EvaluationId, PersonId, Role, StreamName};
use idesluss_engine::PendingCommand;
use idesluss_proto::Problem;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{AssignAssessors, RecuseAssessor};
use idesluss_proto::status::invalid_field;
use tonic::Status;

/// Errors: `field`, if one of these people assesses for nobody here.
async fn check(
    service: &Service,
    pending: &PendingCommand,
    field: &'static str,
    people: &[PersonId],
) -> Result<(), Status> {
    let instance = &pending.context().instance;
    let engine = &service.context.engine;
    if engine.hold_anywhere(instance, people, Role::Assessor).await? {
        return Ok(());
    }
    Err(invalid_field(field, Problem::NotAnAssessor))
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
    check(&service, &pending, "assessors", &command.assessors).await?;
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
    let replaced_by: Vec<PersonId> = command.replaced_by.into_iter().collect();
    check(&service, &pending, "replaced_by", &replaced_by).await?;
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
