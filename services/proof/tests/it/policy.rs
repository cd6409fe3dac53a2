use crate::made::{ORIGIN, Small, log, note, public, signer, witness};
use idesluss_proof::note::{Algorithm, KeyError, NoteError};
use idesluss_proof::policy::{Distrust, MAX_NAMES, MAX_POLICY_BYTES, Policy, PolicyError, PolicyErrorKind};

/// A policy over our log and the witnesses 11 to 15.
fn policy(rest: &str) -> Result<Policy, PolicyError> {
    let witnesses: String = (11..=15)
        .map(|seed| format!("witness w{seed} {} https://w.example/{seed}\n", public(&witness(seed))))
        .collect();
    format!("# whom we trust\n\nlog {}\n{witnesses}{rest}", public(&log())).parse()
}

#[test]
fn a_quorum_counts_each_witness_once_through_all_its_groups() {
    let nested =
        policy("group a 2 w11 w12 w13\n\tgroup b any w14 w15 \ngroup all all a b\nquorum all\n").expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    let judge = |policy: &Policy, seeds: &[u8]| {
        let mut note = note(&checkpoint, &[&log()]);
        for seed in seeds {
            note.add(witness(*seed).sign(&checkpoint.to_string(), 1_790_000_000 + u64::from(*seed)));
        }
        policy.judge(&note)
    };
    let trust = judge(&nested, &[11, 13, 15]).expect("trusted");
    assert_eq!(trust.checkpoint, checkpoint);
    assert_eq!(trust.cosigned[1], ("w13".to_owned(), 1_790_000_013));
    for too_few in [&[11u8, 15][..], &[11, 12, 13], &[14, 15], &[], &[11, 11, 15]] {
        let distrust = judge(&nested, too_few).expect_err("not trusted");
        assert!(matches!(distrust, Distrust::Quorum { .. }), "{too_few:?}: {distrust}");
    }
    let nobody = policy("quorum none\n").expect("a policy");
    assert!(judge(&nobody, &[]).is_ok());
    let mut unsigned = note(&checkpoint, &[]);
    unsigned.add(witness(11).sign(&checkpoint.to_string(), 1));
    assert!(matches!(nobody.judge(&unsigned), Err(Distrust::Log(origin)) if origin == ORIGIN));
    // A cosignature that was moved from another checkpoint.
    let mut moved = note(&checkpoint, &[&log()]);
    moved.add(witness(11).sign(&Small::new(4).checkpoint(4).to_string(), 1));
    assert!(matches!(
        nobody.judge(&moved),
        Err(Distrust::Note(NoteError::Signature { .. }))
    ));
}

#[test]
fn a_quorum_that_is_not_reached_says_who_has_cosigned_and_what_is_missing() {
    let nested = policy("group a 2 w11 w12 w13\ngroup b any w14 w15\ngroup both all a b\nquorum both\n");
    let nested = nested.expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    let distrust = nested
        .judge(&note(&checkpoint, &[&log(), &witness(12), &witness(14)]))
        .expect_err("too few");
    assert_eq!(
        distrust.to_string(),
        "the quorum both is not reached; cosigned: w12, w14; missing: \
         both has 1 of the 2 that it needs, without a; a has 1 of the 2 that it needs, without w11, w13"
    );
    let one = policy("quorum w15\n").expect("a policy");
    let distrust = one.judge(&note(&checkpoint, &[&log()])).expect_err("nobody");
    assert_eq!(
        distrust.to_string(),
        "the quorum w15 is not reached; cosigned: nobody; missing: w15 has not cosigned"
    );
}

#[test]
fn a_witness_counts_once_however_often_and_whenever_it_has_cosigned() {
    let two = policy("group two 2 w11 w12 w13\nquorum two\n").expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    let text = checkpoint.to_string();
    let lines: String = (1..=5)
        .map(|time| format!("{}\n", witness(11).sign(&text, time)))
        .collect();
    let many = format!("{text}\n{}\n{lines}", log().sign(&text, 0));
    let many = idesluss_proof::note::SignedNote::read(many.as_bytes()).expect("a note");
    match two.judge(&many) {
        Err(Distrust::Quorum { cosigned, .. }) => assert_eq!(cosigned, ["w11"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_witness_under_another_name_and_a_log_under_another_origin_are_strangers() {
    let one = policy("quorum w11\n").expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    let renamed = witness(11).named("witness.example/other").expect("a name");
    assert!(matches!(
        one.judge(&note(&checkpoint, &[&log(), &renamed])),
        Err(Distrust::Quorum { cosigned, .. }) if cosigned.is_empty()
    ));
    let mut elsewhere = checkpoint.clone();
    elsewhere.origin = "fyrbodal/submission/2".into();
    // Signed by a log of the policy, but under the name of another.
    assert!(matches!(
        one.judge(&note(&elsewhere, &[&log(), &witness(11)])),
        Err(Distrust::Log(origin)) if origin == "fyrbodal/submission/2"
    ));
    // A log's key is no witness, even if its bytes are a witness's.
    let as_log = signer("witness.example/11", Algorithm::Ed25519, 11);
    assert!(matches!(
        one.judge(&note(&checkpoint, &[&log(), &as_log])),
        Err(Distrust::Quorum { .. })
    ));
}

#[test]
fn a_policy_that_says_something_wrong_is_refused_by_line() {
    let wrong = |rest: &str| policy(rest).expect_err("no policy");
    for (rest, line, what) in [
        ("", 8, PolicyErrorKind::Quorum),
        ("quorum none\nquorum none\n", 10, PolicyErrorKind::Quorum),
        ("quorum w16\n", 9, PolicyErrorKind::Missing("w16".into())),
        ("group g 3 w11 w12\nquorum g\n", 9, PolicyErrorKind::Threshold),
        ("group g 0 w11\nquorum g\n", 9, PolicyErrorKind::Threshold),
        (
            "group g any\nquorum g\n",
            9,
            PolicyErrorKind::Items("group <name> <any|all|number> <name>…"),
        ),
        ("group g any g\nquorum g\n", 9, PolicyErrorKind::Missing("g".into())),
        (
            "group g any w11 w11\nquorum g\n",
            9,
            PolicyErrorKind::Member("w11".into()),
        ),
        (
            "group g any w11\ngroup h any w11\nquorum h\n",
            10,
            PolicyErrorKind::Member("w11".into()),
        ),
        (
            "group w11 any w12\nquorum w11\n",
            9,
            PolicyErrorKind::Taken("w11".into()),
        ),
        (
            "group none any w12\nquorum none\n",
            9,
            PolicyErrorKind::Taken("none".into()),
        ),
        ("trust everybody\n", 9, PolicyErrorKind::Word),
        ("log\n", 9, PolicyErrorKind::Items("log <key> [<url>]")),
        ("log key url more\n", 9, PolicyErrorKind::Items("log <key> [<url>]")),
        ("witness w\n", 9, PolicyErrorKind::Items("witness <name> <key> [<url>]")),
        (
            "witness w key url more\n",
            9,
            PolicyErrorKind::Items("witness <name> <key> [<url>]"),
        ),
        ("quorum a b\n", 9, PolicyErrorKind::Items("quorum <name>")),
    ] {
        let error = wrong(rest);
        assert_eq!((error.line, error.what), (line, what), "{rest}");
    }
    let again = format!("witness again {}\nquorum none\n", public(&witness(11)));
    assert_eq!(wrong(&again).what, PolicyErrorKind::Twice);
    let crossed = format!(
        "witness crossed {}\nquorum none\n",
        public(&signer("x", Algorithm::Ed25519, 77))
    );
    assert_eq!(wrong(&crossed).what, PolicyErrorKind::Type);
    // What will be signed with one day can be named already, and counts for nothing.
    let later = policy("witness later name+0a0b0c0d+BgECAw==\nquorum later\n").expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    assert!(matches!(
        later.judge(&note(&checkpoint, &[&log()])),
        Err(Distrust::Quorum { .. })
    ));
}

#[test]
fn a_key_of_another_name_is_still_the_same_key() {
    let renamed = public(&witness(11).named("witness.example/other").expect("a name"));
    let error = policy(&format!("witness again {renamed}\nquorum none\n")).expect_err("no policy");
    assert_eq!((error.line, error.what), (9, PolicyErrorKind::Twice));
    let renamed = public(&log().named("fyrbodal/submission/2").expect("a name"));
    let error = policy(&format!("log {renamed}\nquorum none\n")).expect_err("no policy");
    assert_eq!((error.line, error.what), (9, PolicyErrorKind::Twice));
}

#[test]
fn bytes_that_a_policy_may_not_have_are_named_by_their_line() {
    for (bytes, line, what) in [
        (&b"# one\n# two\r\nquorum none\n"[..], 2, PolicyErrorKind::Text),
        (b"quorum none\n# \x7f\n", 2, PolicyErrorKind::Text),
        (b"quorum none\n\0", 2, PolicyErrorKind::Text),
        (b"# \xff\nquorum \xff\n", 2, PolicyErrorKind::Utf8),
        (b"", 1, PolicyErrorKind::Quorum),
        (b"\n\n# only this\n", 1, PolicyErrorKind::Quorum),
    ] {
        let error = Policy::read(bytes).expect_err("no policy");
        assert_eq!(
            (error.line, error.what),
            (line, what),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    // Whoever wrote the comment may have had another alphabet.
    assert!(Policy::read(b" \t# \xe5\xe4\xf6\n\n \t\nquorum\t none ").is_ok());
    let large = "#".repeat(MAX_POLICY_BYTES + 1);
    assert!(matches!(
        large.parse::<Policy>(),
        Err(PolicyError {
            what: PolicyErrorKind::Large,
            ..
        })
    ));
    let private = "log PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n";
    let error = private.parse::<Policy>().expect_err("a private key");
    assert_eq!(error.what, PolicyErrorKind::Key(KeyError::Private));
}

#[test]
fn groups_may_lie_in_each_other_as_deep_as_there_is_room() {
    let deepest = MAX_NAMES - 5;
    let mut groups = String::from("group g1 any w11\n");
    for depth in 2..=deepest {
        groups.push_str(&format!("group g{depth} all g{}\n", depth - 1));
    }
    let deep = policy(&format!("{groups}quorum g{deepest}\n")).expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    assert!(deep.judge(&note(&checkpoint, &[&log(), &witness(11)])).is_ok());
    match deep.judge(&note(&checkpoint, &[&log()])) {
        Err(Distrust::Quorum { missing, .. }) => assert_eq!(missing.len(), deepest),
        other => panic!("{other:?}"),
    }
    let more = policy(&format!("{groups}group last all g{deepest}\nquorum last\n"));
    assert_eq!(more.expect_err("too many").what, PolicyErrorKind::Many);
}

#[test]
fn a_policy_tells_its_logs_and_witnesses_with_where_they_are() {
    let policy = policy("quorum none\n").expect("a policy");
    let told = |trusted: &[idesluss_proof::policy::Trusted]| -> Vec<(String, Option<String>)> {
        trusted
            .iter()
            .map(|known| (known.name.clone(), known.url.clone()))
            .collect()
    };
    assert_eq!(told(policy.logs()), [(ORIGIN.to_owned(), None)]);
    let witnesses = told(policy.witnesses());
    assert_eq!(witnesses.len(), 5);
    assert_eq!(
        witnesses[0],
        ("w11".to_owned(), Some("https://w.example/11".to_owned()))
    );
    let with_url = format!("log {} https://log.example\nquorum none\n", public(&log()));
    let with_url: Policy = with_url.parse().expect("a policy");
    assert_eq!(told(with_url.logs())[0].1.as_deref(), Some("https://log.example"));
}

#[test]
fn a_policy_may_have_a_mebibyte_and_no_more() {
    let of = |bytes: usize| {
        let rest = "\nquorum none\n";
        format!("{}{rest}", "#".repeat(bytes - rest.len()))
    };
    assert!(of(MAX_POLICY_BYTES).parse::<Policy>().is_ok());
    assert!(of(MAX_POLICY_BYTES + 1).parse::<Policy>().is_err());
}

#[test]
fn a_policy_without_logs_trusts_no_checkpoint() {
    let nobody: Policy = "quorum none\n".parse().expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    assert!(matches!(
        nobody.judge(&note(&checkpoint, &[&log()])),
        Err(Distrust::Log(_))
    ));
}
