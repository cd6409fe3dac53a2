//! Assessing in silence, and showing everything together.

use super::{Answer, Service, act};
use idesluss_domain::evaluation::evaluation::{Action, Assess, Evaluations, Nonce, Opening, Scores, scores_json};
use idesluss_domain::words::{EvaluationId, Scope, StreamName};
use idesluss_engine::{PendingCommand, members_in};
use idesluss_proto::pb::command::TextState;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{RevealAssessments, ReviseAssessment, Score, SubmitAssessment};
use idesluss_proto::status::{Reason, refuse};
use idesluss_proto::{Command as _, Problem, Reader, most};
use std::collections::{BTreeMap, BTreeSet};
use tonic::Status;

/// Digits of the nonce before the scores in what is sealed.
const NONCE_DIGITS: usize = 64;

pub(super) fn check_submitted(_: &Service, request: &pb::SubmitAssessmentRequest, reader: &mut Reader) {
    each_once(&request.scores, reader);
}

pub(super) fn check_revised(_: &Service, request: &pb::ReviseAssessmentRequest, reader: &mut Reader) {
    each_once(&request.scores, reader);
}

fn each_once(scores: &[pb::Score], reader: &mut Reader) {
    let mut scored = BTreeSet::new();
    // The contract bounds how many there are; what is beyond that is refused as too many.
    for (index, score) in scores
        .iter()
        .enumerate()
        .take(most::<pb::SubmitAssessmentRequest>("scores"))
    {
        if !scored.insert(score.criterion.trim()) {
            reader.problem(&format!("scores[{index}].criterion"), Problem::Twice);
        }
    }
}

/// An assessment whose rationales are sealed already: nonce and scores wait under the evaluation's key until all are shown.
async fn hidden(
    pending: &mut PendingCommand,
    evaluation: EvaluationId,
    event: &str,
    given: Vec<Score>,
) -> Result<Assess, Status> {
    let (mut scores, mut rationales) = (Scores::new(), BTreeMap::new());
    for score in given {
        let criterion = String::from(score.criterion);
        scores.insert(criterion.clone(), u8::try_from(score.score).unwrap_or(u8::MAX));
        rationales.insert(criterion, score.rationale);
    }
    let mut nonce = Nonce([0; 32]);
    getrandom::fill(&mut nonce.0).map_err(|_| refuse(Reason::NoRandomness))?;
    let hidden = format!("{}{}", hex::encode(nonce.0), scores_json(&scores));
    let scope = Scope::Evaluation(evaluation);
    let sealed = pending.seal_text(&scope, event, "sealed", &hidden).await?;
    Ok(Assess {
        scores,
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
    _: Service,
    mut pending: PendingCommand,
    command: SubmitAssessment,
) -> Answer<pb::SubmitAssessmentRequest> {
    let SubmitAssessment { evaluation, scores } = command;
    let assess = hidden(&mut pending, evaluation, SubmitAssessment::EVENT, scores).await?;
    Ok(act(pending, evaluation, Action::Submit(assess)).await?.into())
}

pub(super) async fn revise(
    _: Service,
    mut pending: PendingCommand,
    command: ReviseAssessment,
) -> Answer<pb::ReviseAssessmentRequest> {
    let ReviseAssessment { evaluation, scores } = command;
    let assess = hidden(&mut pending, evaluation, ReviseAssessment::EVENT, scores).await?;
    Ok(act(pending, evaluation, Action::Revise(assess)).await?.into())
}

pub(super) async fn reveal(
    _: Service,
    mut pending: PendingCommand,
    command: RevealAssessments,
) -> Answer<pb::RevealAssessmentsRequest> {
    let openings = openings(&mut pending, command.evaluation).await?;
    Ok(act(pending, command.evaluation, Action::Reveal(openings)).await?.into())
}

/// What can be opened of what the assessors gave; the rules compare it with what was committed to.
async fn openings(pending: &mut PendingCommand, evaluation: EvaluationId) -> Result<Vec<Opening>, Status> {
    let stream = StreamName::evaluation(evaluation);
    let loaded = pending.load(std::slice::from_ref(&stream)).await?;
    let state = loaded.state::<Evaluations>(&stream);
    let given: Vec<_> = state
        .active_assessors()
        .filter_map(|(person, assessor)| Some((*person, assessor.given.as_ref()?.sealed)))
        .collect();
    let sealed = given.iter().map(|(_, sealed)| *sealed);
    let members = members_in(loaded.entries(&stream), sealed);
    let texts = pending.context().open(pending.permit(), members).await?;
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
