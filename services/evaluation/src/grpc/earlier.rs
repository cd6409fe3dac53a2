//! What an older idea box had decided and assessed. Unknown stays unknown.

use super::{Answer, Around, Service};
use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::evaluation::{
    Action, EarlierScore, Evaluations, RecordEarlierAssessment as Assessment, RecordEarlierDecision as Decision,
};
use idesluss_domain::words::{EarlierTime, EvaluationId, IdeaId, Scope, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::Command;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{self as read, RecordEarlierAssessment, RecordEarlierDecision};
use tonic::Status;

/// Seals what was taken over for round 0 of its idea, once what taking the idea over gave back has arrived here: whose idea it is decides who may
/// record it.
async fn seal<C: Command>(
    pending: &mut PendingCommand,
    plain: C::Plain,
    evaluation: EvaluationId,
    after: Option<Token>,
) -> Result<C, Status> {
    if let Some(after) = after {
        pending.context().engine.arrived(&after).await?;
    }
    pending
        .seal_as(plain, Some(Scope::Evaluation(evaluation)), C::EVENT)
        .await
}

/// Records something that was taken over.
async fn record(
    pending: PendingCommand,
    evaluation: EvaluationId,
    idea: IdeaId,
    action: Action,
) -> Result<Token, Status> {
    let command = pending.act(evaluation, action);
    // Round 0 stands apart from the others.
    let around = Around {
        about: idea,
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
    _: Service,
    mut pending: PendingCommand,
    mut plain: <RecordEarlierDecision as Command>::Plain,
) -> Answer<pb::RecordEarlierDecisionRequest> {
    pending.happened(plain.decided.as_ref().and_then(EarlierTime::moment));
    let (idea, after) = (plain.idea, plain.after.take());
    let evaluation = EvaluationId::derive(idea, 0);
    let sealed: RecordEarlierDecision = seal(&mut pending, plain, evaluation, after).await?;
    let action = Action::EarlierDecision(Decision {
        idea,
        import: sealed.import,
        outcome: sealed.outcome,
        stated_status: sealed.stated_status,
        decided: sealed.decided,
        reasons: sealed.reasons,
        before_submission: sealed.before_submission,
    });
    Ok(pb::RecordEarlierDecisionResponse {
        token: Some(record(pending, evaluation, idea, action).await?),
        evaluation: evaluation.to_string(),
    })
}

pub(super) async fn assessment(
    _: Service,
    mut pending: PendingCommand,
    mut plain: <RecordEarlierAssessment as Command>::Plain,
) -> Answer<pb::RecordEarlierAssessmentRequest> {
    let (idea, after) = (plain.idea, plain.after.take());
    let evaluation = EvaluationId::derive(idea, 0);
    let sealed: RecordEarlierAssessment = seal(&mut pending, plain, evaluation, after).await?;
    let score = |score: read::EarlierScore| EarlierScore {
        criterion: score.criterion,
        score: u8::try_from(score.score).unwrap_or(u8::MAX),
        rationale: score.rationale,
        assessed: score.assessed,
    };
    let action = Action::EarlierAssessment(Assessment {
        idea,
        import: sealed.import,
        assessor: sealed.assessor,
        scores: sealed.scores.into_iter().map(score).collect(),
    });
    Ok(pb::RecordEarlierAssessmentResponse {
        token: Some(record(pending, evaluation, idea, action).await?),
        evaluation: evaluation.to_string(),
    })
}
