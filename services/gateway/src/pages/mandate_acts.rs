//! What was done with mandates and criteria, sent on.

use super::{carry_out_here, mandates};
use crate::act::{Act, Acts};
use crate::error::WebError;
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("anta", Act::one::<pb::AdoptDelegationOrderRequest>()),
    ("vidare", Act::one::<pb::SubdelegateMandateRequest>()),
    ("aterkalla", Act::one::<pb::RevokeMandateRequest>()),
    ("kriterier", Act::one::<pb::AdoptCriteriaRequest>()),
];

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    carry_out_here(&user, (ACTS, &act), &posted, "/mandat", mandates::build(&user, None)).await
}
