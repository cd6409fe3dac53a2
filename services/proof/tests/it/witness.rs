use crate::made::{ORIGIN, Small, log, note, public, signer, witness};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{Algorithm, NoteError, Signature, SignedNote, SignerKey};
use idesluss_proof::tree::Hash;
use idesluss_proof::witness::{AddCheckpoint, Cosigned, Refusal};

#[test]
fn a_witness_answers_with_the_status_that_its_protocol_names() {
    let small = Small::new(20);
    let keys = [public(&log())];
    let ask = |old: u64, size: u64, proof: Vec<Hash>, key: &SignerKey, last: Option<u64>| {
        let note = note(&small.checkpoint(size), &[key]);
        let body = AddCheckpoint { old, proof, note }.to_string();
        let read = AddCheckpoint::read(body.as_bytes()).expect("a request");
        assert_eq!(read.to_string(), body);
        let last = last.map(|size| Cosigned {
            size,
            root: small.checkpoint(size).root,
        });
        let decided = read.decide(|origin| if origin == ORIGIN { &keys } else { &[] }, |_| last);
        decided
            .map(|checkpoint| checkpoint.size)
            .map_err(|refusal| refusal.status())
    };
    let proof = small.consistency(7, 20);
    assert_eq!(ask(0, 7, vec![], &log(), None), Ok(7));
    assert_eq!(ask(7, 20, proof.clone(), &log(), Some(7)), Ok(20));
    assert_eq!(ask(20, 20, vec![], &log(), Some(20)), Ok(20));
    assert_eq!(
        ask(0, 7, vec![], &signer(ORIGIN, Algorithm::Ed25519, 3), None),
        Err(403)
    );
    assert_eq!(ask(9, 7, vec![], &log(), Some(9)), Err(400));
    assert_eq!(ask(0, 20, vec![], &log(), Some(7)), Err(409));
    assert_eq!(ask(7, 20, proof[1..].to_vec(), &log(), Some(7)), Err(422));
    assert_eq!(ask(0, 7, proof, &log(), None), Err(422));
    // Another tree of the same size; an origin that nobody has heard of; a size of nothing with something's root.
    let mut other = small.checkpoint(7);
    other.root[0] ^= 1;
    let decide = |checkpoint: &str, last: u64| {
        let mut note = SignedNote::new(checkpoint.to_owned()).expect("a text");
        note.add(log().sign(checkpoint, 0));
        let request = AddCheckpoint {
            old: last,
            proof: vec![],
            note,
        };
        let cosigned = Cosigned {
            size: last,
            root: small.checkpoint(last).root,
        };
        let decided = request.decide(|origin| if origin == ORIGIN { &keys } else { &[] }, |_| Some(cosigned));
        decided.expect_err("refused")
    };
    assert_eq!(decide(&other.to_string(), 7), Refusal::Inconsistent);
    let stranger = Checkpoint::new("example.com/log", 7, other.root).to_string();
    assert!(matches!(decide(&stranger, 7), Refusal::Unknown(origin) if origin == "example.com/log"));
    let empty = small.checkpoint(7).to_string().replace("\n7\n", "\n0\n");
    assert_eq!(decide(&empty, 0), Refusal::Inconsistent);
    let too_long = format!(
        "old 1\n{}\n{}",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(64),
        note(&small.checkpoint(7), &[&log()])
    );
    for wrong in [
        "",
        "old 1\n",
        "old 01\n\nx",
        "new 1\n\nx",
        "old 1\nAAAA\n\nx",
        too_long.as_str(),
    ] {
        let refused = AddCheckpoint::read(wrong.as_bytes()).expect_err("refused");
        assert_eq!(refused.status(), 400, "{wrong}");
    }
    // What stands before the checkpoint is not looked for further than it may be.
    let endless = format!("old {}\n\n{}", "1".repeat(3_000), note(&small.checkpoint(7), &[&log()]));
    let refused = AddCheckpoint::read(endless.as_bytes()).expect_err("refused");
    assert!(
        matches!(&refused, Refusal::Malformed(why) if why.contains("at most 63 lines")),
        "{refused}"
    );
}

#[test]
fn nobody_but_the_log_itself_can_make_it_look_like_a_forger() {
    let small = Small::new(7);
    let keys = [public(&log())];
    let decide = |text: String, key: &SignerKey, last: u64| {
        let mut note = SignedNote::new(text.clone()).expect("a text");
        note.add(key.sign(&text, 0));
        let request = AddCheckpoint {
            old: 0,
            proof: vec![],
            note,
        };
        let root = small.checkpoint(last).root;
        let known = |origin: &str| if origin == ORIGIN { &keys[..] } else { &[] };
        request
            .decide(known, |_| Some(Cosigned { size: last, root }))
            .expect_err("refused")
    };
    let empty_with_a_root = small.checkpoint(7).to_string().replace("\n7\n", "\n0\n");
    let stranger = signer(ORIGIN, Algorithm::Ed25519, 66);
    let elsewhere = empty_with_a_root.replace(ORIGIN, "example.com/log");
    assert_eq!(decide(elsewhere, &log(), 0).status(), 404);
    assert_eq!(decide(empty_with_a_root.clone(), &stranger, 0).status(), 403);
    assert_eq!(decide(empty_with_a_root.clone(), &log(), 7), Refusal::Conflict(7));
    assert_eq!(decide(empty_with_a_root, &log(), 0), Refusal::Inconsistent);
}

#[test]
fn a_checkpoint_with_a_signature_that_fails_is_refused_even_if_another_key_of_the_log_has_signed() {
    let checkpoint = Small::new(7).checkpoint(7);
    let (first, second) = (log(), signer(ORIGIN, Algorithm::Ed25519, 2));
    let keys = [public(&first), public(&second)];
    let decide = |note: SignedNote| {
        let request = AddCheckpoint {
            old: 0,
            proof: vec![],
            note,
        };
        request.decide(|_| &keys, |_| None)
    };
    assert_eq!(
        decide(note(&checkpoint, &[&first, &witness(3)])),
        Ok(checkpoint.clone())
    );
    assert_eq!(decide(note(&checkpoint, &[&second])), Ok(checkpoint.clone()));
    let mut forged = note(&checkpoint, &[&first]);
    let mut signature = second.sign(&checkpoint.to_string(), 0);
    signature.blob[40] ^= 4;
    forged.add(signature);
    assert_eq!(decide(forged).map_err(|refusal| refusal.status()), Err(403));
}

#[test]
fn extension_lines_of_a_log_are_cosigned_with_the_rest() {
    let text = format!("{}an extension\n", Small::new(7).checkpoint(7));
    let mut note = SignedNote::new(text.clone()).expect("a text");
    note.add(log().sign(&text, 0));
    let request = AddCheckpoint {
        old: 0,
        proof: vec![],
        note,
    };
    let keys = [public(&log())];
    let checkpoint: Checkpoint = request.decide(|_| &keys, |_| None).expect("cosigned");
    assert_eq!((checkpoint.extensions.len(), checkpoint.to_string()), (1, text));
}

#[test]
fn a_request_takes_a_proof_of_63_lines_and_nothing_around_it() {
    let note = note(&Small::new(7).checkpoint(7), &[&log()]);
    let longest = AddCheckpoint {
        old: u64::MAX,
        proof: vec![[255; 32]; 63],
        note: note.clone(),
    };
    assert_eq!(AddCheckpoint::read(longest.to_string().as_bytes()), Ok(longest));
    for wrong in [
        format!("old 0\r\n\n{note}"),
        format!("old  0\n\n{note}"),
        format!("old 0 \n\n{note}"),
        format!("old +0\n\n{note}"),
        format!("\nold 0\n\n{note}"),
        format!("old 0\n{note}"),
        format!("old 0\n\n\n{note}"),
        format!("old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n{note}"),
        format!("old 0\n{}\n{note}", "A".repeat(1_000_000)),
        format!("old 18446744073709551616\n\n{note}"),
    ] {
        let decided = AddCheckpoint::read(wrong.as_bytes());
        let decided = decided.and_then(|request| request.decide(|_| &[], |_| None));
        let status = decided.expect_err("refused").status();
        // An empty line too many makes the origin an empty line, which is no checkpoint.
        assert_eq!(status, 400, "{}", &wrong[..wrong.len().min(60)]);
    }
}

#[test]
fn an_answer_is_signature_lines_and_nothing_else() {
    let text = Small::new(7).checkpoint(7).to_string();
    let lines = [witness(1), witness(2)].map(|key| key.sign(&text, 9));
    let answer = format!("{}\n{}\n", lines[0], lines[1]);
    assert_eq!(Signature::read_lines(&answer), Ok(lines.to_vec()));
    for (wrong, why) in [
        (String::new(), NoteError::Form),
        (answer.trim_end().to_owned(), NoteError::Form),
        (format!("{answer}\n"), NoteError::Line { line: 3 }),
        (format!("\n{answer}"), NoteError::Line { line: 1 }),
        (answer.repeat(33), NoteError::Large),
    ] {
        assert_eq!(Signature::read_lines(&wrong), Err(why));
    }
}
