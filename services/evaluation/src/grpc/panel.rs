//! Who takes part: need owner, assessors, and who declares what.

use super::commands::Commands;
use super::{LONG, MAYBE_LONG, act, on_evaluation, scope};
use crate::views;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::evaluation::{Action, Assign, Recuse};
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::words::{EvaluationId, OrganisationId, PersonId, Role, StreamName};
use idesluss_engine::{Desk, Form};
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

pub(super) async fn confirm_need_owner(
    commands: &Commands,
    request: pb::ConfirmNeedOwnerRequest,
) -> Result<pb::ConfirmNeedOwnerResponse, Status> {
    let command = request.command.as_ref();
    let (form, evaluation) = on_evaluation(
        &commands.desk,
        "ConfirmNeedOwner",
        &request,
        command,
        &request.evaluation,
    );
    let (work, evaluation) = form.finish(evaluation)?;
    let token = Some(act(work, evaluation, Action::ConfirmNeedOwner).await?);
    Ok(pb::ConfirmNeedOwnerResponse { token })
}

/// Notes people who do not assess for anybody here.
fn check_assessors(desk: &Desk, form: &mut Form, field: &str, people: &[PersonId]) {
    let assesses = |person: &PersonId| {
        let known = desk.directory.person(*person);
        known.is_some_and(|person| person.roles.iter().any(|held| held.role == Role::Assessor))
    };
    if !people.iter().all(assesses) {
        form.problem(field, "choose people who are assessors");
    }
}

/// How many open assessments each has elsewhere, and how many one may have.
async fn loads(
    commands: &Commands,
    organisation: &OrganisationId,
    evaluation: EvaluationId,
    people: Vec<PersonId>,
) -> Result<(Vec<(PersonId, u32)>, u32), Status> {
    let asked = people.clone();
    let ask = move |conn: &rusqlite::Connection| views::open_load(conn, &asked, &evaluation.to_string());
    let (open, _) = commands.evaluations.query(None, ask).await?;
    let criteria = StreamName::criteria(organisation);
    let loaded = commands.desk.engine.load(std::slice::from_ref(&criteria)).await?;
    let sets = loaded.state::<Criteria>(&criteria);
    let cap = sets
        .in_force()
        .map_or(standard_set(organisation).load_cap, |set| set.load_cap);
    Ok((people.into_iter().zip(open).collect(), cap))
}

pub(super) async fn assign(
    commands: &Commands,
    request: pb::AssignAssessorsRequest,
) -> Result<pb::AssignAssessorsResponse, Status> {
    let (desk, command) = (&commands.desk, request.command.as_ref());
    let (mut form, evaluation) = on_evaluation(desk, "AssignAssessors", &request, command, &request.evaluation);
    let assessors: Option<Vec<PersonId>> = form.ids("assessors", &request.assessors, 1..=20);
    check_assessors(desk, &mut form, "assessors", assessors.as_deref().unwrap_or_default());
    let (work, (evaluation, assessors)) = form.finish(evaluation.zip(assessors))?;
    let organisation = work.actor().organisation.clone();
    let (assessors, cap) = loads(commands, &organisation, evaluation, assessors).await?;
    let token = Some(act(work, evaluation, Action::Assign(Assign { assessors, cap })).await?);
    Ok(pb::AssignAssessorsResponse { token })
}

pub(super) async fn declare_no_conflict(
    commands: &Commands,
    request: pb::DeclareNoConflictRequest,
) -> Result<pb::DeclareNoConflictResponse, Status> {
    let command = request.command.as_ref();
    let (form, evaluation) = on_evaluation(
        &commands.desk,
        "DeclareNoConflict",
        &request,
        command,
        &request.evaluation,
    );
    let (work, evaluation) = form.finish(evaluation)?;
    let token = Some(act(work, evaluation, Action::DeclareNoConflict).await?);
    Ok(pb::DeclareNoConflictResponse { token })
}

pub(super) async fn declare_conflict(
    commands: &Commands,
    request: pb::DeclareConflictRequest,
) -> Result<pb::DeclareConflictResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) = on_evaluation(
        &commands.desk,
        "DeclareConflict",
        &request,
        command,
        &request.evaluation,
    );
    let reason = form.text("reason", &request.reason, MAYBE_LONG);
    let (mut work, evaluation) = form.finish(evaluation)?;
    let scope = scope(evaluation);
    let reason = work.seal_if_any(&scope, "ConflictDeclared", "reason", &reason).await?;
    let token = Some(act(work, evaluation, Action::DeclareConflict(reason)).await?);
    Ok(pb::DeclareConflictResponse { token })
}

pub(super) async fn recuse(
    commands: &Commands,
    request: pb::RecuseAssessorRequest,
) -> Result<pb::RecuseAssessorResponse, Status> {
    let (desk, command) = (&commands.desk, request.command.as_ref());
    let (mut form, evaluation) = on_evaluation(desk, "RecuseAssessor", &request, command, &request.evaluation);
    let assessor = form.id("assessor", &request.assessor);
    let reason = form.text("reason", &request.reason, LONG);
    let replaced_by: Option<PersonId> = form.id_if_any("replaced_by", &request.replaced_by);
    check_assessors(desk, &mut form, "replaced_by", replaced_by.as_slice());
    let (mut work, (evaluation, assessor)) = form.finish(evaluation.zip(assessor))?;
    let reason = work
        .seal(&scope(evaluation), "AssessorRecused", "reason", &reason)
        .await?;
    let organisation = work.actor().organisation.clone();
    let (replaced_by, cap) = loads(commands, &organisation, evaluation, replaced_by.into_iter().collect()).await?;
    let recuse = Recuse {
        assessor,
        reason,
        replaced_by: replaced_by.first().copied(),
        cap,
    };
    let token = Some(act(work, evaluation, Action::Recuse(recuse)).await?);
    Ok(pb::RecuseAssessorResponse { token })
}
