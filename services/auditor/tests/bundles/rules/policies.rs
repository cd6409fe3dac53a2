//! By which table of rights something was written.

use super::*;
use crate::archive::edit;
use crate::journal::POLICY;
use crate::kinds::holds;
use idesluss_auditor::verify::{Code, Report, Severity};
use idesluss_domain::policy::{Policy, digest};

/// This version's table, in which nobody but these may do what the action leads to.
fn with_roles(action: &str, roles: &[&str]) -> String {
    let mut policy = Policy::read(POLICY.as_bytes()).expect("this version's");
    let line = policy.actions.iter_mut().find(|line| line.action == action);
    for who in &mut line.expect("such an action").by {
        who.roles = roles.iter().map(|role| (*role).to_owned()).collect();
    }
    policy.text()
}

/// What is said of the tables: broken or not, in which log, where.
fn said(report: &Report) -> Vec<(Severity, &str, Option<u64>)> {
    let of_tables = report.findings.iter().filter(|finding| finding.code == Code::R31);
    of_tables
        .map(|finding| {
            (
                finding.severity,
                finding.log.as_deref().unwrap_or_default(),
                finding.position,
            )
        })
        .collect()
}

fn wanted(tables: &[&String]) -> Wanted {
    Wanted {
        policies: tables.iter().map(|table| (*table).clone()).collect(),
        ..Wanted::instance()
    }
}

#[test]
fn a_role_that_the_table_does_not_name_is_found() {
    for (name, role) in [
        ("IdeaAccepted", "submitter"),
        ("CriteriaAdopted", "assessor"),
        ("AssessmentSubmitted", "decision-maker"),
        ("MandateSubdelegated", "registrar"),
        ("NeedOwnerConfirmed", "coordinator"),
    ] {
        let found = found(|plan| {
            let at = index(plan, name, 0);
            plan.steps[at].who.role = role;
        });
        let at = index(&true_plan(), name, 0);
        assert!(found.contains(&("R31", Some(at))), "{name} by {role}: {found:?}");
    }
}

#[test]
fn an_entry_is_judged_by_the_table_that_its_log_named_last_before_it() {
    let plan = true_plan();
    let half = index(&plan, "EvaluationOpened", 1);
    let (mut before, mut after) = (true_plan(), plan);
    before.steps.truncate(half);
    after.steps.drain(..half);
    let written = |plan: &Plan, name: &str| plan.steps.iter().any(|step| step.event.type_name().ends_with(name));
    assert!(written(&before, ".AssessmentSubmitted") && written(&after, ".AssessmentSubmitted"));
    let narrow = with_roles("assess", &["auditor"]);
    let mut world = World::of(&before);
    world.announce(&narrow);
    let announced = world
        .journal("evaluation")
        .lines
        .iter()
        .rposition(|line| holds(line, "PolicyInForce"));
    world.go_on(&after, 60_000_000);
    let report = report(&bundle(&world, &wanted(&[&POLICY, &narrow])));
    let broken: Vec<_> = said(&report)
        .into_iter()
        .filter(|(severity, ..)| *severity == Severity::Broken)
        .collect();
    let [(_, "evaluation", Some(position))] = broken[..] else {
        panic!("{report}")
    };
    let first = world.journal("evaluation").lines.iter().enumerate();
    let first = first
        .skip(announced.expect("it was announced"))
        .find(|(_, line)| holds(line, ".AssessmentSubmitted"));
    assert_eq!(
        Some(position),
        first.map(|(position, _)| position as u64),
        "the first of those after it"
    );
    // Before a release nobody else knows it: it is judged by, and said to be unknown.
    let notes = said(&report).len() - broken.len();
    assert_eq!(notes, 3, "{report}");
}

#[test]
fn a_log_that_names_no_table_is_found() {
    let mut world = World::empty();
    world.table = None;
    world.go_on(&true_plan(), 60_000_000);
    let report = report(&bundle(&world, &Wanted::instance()));
    let found: Vec<_> = said(&report)
        .into_iter()
        .map(|(severity, log, _)| (severity, log))
        .collect();
    // Sharing has written nothing of its own.
    assert_eq!(
        found,
        ["submission", "evaluation"].map(|log| (Severity::Broken, log)),
        "{report}"
    );
}

#[test]
fn a_table_that_is_missing_another_or_named_by_nobody_is_found() {
    let file = bundle(&World::of(&true_plan()), &Wanted::instance());
    let name = format!("policies/{}.json", digest(POLICY.as_bytes()));
    let codes = |file: &[u8]| {
        let mut codes: Vec<_> = broken(&report(file)).into_iter().map(|(code, ..)| code).collect();
        codes.dedup();
        codes
    };
    assert_eq!(codes(&file), [""; 0]);
    let without = edit(&file, |members| members.retain(|(of, _)| *of != name));
    assert_eq!(codes(&without), ["R31"]);
    let wide = with_roles("assess", &["submitter"]);
    let another = edit(&file, |members| {
        let (_, bytes) = members.iter_mut().find(|(of, _)| *of == name).expect("the table");
        *bytes = wide.clone().into_bytes();
    });
    assert_eq!(codes(&another), ["B02", "R31"]);
    // Whoever names a table that is none, or of a form that is still to come, is told so.
    for (text, found) in [
        ("{}", vec!["B02"]),
        ("{\"form\":0}", vec!["B02"]),
        ("{\"form\":2,\"more\":[]}", vec![]),
    ] {
        let mut world = World::empty();
        world.table = Some(text.to_owned());
        world.go_on(&true_plan(), 60_000_000);
        assert_eq!(codes(&bundle(&world, &wanted(&[&text.to_owned()]))), found, "{text}");
    }
    for text in [&*wide, "{}"] {
        let more = edit(&file, |members| {
            members.push((format!("policies/{}.json", digest(text.as_bytes())), text.into()));
            let first = members.len() - 2;
            members[first..].sort();
        });
        assert_eq!(codes(&more), ["B03"]);
    }
}

#[test]
fn a_table_that_somebody_else_than_the_service_names_does_not_count() {
    let wide = with_roles("assess", &["submitter"]);
    for (service, role) in [("evaluation", "coordinator"), ("submission", "service")] {
        let mut world = World::of(&true_plan());
        let journal = world.journal_mut("evaluation");
        journal.name_table(&wide, service, role);
        // No log names it that may, so it is not among those that are judged by.
        let report = report(&bundle(&world, &wanted(&[&POLICY, &wide])));
        let found = broken(&report);
        assert!(found.iter().any(|(code, ..)| *code == "B03"), "{report}");
        assert!(found.iter().any(|(code, ..)| *code == "R31"), "{report}");
    }
}

#[test]
fn where_entries_are_hidden_it_is_said_that_another_table_may_have_come_into_force() {
    let covers = idesluss_auditor::bundle::Covers::Organisation {
        organisation: "uddevalla".parse().expect("a short name"),
    };
    let report = report(&bundle(&World::of(&true_plan()), &Wanted::of(covers)));
    let notes = said(&report);
    assert!(
        !notes.is_empty() && notes.iter().all(|(severity, ..)| *severity == Severity::Note),
        "{report}"
    );
}

#[test]
fn a_hostile_table_and_hostile_types_are_judged_in_little_memory_and_time() {
    let many = |what: &str| {
        (0..60_000)
            .map(|number| format!("\"{what}{number}\""))
            .collect::<Vec<_>>()
            .join(",")
    };
    let huge = format!(
        "{{\"form\":1,\"actions\":[{{\"of\":\"x\",\"action\":\"x\",\"by\":[{{\"roles\":[{}],\"relation\":\"x\"}}],\"writes\":[{}]}}],\"audiences\":[],\"rpcs\":[]}}",
        many("r"),
        (0..10_000)
            .map(|_| "\"idesluss.submission.v1.IdeaSubmitted\"")
            .collect::<Vec<_>>()
            .join(",")
    );
    assert!(huge.len() < 1 << 20, "{}", huge.len());
    let mut world = World::empty();
    world.table = Some(huge.clone());
    world.go_on(&true_plan(), 60_000_000);
    let found = broken(&report(&bundle(&world, &wanted(&[&huge]))));
    assert!(found.iter().any(|(code, ..)| *code == "R31"), "{found:?}");
}

/// What was written for others than the table says was kept from those who should have taken it in.
#[test]
fn an_entry_is_written_for_whom_the_table_in_force_says() {
    let mut policy = Policy::read(POLICY.as_bytes()).expect("this version's");
    let accepted = "idesluss.submission.v1.IdeaAccepted";
    for line in &mut policy.audiences {
        line.types.retain(|kind| kind != accepted);
    }
    let table = policy.text();
    let mut world = World::empty();
    world.table = Some(table.clone());
    world.go_on(&true_plan(), 60_000_000);
    let report = report(&bundle(&world, &wanted(&[&table])));
    let at = index(&true_plan(), "IdeaAccepted", 0);
    let found = said(&report);
    assert!(
        found.contains(&(Severity::Broken, "submission", Some(world.at[at]))),
        "{report}"
    );
}
