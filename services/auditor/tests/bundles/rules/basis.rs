//! What the decider had seen.

use super::*;
use idesluss_domain::evaluation::evaluation::*;

#[test]
fn something_that_had_come_after_what_the_decider_saw_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionMade", 0);
            plan.steps[at].basis = |basis| basis.seen -= 1;
        },
        &["R18"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_page_from_entries_that_were_not_there_yet_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionMade", 0);
            plan.steps[at].basis = |basis| basis.seen = basis.size;
        },
        &["R18"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_basis_with_another_root_than_the_log_had_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionMade", 0);
            plan.steps[at].basis = |basis| basis.root.0[0] ^= 1;
        },
        &["R19"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_basis_that_names_other_sources_than_had_come_is_found() {
    for alter in [
        (|basis: &mut Basis| basis.sources.clear()) as fn(&mut Basis),
        |basis| basis.sources[0].sequence -= 1,
        |basis| basis.sources[0].from_position += 1,
        |basis| {
            let more = basis.sources[0].clone();
            basis.sources.push(SourceSeen {
                source: "/fyrbodal/sharing/house".into(),
                ..more
            });
        },
    ] {
        assert_found(
            |plan| {
                let at = index(plan, "DecisionMade", 0);
                plan.steps[at].basis = alter;
            },
            &["R20"],
            ("DecisionMade", 0),
        );
    }
}

#[test]
fn a_basis_with_another_version_of_the_brief_is_found() {
    assert_found(
        |plan| change(plan, "DecisionMade", 0, decision, |it| it.basis.brief_version = 2),
        &["R21"],
        ("DecisionMade", 0),
    );
}
