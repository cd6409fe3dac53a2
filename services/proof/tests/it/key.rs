use crate::made::{GO_PRIVATE, GO_PUBLIC, public, signer};
use idesluss_proof::note::{Algorithm, SignerKey, VerifierKey};

#[test]
fn a_name_may_be_anything_without_spaces_and_plus_signs() {
    for name in ["oid/1.3.6.1", "\u{e5}ngest\u{f6}m.example", "\u{7f}", "\u{2014}", "="] {
        let key = signer(name, Algorithm::Ed25519, 5);
        assert_eq!(public(&key).to_string().parse(), Ok(public(&key)), "{name}");
        let line = key.sign("text\n", 0).to_string();
        assert_eq!(line.parse(), Ok(key.sign("text\n", 0)), "{name}");
        assert_eq!(key.name(), name);
        assert_eq!(format!("{key:?}"), format!("SignerKey {{ name: {name:?}, .. }}"));
    }
    for name in [
        "",
        " ",
        "a b",
        "a\tb",
        "a\u{a0}b",
        "a\u{2003}b",
        "a\u{85}b",
        "a\u{1}b",
        "a\nb",
        "a+b",
    ] {
        assert!(SignerKey::new(name, Algorithm::Ed25519, &[1; 32]).is_err(), "{name:?}");
    }
}

#[test]
fn no_key_and_no_error_shows_a_secret() {
    let secret = &GO_PRIVATE[GO_PRIVATE.len() - 44..];
    let as_public = GO_PRIVATE.parse::<VerifierKey>().expect_err("no public key");
    let misspelt = format!("log={GO_PRIVATE}").parse::<VerifierKey>().expect_err("no key");
    let cut = SignerKey::read(&GO_PRIVATE[..GO_PRIVATE.len() - 1]).expect_err("no key");
    let wrong_id = SignerKey::read(&GO_PRIVATE.replace("a3+", "a4+")).expect_err("another id");
    for error in [as_public, misspelt, cut, wrong_id] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&secret[..20]), "{shown}");
    }
    let long = "x".repeat(1_000_000).parse::<VerifierKey>().expect_err("no key");
    assert!(
        long.to_string().len() < 300 && long.to_string().contains('\u{2026}'),
        "{long}"
    );
    let short = "x".repeat(20).parse::<VerifierKey>().expect_err("no key");
    assert!(!short.to_string().contains('\u{2026}'), "{short}");
}

#[test]
fn an_id_is_written_with_small_digits_only() {
    assert!(
        GO_PUBLIC
            .replace("c74f20a3", "C74F20A3")
            .parse::<VerifierKey>()
            .is_err()
    );
    assert!(GO_PUBLIC.replace("c74f20a3", "c74f20a").parse::<VerifierKey>().is_err());
    assert!(
        GO_PUBLIC
            .replace("c74f20a3", "+74f20a3")
            .parse::<VerifierKey>()
            .is_err()
    );
    assert!(SignerKey::read(&GO_PRIVATE.replace("c74f20a3", "C74F20A3")).is_err());
}

proptest::proptest! {
    #[test]
    fn every_key_is_read_as_it_was_written(seed: [u8; 32], name in "[a-z./]{1,30}", cosigns: bool) {
        let algorithm = if cosigns { Algorithm::CosignatureV1 } else { Algorithm::Ed25519 };
        let key = SignerKey::new(&name, algorithm, &seed).expect("a key");
        let read = SignerKey::read(&key.written()).expect("a key");
        proptest::prop_assert_eq!(&*read.written(), &*key.written());
        proptest::prop_assert_eq!(public(&key).to_string().parse(), Ok(public(&read)));
    }
}
