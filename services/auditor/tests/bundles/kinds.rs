//! Each kind of bundle: the auditor says nothing of true ones, and they show nothing of others.

use crate::journal::World;
use crate::life::{HOME, NOBODY, OTHER, true_plan};
use crate::make::{Wanted, assert_silent, broken, bundle, report};
use crate::plan::{idea, organisation, person};
use idesluss_auditor::bundle::{Covers, WriteOptions};

fn world() -> World {
    World::of(&true_plan())
}

#[test]
fn nothing_is_said_of_a_true_instance_and_every_decision_is_judged() {
    let report = assert_silent(&bundle(&world(), &Wanted::instance()));
    let decisions: u64 = report.logs.iter().map(|log| log.decisions).sum();
    assert_eq!(decisions, 6, "three for each of two ideas");
    assert!(
        report
            .logs
            .iter()
            .all(|log| log.hidden == 0 && log.compared > 0 || log.service == "sharing"),
        "{report}"
    );
}
