//! Assessing in silence, and showing everything together.

use super::commands::Commands;
use super::{act, on_evaluation, opened, sealing};
use idesluss_domain::evaluation::evaluation::{Action, Assess, Evaluations, Nonce, Opening, Scores, scores_json};
use idesluss_domain::words::{EvaluationId, StreamName};
use idesluss_engine::{CommandContext, PendingCommand, RequestReader, members_in};
use idesluss_proto::pb::command::TextState;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::status::refuse;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use tonic::{Code, Status};

/// Digits of the nonce before the scores in what is sealed.
const NONCE_DIGITS: usize = 64;

/// How long a rationale may be: twenty assessors' of twenty criteria must fit one page.
const RATIONALE: RangeInclusive<usize> = 1..=2_000;

struct Filled {
    scores: Scores,
    rationales: BTreeMap<String, String>,
}

fn fill(reader: &mut RequestReader, scores: &[pb::Score]) -> Filled {
    let mut filled = Filled {
        scores: Scores::new(),
        rationales: BTreeMap::new(),
    };
    for (index, score) in scores.iter().enumerate() {
        let field = |name: &str| format!("scores[{index}].{name}");
        let criterion = reader.text(&field("criterion"), &score.criterion, 1..=80);
        reader.number(&field("score"), score.score.into(), 1..=5);
        let rationale = reader.text(&field("rationale"), &score.rationale, RATIONALE);
        let number = u8::try_from(score.score).unwrap_or(u8::MAX);
        if filled.scores.insert(criterion.clone(), number).is_some() {
            reader.problem(&field("criterion"), "score each criterion once");
        }
        filled.rationales.insert(criterion, rationale);
    }
    filled
}

/// Seals an assessment: nonce and scores wait under the evaluation's key until all are shown.
async fn seal(
    pending: &mut PendingCommand,
    evaluation: EvaluationId,
    event: &str,
    filled: Filled,
) -> Result<Assess, Status> {
    let mut nonce = Nonce([0; 32]);
    getrandom::fill(&mut nonce.0).map_err(|_| {
        let sentence = "The machine has no random numbers now: try again later.";
        refuse(Code::Unavailable, "NO_RANDOMNESS", sentence)
    })?;
    let hidden = format!("{}{}", hex::encode(nonce.0), scores_json(&filled.scores));
    let scope = sealing(pending, evaluation).await?;
    let sealed = pending.seal(&scope, event, "sealed", &hidden).await?;
    let mut rationales = BTreeMap::new();
    for (criterion, rationale) in &filled.rationales {
        let field = format!("rationales.{criterion}");
        rationales.insert(criterion.clone(), pending.seal(&scope, event, &field, rationale).await?);
    }
    Ok(Assess {
        scores: filled.scores,
        nonce,
        sealed,
        rationales,
    })
}

/// What was sealed with an assessment.
pub(super) fn unseal(text: &str) -> Option<(Nonce, String)> {
    let (digits, scores) = text.split_at_checked(NONCE_DIGITS)?;
    let mut nonce = Nonce([0; 32]);
    hex::decode_to_slice(digits, &mut nonce.0).ok()?;
    Some((nonce, scores.to_owned()))
}

pub(super) async fn submit(
    commands: &Commands,
    request: pb::SubmitAssessmentRequest,
) -> Result<pb::SubmitAssessmentResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "SubmitAssessment",
        &request,
        command,
        &request.evaluation,
    );
    let filled = fill(&mut reader, &request.scores);
    let (mut pending, evaluation) = reader.finish(evaluation)?;
    let assess = seal(&mut pending, evaluation, "AssessmentSubmitted", filled).await?;
    let token = Some(act(pending, evaluation, Action::Submit(assess)).await?);
    Ok(pb::SubmitAssessmentResponse { token })
}

pub(super) async fn revise(
    commands: &Commands,
    request: pb::ReviseAssessmentRequest,
) -> Result<pb::ReviseAssessmentResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "ReviseAssessment",
        &request,
        command,
        &request.evaluation,
    );
    let filled = fill(&mut reader, &request.scores);
    let (mut pending, evaluation) = reader.finish(evaluation)?;
    let assess = seal(&mut pending, evaluation, "AssessmentRevised", filled).await?;
    let token = Some(act(pending, evaluation, Action::Revise(assess)).await?);
    Ok(pb::ReviseAssessmentResponse { token })
}

pub(super) async fn reveal(
    commands: &Commands,
    request: pb::RevealAssessmentsRequest,
) -> Result<pb::RevealAssessmentsResponse, Status> {
    let command = request.command.as_ref();
    let (reader, evaluation) = on_evaluation(
        &commands.context,
        "RevealAssessments",
        &request,
        command,
        &request.evaluation,
    );
    let (pending, evaluation) = reader.finish(evaluation)?;
    opened(&commands.context, evaluation).await?;
    let openings = openings(&commands.context, evaluation).await?;
    let token = Some(act(pending, evaluation, Action::Reveal(openings)).await?);
    Ok(pb::RevealAssessmentsResponse { token })
}

/// What can be opened of what the assessors gave; the rules compare it with what was committed to.
async fn openings(context: &CommandContext, evaluation: EvaluationId) -> Result<Vec<Opening>, Status> {
    let stream = StreamName::evaluation(evaluation);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let state = loaded.state::<Evaluations>(&stream);
    let given: Vec<_> = state
        .active_assessors()
        .filter_map(|(person, assessor)| Some((*person, assessor.given.as_ref()?.sealed)))
        .collect();
    let sealed = given.iter().map(|(_, sealed)| *sealed);
    let texts = context.open(members_in(loaded.entries(&stream), sealed)).await?;
    let opening = |(assessor, sealed)| {
        let text = texts
            .get(Some(sealed))
            .filter(|text| text.state() == TextState::Readable)?;
        let (nonce, scores) = unseal(&text.text)?;
        Some(Opening {
            assessor,
            nonce,
            scores,
        })
    };
    Ok(given.into_iter().filter_map(opening).collect())
}
