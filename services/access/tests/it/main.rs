//! The table against the contract, and as a page.
//!
//! `GOLDEN=write` writes the page anew.

mod assertion;

use idesluss_access::{Callers, Denied, policy, rule, table};
use idesluss_domain::policy::Policy;
use idesluss_domain::words::{Actor, Role};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn actor(role: Role) -> Actor {
    Actor {
        person: "018f0000-0000-7000-8000-000000000001".parse().expect("an id"),
        organisation: "uddevalla".parse().expect("a name"),
        role,
    }
}

#[test]
fn every_rpc_of_the_contract_has_one_line_and_every_line_an_rpc() {
    let contract: BTreeSet<String> = (idesluss_proto::SERVICES.iter())
        .flat_map(|(service, methods)| methods.iter().map(move |method| format!("/{service}/{method}")))
        .collect();
    let lines: Vec<&str> = table().map(|rule| rule.rpc).collect();
    let distinct: BTreeSet<String> = lines.iter().map(|rpc| (*rpc).to_owned()).collect();
    assert_eq!(distinct.len(), lines.len(), "an rpc has two lines");
    assert_eq!(distinct, contract);
}

#[test]
fn nobody_is_let_in_whom_the_table_does_not_name_or_who_does_not_hold_the_role() {
    for rule in table() {
        for role in Role::ALL {
            let held = rule.admit(&actor(role), |_| true).err();
            assert_eq!(
                held,
                (!rule.is_for_people(role)).then_some(Denied::WrongRole),
                "{}: {role}",
                rule.rpc
            );
            let not_held = rule.admit(&actor(role), |_| false).err();
            assert_eq!(not_held, Some(Denied::RoleNotHeld), "{}: {role}", rule.rpc);
        }
    }
    // Who runs the machines sets up organisations and their first administrators, shuts people out and lets administrators in, and reads nothing of what
    // people write.
    let for_operators = table().filter(|rule| rule.is_for(Role::Operator)).map(|rule| rule.rpc);
    let of_identity = |service: &str, rpc: &str| format!("/idesluss.identity.v1.Identity{service}Service/{rpc}");
    assert_eq!(
        for_operators.collect::<Vec<_>>(),
        [
            of_identity("Command", "RegisterOrganisation"),
            of_identity("Command", "RegisterPerson"),
            of_identity("Command", "DisablePerson"),
            of_identity("Command", "EnablePerson"),
            of_identity("Command", "MakeSignInCode"),
            of_identity("Command", "InvitePerson"),
            of_identity("Command", "ResetSignIn"),
            of_identity("Command", "NameAdministrator"),
            of_identity("Command", "RotateSigningKey"),
            of_identity("Query", "ListOrganisations"),
        ]
    );
    assert!(rule("/idesluss.submission.v1.SubmissionQueryService/GetIdeas").is_none());
}

fn page() -> String {
    let mut page = "# Who may call what\n\nDrawn from the table in `src/`; written by `GOLDEN=write cargo nextest run -p idesluss-access`. Who may do what with which thing, and while it is how, says\n`services/domain/ACTIONS.md`.\n".to_owned();
    let mut before = "";
    for rule in table() {
        let (service, rpc) = rule.rpc[1..].split_once('/').expect("a path");
        if service != before {
            writeln!(
                page,
                "\n## {service}\n\n| rpc | who | sees | programs, as |\n|---|---|---|---|"
            )
            .expect("written");
            before = service;
        }
        let names = |roles: &[Role]| -> String {
            let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            names.join(", ")
        };
        let lines: Vec<(String, String)> = match rule.callers {
            Callers::Services => vec![("services of the instance".to_owned(), "all".to_owned())],
            Callers::Gateway => vec![("the gateway, and programs at the machine".to_owned(), "all".to_owned())],
            Callers::Journal => vec![
                (
                    "services of the instance, and whoever sits at the machine".to_owned(),
                    "all".to_owned(),
                ),
                ("auditor".to_owned(), "all".to_owned()),
            ],
            Callers::Read(reads) => reads
                .iter()
                .map(|line| {
                    (
                        format!("{} ({})", names(line.roles), line.relation),
                        line.sees.to_string(),
                    )
                })
                .collect(),
            Callers::Act(rules) => rules
                .iter()
                .copied()
                .flatten()
                .map(|(roles, relation)| {
                    let bound = if rule.is_bound {
                        ", asserted for this command"
                    } else {
                        ""
                    };
                    (format!("{} ({relation}{bound})", names(roles)), String::new())
                })
                .collect(),
        };
        let programs: Vec<Role> = Role::ALL
            .into_iter()
            .filter(|role| rule.is_for_programs(*role))
            .collect();
        for (row, (who, sees)) in lines.into_iter().enumerate() {
            let programs = if row == 0 { names(&programs) } else { String::new() };
            writeln!(page, "| {rpc} | {who} | {sees} | {programs} |").expect("written");
        }
    }
    page
}

#[test]
fn the_text_of_this_versions_table_stays_under_its_digest() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let file = format!("{folder}/{}.json", policy::digest());
    if std::env::var("GOLDEN").is_ok_and(|golden| golden == "write") {
        std::fs::write(&file, policy::text()).expect("the table is written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(policy::text(), written, "GOLDEN=write adds it");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read(&path).expect("a table");
        Policy::read(&text).expect("a table of rights");
        let digest = idesluss_domain::policy::digest(&text);
        assert_eq!(
            path.file_stem().and_then(|name| name.to_str()),
            Some(&*digest.to_string())
        );
    }
}

#[test]
fn what_is_written_is_written_in_the_roles_that_the_tables_name() {
    let accepted = "idesluss.submission.v1.IdeaAccepted";
    assert!(policy::may_write(accepted, Role::Coordinator));
    assert!(!policy::may_write(accepted, Role::Submitter));
    assert!(!policy::may_write(
        "idesluss.submission.v1.IdeaForgotten",
        Role::Coordinator
    ));
}

#[test]
fn the_page_of_rpcs_says_what_the_table_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/RPCS.md");
    if std::env::var("GOLDEN").is_ok_and(|golden| golden == "write") {
        std::fs::write(file, page()).expect("the page is written");
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(page(), written, "GOLDEN=write writes it anew");
}
