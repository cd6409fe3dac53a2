//! What the contract says in its own options, held against the domain's golden bytes.

#[allow(dead_code, reason = "the build reads more of it")]
#[path = "../build/rule.rs"]
mod rule;

use idesluss_domain::Event;
use idesluss_domain::words::EventId;
use idesluss_proto::DESCRIPTORS;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use rule::{CommandRule, FieldRule};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uuid::Uuid;

/// The sealed members of every event type, by path, as its golden bytes have them.
fn sealed() -> BTreeMap<String, BTreeSet<String>> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/domain/tests/golden");
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in std::fs::read_dir(golden).expect("golden bytes") {
        let folder = folder.expect("a folder").path();
        let kind = folder.file_name().expect("a name").to_string_lossy().into_owned();
        for case in std::fs::read_dir(&folder).into_iter().flatten() {
            let data = std::fs::read_to_string(case.expect("a case").path()).expect("golden bytes");
            let event = Event::from_stored(&kind, data.trim_end()).expect("an event");
            let paths = event.sealed_members(EventId(Uuid::nil())).into_iter();
            let path = |bound_to: &str| bound_to.rsplit('/').next().unwrap_or_default().to_owned();
            members
                .entry(kind.clone())
                .or_default()
                .extend(paths.map(|member| path(&member.bound_to)));
        }
    }
    members
}

/// Every member that a message's texts are sealed for, by event.
fn seals(message: &MessageDescriptor, event: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in message.fields() {
        let rule = FieldRule::of(&field).unwrap_or_default();
        if !rule.seals.is_empty() {
            let event = if rule.event.is_empty() {
                event.to_owned()
            } else {
                rule.event
            };
            found.push((event, rule.seals));
        }
        if let Kind::Message(part) = field.kind() {
            found.extend(seals(&part, event));
        }
    }
    found
}

/// Whether a path as the contract writes it is one that an event has.
fn is_path(written: &str, path: &str) -> bool {
    let (written, path): (Vec<_>, Vec<_>) = (written.split('.').collect(), path.split('.').collect());
    let same = |(written, step): (&&str, &&str)| {
        let is_number = *written == "#" && step.bytes().all(|digit| digit.is_ascii_digit());
        written == step || is_number || written.starts_with('{')
    };
    written.len() == path.len() && written.iter().zip(&path).all(same)
}

#[test]
fn every_text_is_sealed_for_a_member_that_its_event_has() {
    let (pool, sealed) = (DescriptorPool::decode(DESCRIPTORS).expect("the contract"), sealed());
    let mut checked = 0;
    for message in pool.all_messages() {
        let Some(rule) = CommandRule::of(&message) else {
            continue;
        };
        for (event, member) in seals(&message, &rule.event) {
            let kind = format!("{}.{event}", message.package_name());
            let members = sealed.get(&kind);
            let members = members.unwrap_or_else(|| panic!("{}: there is no {kind}", message.name()));
            // Any text may stand among others.
            let among = |path: &String| member.starts_with("texts.") && path.starts_with("texts.");
            let known = members.iter().any(|path| is_path(&member, path) || among(path));
            assert!(known, "{}: {kind} seals {members:?} and not {member}", message.name());
            checked += 1;
        }
    }
    assert!(checked > 60, "only {checked}");
}

#[test]
fn a_command_with_texts_says_what_they_are_erased_with() {
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
    // Their handlers say it: it follows from the idea.
    let derived = ["RecordEarlierDecisionRequest", "RecordEarlierAssessmentRequest"];
    for message in pool.all_messages() {
        let Some(rule) = CommandRule::of(&message).filter(|rule| !seals(&message, &rule.event).is_empty()) else {
            continue;
        };
        let known = !rule.scope.is_empty() && message.get_field_by_name(&rule.about).is_some();
        assert!(known || derived.contains(&message.name()), "{}", message.name());
    }
}

/// Whoever sends any command reads of its answer where the events stand, and nothing else.
#[test]
fn every_answer_to_a_command_begins_with_the_token() {
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
    let mut checked = 0;
    for service in pool
        .services()
        .filter(|service| service.name().ends_with("CommandService"))
    {
        for method in service.methods() {
            let answer = method.output();
            let token = answer
                .get_field(1)
                .unwrap_or_else(|| panic!("{} has no first field", answer.full_name()));
            assert_eq!(token.name(), "token", "{}", answer.full_name());
            let kind = token.kind();
            let kind = kind.as_message().map(|kind| kind.full_name().to_owned());
            assert_eq!(
                kind.as_deref(),
                Some("idesluss.command.v1.Token"),
                "{}",
                answer.full_name()
            );
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked} commands");
}
