//! Signed notes, checkpoints, cosignatures, policies and what a witness decides.

use idesluss_proof::checkpoint::{Checkpoint, CheckpointError};
use idesluss_proof::inclusion::Inclusion;
use idesluss_proof::note::{Algorithm, KeyError, NoteError, SignedNote, SignerKey, VerifierKey};
use idesluss_proof::policy::{Distrust, Policy, Wrong};
use idesluss_proof::tile_path::TilePath;
use idesluss_proof::tree::{Edge, Hash, TileReader, TreeError, consistency, empty_root, inclusion, leaf_hash};
use idesluss_proof::witness::{AddCheckpoint, Cosigned, Refusal};
use proptest::prelude::*;

/// A key and a note that Go's `note` package has made.
const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

const ORIGIN: &str = "fyrbodal/submission/1";

fn signer(name: &str, algorithm: Algorithm, seed: u8) -> SignerKey {
    SignerKey::new(name, algorithm, &[seed; 32]).expect("a key")
}

fn log() -> SignerKey {
    signer(ORIGIN, Algorithm::Ed25519, 1)
}

fn witness(seed: u8) -> SignerKey {
    signer(&format!("witness.example/{seed}"), Algorithm::CosignatureV1, seed)
}

fn public(key: &SignerKey) -> VerifierKey {
    key.verifier().expect("a key")
}

fn note(checkpoint: &Checkpoint, keys: &[&SignerKey]) -> SignedNote {
    let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
    for key in keys {
        note.add(key.sign(&checkpoint.to_string(), 1_790_000_000));
    }
    note
}

/// A log of numbered entries that fits one tile.
struct Small(Vec<Hash>);

impl Small {
    fn new(size: u64) -> Self {
        Self((0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect())
    }

    fn checkpoint(&self, size: u64) -> Checkpoint {
        let mut edge = Edge::default();
        for leaf in &self.0[..size as usize] {
            edge.push(*leaf, |_| Ok::<_, std::convert::Infallible>(()))
                .expect("no tile is full");
        }
        Checkpoint::new(ORIGIN, size, edge.root())
    }

    fn consistency(&self, from: u64, to: u64) -> Vec<Hash> {
        consistency(self, from, to).expect("a proof")
    }
}

impl TileReader for Small {
    type Error = TreeError;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, TreeError> {
        assert_eq!((level, number), (0, 0));
        Ok(self.0[..width].to_vec())
    }
}

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
    let mut signature = forged.parse::<idesluss_proof::note::Signature>().expect("a line");
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
fn what_is_no_note_and_no_key_is_refused_with_a_reason() {
    for (wrong, why) in [
        (&b"text\n"[..], NoteError::Form),
        (b"text\n\n", NoteError::Form),
        (b"text\n\n\xE2\x80\x94 name QUJDRGU=", NoteError::Form),
        (b"text\n\n- name QUJDRGU=\n", NoteError::Line { line: 1 }),
        (b"text\n\n\xE2\x80\x94 name QUJDRGU\n", NoteError::Line { line: 1 }),
        (b"text\n\n\xE2\x80\x94 name QUJD\n", NoteError::Line { line: 1 }),
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
    let huge = "x".repeat(300 * 1024);
    assert_eq!(SignedNote::read(huge.as_bytes()), Err(NoteError::Large));
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
fn a_checkpoint_is_written_as_it_was_read_and_nothing_else_is_one() {
    let text = format!("{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let empty: Checkpoint = text.parse().expect("a checkpoint");
    assert_eq!((empty.root, empty.to_string()), (empty_root(), text.clone()));
    let extended: Checkpoint = format!("{text}more\n").parse().expect("a checkpoint");
    assert_eq!(extended.extensions, ["more"]);
    for (wrong, why) in [
        (text.trim_end().to_owned(), CheckpointError::Form),
        (format!("{text}\n"), CheckpointError::Form),
        (text.replace("\n0\n", "\n00\n"), CheckpointError::Size),
        (text.replace("\n0\n", "\n+1\n"), CheckpointError::Size),
        (text.replace("\n0\n", "\n18446744073709551616\n"), CheckpointError::Size),
        (text.replace("uFU=", "uFU"), CheckpointError::Root),
        (text.replace("47DE", "47DF"), CheckpointError::Empty),
        (text.replacen(ORIGIN, "", 1), CheckpointError::Form),
    ] {
        assert_eq!(wrong.parse::<Checkpoint>(), Err(why), "{wrong}");
    }
}

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
}

/// A policy over our log and the witnesses 11 to 15.
fn policy(rest: &str) -> Result<Policy, idesluss_proof::policy::PolicyError> {
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
fn a_policy_that_says_something_wrong_is_refused_by_line() {
    let wrong = |rest: &str| policy(rest).expect_err("no policy");
    for (rest, line, what) in [
        ("", 8, Wrong::Quorum),
        ("quorum none\nquorum none\n", 10, Wrong::Quorum),
        ("quorum w16\n", 9, Wrong::Missing("w16".into())),
        ("group g 3 w11 w12\nquorum g\n", 9, Wrong::Threshold),
        ("group g 0 w11\nquorum g\n", 9, Wrong::Threshold),
        (
            "group g any\nquorum g\n",
            9,
            Wrong::Items("group <name> <any|all|number> <name>…"),
        ),
        ("group g any g\nquorum g\n", 9, Wrong::Missing("g".into())),
        ("group g any w11 w11\nquorum g\n", 9, Wrong::Member("w11".into())),
        (
            "group g any w11\ngroup h any w11\nquorum h\n",
            10,
            Wrong::Member("w11".into()),
        ),
        ("group w11 any w12\nquorum w11\n", 9, Wrong::Taken("w11".into())),
        ("group none any w12\nquorum none\n", 9, Wrong::Taken("none".into())),
        ("trust everybody\n", 9, Wrong::Word),
    ] {
        let error = wrong(rest);
        assert_eq!((error.line, error.what), (line, what), "{rest}");
    }
    let again = format!("witness again {}\nquorum none\n", public(&witness(11)));
    assert_eq!(wrong(&again).what, Wrong::Twice);
    let crossed = format!(
        "witness crossed {}\nquorum none\n",
        public(&signer("x", Algorithm::Ed25519, 77))
    );
    assert_eq!(wrong(&crossed).what, Wrong::Type);
    // What will be signed with one day can be named already, and counts for nothing.
    let later = policy("witness later name+0a0b0c0d+BgECAw==\nquorum later\n").expect("a policy");
    let checkpoint = Small::new(5).checkpoint(5);
    assert!(matches!(
        later.judge(&note(&checkpoint, &[&log()])),
        Err(Distrust::Quorum { .. })
    ));
}

#[test]
fn a_proof_stands_by_itself() {
    let small = Small::new(20);
    let note = note(&small.checkpoint(20), &[&log()]);
    let path = inclusion(&small, 13, 20).expect("a proof");
    let proof = Inclusion {
        extra: None,
        index: 13,
        path,
        note,
    };
    let text = proof.to_string();
    let read = Inclusion::read(text.as_bytes()).expect("a proof");
    assert_eq!(read, proof);
    assert_eq!(read.verify(&small.0[13]).expect("in it").size, 20);
    assert!(read.verify(&small.0[12]).is_err());
    let extra = text.replacen("index", "extra QUJD\nindex", 1);
    let with = Inclusion::read(extra.as_bytes()).expect("a proof");
    assert_eq!((with.extra.as_deref(), with.to_string()), (Some(&b"ABC"[..]), extra));
    for wrong in [
        text.replacen("13", "013", 1),
        text.replacen("@v1", "@v2", 1),
        text.replacen("\n\n", "\n", 1),
    ] {
        assert!(Inclusion::read(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn the_peaks_of_an_earlier_tree_are_read_from_tiles() {
    use idesluss_proof::tree::{peaks, root_of};
    let small = Small::new(20);
    for size in 0..=20 {
        let found = peaks(&small, size).expect("peaks");
        assert_eq!(found.len(), size.count_ones() as usize);
        assert_eq!(root_of(&found), small.checkpoint(size).root);
    }
}

#[test]
fn a_tile_has_one_path_and_no_other() {
    for (path, level, number, width) in [
        ("tile/0/000", 0, 0, 256),
        ("tile/0/000.p/5", 0, 0, 5),
        ("tile/3/x001/x234/067", 3, 1_234_067, 256),
        ("tile/63/x018/x446/x744/x073/x709/x551/615", 63, u64::MAX, 256),
    ] {
        let tile = TilePath { level, number, width };
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
    for wrong in [
        "tile/64/000",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/x002",
        "tile/00/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/",
        "tile/0",
        "tile/0/000/",
        "tile/0/x001",
        "tile/x/000",
        "/tile/0/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert!(wrong.parse::<TilePath>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_changed_bit_of_a_signed_checkpoint_is_refused_or_no_longer_signed(at in 0usize..1_000, bit in 0u8..8) {
        let checkpoint = Small::new(9).checkpoint(9);
        let mut bytes = note(&checkpoint, &[&log(), &witness(11)]).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = SignedNote::read(&bytes) {
            let both = [public(&log()), public(&witness(11))];
            let still = changed.verify(&both).map_or(0, |verified| verified.len());
            prop_assert!(still < 2 || changed.text() == checkpoint.to_string() && changed.to_string().as_bytes() != bytes);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        for bytes in [&bytes[..], text.as_bytes()] {
            let _ = SignedNote::read(bytes);
            let _ = AddCheckpoint::read(bytes);
            let _ = Inclusion::read(bytes);
        }
        let _ = text.parse::<Checkpoint>();
        let _ = text.parse::<Policy>();
        let _ = text.parse::<VerifierKey>();
        let _ = text.parse::<TilePath>();
        let _ = SignerKey::read(&text);
    }

    #[test]
    fn every_tile_path_is_read_as_it_was_written(level in 0u8..64, number: u64, width in 1usize..=256) {
        let tile = TilePath { level, number, width };
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
    }
}
