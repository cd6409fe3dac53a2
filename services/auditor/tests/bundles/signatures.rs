//! Who has signed a checkpoint and cosigned it, by the policy; and histories that were signed anew.

use crate::archive::{edit, edit_text};
use crate::history::true_plan;
use crate::journal::{Journal, World};
use crate::make::{Wanted, broken, bundle, log_key, policy, policy_text, report, signed, signed_by, witness_key};
use idesluss_auditor::verify::{Options, verify};
use idesluss_proof::note::SignerKey;
use std::io::Cursor;

fn world() -> World {
    World::of(&true_plan())
}

/// What is found when every checkpoint is signed by these keys.
fn found(keys: impl Fn(&str) -> Vec<SignerKey>) -> Vec<&'static str> {
    let checkpoint =
        |journal: &Journal, size| signed_by(journal.service, size, &journal.root(size), &keys(journal.service));
    let found = broken(&report(&signed(&world(), &Wanted::instance(), &checkpoint)));
    let mut logs: Vec<_> = found.iter().map(|(_, log, _)| log.as_str()).collect();
    logs.dedup();
    assert!(
        logs.is_empty() || logs == ["submission", "evaluation", "sharing"],
        "{found:?}"
    );
    let mut codes: Vec<_> = found.into_iter().map(|(code, ..)| code).collect();
    codes.dedup();
    codes
}

#[test]
fn two_of_three_witnesses_are_enough_and_strangers_count_for_nothing() {
    let stranger = || witness_key(77);
    assert_eq!(
        found(|log| vec![log_key(log, 0), witness_key(1), witness_key(2)]),
        [""; 0]
    );
    assert_eq!(
        found(|log| vec![stranger(), log_key(log, 0), witness_key(3), witness_key(2), stranger()]),
        [""; 0]
    );
    assert_eq!(found(|log| vec![log_key(log, 0), witness_key(1), stranger()]), ["T03"]);
    assert_eq!(found(|log| vec![log_key(log, 0)]), ["T03"]);
}

#[test]
fn a_history_that_another_key_has_signed_is_found() {
    assert_eq!(
        found(|log| vec![log_key(log, 1), witness_key(1), witness_key(2)]),
        ["T02"]
    );
    assert_eq!(found(|_| vec![witness_key(1), witness_key(2)]), ["T02"]);
}

#[test]
fn a_signature_of_a_trusted_key_that_does_not_hold_rejects_the_checkpoint() {
    let other = |by: fn(&str) -> SignerKey| {
        let checkpoint = move |journal: &Journal, size: u64| {
            let keys = [log_key(journal.service, 0), witness_key(1), witness_key(3)];
            let good = signed_by(journal.service, size, &journal.root(size), &keys);
            let bad = signed_by(journal.service, size, &[9; 32], &[by(journal.service)]);
            let line = |note: Vec<u8>, of: &str| {
                let note = String::from_utf8(note).expect("a note");
                note.lines()
                    .find(|line| line.starts_with(&format!("\u{2014} {of} ")))
                    .expect("a signature")
                    .to_owned()
            };
            let name = by(journal.service).name().to_owned();
            let (right, wrong) = (line(good.clone(), &name), line(bad, &name));
            String::from_utf8(good)
                .expect("a note")
                .replace(&right, &wrong)
                .into_bytes()
        };
        let found = broken(&report(&signed(&world(), &Wanted::instance(), &checkpoint)));
        found.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    assert_eq!(other(|log| log_key(log, 0)), ["T02"; 3]);
    assert_eq!(other(|_| witness_key(3)), ["T02"; 3]);
}

#[test]
fn a_checkpoint_of_another_tree_log_or_form_is_found() {
    let file = bundle(&world(), &Wanted::instance());
    let put = |bytes: Vec<u8>| {
        let changed = edit(&file, |members| {
            let (_, checkpoint) = members
                .iter_mut()
                .find(|(name, _)| name == "evaluation/checkpoint")
                .expect("a checkpoint");
            *checkpoint = bytes;
        });
        broken(&report(&changed))
            .into_iter()
            .map(|(code, ..)| code)
            .collect::<Vec<_>>()
    };
    let journal = world().journal("evaluation").clone();
    let size = journal.lines.len() as u64;
    let by = |service: &str, size, root| {
        signed_by(
            service,
            size,
            &root,
            &[log_key(service, 0), witness_key(1), witness_key(2)],
        )
    };
    assert_eq!(put(by("evaluation", size, journal.root(size))), [""; 0]);
    assert_eq!(put(by("evaluation", size, [7; 32])), ["T04"]);
    assert_eq!(put(by("evaluation", size - 1, journal.root(size - 1))), ["T01", "T06"]);
    assert!(put(by("submission", size, journal.root(size))).contains(&"T01"));
    assert_eq!(put(b"no note\n".to_vec()), ["T01"]);
    assert_eq!(put(Vec::new()), ["T01"]);
}

#[test]
fn keys_that_come_along_are_not_trusted_and_must_be_keys() {
    let file = bundle(&world(), &Wanted::instance());
    let other = log_key("evaluation", 1).verifier().expect("a key");
    let changed = edit_text(&file, "evaluation/keys", |_| format!("{other}\n"));
    assert_eq!(broken(&report(&changed)), [], "they are for information");
    let nonsense = edit_text(&file, "evaluation/keys", |_| "nonsense\n".to_owned());
    assert_eq!(broken(&report(&nonsense)), [("B02", "evaluation".to_owned(), None)]);
}

#[test]
fn a_log_that_the_policy_does_not_name_is_found_and_its_entries_are_judged_all_the_same() {
    let without = policy_text()
        .lines()
        .filter(|line| !line.contains("/evaluation/"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let without = without.parse().expect("a policy");
    assert_ne!(&without, policy());
    let file = bundle(&world(), &Wanted::instance());
    let report = verify(&mut Cursor::new(file), &without, &[], &Options::default()).expect("it can be checked");
    assert_eq!(broken(&report), [("T02", "evaluation".to_owned(), None)]);
    assert_eq!(report.logs[1].decisions, 6);
}
