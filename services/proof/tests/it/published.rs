//! What a log publishes: checkpoints, proofs, and where its tiles and entries lie.

use crate::made::{ORIGIN, Small, log, note, public, witness};
use idesluss_proof::checkpoint::{Checkpoint, CheckpointError};
use idesluss_proof::inclusion::{Inclusion, InclusionError};
use idesluss_proof::policy::{Distrust, Policy};
use idesluss_proof::tile_path::{EntriesPath, TilePath};
use idesluss_proof::tree::{ProofError, empty_root, inclusion};
use proptest::prelude::*;

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
fn a_proof_is_judged_by_its_checkpoint_and_by_its_way() {
    let small = Small::new(20);
    let proof = |keys: &[&idesluss_proof::note::SignerKey]| Inclusion {
        extra: None,
        index: 13,
        path: inclusion(&small, 13, 20).expect("a proof"),
        note: note(&small.checkpoint(20), keys),
    };
    let policy: Policy = format!("log {}\nwitness w {}\nquorum w\n", public(&log()), public(&witness(11)))
        .parse()
        .expect("a policy");
    let whole = proof(&[&log(), &witness(11)]);
    let trust = whole.judge(&small.0[13], &policy).expect("proved");
    assert_eq!((trust.checkpoint.size, trust.cosigned.len()), (20, 1));
    assert_eq!(
        whole.judge(&small.0[14], &policy),
        Err(InclusionError::Proof(ProofError::Root))
    );
    let unseen = proof(&[&log()]).judge(&small.0[13], &policy);
    assert!(matches!(unseen, Err(InclusionError::Distrust(Distrust::Quorum { .. }))));
    let unsigned = proof(&[&witness(11)]).judge(&small.0[13], &policy);
    assert!(matches!(unsigned, Err(InclusionError::Distrust(Distrust::Log(_)))));
}

#[test]
fn a_proof_has_each_line_in_its_place_and_none_too_many() {
    let note = note(&Small::new(1).checkpoint(1), &[&log()]);
    let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let with = |head: &str| format!("c2sp.org/tlog-proof@v1\n{head}\n{note}");
    let reads = |text: String| Inclusion::read(text.as_bytes()).is_ok();
    assert!(reads(with("index 0\n")));
    assert!(reads(with(&format!("index 0\n{}", hash.repeat(64)))));
    assert!(reads(with("extra \nindex 0\n")));
    for wrong in [
        "".to_owned(),
        format!("index 0\n{}", hash.repeat(65)),
        "extra QUJD\n".to_owned(),
        "extra QUJ\nindex 0\n".to_owned(),
        "extra QUJD\nextra QUJD\nindex 0\n".to_owned(),
        "index 0\nextra QUJD\n".to_owned(),
        "index 0\nindex 0\n".to_owned(),
        "index 0\nQUJD\n".to_owned(),
        "index -1\n".to_owned(),
        "index 0\r\n".to_owned(),
        format!("extra {}\nindex 0\n", "QUJD".repeat(20_000)),
    ] {
        assert!(!reads(with(&wrong)), "{}", &wrong[..wrong.len().min(60)]);
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

#[test]
fn entries_lie_beside_the_tiles_and_are_not_taken_for_one() {
    for (path, number, width) in [
        ("tile/entries/000", 0, 256),
        ("tile/entries/x001/x234/067.p/112", 1_234_067, 112),
    ] {
        let entries = EntriesPath { number, width };
        assert_eq!((entries.to_string().as_str(), path.parse()), (path, Ok(entries)));
        assert!(path.parse::<TilePath>().is_err());
    }
    for wrong in [
        "tile/0/000",
        "tile/entries/0",
        "tile/entries/",
        "tile/entries/000.p/256",
        "tile/entries/000.p/5.p/5",
        "tile/entries/000.p/",
        "entries/000",
    ] {
        assert!(wrong.parse::<EntriesPath>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn every_checkpoint_is_read_as_it_was_written(size in 1u64.., root: [u8; 32], more in prop::collection::vec("[ -~]{1,20}", 0..4)) {
        let mut checkpoint = Checkpoint::new(ORIGIN, size, root);
        checkpoint.extensions = more;
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    }

    #[test]
    fn every_proof_is_read_as_it_was_written(index: u64, path in prop::collection::vec(any::<[u8; 32]>(), 0..=64), extra: Option<Vec<u8>>) {
        let note = note(&Small::new(3).checkpoint(3), &[&log()]);
        let proof = Inclusion { extra, index, path, note };
        prop_assert_eq!(Inclusion::read(proof.to_string().as_bytes()), Ok(proof));
    }

    #[test]
    fn every_tile_path_is_read_as_it_was_written(level in 0u8..64, number: u64, width in 1usize..=256) {
        let tile = TilePath { level, number, width };
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        let entries = EntriesPath { number, width };
        prop_assert_eq!(entries.to_string().parse(), Ok(entries));
    }
}
