//! The file itself: any bit of it, its members, their order and their bounds.

use crate::archive::{Members, edit, edit_text, with_trailer};
use crate::history::{HOME, true_plan};
use crate::journal::World;
use crate::make::{Wanted, broken, bundle, report};
use crate::plan::organisation;
use idesluss_auditor::bundle::{Covers, MAX_LINE_BYTES, TRAILER_BYTES, WriteOptions};
use idesluss_auditor::verify::{Options, VerifyError, verify};
use idesluss_domain::instance::PolicyInForce;
use idesluss_domain::policy::Policy;
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::LazyLock;

/// A bundle of a few entries, and of the lines of the table of rights that they fall under: every bit of it is tried.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut plan = true_plan();
    plan.steps.truncate(6);
    let mut table = Policy::with(Vec::new());
    let written = |kind: &String| {
        let steps = plan.steps.iter().map(|step| step.event.type_name());
        steps.chain([PolicyInForce::TYPE]).any(|written| written == kind)
    };
    table.actions.retain(|action| action.writes.iter().any(written));
    let mut world = World::empty();
    world.table = Some(table.text());
    world.go_on(&plan, 60_000_000);
    let wanted = Wanted {
        policies: vec![table.text()],
        ..Wanted::instance()
    };
    bundle(&world, &wanted)
});

fn codes(file: &[u8]) -> Vec<&'static str> {
    broken(&report(file)).into_iter().map(|(code, ..)| code).collect()
}

#[test]
fn every_single_flipped_bit_is_rejected_and_named_first() {
    assert_eq!(codes(&SMALL), [""; 0]);
    let mut file = SMALL.clone();
    for byte in 0..file.len() {
        for bit in 0..8 {
            file[byte] ^= 1 << bit;
            assert_eq!(codes(&file), ["B01"], "bit {bit} of byte {byte}");
            file[byte] ^= 1 << bit;
        }
    }
}

#[test]
fn a_file_that_is_cut_off_or_no_bundle_is_rejected() {
    for size in [0, 1, 71, 72, 73, SMALL.len() / 2, SMALL.len() - 1] {
        assert_eq!(codes(&SMALL[..size]), ["B01"], "{size} bytes");
    }
    assert_eq!(codes(&with_trailer(Vec::new())), ["B02"]);
    assert_eq!(codes(&with_trailer(b"no archive".repeat(100))), ["B02"]);
    let body = &SMALL[..SMALL.len() - TRAILER_BYTES as usize];
    // After its last member zeroes follow, which nobody misses.
    let last = body.iter().rposition(|byte| *byte != 0).expect("a member") / 512;
    for block in 0..=last {
        let found = codes(&with_trailer(body[..block * 512].to_vec()));
        // Cut off between two members, it is what its manifest names, or its entries, that is missing.
        let missing = |code: &&str| ["B02", "B03", "R31"].contains(code);
        assert!(found.iter().any(missing), "{block} blocks: {found:?}");
    }
    let more = [body, &[0; 5_000], b"more"].concat();
    assert_eq!(codes(&with_trailer(more)), ["B02"]);
    let padded = [body, &[0; 5_000]].concat();
    assert_eq!(codes(&with_trailer(padded)), [""; 0], "tar programs pad with zeroes");
}

#[test]
fn members_that_are_missing_doubled_unknown_or_out_of_order_are_found() {
    let members = |change: &dyn Fn(&mut Members)| codes(&edit(&SMALL, |members| change(members)));
    assert_eq!(members(&|_| {}), [""; 0]);
    let count = {
        let mut count = 0;
        edit(&SMALL, |members| count = members.len());
        count
    };
    for index in 0..count {
        let found = members(&|members| drop(members.remove(index)));
        assert!(!found.is_empty(), "without member {index}");
        let found = members(&|members| members.insert(index, members[index].clone()));
        assert!(found.contains(&"B02"), "member {index} twice: {found:?}");
        if index > 0 {
            let found = members(&|members| members.swap(index - 1, index));
            assert!(
                found.contains(&"B02"),
                "member {index} before the one before it: {found:?}"
            );
        }
    }
    for name in [
        "more",
        "evaluation/more",
        "submission/entries/1.ndjson",
        "texts/000001.ndjson",
        "archive/checkpoint",
        "policies/1.json",
    ] {
        let found = members(&|members| members.push((name.to_owned(), b"{}\n".to_vec())));
        assert!(found.contains(&"B02"), "{name}: {found:?}");
    }
}

#[test]
fn a_manifest_that_says_something_else_than_the_bundle_holds_is_found() {
    let manifest = |from: &str, to: &str| {
        codes(&edit_text(&SMALL, "manifest.json", |text| {
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1)
        }))
    };
    for (from, to) in [
        ("\"form\":1", "\"form\":\"1\""),
        ("\"instance\":\"fyrbodal\"", "\"instance\":\"other\""),
        ("\"service\":\"submission\"", "\"service\":\"evaluation\""),
        ("fyrbodal/submission/1", "fyrbodal/submission/0"),
        ("fyrbodal/submission/1", "fyrbodal/evaluation/1"),
        ("\"from\":0", "\"from\":1"),
        ("\"picked\":0", "\"picked\":1"),
        ("\"what\":\"instance\"", "\"what\":\"everything\""),
        ("\"made\":", "\"made_up\":"),
    ] {
        assert_eq!(manifest(from, to), ["B02"], "{to}");
    }
    let fewer = manifest(
        "\"size\":14,\"picked\":0,\"from\":0,\"to\":14",
        "\"size\":14,\"picked\":0,\"from\":0,\"to\":13",
    );
    assert!(fewer.contains(&"B03"), "{fewer:?}");
    assert!(manifest("fyrbodal/submission/1", "fyrbodal/submission/2").contains(&"T01"));
}

#[test]
fn a_bundle_of_a_newer_form_can_t_be_checked() {
    let newer = edit_text(&SMALL, "manifest.json", |text| {
        text.replacen("\"form\":1", "\"form\":2,\"more\":[]", 1)
    });
    let checked = verify(&mut Cursor::new(newer), crate::make::policy(), &[], &Options::default());
    assert!(matches!(checked, Err(VerifyError::Newer(2))), "{checked:?}");
}

#[test]
fn a_hidden_entry_where_nothing_is_hidden_and_a_shown_one_where_others_are_to_be_hidden_are_found() {
    let world = World::of(&true_plan());
    let of_home = Wanted::of(Covers::Organisation {
        organisation: organisation(HOME),
    });
    let (all, of_home) = (bundle(&world, &Wanted::instance()), bundle(&world, &of_home));
    let covers = |file: &[u8]| {
        let mut covers = String::new();
        edit_text(file, "manifest.json", |text| {
            let begin = text.find("\"covers\":").expect("it covers something");
            covers = text[begin..=begin + text[begin..].find('}').expect("an end")].to_owned();
            text
        });
        covers
    };
    let as_if = |file: &[u8], of: &[u8]| {
        edit_text(file, "manifest.json", |text| {
            text.replacen(&covers(file), &covers(of), 1)
        })
    };
    assert!(codes(&as_if(&of_home, &all)).contains(&"B03"));
    let shown = codes(&as_if(&all, &of_home));
    assert!(
        shown.contains(&"B04") && shown.iter().all(|code| *code == "B04"),
        "{shown:?}"
    );
}

#[test]
fn lines_and_members_are_bounded_also_when_they_unpack_to_much_more() {
    let long = |bytes: usize| {
        edit(&SMALL, |members| {
            let (_, entries) = members
                .iter_mut()
                .find(|(name, _)| name == "submission/entries/000000.ndjson")
                .expect("entries");
            *entries = [vec![b'x'; bytes], b"\n".to_vec()].concat();
        })
    };
    assert!(
        codes(&long(MAX_LINE_BYTES)).contains(&"L01"),
        "as long as a line may be"
    );
    assert_eq!(codes(&long(MAX_LINE_BYTES + 1)), ["B02"]);
    assert_eq!(codes(&long(17 << 20)), ["B02"]);
    // 64 MiB of zeroes in a few kilobytes.
    let bomb = zstd::bulk::compress(&vec![b'\n'; 64 << 20], 3).expect("packed");
    assert!(bomb.len() < 100_000);
    let bomb = edit(&SMALL, |members| {
        for (name, bytes) in members {
            if name.ends_with("submission/entries/000000.ndjson") {
                name.push_str(".zst");
                bytes.clone_from(&bomb);
            }
        }
    });
    assert_eq!(codes(&bomb), ["B02"]);
    let many = edit(&SMALL, |members| {
        let (_, entries) = members
            .iter_mut()
            .find(|(name, _)| name == "submission/entries/000000.ndjson")
            .expect("entries");
        *entries = b"\n".repeat(10_001);
    });
    assert!(codes(&many).contains(&"B02"));
}

#[test]
fn a_broken_frame_is_found() {
    let packed = Wanted {
        options: WriteOptions { zstd: Some(1) },
        ..Wanted::instance()
    };
    let file = bundle(&World::of(&true_plan()), &packed);
    let broken_frame = edit(&file, |members| {
        let (_, bytes) = members
            .iter_mut()
            .find(|(name, _)| name.ends_with(".zst"))
            .expect("packed");
        bytes.truncate(bytes.len() / 2);
    });
    assert_eq!(codes(&broken_frame), ["B02"]);
}

proptest! {
    #[test]
    fn random_bytes_with_a_true_last_line_are_rejected_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        prop_assert!(!codes(&with_trailer(bytes)).is_empty());
    }

    #[test]
    fn a_bundle_with_random_bytes_written_over_it_never_panics(at: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 1..200)) {
        let mut file = SMALL[..SMALL.len() - TRAILER_BYTES as usize].to_vec();
        let at = at.index(file.len());
        let end = file.len().min(at + bytes.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        // Padding and fields of headers that nobody reads may hold anything.
        let _ = codes(&with_trailer(file));
    }
}
