//! Each kind of bundle: the auditor says nothing of true ones, and they show nothing of others.

use crate::history::{HOME, OTHER, true_plan};
use crate::journal::{GRANTS, World};
use crate::make::{Wanted, assert_silent, broken, bundle, made, report};
use crate::plan::{idea, organisation, person, text};
use idesluss_auditor::bundle::{Covers, TextLine, TextStands, WriteOptions};
use idesluss_auditor::verify::{Code, Severity};
use idesluss_domain::words::EvaluationId;

fn world() -> World {
    World::of(&true_plan())
}

fn of_home() -> Wanted {
    Wanted::of(Covers::Organisation {
        organisation: organisation(HOME),
    })
}

fn of_idea() -> Wanted {
    Wanted::of(Covers::Idea {
        idea: idea(1),
        organisation: organisation(HOME),
    })
}

/// Whether a file holds some text.
pub(crate) fn holds(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn nothing_is_said_of_a_true_instance_and_every_decision_is_judged() {
    let report = assert_silent(&bundle(&world(), &Wanted::instance()));
    let evaluation = &report.logs[1];
    assert_eq!((evaluation.service.as_str(), evaluation.decisions), ("evaluation", 6));
    for (log, journal) in report.logs.iter().zip(&world().journals) {
        assert_eq!((log.lines, log.hidden), (journal.lines.len() as u64, 0));
    }
    let received = world()
        .journals
        .iter()
        .flat_map(|journal| &journal.lines)
        .filter(|line| holds(line, ",\"from\":{\"position\":"))
        .count();
    let received = received - 3 * GRANTS;
    assert_eq!(report.logs.iter().map(|log| log.compared).sum::<u64>(), received as u64);
}

#[test]
fn a_compressed_bundle_says_the_same_in_fewer_bytes() {
    let (world, plain) = (world(), Wanted::instance());
    let packed = Wanted {
        options: WriteOptions { zstd: Some(3) },
        ..Wanted::instance()
    };
    let (plain, packed) = (bundle(&world, &plain), bundle(&world, &packed));
    assert!(packed.len() * 2 < plain.len(), "{} and {}", packed.len(), plain.len());
    assert_eq!(assert_silent(&packed), assert_silent(&plain));
}

#[test]
fn nothing_is_said_of_a_bundle_that_ends_before_its_checkpoint_and_is_linked_to_it() {
    let wanted = Wanted {
        to: Some([34, 77, 22]),
        ..Wanted::instance()
    };
    let report = assert_silent(&bundle(&world(), &wanted));
    assert_eq!(
        report.logs.iter().map(|log| log.lines).collect::<Vec<_>>(),
        [34, 77, 22]
    );
    assert!(report.logs.iter().all(|log| log.size > log.lines));
}

#[test]
fn nothing_is_broken_in_a_true_period_and_what_began_before_it_is_said_not_to_be_judged() {
    let world = world();
    for from in [1, 24, 47, 81] {
        let wanted = Wanted {
            from: [from % 37, from, 20],
            ..Wanted::of(Covers::Period)
        };
        let report = report(&bundle(&world, &wanted));
        assert_eq!(broken(&report), [], "{from}: {report}");
    }
    let late = Wanted {
        from: [20, 75, 3],
        ..Wanted::of(Covers::Period)
    };
    let report = report(&bundle(&world, &late));
    let before = report
        .findings
        .iter()
        .filter(|finding| finding.text.contains("began before"));
    assert_eq!(before.count(), 1, "{report}");
}

#[test]
fn nothing_is_said_of_an_organisation_s_true_bundle_which_hides_everything_of_others() {
    let world = world();
    let file = bundle(&world, &of_home());
    let report = assert_silent(&file);
    assert_eq!(report.logs[1].decisions, 3);
    assert!(report.logs.iter().all(|log| log.hidden > 0), "{report}");
    // Of each log in which people acted after something that is hidden: it could speak against their roles.
    let of_roles = report.findings.iter().filter(|finding| finding.code == Code::R29);
    let logs: Vec<&str> = of_roles.filter_map(|finding| finding.log.as_deref()).collect();
    assert_eq!(logs, ["submission", "evaluation"], "{report}");
    assert!(holds(&file, HOME) && holds(&file, &person(5).to_string()));
    shows_nothing_of_the_other(&file);
}

#[test]
fn nothing_is_said_of_an_idea_s_true_bundle_which_holds_nothing_of_others() {
    let world = world();
    let file = bundle(&world, &of_idea());
    let report = report(&file);
    // In each log, that what a part can't show is not shown.
    let said = report.findings.iter().map(|finding| (finding.code, finding.severity));
    let (mut said, both) = (said.collect::<Vec<_>>(), [Code::R29, Code::R31]);
    said.sort_unstable();
    assert_eq!(said, both.map(|code| [(code, Severity::Note); 3]).concat(), "{report}");
    assert_eq!(report.logs[1].decisions, 3);
    shows_nothing_of_the_other(&file);
    assert!(
        !holds(&file, &idea(77).to_string()),
        "which ideas are like it is about others"
    );
    assert!(file.len() < bundle(&world, &Wanted::instance()).len());
}

#[test]
fn what_an_assessor_from_elsewhere_adds_to_an_organisation_s_case_is_the_organisation_s() {
    let mut plan = true_plan();
    let by_an_assessor = |step: &&mut crate::plan::Step| step.who.person == person(3);
    for step in plan.steps.iter_mut().filter(by_an_assessor) {
        step.who.organisation = organisation(OTHER);
    }
    let world = World::of(&plan);
    let report = assert_silent(&bundle(&world, &of_home()));
    assert_eq!(report.logs[1].decisions, 3);
    let before = assert_silent(&bundle(&self::world(), &of_home()));
    assert_eq!(report.logs[1].hidden, before.logs[1].hidden);
}

fn shows_nothing_of_the_other(file: &[u8]) {
    let people = (101..110).map(|number| person(number).to_string());
    let rounds = [1, 2].map(|round| EvaluationId::derive(idea(2), round).to_string());
    for id in people.chain(rounds).chain([OTHER.to_owned(), idea(2).to_string()]) {
        assert!(!holds(file, &id), "{id} belongs to others");
    }
}

#[test]
fn texts_come_along_counted_and_said_to_be_told_and_not_proved() {
    let texts = vec![
        TextLine {
            digest: text(1).0,
            stands: TextStands::Text("Cykelställ vid stationen".into()),
        },
        TextLine {
            digest: text(2).0,
            stands: TextStands::Erased {
                on: made(),
                basis: "gallringsplan 4.2".into(),
            },
        },
        TextLine {
            digest: text(3).0,
            stands: TextStands::KeyMissing,
        },
        TextLine {
            digest: text(4).0,
            stands: TextStands::Withheld,
        },
    ];
    let file = bundle(&world(), &Wanted { texts, ..of_home() });
    let report = assert_silent(&file);
    assert_eq!(report.texts, 4);
    assert!(report.to_string().contains("told, not proved"));
}

#[test]
fn any_tar_program_unpacks_a_bundle() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bundle(&world(), &Wanted::instance())).expect("it is written");
    let listed = std::process::Command::new("tar")
        .arg("-tf")
        .arg(file.path())
        .output()
        .expect("tar is there");
    let names = String::from_utf8(listed.stdout).expect("names");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    assert!(names.starts_with("manifest.json\nsubmission/checkpoint\n"), "{names}");
    let policy = names.split_once("sharing/entries/000000.ndjson\npolicies/");
    let digest = policy.and_then(|(_, name)| name.strip_suffix(".json\n"));
    assert!(digest.is_some_and(|digest| digest.len() == 64), "{names}");
}
