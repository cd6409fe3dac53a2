//! What an event from elsewhere must look like, whatever store it goes into.

use crate::samples::{draft, received_as};

#[test]
fn what_is_written_in_another_way_than_such_events_are_is_refused() {
    let accepted = |data: &str| {
        let mut draft = draft(1);
        draft.kind = "idesluss.submission.v1.IdeaAccepted".into();
        draft.data = data.to_owned();
        received_as(1, 1, draft, "idea/a").problem().map(str::to_owned)
    };
    let written = r#"{"brief_version":1,"gate":"opportunity","round":1}"#;
    assert_eq!(accepted(written), None);
    // Each of these is read as the same event, or as none; two readers might read it as two.
    for otherwise in [
        r#"[1,"opportunity",1]"#,
        r#"{"gate":"opportunity","brief_version":1,"round":1}"#,
        r#"{"brief_version": 1,"gate":"opportunity","round":1}"#,
        r#"{"brief_version":1,"gate":"opportunity","r\u006fund":1}"#,
        r#"{"brief_version":1,"gate":{"opportunity":null},"round":1}"#,
        r#"{"brief_version":1,"gate":"opportunity","round":1,"Round":2}"#,
        "5",
        "null",
        "[]",
    ] {
        let problem = accepted(otherwise).unwrap_or_default();
        assert!(problem.contains("written in another way"), "{otherwise}: {problem}");
    }
    // What does not fit its type, and what a newer version may write, stays to be looked at.
    assert_eq!(accepted(r#"{"brief_version":"one"}"#), None);
    let mut newer = draft(1);
    newer.kind = "idesluss.submission.v2.IdeaAccepted".into();
    newer.data = r#"{"round":1}"#.into();
    assert_eq!(received_as(1, 1, newer, "idea/a").problem(), None);
}
