//! What an older idea box had decided and assessed. Unknown stays unknown.

use super::commands::Commands;
use super::{Around, command, sealing};
use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::evaluation::{
    Action, EarlierScore, Evaluations, RecordEarlierAssessment, RecordEarlierDecision,
};
use idesluss_domain::words::{EarlierTime, EvaluationId, IdeaId, Label, PersonId, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand, RequestReader};
use idesluss_proto::evaluation::read_outcome;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use std::ops::RangeInclusive;
use tonic::Status;

/// Registers write as much as they like; what they wrote is not cut.
const FOUND: RangeInclusive<usize> = 0..=40_000;

fn time(reader: &mut RequestReader, field: &str, text: &str) -> Option<EarlierTime> {
    let known = "write the time as precisely as it is known: 2004, 2004-05 or 2004-05-31; empty if unknown";
    if text.is_empty() {
        None
    } else {
        reader.parse(field, text, known)
    }
}

/// Records something that was taken over, in round 0 of its idea, once what taking the idea over gave back has arrived here: whose idea
/// it is decides who may record it.
async fn record(pending: PendingCommand, idea: IdeaId, action: Action, after: Option<&Token>) -> Result<Token, Status> {
    if let Some(after) = after {
        pending.context().engine.arrived(after).await?;
    }
    let evaluation = EvaluationId::derive(idea, 0);
    let command = command(&pending, evaluation, action);
    // Round 0 stands apart from the others.
    let around = Around {
        own: StreamName::evaluation(evaluation),
        idea: StreamName::idea(idea),
        others: Vec::new(),
    };
    let decide = |loaded: &Loaded| {
        let events = Evaluations::decide(&command, &around.state(loaded))?;
        Ok(vec![Decided::of(&around.own, idea.0, events)])
    };
    pending.run(&around.streams(), decide).await
}

pub(super) async fn decision(
    commands: &Commands,
    mut request: pb::RecordEarlierDecisionRequest,
) -> Result<pb::RecordEarlierDecisionResponse, Status> {
    // What it waits for is no part of what it says: a repeat is the same command.
    let after = request.after.take();
    let mut reader = commands
        .context
        .reader("RecordEarlierDecision", &request, request.command.as_ref());
    let idea: Option<IdeaId> = reader.id("idea", &request.idea);
    let import = reader.form::<Label>("import", &request.import);
    let stated_status = reader.form_if_any::<Label>("stated_status", &request.stated_status);
    let decided = time(&mut reader, "decided", &request.decided);
    let reasons = reader.text("reasons", &request.reasons, FOUND);
    let (mut pending, (idea, import)) = reader.finish(idea.zip(import))?;
    pending.happened(decided.as_ref().and_then(EarlierTime::moment));
    let evaluation = EvaluationId::derive(idea, 0);
    let scope = sealing(&mut pending, evaluation).await?;
    let action = Action::EarlierDecision(RecordEarlierDecision {
        idea,
        import,
        outcome: read_outcome(request.outcome()),
        stated_status,
        decided,
        reasons: pending
            .seal_if_any(&scope, "EarlierDecisionRecorded", "reasons", &reasons)
            .await?,
        before_submission: request.before_submission,
    });
    Ok(pb::RecordEarlierDecisionResponse {
        token: Some(record(pending, idea, action, after.as_ref()).await?),
        evaluation: evaluation.to_string(),
    })
}

pub(super) async fn assessment(
    commands: &Commands,
    mut request: pb::RecordEarlierAssessmentRequest,
) -> Result<pb::RecordEarlierAssessmentResponse, Status> {
    let after = request.after.take();
    let mut reader = commands
        .context
        .reader("RecordEarlierAssessment", &request, request.command.as_ref());
    let idea: Option<IdeaId> = reader.id("idea", &request.idea);
    let import = reader.form::<Label>("import", &request.import);
    let assessor: Option<PersonId> = reader.id("assessor", &request.assessor);
    if !(1..=50).contains(&request.scores.len()) {
        reader.problem("scores", "give 1 to 50 scores");
    }
    let mut read = Vec::new();
    for (index, score) in request.scores.iter().enumerate() {
        let field = |name: &str| format!("scores[{index}].{name}");
        let criterion = reader.form::<Label>(&field("criterion"), &score.criterion);
        let number = reader.number(&field("score"), score.score.into(), 1..=5);
        let rationale = reader.text(&field("rationale"), &score.rationale, FOUND);
        let assessed = time(&mut reader, &field("assessed"), &score.assessed);
        if let Some(criterion) = criterion {
            read.push((criterion, u8::try_from(number).unwrap_or(u8::MAX), rationale, assessed));
        }
    }
    let (mut pending, ((idea, assessor), import)) = reader.finish(idea.zip(assessor).zip(import))?;
    let evaluation = EvaluationId::derive(idea, 0);
    let (scope, name) = (sealing(&mut pending, evaluation).await?, "EarlierAssessmentRecorded");
    let mut scores = Vec::new();
    for (index, (criterion, score, rationale, assessed)) in read.into_iter().enumerate() {
        scores.push(EarlierScore {
            rationale: pending
                .seal_if_any(&scope, name, &format!("scores.{index}.rationale"), &rationale)
                .await?,
            criterion,
            score,
            assessed,
        });
    }
    let action = Action::EarlierAssessment(RecordEarlierAssessment {
        idea,
        import,
        assessor,
        scores,
    });
    Ok(pb::RecordEarlierAssessmentResponse {
        token: Some(record(pending, idea, action, after.as_ref()).await?),
        evaluation: evaluation.to_string(),
    })
}
