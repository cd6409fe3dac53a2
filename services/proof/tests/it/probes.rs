//! The probes of transparency-dev: proofs that hold and proofs that somebody has spoilt, none of them made by us.

use crate::made::{ORIGIN, log};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idesluss_proof::inclusion::Inclusion;
use idesluss_proof::tree::{Hash, verify_consistency, verify_inclusion};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A case as it was published.
struct Probe(Value);

impl Probe {
    fn all(kind: &str) -> Vec<Self> {
        let lines = include_str!("probes.txt").lines().filter(|line| !line.starts_with('#'));
        let probes = lines.map(|line| Self(serde_json::from_str(line).expect("JSON")));
        probes.filter(|probe| probe.name().starts_with(kind)).collect()
    }

    fn name(&self) -> &str {
        self.0["case"].as_str().expect("a name")
    }

    fn holds(&self) -> bool {
        !self.0["wantErr"].as_bool().expect("good or not")
    }

    fn number(&self, member: &str) -> u64 {
        self.0[member].as_u64().expect("a number")
    }

    fn hash(&self, member: &str) -> Option<Hash> {
        hash(self.0[member].as_str().unwrap_or_default())
    }

    /// Null where there is nothing to prove.
    fn path(&self) -> impl Iterator<Item = &str> {
        let path = self.0["proof"].as_array().into_iter().flatten();
        path.map(|hash| hash.as_str().unwrap_or_default())
    }

    fn inclusion_holds(&self) -> Option<bool> {
        let (index, size) = (self.number("leafIdx"), self.number("treeSize"));
        let path: Vec<Hash> = self.path().map(hash).collect::<Option<_>>()?;
        Some(verify_inclusion(&self.hash("leafHash")?, index, size, &path, &self.hash("root")?).is_ok())
    }

    fn consistency_holds(&self) -> Option<bool> {
        let (older, size) = (self.number("size1"), self.number("size2"));
        let path: Vec<Hash> = self.path().map(hash).collect::<Option<_>>()?;
        Some(verify_consistency(older, &self.hash("root1")?, size, &self.hash("root2")?, &path).is_ok())
    }

    /// The same as a proof that stands by itself, in which any bytes at all can be written for a hash.
    fn written(&self) -> String {
        let (size, root) = (self.number("treeSize"), self.0["root"].as_str().unwrap_or_default());
        let checkpoint = format!("{ORIGIN}\n{size}\n{root}\n");
        let signature = log().sign(&checkpoint, 0);
        let path: String = self.path().map(|hash| format!("{hash}\n")).collect();
        let index = self.number("leafIdx");
        format!("c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{checkpoint}\n{signature}\n")
    }
}

/// A hash as it was published; none where nothing was.
///
/// Some cases have a word there, such as "dont care 1". Ours is always of 32 bytes, so that the word's own hash stands in: what was
/// equal stays equal, what differed differs, and it is the proof that has to be refused.
fn hash(published: &str) -> Option<Hash> {
    let bytes = STANDARD.decode(published).expect("base64");
    let whole = Hash::try_from(&bytes[..]).ok();
    whole.or_else(|| (!bytes.is_empty()).then(|| Sha256::digest(&bytes).into()))
}

/// The cases that are judged otherwise than they were published, of as many as there are.
fn differing(kind: &str, holds: impl Fn(&Probe) -> bool) -> Vec<String> {
    let probes = Probe::all(kind);
    let good = probes.iter().filter(|probe| probe.holds()).count();
    assert_eq!((probes.len(), good), (98, 6), "of {kind}");
    let wrong = probes.iter().filter(|probe| holds(probe) != probe.holds());
    wrong.map(|probe| probe.name().to_owned()).collect()
}

#[test]
fn every_published_proof_of_inclusion_is_judged_as_it_was_published() {
    let wrong = differing("inclusion/", |probe| probe.inclusion_holds() == Some(true));
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_published_proof_of_inclusion_is_judged_so_when_it_stands_by_itself() {
    let wrong = differing("inclusion/", |probe| {
        let (proof, leaf) = (Inclusion::read(probe.written().as_bytes()), probe.hash("leafHash"));
        let checked = proof.ok().zip(leaf).map(|(proof, leaf)| proof.verify(&leaf).is_ok());
        checked == Some(true)
    });
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_published_proof_of_consistency_is_judged_as_it_was_published_but_for_one_from_the_empty_tree() {
    let wrong = differing("consistency/", |probe| probe.consistency_holds() == Some(true));
    // Theirs refuses to compare with an empty tree, since that tells nothing. Every tree extends it all the same, and a witness that
    // has seen nothing yet begins there: C2SP tlog-witness has it take `old 0` with an empty proof.
    assert_eq!(wrong, ["consistency/additional/size1-is-zero-and-size2-is-not-zero"]);
}
