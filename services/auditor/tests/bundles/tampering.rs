//! Entries that were changed after they were written: found, and named at their place.

use crate::history::true_plan;
use crate::journal::{BEGINNING, INSTANCE, World};
use crate::make::{Wanted, broken, bundle, kept, report, report_with};
use idesluss_auditor::bundle::Covers;
use idesluss_auditor::verify::Report;
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use proptest::prelude::*;
use std::sync::LazyLock;

fn world() -> World {
    World::of(&true_plan())
}

static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| bundle(&world(), &Wanted::instance()));

/// An own entry of evaluation after the grants with which each journal begins.
const ENTRY: usize = BEGINNING + 20;
const AT: u64 = ENTRY as u64;

/// What is found when the lines of a bundle are changed, and all else stays as it was.
fn tampered(change: impl FnOnce(&mut World)) -> Vec<(&'static str, String, Option<u64>)> {
    let mut after = world();
    change(&mut after);
    let file = crate::archive::edit(&FILE, |members| {
        for journal in &after.journals {
            let name = format!("{}/entries/000000.ndjson", journal.service);
            let (_, bytes) = members.iter_mut().find(|(of, _)| *of == name).expect("entries");
            *bytes = journal
                .lines
                .iter()
                .flat_map(|line| [line, b"\n".as_slice()].concat())
                .collect();
        }
    });
    broken(&report(&file))
}

fn of_idea() -> Wanted {
    Wanted::of(Covers::Idea {
        idea: crate::plan::idea(1),
        organisation: crate::plan::organisation(crate::history::HOME),
    })
}

fn evaluation(code: &'static str, position: u64) -> (&'static str, String, Option<u64>) {
    (code, "evaluation".to_owned(), Some(position))
}

fn whole(code: &'static str) -> (&'static str, String, Option<u64>) {
    (code, "evaluation".to_owned(), None)
}

fn lines(world: &mut World) -> &mut Vec<Vec<u8>> {
    &mut world.journal_mut("evaluation").lines
}

fn replaced(line: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(line).expect("a line");
    assert!(text.contains(from), "{text}");
    text.replacen(from, to, 1).into_bytes()
}

/// Gives every line the position at which it stands now.
fn renumber(lines: &mut [Vec<u8>]) {
    for (position, line) in lines.iter_mut().enumerate() {
        let end = line.iter().position(|byte| *byte == b',').expect("a second member");
        line.splice(..end, format!("{{\"position\":{position}").into_bytes());
    }
}

#[test]
fn a_deleted_entry_is_found_where_it_is_missing() {
    let found = tampered(|world| drop(lines(world).remove(ENTRY)));
    assert!(found.contains(&evaluation("L02", AT + 1)), "{found:?}");
}

#[test]
fn a_deleted_entry_whose_followers_were_renumbered_is_found() {
    let found = tampered(|world| {
        lines(world).remove(ENTRY);
        renumber(lines(world));
    });
    assert!(
        found.contains(&evaluation("L05", AT)),
        "its source has a gap there: {found:?}"
    );
    assert!(found.contains(&evaluation("L07", AT)), "so has its stream: {found:?}");
    assert!(
        found.contains(&whole("B03")),
        "and the manifest speaks of one more: {found:?}"
    );
}

#[test]
fn swapped_entries_are_found_at_both_places() {
    let found = tampered(|world| lines(world).swap(ENTRY, ENTRY + 1));
    for position in [AT, AT + 1] {
        assert!(found.contains(&evaluation("L02", position)), "{found:?}");
    }
    assert!(found.contains(&whole("T04")), "{found:?}");
}

#[test]
fn entries_that_were_put_in_another_order_are_found_also_when_renumbered() {
    let found = tampered(|world| {
        lines(world)[ENTRY..ENTRY + 5].reverse();
        renumber(lines(world));
    });
    assert!(found.contains(&evaluation("L03", AT + 1)), "{found:?}");
    assert!(found.contains(&whole("T04")), "{found:?}");
}

#[test]
fn an_inserted_entry_is_found() {
    let found = tampered(|world| {
        let copy = lines(world)[ENTRY].clone();
        lines(world).insert(ENTRY + 1, copy);
    });
    assert!(found.contains(&evaluation("L02", AT)), "{found:?}");
    assert!(found.contains(&evaluation("L08", AT)), "{found:?}");
    let found = tampered(|world| {
        let copy = lines(world)[ENTRY].clone();
        lines(world).insert(ENTRY + 1, copy);
        renumber(lines(world));
    });
    for code in ["L03", "L05", "L07", "L08"] {
        assert!(found.contains(&evaluation(code, AT + 1)), "{code}: {found:?}");
    }
}

#[test]
fn a_back_dated_entry_is_found() {
    let found = tampered(|world| {
        let line = &lines(world)[30];
        lines(world)[30] = replaced(line, "\"recorded\":\"2026-11-23T", "\"recorded\":\"2026-11-20T");
    });
    assert_eq!(
        found.iter().find(|(code, ..)| *code == "L03"),
        Some(&evaluation("L03", 30)),
        "{found:?}"
    );
    assert!(found.contains(&whole("T04")), "{found:?}");
}

#[test]
fn a_line_with_white_space_or_another_order_of_members_is_found() {
    for (from, to) in [
        (",\"event\"", ", \"event\""),
        ("{\"specversion\":\"1.0\",", "{\"specversion\" :\"1.0\","),
        ("\"epoch\":1,\"streamversion\":", "\"epoch\":1 ,\"streamversion\":"),
        (",\"data\":{", ",\"more\":1,\"data\":{"),
    ] {
        let found = tampered(|world| {
            let line = &lines(world)[30];
            lines(world)[30] = replaced(line, from, to);
        });
        assert!(found.contains(&evaluation("L01", 30)), "{to}: {found:?}");
    }
}

/// What is found when journals are changed and everything is signed anew with the same key.
fn signed_anew(change: impl FnOnce(&mut World)) -> Vec<(&'static str, String, Option<u64>)> {
    signed_anew_in(&Wanted::instance(), change)
}

/// The same in a bundle of another kind.
fn signed_anew_in(wanted: &Wanted, change: impl FnOnce(&mut World)) -> Vec<(&'static str, String, Option<u64>)> {
    let mut world = world();
    change(&mut world);
    broken(&report(&bundle(&world, wanted)))
}

#[test]
fn a_received_entry_that_is_not_its_source_s_own_is_found_though_all_is_signed_anew() {
    let at = lines(&mut world())
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("v1.SimilarIdeas"))
        .expect("it came");
    let found = signed_anew(|world| {
        let line = &lines(world)[at];
        lines(world)[at] = replaced(line, "\"ideas\":[\"00000000", "\"ideas\":[\"00000001");
    });
    let copies: Vec<_> = found.iter().filter(|(code, ..)| *code == "L10").collect();
    assert_eq!(copies, [&evaluation("L10", at as u64)], "{found:?}");
}

#[test]
fn a_source_s_own_entry_that_others_hold_otherwise_is_found_in_each_of_them() {
    let at = world()
        .journal("submission")
        .lines
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("v1.SimilarIdeas"))
        .expect("one");
    let found = signed_anew(|world| {
        let lines = &mut world.journal_mut("submission").lines;
        lines[at] = replaced(&lines[at], "\"ideas\":[\"00000000", "\"ideas\":[\"00000001");
    });
    let mut logs: Vec<_> = found
        .iter()
        .filter(|(code, ..)| *code == "L10")
        .map(|(_, log, _)| log.as_str())
        .collect();
    logs.sort_unstable();
    assert_eq!(logs, ["evaluation", "sharing"], "{found:?}");
}

#[test]
fn what_a_log_received_from_one_that_comes_later_in_the_bundle_is_held_against_it_too() {
    let at = world()
        .journal("submission")
        .lines
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("v1.EvaluationOpened"))
        .expect("it came");
    let found = signed_anew(|world| {
        let lines = &mut world.journal_mut("submission").lines;
        lines[at] = replaced(&lines[at], "\"gate\":\"opportunity\"", "\"gate\":\"concept\"");
    });
    assert_eq!(found, [("L10", "submission".to_owned(), Some(at as u64))]);
}

#[test]
fn a_log_that_the_policy_names_and_the_bundle_lacks_is_found() {
    let mut world = world();
    world.journals.retain(|journal| journal.service != "evaluation");
    let report = report(&bundle(&world, &Wanted::instance()));
    let found = broken(&report);
    assert!(!found.is_empty(), "{report}");
    assert!(found.iter().all(|(code, ..)| *code == "B03"), "{report}");
}

#[test]
fn an_own_entry_of_another_service_s_type_or_in_a_stream_of_others_is_found() {
    for (from, to) in [
        (
            "\"type\":\"idesluss.evaluation.v1.",
            "\"type\":\"idesluss.submission.v1.",
        ),
        ("\"subject\":\"evaluation/", "\"subject\":\"idea/"),
    ] {
        let found = signed_anew(|world| {
            let line = &lines(world)[ENTRY];
            lines(world)[ENTRY] = replaced(line, from, to);
        });
        assert!(found.contains(&evaluation("L04", AT)), "{to}: {found:?}");
    }
}

#[test]
fn an_entry_of_another_log_that_claims_to_be_own_is_found() {
    let found = signed_anew(|world| {
        let line = &lines(world)[ENTRY];
        lines(world)[ENTRY] = replaced(line, "/fyrbodal/evaluation/", "/fyrbodal/submission/");
    });
    assert!(found.contains(&evaluation("L04", AT)), "{found:?}");
}

#[test]
fn whoever_acts_in_a_role_that_was_not_granted_is_found_and_a_grant_that_is_another_s_too() {
    let grant_of = |line: &[u8]| {
        let text = std::str::from_utf8(line).expect("a line");
        let begin = text.find("\"grant\":\"grant:").expect("a person's entry") + 15;
        text[begin..begin + 36].to_owned()
    };
    let own = |world: &mut World| {
        let of_a_person = |line: &Vec<u8>| String::from_utf8_lossy(line).contains("\"grant\":\"grant:");
        let own = lines(world)[ENTRY..].iter().position(of_a_person).expect("one");
        ENTRY + own
    };
    let mut world = world();
    let at = own(&mut world) as u64;
    // A part of the log tells it as well: it has the grants that its entries name.
    for wanted in [Wanted::instance(), of_idea()] {
        let found = signed_anew_in(&wanted, |world| {
            let at = own(world);
            let grant = grant_of(&lines(world)[at]);
            let granted = lines(world)[..BEGINNING]
                .iter()
                .position(|line| String::from_utf8_lossy(line).contains(&grant));
            let granted = granted.expect("it was granted");
            lines(world)[granted] = replaced(&lines(world)[granted], &grant[..8], "01234567");
        });
        assert!(found.contains(&evaluation("R29", at)), "not granted: {found:?}");
    }
    let found = signed_anew(|world| {
        let at = own(world);
        let grant = grant_of(&lines(world)[at]);
        lines(world)[at] = replaced(&lines(world)[at], &grant[..8], "01234567");
    });
    assert!(found.contains(&evaluation("R29", at)), "another's: {found:?}");
}

#[test]
fn a_decision_that_identity_has_not_asserted_is_found_and_one_that_was_asserted_for_another_command_too() {
    let decided = |world: &mut World| {
        let carries = |line: &Vec<u8>| String::from_utf8_lossy(line).contains("\"assertion\":");
        lines(world).iter().position(carries).expect("a decision")
    };
    let member = |line: &[u8]| {
        let text = std::str::from_utf8(line).expect("a line");
        let begin = text.find("\"assertion\":\"").expect("an assertion");
        let end = begin + 13 + text[begin + 13..].find('"').expect("its end") + 2;
        text[begin..end].to_owned()
    };
    let mut whole = world();
    let at = decided(&mut whole) as u64;
    let with = |change: &dyn Fn(&str) -> String| {
        let found = signed_anew(|world| {
            let at = decided(world);
            let carried = member(&lines(world)[at]);
            lines(world)[at] = replaced(&lines(world)[at], &carried, &change(&carried));
        });
        assert!(found.contains(&evaluation("R30", at)), "{found:?}");
    };
    with(&|_| String::new());
    with(&|carried| carried.replace("\"assertion\":\"", "\"assertion\":\"*"));
    // A letter in the middle of what was signed, and one of the signature.
    for place in [40, carried_length(&member(&lines(&mut whole)[at as usize])) - 40] {
        with(&|carried| {
            let mut letters: Vec<char> = carried.chars().collect();
            letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
            letters.into_iter().collect()
        });
    }
    // What was asserted for one command vouches for no other, nor for another actor.
    let command = |line: &[u8]| {
        let text = std::str::from_utf8(line).expect("a line");
        let begin = text.find("\"commandid\":\"").expect("a command") + 13;
        text[begin..begin + 36].to_owned()
    };
    let found = signed_anew(|world| {
        let at = decided(world);
        let id = command(&lines(world)[at]);
        lines(world)[at] = replaced(&lines(world)[at], &id, &id.replace("0000-0000-0000", "0000-0000-0001"));
    });
    assert!(found.contains(&evaluation("R30", at)), "{found:?}");
}

fn carried_length(carried: &str) -> usize {
    carried.chars().count()
}

#[test]
fn a_source_that_skips_a_number_or_begins_an_epoch_silently_is_found() {
    let sequence = |position: usize| {
        let mut world = world();
        let line = String::from_utf8(lines(&mut world)[position].clone()).expect("a line");
        let begin = line.find("\"sequence\":\"").expect("a sequence") + 12;
        line[begin..begin + 20].to_owned()
    };
    let found = signed_anew(|world| {
        let own = sequence(ENTRY);
        let next = format!("{:020}", own.parse::<u64>().expect("a number") + 1);
        let line = &lines(world)[ENTRY];
        lines(world)[ENTRY] = replaced(line, &own, &next);
    });
    assert!(found.contains(&evaluation("L05", AT)), "{found:?}");
    let found = signed_anew(|world| {
        let line = &lines(world)[ENTRY];
        lines(world)[ENTRY] = replaced(line, "\"epoch\":1", "\"epoch\":2");
    });
    assert!(found.contains(&evaluation("L06", AT)), "{found:?}");
    assert!(
        found.contains(&evaluation("L06", AT + 1)),
        "the next goes back: {found:?}"
    );
}

#[test]
fn a_stream_that_skips_a_version_is_found() {
    let found = signed_anew(|world| {
        let last = lines(world).len() - 1;
        let line = String::from_utf8(lines(world)[last].clone()).expect("a line");
        let begin = line.find("\"streamversion\":").expect("a version");
        let version = &line[begin..begin + line[begin..].find(',').expect("an end")];
        lines(world)[last] = replaced(line.as_bytes(), version, &format!("{version}0"));
    });
    let last = world().journal("evaluation").lines.len() as u64 - 1;
    assert!(found.contains(&evaluation("L07", last)), "{found:?}");
}

#[test]
fn a_command_that_was_carried_out_twice_is_found() {
    let found = signed_anew(|world| {
        // The command of the first entry stands in the last one again, which has an id of its own.
        let (first, last) = (lines(world)[BEGINNING].clone(), lines(world).len() - 1);
        let command = |line: &[u8]| {
            let text = std::str::from_utf8(line).expect("a line");
            let begin = text.find("\"commandid\":\"").expect("a command");
            text[begin..begin + 49].to_owned()
        };
        let (again, own) = (command(&first), command(&lines(world)[last]));
        let same = replaced(
            &lines(world)[BEGINNING],
            "\"organisation\":\"uddevalla\",\"actor\"",
            "\"organisation\":\"trollhattan\",\"actor\"",
        );
        lines(world)[BEGINNING] = same;
        let line = &lines(world)[last];
        lines(world)[last] = replaced(line, &own, &again);
    });
    let last = world().journal("evaluation").lines.len() as u64 - 1;
    assert!(found.contains(&evaluation("L09", last)), "{found:?}");
}

/// What an auditor finds who kept the checkpoint of the first `size` entries of the true evaluation log.
fn with_kept(file: &[u8], size: u64) -> Report {
    report_with(file, &[kept(&world(), "evaluation", size)])
}

fn cut(world: &mut World, count: usize) {
    let lines = lines(world);
    lines.truncate(lines.len() - count);
}

#[test]
fn a_cut_tail_is_found_against_a_checkpoint_that_was_kept_and_by_nothing_else() {
    let mut world = world();
    let size = lines(&mut world).len() as u64;
    cut(&mut world, 1);
    world.journal_mut("submission").lines.truncate(5);
    world.journal_mut("sharing").lines.truncate(3);
    let file = bundle(&world, &Wanted::instance());
    assert_eq!(broken(&report(&file)), []);
    assert_eq!(broken(&with_kept(&file, size)), [whole("T07")]);
    for before in [1, size / 2, size - 1] {
        assert_eq!(broken(&with_kept(&file, before)), [], "{before}");
    }
}

#[test]
fn a_forged_history_that_was_signed_anew_is_found_against_a_checkpoint_that_was_kept() {
    let mut plan = true_plan();
    let step = plan.steps.last_mut().expect("a decision");
    if let Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) = &mut step.event {
        anew.decision.conditions = None;
    }
    let forged = World::of(&plan);
    let last = forged.journal("evaluation").lines.len() - 1;
    let file = bundle(&forged, &Wanted::instance());
    assert_eq!(broken(&report(&file)), [], "nothing in it tells");
    assert_eq!(broken(&with_kept(&file, last as u64 + 1)), [whole("T08")]);
    assert_eq!(broken(&with_kept(&file, last as u64)), [], "up to there it is the same");
}

#[test]
fn a_checkpoint_that_was_kept_outside_the_bundle_s_entries_needs_a_proof_that_holds() {
    let asks = |kept: Option<u64>| Wanted {
        from: [0, 40, 0],
        to: Some([10, 60, 4]),
        kept: [None, kept, None],
        ..Wanted::of(Covers::Period)
    };
    for size in [30, 70] {
        let with_proof = bundle(&world(), &asks(Some(size)));
        assert_eq!(broken(&with_kept(&with_proof, size)), [], "{size}");
        let without = bundle(&world(), &asks(None));
        assert_eq!(broken(&with_kept(&without, size)), [whole("T06")], "{size}");
        let mut forged = world();
        let line = lines(&mut forged)[5].clone();
        lines(&mut forged)[5] = replaced(&line, "\"time\":\"2026-11-23", "\"time\":\"2026-11-22");
        let forged = bundle(&forged, &asks(Some(size)));
        assert!(broken(&with_kept(&forged, size)).contains(&whole("T08")), "{size}");
    }
    let idea = Wanted {
        kept: [None, Some(30), None],
        ..of_idea()
    };
    assert_eq!(broken(&with_kept(&bundle(&world(), &idea), 30)), []);
}

#[test]
fn a_period_whose_edge_or_entries_are_not_the_checkpoint_s_is_found() {
    let wanted = Wanted {
        from: [3, 40, 2],
        ..Wanted::of(Covers::Period)
    };
    let file = bundle(&world(), &wanted);
    let flip = |text: String| {
        text.replacen(
            char::from(text.as_bytes()[0]),
            if text.starts_with('0') { "1" } else { "0" },
            1,
        )
    };
    let other = crate::archive::edit_text(&file, "evaluation/edge", flip);
    assert!(broken(&report(&other)).contains(&whole("T04")));
    let none = crate::archive::edit(&file, |members| members.retain(|(name, _)| name != "evaluation/edge"));
    assert!(broken(&report(&none)).contains(&whole("B03")));
}

#[test]
fn an_idea_s_entry_that_is_not_in_the_tree_is_found() {
    let idea = Covers::Idea {
        idea: crate::plan::idea(1),
        organisation: crate::plan::organisation(crate::history::HOME),
    };
    let file = bundle(&world(), &Wanted::of(idea));
    let at = world()
        .journal("evaluation")
        .lines
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("v1.DecisionMade"))
        .expect("one");
    let other = crate::archive::edit_text(&file, "evaluation/picked/000000.ndjson", |text| {
        text.replacen(
            "\"cost_kronor\":40000,\"decided_by\"",
            "\"cost_kronor\":40001,\"decided_by\"",
            1,
        )
    });
    assert_ne!(other, file);
    let found = broken(&report(&other));
    assert!(found.contains(&evaluation("T05", at as u64)), "{found:?}");
    let fewer = crate::archive::edit_text(&file, "evaluation/proofs/000000.ndjson", |text| {
        let (_, rest) = text.split_once('\n').expect("more than one");
        rest.to_owned()
    });
    assert!(broken(&report(&fewer)).iter().any(|(code, ..)| *code == "T05"));
}

#[test]
fn an_opened_epoch_must_name_the_log_as_it_was() {
    use crate::plan::{Who, organisation};
    use idesluss_domain::instance::{EpochOpened, InstanceEvent, RestoreReason};
    use idesluss_domain::words::{Audience, Digest, PersonId};
    use uuid::Uuid;
    let opened_in = |change: fn(&mut EpochOpened), lost: usize| {
        let mut world = world();
        let journal = world.journal_mut("evaluation");
        let size = journal.lines.len() as u64;
        let kept = Audience::written_by("evaluation").into_iter().map(|audience| {
            let source = audience.source(INSTANCE, "evaluation");
            let named = format!("\"source\":\"{source}\"");
            let lines = journal.lines.iter();
            let own = lines
                .filter(|line| String::from_utf8_lossy(line).contains(&named))
                .count() as u64;
            (source, own)
        });
        let kept = kept.collect();
        let mut event = EpochOpened {
            epoch: 2,
            kept,
            size,
            root: Digest(journal.root(size)),
            reason: RestoreReason::Exercise,
        };
        change(&mut event);
        let who = Who {
            person: PersonId(Uuid::nil()),
            role: "operator",
            organisation: organisation("drift"),
        };
        journal.open_epoch(&who, &InstanceEvent::from(event).into());
        journal.lines.truncate(journal.lines.len() - lost);
        if lost > 0 {
            // Something else stands where it would.
            let table = world.table.clone().expect("a table");
            world.announce(&table);
        }
        (size, broken(&report(&bundle(&world, &Wanted::instance()))))
    };
    let opened = |change| opened_in(change, 0);
    assert_eq!(opened(|_| {}).1, []);
    // Whoever follows the one in which it was not opened never hears of it.
    let (size, found) = opened_in(|_| {}, 1);
    assert!(found.contains(&evaluation("T09", size + 1)), "{found:?}");
    for change in [
        (|event: &mut EpochOpened| event.root.0[0] ^= 1) as fn(&mut EpochOpened),
        |event| event.size -= 1,
        |event| event.epoch = 3,
        |event| drop(event.kept.pop_first()),
        |event| *event.kept.values_mut().next().expect("one") += 1,
    ] {
        let (size, found) = opened(change);
        assert!(found.contains(&evaluation("T09", size)), "{found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_change_of_one_byte_of_any_entry_is_found(journal in 0_usize..3, at: prop::sample::Index, other in 1_u8..=255) {
        let name = format!("{}/entries/000000.ndjson", ["submission", "evaluation", "sharing"][journal]);
        let changed = crate::archive::edit(&FILE, |members| {
            let (_, bytes) = members.iter_mut().find(|(of, _)| *of == name).expect("entries");
            let at = at.index(bytes.len());
            bytes[at] ^= other;
        });
        prop_assert!(!broken(&report(&changed)).is_empty());
    }
}
