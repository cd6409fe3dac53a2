use crate::made::{GO_PRIVATE, GO_PUBLIC, ORIGIN, Small, log, note, public, signer, witness};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{
    Algorithm, KeyError, MAX_NOTE_BYTES, NoteError, Signature, SignedNote, SignerKey, VerifierKey,
};

/// What the key of Go's `note` package has signed there.
const GO_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

/// Another key that has signed the same text there.
const GO_OTHER: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const GO_OTHER_LINE: &str =
    "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=";

/// A cosignature that was made with OpenSSL after the words of the specification, by the key of the bytes 0 to 31.
const COSIGNER: &str = "witness.example/w1+e75f6532+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const COSIGNED: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const COSIGNATURE: &str = "\u{2014} witness.example/w1 519lMgAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==";

#[test]
fn a_note_of_another_implementation_is_read_verified_and_made_again_byte_for_byte() {
    let key: VerifierKey = GO_PUBLIC.parse().expect("a key");
    assert_eq!(key.to_string(), GO_PUBLIC);
    let text = format!("{GO_TEXT}\n{GO_LINE}\n");
    let read = SignedNote::read(text.as_bytes()).expect("a note");
    assert_eq!((read.text(), read.to_string()), (GO_TEXT, text.clone()));
    assert_eq!(read.verify(std::slice::from_ref(&key)).expect("signed").len(), 1);
    let private = SignerKey::read(GO_PRIVATE).expect("a key");
    assert_eq!(*private.written(), GO_PRIVATE);
    assert_eq!(public(&private), key);
    let mut made = SignedNote::new(GO_TEXT.into()).expect("a text");
    made.add(private.sign(GO_TEXT, 0));
    assert_eq!(made.to_string(), text);
    assert!(!format!("{private:?}").contains("EKFA"), "a key shows itself");
}

#[test]
fn a_note_that_two_have_signed_names_both_in_the_order_of_their_lines() {
    let keys: [VerifierKey; 2] = [GO_PUBLIC, GO_OTHER].map(|key| key.parse().expect("a key"));
    let text = format!("{GO_TEXT}\n{GO_OTHER_LINE}\n{GO_LINE}\n");
    let read = SignedNote::read(text.as_bytes()).expect("a note");
    let who: Vec<usize> = read
        .verify(&keys)
        .expect("signed")
        .iter()
        .map(|seen| seen.key)
        .collect();
    assert_eq!(who, [1, 0]);
}

#[test]
fn the_example_of_the_specification_is_signed_by_its_key() {
    let key: VerifierKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        .parse()
        .expect("a key");
    let text = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = SignedNote::read(text.as_bytes()).expect("a note");
    assert_eq!(note.verify(&[key]).expect("signed").len(), 1);
}

#[test]
fn a_cosignature_is_the_one_that_another_implementation_makes() {
    let seed: [u8; 32] = std::array::from_fn(|index| index as u8);
    let key = SignerKey::new("witness.example/w1", Algorithm::CosignatureV1, &seed).expect("a key");
    assert_eq!(public(&key).to_string(), COSIGNER);
    assert_eq!(key.sign(COSIGNED, 1_679_315_147).to_string(), COSIGNATURE);
    let cosigned = format!("{COSIGNED}\n{COSIGNATURE}\n");
    let cosigned = SignedNote::read(cosigned.as_bytes()).expect("a note");
    let verified = cosigned.verify(&[public(&key)]).expect("cosigned");
    assert_eq!(verified[0].time, Some(1_679_315_147));
    // The same bytes as a log's key are another key, with another id.
    let log = SignerKey::new("witness.example/w1", Algorithm::Ed25519, &seed).expect("a key");
    assert_eq!(cosigned.verify(&[public(&log)]), Err(NoteError::Nobody));
}

#[test]
fn a_cosignature_without_a_time_that_can_be_is_none() {
    let (key, text) = (witness(7), Small::new(3).checkpoint(3).to_string());
    for (time, holds) in [
        (0, false),
        (1, true),
        (i64::MAX as u64, true),
        (1 << 63, false),
        (u64::MAX, false),
    ] {
        let mut note = SignedNote::new(text.clone()).expect("a text");
        note.add(key.sign(&text, time));
        assert_eq!(note.verify(&[public(&key)]).is_ok(), holds, "{time}");
    }
    let mut earlier = SignedNote::new(text.clone()).expect("a text");
    let mut moved = key.sign(&text, 1_000);
    moved.blob[7] ^= 1;
    earlier.add(moved);
    assert!(matches!(
        earlier.verify(&[public(&key)]),
        Err(NoteError::Signature { .. })
    ));
}

#[test]
fn unknown_keys_are_passed_over_and_a_known_one_that_does_not_hold_rejects_the_note() {
    let checkpoint = Small::new(3).checkpoint(3);
    let (known, other) = (log(), signer(ORIGIN, Algorithm::Ed25519, 2));
    let keys = [public(&known)];
    assert_eq!(note(&checkpoint, &[&other]).verify(&keys), Err(NoteError::Nobody));
    let both = note(&checkpoint, &[&other, &known, &witness(9)]);
    assert_eq!(both.verify(&keys).expect("signed").len(), 1);
    assert_eq!(both.verify(&[]), Err(NoteError::Nobody));
    // The other's signature under the known one's id.
    let forged = both.to_string().lines().nth(4).map(str::to_owned).expect("a line");
    let known_id = note(&checkpoint, &[&known]).signatures()[0].id;
    let mut signature = forged.parse::<Signature>().expect("a line");
    signature.id = known_id;
    let mut wrong = note(&checkpoint, &[]);
    wrong.add(signature);
    assert!(matches!(wrong.verify(&keys), Err(NoteError::Signature { name }) if name == ORIGIN));
    // The same key twice counts once.
    let line = note(&checkpoint, &[&known]).signatures()[0].to_string();
    let twice = format!("{checkpoint}\n{line}\n{line}\n");
    let twice = SignedNote::read(twice.as_bytes()).expect("a note");
    assert_eq!(twice.verify(&keys).expect("signed").len(), 1);
}

#[test]
fn a_signature_that_fails_beside_one_that_holds_rejects_the_note_in_either_order() {
    let checkpoint = Small::new(3).checkpoint(3);
    let good = log().sign(&checkpoint.to_string(), 0);
    let mut bad = good.clone();
    bad.blob[0] ^= 1;
    for (one, two) in [(&good, &bad), (&bad, &good)] {
        let note = SignedNote::read(format!("{checkpoint}\n{one}\n{two}\n").as_bytes()).expect("a note");
        assert!(matches!(
            note.verify(&[public(&log())]),
            Err(NoteError::Signature { .. })
        ));
    }
}

#[test]
fn a_key_of_a_type_to_come_hides_none_that_can_be_checked() {
    let checkpoint = Small::new(3).checkpoint(3);
    let known = public(&log());
    let id = known.id().map(|byte| format!("{byte:02x}")).concat();
    let same_name_and_id: VerifierKey = format!("{ORIGIN}+{id}+BgECAw==").parse().expect("a key");
    let keys = [same_name_and_id, known];
    let verified = note(&checkpoint, &[&log()]).verify(&keys).expect("signed");
    assert_eq!(verified.iter().map(|seen| seen.key).collect::<Vec<_>>(), [1]);
}

#[test]
fn the_text_ends_at_the_last_empty_line() {
    let line = "\u{2014} name QUJDRGU=\n";
    for text in ["one\n\ntwo\n", "one\n\n", "\n", "\u{2014} name QUJDRGU=\n"] {
        let whole = format!("{text}\n{line}");
        let note = SignedNote::read(whole.as_bytes()).expect("a note");
        assert_eq!((note.text(), note.signatures().len()), (text, 1));
        assert_eq!(note.to_string(), whole);
    }
}

#[test]
fn what_is_no_note_and_no_key_is_refused_with_a_reason() {
    for (wrong, why) in [
        (&b"text\n"[..], NoteError::Form),
        (b"text\n\n", NoteError::Form),
        (b"text\n\n\xE2\x80\x94 name QUJDRGU=", NoteError::Form),
        (b"text\n\n- name QUJDRGU=\n", NoteError::Line { line: 1 }),
        (b"text\n\n\xE2\x80\x94 name QUJDRGU\n", NoteError::Line { line: 1 }),
        (b"text\n\n\xE2\x80\x94 name QUJD\n", NoteError::Line { line: 1 }),
        // An id and nothing signed; a name that can't be one.
        (b"text\n\n\xE2\x80\x94 name QUJDRA==\n", NoteError::Line { line: 1 }),
        (b"text\n\n\xE2\x80\x94 na+me QUJDRGU=\n", NoteError::Line { line: 1 }),
        (b"te\xFFxt\n\n", NoteError::Text),
        (b"te\rxt\n\n", NoteError::Text),
    ] {
        assert_eq!(SignedNote::read(wrong), Err(why), "{}", String::from_utf8_lossy(wrong));
    }
    let line = "\u{2014} name QUJDRGU=\n";
    let most = format!("text\n\n{}", line.repeat(64));
    assert_eq!(
        SignedNote::read(most.as_bytes()).expect("a note").signatures().len(),
        64
    );
    let more = format!("{most}{line}");
    assert_eq!(SignedNote::read(more.as_bytes()), Err(NoteError::Large));
    let of = |bytes: usize| format!("{}\n\n{line}", "x".repeat(bytes - 2 - line.len()));
    assert!(SignedNote::read(of(MAX_NOTE_BYTES).as_bytes()).is_ok());
    assert_eq!(
        SignedNote::read(of(MAX_NOTE_BYTES + 1).as_bytes()),
        Err(NoteError::Large)
    );
    let key = |text: &str| text.parse::<VerifierKey>().expect_err("no key");
    assert!(matches!(key("PeterNeumann"), KeyError::Form(_)));
    assert!(matches!(key(&GO_PUBLIC.replace("c74f", "c74e")), KeyError::Id(_)));
    assert!(matches!(key(&GO_PUBLIC.replace("Peter", "Peter ")), KeyError::Name));
    assert!(matches!(key("name+00000000+AQID"), KeyError::Bytes(_)));
    // A point of small order would hold under any signature.
    let weak = VerifierKey::new("name", Algorithm::Ed25519, &[&[1u8][..], &[0; 31]].concat());
    assert!(matches!(weak, Err(KeyError::Bytes(_))));
    let later: VerifierKey = "name+0a0b0c0d+BgECAw==".parse().expect("a key of a type to come");
    assert_eq!(later.algorithm(), Algorithm::Unsupported(6));
    assert!(SignerKey::read(&GO_PRIVATE.replace("a3", "a4")).is_err());
}

#[test]
fn any_changed_bit_of_a_signed_checkpoint_is_refused_or_no_longer_signed() {
    let checkpoint: Checkpoint = Small::new(9).checkpoint(9);
    let bytes = note(&checkpoint, &[&log(), &witness(11)]).to_string().into_bytes();
    let both = [public(&log()), public(&witness(11))];
    for at in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[at / 8] ^= 1 << (at % 8);
        let Ok(changed) = SignedNote::read(&changed) else {
            continue;
        };
        let verified = changed.verify(&both).unwrap_or_default();
        assert!(verified.len() < 2, "bit {at}");
        assert!(
            verified.is_empty() || changed.text() == checkpoint.to_string(),
            "bit {at}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn every_note_is_read_as_it_was_written(text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,40}){0,5}", seeds: Vec<u8>) {
        let text = format!("{text}\n");
        let mut note = SignedNote::new(text.clone()).expect("a text");
        for seed in seeds.iter().take(64) {
            note.add(signer(&format!("name{seed}"), Algorithm::Ed25519, *seed).sign(&text, 0));
        }
        let read = SignedNote::read(note.to_string().as_bytes());
        if seeds.is_empty() {
            proptest::prop_assert!(read.is_err());
        } else {
            proptest::prop_assert_eq!(read, Ok(note));
        }
    }
}
