//! R30: whoever decided, or had something erased for good, was asserted by identity for that very command.

use super::{Act, roles::tells_of_roles};
use crate::verify::findings::Found;
use idesluss_assertion::{Assertion, SignedAssertion};
use idesluss_domain::Event;
use idesluss_domain::identity::{SigningKeyEvent, SigningKeys, SigningKeysRules};
use idesluss_domain::{Decider as _, words::Role};
use idesluss_proof::line::EventLine;

/// How far the clocks of two machines may be apart, in microseconds.
const SKEW_MICROS: i64 = 30_000_000;
/// How long a command may be under way after what was asserted has run out, in microseconds: files, and a database that is away.
const UNDER_WAY_MICROS: i64 = 15 * 60_000_000;

/// The keys of assertions, as a log tells them up to an entry.
#[derive(Debug, Default)]
pub(in crate::verify) struct Asserted {
    keys: SigningKeys,
    /// Acts before any key was heard of, and the first of them.
    pub(in crate::verify) unjudged: (u64, Option<u64>),
}

impl Asserted {
    /// Takes an entry, own or received. Nobody but identity says which keys are its.
    pub(in crate::verify) fn take(&mut self, line: &EventLine<'_>, event: &Event) {
        if let Event::SigningKey(event) = event
            && tells_of_roles(line)
        {
            // What a retired one has signed may be under way.
            if let SigningKeyEvent::SigningKeyAnnounced(_) = event {
                self.keys = SigningKeysRules::evolve(std::mem::take(&mut self.keys), event);
            }
        }
    }

    /// Whether an own entry that can't be taken back carries what was asserted for it.
    pub(in crate::verify) fn judge(&mut self, act: &Act<'_>, event: &Event, service: &str) -> Found {
        if !event.is_bound() || act.event.role == Role::Service.as_str() {
            return None;
        }
        if self.keys.last == 0 {
            self.unjudged.0 += 1;
            self.unjudged.1.get_or_insert(act.position);
            return None;
        }
        let Some(carried) = act.event.assertion.as_deref() else {
            return Some("nobody asserted who did it".to_owned());
        };
        let Ok(signed) = SignedAssertion::read_member(carried) else {
            return Some("its assertion can't be read".to_owned());
        };
        let Some(key) = self.keys.keys.get(&signed.key) else {
            return Some(format!(
                "its assertion names a key {} that identity had not announced",
                signed.key
            ));
        };
        match signed.verify(&key.0) {
            Ok(asserted) => differs(act, &asserted, service),
            Err(_) => Some(format!("its assertion is not signed by key {}", signed.key)),
        }
    }
}

/// In what an assertion is not of this act.
fn differs(act: &Act<'_>, asserted: &Assertion, service: &str) -> Found {
    let event = act.event;
    let instance = event.source.split('/').nth(1).unwrap_or_default();
    let actor = asserted.actor.clone().unwrap_or_default();
    let named = [
        ("instance", instance, asserted.instance.as_str()),
        ("service", service, &asserted.audience),
        ("command", &event.commandid, &asserted.command),
        ("actor", &event.actor, &actor.person),
        ("organisation", &event.organisation, &actor.organisation),
        ("role", &event.role, actor.role_name().unwrap_or_default()),
    ];
    if let Some((what, acted, said)) = named.into_iter().find(|(_, acted, said)| acted != said) {
        return Some(format!("it was asserted for another {what}: {said:?}, not {acted:?}"));
    }
    let held = asserted.issued_micros - SKEW_MICROS..=asserted.expires_micros + UNDER_WAY_MICROS;
    (!held.contains(&act.recorded_micros)).then(|| "what was asserted did not hold when it was recorded".to_owned())
}
