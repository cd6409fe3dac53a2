//! Who takes part: need owner, assessors, and who declares what.

use super::commands::Commands;
use super::{LONG, MAYBE_LONG, act, on_evaluation, sealing};
use crate::views;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::evaluation::{Action, Assign, Recuse};
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::words::{EvaluationId, OrganisationId, PersonId, Role, StreamName};
use idesluss_engine::{CommandContext, RequestReader};
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

pub(super) async fn confirm_need_owner(
    commands: &Commands,
    request: pb::ConfirmNeedOwnerRequest,
) -> Result<pb::ConfirmNeedOwnerResponse, Status> {
    let command = request.command.as_ref();
    let (reader, evaluation) = on_evaluation(
        &commands.context,
        "ConfirmNeedOwner",
        &request,
        command,
        &request.evaluation,
    );
    let (pending, evaluation) = reader.finish(evaluation)?;
    let token = Some(act(pending, evaluation, Action::ConfirmNeedOwner).await?);
    Ok(pb::ConfirmNeedOwnerResponse { token })
}

/// Notes people who do not assess for anybody here.
fn check_assessors(context: &CommandContext, reader: &mut RequestReader, field: &str, people: &[PersonId]) {
    let assesses = |person: &PersonId| {
        let known = context.directory.person(*person);
        known.is_some_and(|person| person.roles.iter().any(|held| held.role == Role::Assessor))
    };
    if !people.iter().all(assesses) {
        reader.problem(field, "choose people who are assessors");
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
    let loaded = commands.context.engine.load(std::slice::from_ref(&criteria)).await?;
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
    let (context, command) = (&commands.context, request.command.as_ref());
    let (mut reader, evaluation) = on_evaluation(context, "AssignAssessors", &request, command, &request.evaluation);
    let assessors: Option<Vec<PersonId>> = reader.ids("assessors", &request.assessors, 1..=20);
    check_assessors(
        context,
        &mut reader,
        "assessors",
        assessors.as_deref().unwrap_or_default(),
    );
    let (pending, (evaluation, assessors)) = reader.finish(evaluation.zip(assessors))?;
    let organisation = pending.actor().organisation.clone();
    let (assessors, cap) = loads(commands, &organisation, evaluation, assessors).await?;
    let token = Some(act(pending, evaluation, Action::Assign(Assign { assessors, cap })).await?);
    Ok(pb::AssignAssessorsResponse { token })
}

pub(super) async fn declare_no_conflict(
    commands: &Commands,
    request: pb::DeclareNoConflictRequest,
) -> Result<pb::DeclareNoConflictResponse, Status> {
    let command = request.command.as_ref();
    let (reader, evaluation) = on_evaluation(
        &commands.context,
        "DeclareNoConflict",
        &request,
        command,
        &request.evaluation,
    );
    let (pending, evaluation) = reader.finish(evaluation)?;
    let token = Some(act(pending, evaluation, Action::DeclareNoConflict).await?);
    Ok(pb::DeclareNoConflictResponse { token })
}

pub(super) async fn declare_conflict(
    commands: &Commands,
    request: pb::DeclareConflictRequest,
) -> Result<pb::DeclareConflictResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "DeclareConflict",
        &request,
        command,
        &request.evaluation,
    );
    let reason = reader.text("reason", &request.reason, MAYBE_LONG);
    let (mut pending, evaluation) = reader.finish(evaluation)?;
    let scope = sealing(&mut pending, evaluation).await?;
    let reason = pending
        .seal_if_any(&scope, "ConflictDeclared", "reason", &reason)
        .await?;
    let token = Some(act(pending, evaluation, Action::DeclareConflict(reason)).await?);
    Ok(pb::DeclareConflictResponse { token })
}

pub(super) async fn recuse(
    commands: &Commands,
    request: pb::RecuseAssessorRequest,
) -> Result<pb::RecuseAssessorResponse, Status> {
    let (context, command) = (&commands.context, request.command.as_ref());
    let (mut reader, evaluation) = on_evaluation(context, "RecuseAssessor", &request, command, &request.evaluation);
    let assessor = reader.id("assessor", &request.assessor);
    let reason = reader.text("reason", &request.reason, LONG);
    // Silence is no answer: whether it is a conflict decides in what else the person may take part.
    let conflict = reader.chosen(
        "cause",
        match request.cause() {
            pb::RecusalCause::Conflict => Some(true),
            pb::RecusalCause::Other => Some(false),
            pb::RecusalCause::Unspecified => None,
        },
    );
    let replaced_by: Option<PersonId> = reader.id_if_any("replaced_by", &request.replaced_by);
    check_assessors(context, &mut reader, "replaced_by", replaced_by.as_slice());
    let (mut pending, ((evaluation, assessor), conflict)) = reader.finish(evaluation.zip(assessor).zip(conflict))?;
    let scope = sealing(&mut pending, evaluation).await?;
    let reason = pending.seal(&scope, "AssessorRecused", "reason", &reason).await?;
    let organisation = pending.actor().organisation.clone();
    let (replaced_by, cap) = loads(commands, &organisation, evaluation, replaced_by.into_iter().collect()).await?;
    let recuse = Recuse {
        assessor,
        conflict,
        reason,
        replaced_by: replaced_by.first().copied(),
        cap,
    };
    let token = Some(act(pending, evaluation, Action::Recuse(recuse)).await?);
    Ok(pb::RecuseAssessorResponse { token })
}
