//! What was done with an evaluation, sent on.

use super::{carry_out_here, evaluation};
use crate::act::{Act, Acts};
use crate::error::WebError;
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    (
        "jav",
        Act::either::<pb::DeclareConflictRequest, pb::DeclareNoConflictRequest>("conflict"),
    ),
    ("omdome", Act::one::<pb::SubmitAssessmentRequest>()),
    ("andra", Act::one::<pb::ReviseAssessmentRequest>()),
    ("behov", Act::one::<pb::ConfirmNeedOwnerRequest>()),
    ("utse", Act::one::<pb::AssignAssessorsRequest>()),
    ("tabort", Act::one::<pb::RecuseAssessorRequest>()),
    ("visa", Act::one::<pb::RevealAssessmentsRequest>()),
    ("rekommendera", Act::one::<pb::IssueRecommendationRequest>()),
    ("anmal", Act::one::<pb::ReportDecisionRequest>()),
    ("ratta", Act::one::<pb::CorrectDecisionRequest>()),
    ("avsatt", Act::one::<pb::CommitResourcesRequest>()),
    ("stod", Act::one::<pb::ArrangeSupportRequest>()),
    ("pilot", Act::one::<pb::StartPilotRequest>()),
    ("pilot-slut", Act::one::<pb::CompletePilotRequest>()),
];

pub(super) async fn act(
    user: User,
    Path((evaluation, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("evaluation", evaluation.clone());
    let page = format!("/bedomningar/{evaluation}");
    let draw = evaluation::build(&user, &evaluation);
    carry_out_here(&user, (ACTS, &act), &posted, &page, draw).await
}
