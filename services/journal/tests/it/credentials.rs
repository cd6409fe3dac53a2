//! The suite's cases of what is kept of secrets, for any store.

use crate::conformance::Instance;
use crate::samples::credential;
use idesluss_journal::{AppendError, Credential, Store};

async fn kept(store: &dyn Store, number: u8) -> Option<Credential> {
    store.credential([number; 32]).await.expect("readable")
}

async fn keep(store: &dyn Store, credential: Credential, replaces: Option<u8>) -> bool {
    let replaces = replaces.map(|number| [number; 32]);
    store.keep_credential(credential, replaces).await.expect("answered")
}

pub(crate) async fn credentials_are_found_by_their_hash_alone_until_they_are_forgotten(instance: &dyn Instance) {
    let store = instance.open().await;
    assert_eq!(kept(&*store, 1).await, None);
    let (first, second) = (credential(1), credential(2));
    for credential in [&first, &second] {
        assert!(keep(&*store, credential.clone(), None).await);
    }
    // Kept again: what was kept under its hash has gone.
    let changed = Credential {
        kind: "link".into(),
        owner: String::new(),
        expires_micros: -7,
        value: Vec::new(),
        ..credential(1)
    };
    assert!(keep(&*store, changed.clone(), None).await);
    assert_eq!(store.verify().await.expect("whole"), 0);
    store.close().await;
    drop(store);
    let store = instance.open().await;
    assert_eq!(kept(&*store, 1).await, Some(changed));
    assert_eq!(kept(&*store, 2).await, Some(second));
    let mut other = [2; 32];
    other[31] ^= 1;
    assert_eq!(store.credential(other).await.expect("readable"), None);
    for _ in 0..2 {
        store.forget_credential([1; 32]).await.expect("forgotten");
        assert_eq!(kept(&*store, 1).await, None);
    }
    assert!(kept(&*store, 2).await.is_some());
    assert_eq!(store.verify().await.expect("whole"), 0);
    store.close().await;
    let refused = store.keep_credential(first, None).await;
    assert!(matches!(refused, Err(AppendError::Closed(_))), "{refused:?}");
}

pub(crate) async fn a_credential_is_replaced_once(instance: &dyn Instance) {
    let store = instance.open().await;
    assert!(keep(&*store, credential(1), None).await);
    assert!(keep(&*store, credential(2), Some(1)).await);
    assert_eq!(
        (kept(&*store, 1).await, kept(&*store, 2).await),
        (None, Some(credential(2)))
    );
    assert!(!keep(&*store, credential(3), Some(1)).await, "it has been replaced");
    assert_eq!(kept(&*store, 3).await, None);
    // Nor is anything changed of one that is there.
    let changed = Credential {
        expires_micros: 5,
        ..credential(2)
    };
    assert!(!keep(&*store, changed.clone(), Some(1)).await);
    assert_eq!(kept(&*store, 2).await, Some(credential(2)));

    // By itself: changed for as long as it is there.
    assert!(keep(&*store, changed.clone(), Some(2)).await);
    assert_eq!(kept(&*store, 2).await, Some(changed));
    assert!(store.forget_credential([2; 32]).await.expect("forgotten"));
    assert!(!store.forget_credential([2; 32]).await.expect("looked for"), "once");
    assert!(!keep(&*store, credential(2), Some(2)).await);
    assert_eq!(kept(&*store, 2).await, None);
    assert_eq!(store.verify().await.expect("whole"), 0);
}

pub(crate) async fn of_those_who_renew_the_same_credential_at_once_one_gets_another(instance: &dyn Instance) {
    let store = instance.open().await;
    assert!(keep(&*store, credential(0), None).await);
    let renewing: Vec<_> = (1..=20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { keep(&*store, credential(number), Some(0)).await })
        })
        .collect();
    let mut renewed = Vec::new();
    for (number, one) in (1..).zip(renewing) {
        let is_renewed = one.await.expect("no panic");
        assert_eq!(kept(&*store, number).await.is_some(), is_renewed, "{number}");
        renewed.extend(is_renewed.then_some(number));
    }
    assert_eq!(renewed.len(), 1, "{renewed:?}");
    assert_eq!(kept(&*store, 0).await, None);
}

pub(crate) async fn credentials_whose_time_is_over_are_swept_and_no_others(instance: &dyn Instance) {
    let store = instance.open().await;
    for number in 1..=4 {
        let expiring = Credential {
            expires_micros: 1_000 + i64::from(number),
            ..credential(number)
        };
        assert!(keep(&*store, expiring, None).await);
    }
    for (before, swept) in [(1_001, 0), (1_003, 2), (1_003, 0)] {
        assert_eq!(store.sweep_credentials(before).await.expect("swept"), swept);
    }
    for (number, is_there) in [(1, false), (2, false), (3, true), (4, true)] {
        assert_eq!(kept(&*store, number).await.is_some(), is_there, "{number}");
    }
    assert!(
        !keep(&*store, credential(9), Some(1)).await,
        "nothing comes of one that was swept"
    );
    assert_eq!(store.verify().await.expect("whole"), 0);
}

pub(crate) async fn credentials_are_listed_by_whose_they_are(instance: &dyn Instance) {
    let store = instance.open().await;
    let others = |number, kind: &str, owner: &str| Credential {
        kind: kind.into(),
        owner: owner.into(),
        ..credential(number)
    };
    let mine = [credential(1), credential(3), credential(5)];
    let all = mine.iter().cloned().rev();
    for one in all.chain([
        others(2, "link", "somebody"),
        others(4, "session", "nobody"),
        others(6, "session", ""),
    ]) {
        assert!(keep(&*store, one, None).await);
    }
    let of = async |kind: &str, owner: &str, most| store.credentials_of(kind, owner, most).await.expect("readable");
    assert_eq!(of("session", "somebody", 9).await, mine);
    assert_eq!(of("session", "somebody", 2).await, mine[..2]);
    assert_eq!(of("session", "some", 9).await, []);
    assert_eq!(of("session", "", 9).await, [others(6, "session", "")]);
    // Somebody else's from now on.
    assert!(keep(&*store, others(1, "session", "nobody"), None).await);
    assert_eq!(of("session", "somebody", 9).await, mine[1..]);
    assert_eq!(store.verify().await.expect("whole"), 0);
}

pub(crate) async fn credentials_without_a_kind_or_with_too_long_a_value_are_refused(instance: &dyn Instance) {
    let store = instance.open().await;
    let of = |kind: &str, bytes: usize| Credential {
        kind: kind.into(),
        value: vec![0xff; bytes],
        ..credential(1)
    };
    let owned = |owner: String| Credential { owner, ..credential(1) };
    for wrong in [
        owned("x".repeat(201)),
        owned("a\0b".into()),
        of("", 1),
        of("a\0b", 1),
        of(&"x".repeat(201), 1),
        of("session", 65_537),
    ] {
        let refused = store.keep_credential(wrong, None).await;
        assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
    }
    assert_eq!(kept(&*store, 1).await, None);
    let longest = of(&"x".repeat(200), 65_536);
    assert!(keep(&*store, longest.clone(), None).await);
    assert!(kept(&*store, 1).await == Some(longest));
    assert_eq!(store.verify().await.expect("whole"), 0);
}

#[test]
fn what_is_printed_of_a_credential_tells_neither_its_hash_nor_its_value() {
    let printed = format!("{:?}", credential(213));
    assert_eq!(
        printed,
        r#"Credential { kind: "session", expires_micros: 1790000003600000, .. }"#
    );
}
