//! Hole 12: one registrar both asked for an irreversible erasure and decided it.

use super::Before;
use super::judging::Judged;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Someone, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_erases_alone_what_can_never_be_brought_back() {
    let judged = Judged::start().await;
    let first = Someone::who("uddevalla", Role::Registrar);
    let second = Someone::second("uddevalla", Role::Registrar);
    let about = json!({ "idea": judged.idea });
    let asked = judged.submission("RequestErasure", &first, about.clone()).await;
    assert_eq!(asked.code, "OK", "{asked:?}");
    let before = Before::of(&judged.instance).await;
    let decide = json!({ "idea": judged.idea, "basis": "GDPR art. 17.1 a" });
    let refused = judged.submission("DecideErasure", &first, decide.clone()).await;
    refused.is_refused("PERMISSION_DENIED", "somebody else must");
    assert_eq!(refused.reason(), "OWN_ERASURE");
    before
        .only_refusals(&judged.instance, "OWN_ERASURE", 1, &["17.1 a"])
        .await;
    // Asking again, by whomever, makes nobody else the one who asked.
    let again = judged.submission("RequestErasure", &second, about).await;
    assert_eq!(again.code, "OK", "{again:?}");
    let before = Before::of(&judged.instance).await;
    let refused = judged.submission("DecideErasure", &first, decide.clone()).await;
    refused.is_refused("PERMISSION_DENIED", "somebody else must");
    before.nothing_changed(&judged.instance).await;
    let decided = judged.submission("DecideErasure", &second, decide).await;
    assert_eq!(decided.code, "OK", "{decided:?}");
    eventually(|| {
        let (mut ideas, query, idea) = (judged.instance.ideas(), first.asks(), judged.idea.clone());
        let request = first.says(sub::GetIdeaRequest { query, idea });
        async move {
            let row = ideas.get_idea(request).await?.into_inner().row;
            Ok(row.filter(|row| row.erasure() == sub::ErasureState::Done))
        }
    })
    .await;
}
