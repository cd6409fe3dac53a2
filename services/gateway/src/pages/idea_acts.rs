//! What was done with an idea, sent on.

use super::{Way, carry_out, idea};
use crate::act::{Act, Acts};
use crate::error::WebError;
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::submission as pb;

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("svar", Act::one::<pb::ProvideClarificationRequest>()),
    ("stod", Act::one::<pb::ExpressSupportRequest>()),
    ("medforfattare", Act::one::<pb::ProposeCoauthorRequest>()),
    (
        "medforfattarskap",
        Act::either::<pb::AgreeToCoauthorshipRequest, pb::DeclineCoauthorshipRequest>("medforfattare"),
    ),
    (
        "namn",
        Act::either::<pb::GiveConsentRequest, pb::WithdrawConsentRequest>("named"),
    ),
    ("aterta", Act::one::<pb::WithdrawIdeaRequest>()),
    ("begar-radering", Act::one::<pb::RequestErasureRequest>()),
    ("radera", Act::one::<pb::DecideErasureRequest>()),
    ("neka-radering", Act::one::<pb::RefuseErasureRequest>()),
    ("diarium", Act::one::<pb::RegisterIdeaRequest>()),
    ("ta", Act::one::<pb::AssignCoordinatorRequest>()),
    ("fraga", Act::one::<pb::RequestClarificationRequest>()),
    ("underlag", Act::one::<pb::ApproveBriefRequest>()),
    ("anta", Act::one::<pb::AcceptIdeaRequest>()),
    ("verksamheten", Act::one::<pb::HandToLineRequest>()),
    ("slussa", Act::one::<pb::ReferIdeaRequest>()),
    ("avboj", Act::one::<pb::DeclineIdeaRequest>()),
    ("ateroppna", Act::one::<pb::ReopenIdeaRequest>()),
    ("parkera", Act::one::<pb::ParkIdeaRequest>()),
    ("vack", Act::one::<pb::ReactivateIdeaRequest>()),
    ("dubblett", Act::one::<pb::LinkDuplicateRequest>()),
    (
        "liknande",
        Act::one::<pb::SuggestSimilarIdeasRequest>().single(&["similar"]),
    ),
    ("ersatt", Act::one::<pb::SupersedeIdeaRequest>().single(&["by"])),
    ("svarsdag", Act::one::<pb::MoveAnswerDueRequest>()),
    ("genomford", Act::one::<pb::ImplementIdeaRequest>()),
    ("aterkoppla", Act::one::<pb::DeliverFeedbackRequest>()),
    ("avsluta", Act::one::<pb::CloseIdeaRequest>()),
];

pub(super) async fn act(
    user: User,
    Path((idea, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("idea", idea.clone());
    let page = format!("/ideer/{idea}");
    // To somebody who is no author the idea's page may have nothing to show.
    let is_no_author = act == "medforfattarskap" && posted.get("medforfattare") == "nej";
    let way = Way {
        action: &format!("{page}/{act}"),
        next: if is_no_author { "/ideer" } else { &page },
    };
    carry_out(&user, (ACTS, &act), &posted, way, idea::build(&user, &idea, None)).await
}
