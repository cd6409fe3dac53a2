//! What stands in an entry: looked at once its line was read.

use super::Code;
use super::domain::{self, Act, Past};
use super::findings::{At, Findings};
use super::log::{Came, Log, Shared};
use idesluss_domain::instance::{EpochOpened, InstanceEvent};
use idesluss_domain::{Event, UnknownEvent};
use idesluss_proof::line::{Body, EventLine, Line};

impl Log {
    /// What the event says, and what it is to the others.
    pub(super) fn content(
        &mut self,
        came: Came,
        line: &Line<'_>,
        at: At<'_>,
        shared: &mut Shared,
        findings: &mut Findings,
    ) {
        let Some(event) = line.body.event() else { return };
        let id = shared.tags.of(event.id.as_bytes());
        self.ids.note(id, line.position);
        if self.belongs.hides() && !self.belongs.shows(event) {
            findings.broken(Code::B04, at, format!("it is about {}", event.subject));
        }
        let subject = shared.tags.of(event.subject.as_bytes());
        let command = shared.tags.of(event.commandid.as_bytes());
        let act = Act {
            position: line.position,
            recorded_micros: line.recorded_micros,
            command,
            event,
        };
        self.opening_goes_on(event, came, at, findings);
        match &line.body {
            Body::Own(_) => {
                self.stream(subject, event, at, findings);
                self.command(&act, shared);
                self.policies.take(event, line.position, &self.service, &shared.tags);
                let known = self.known(event, at, shared, findings);
                if let Some(known) = &known {
                    // Where some entries are hidden, or not there, it can't be told who held what; an idea's part has what its entries name.
                    if self.is_idea || (self.whole && self.unread == 0) {
                        let found = self.roles.judge(&act, &self.service);
                        findings.rule(Code::R29, at, found);
                        self.roles.take(event, known);
                        let found = self.asserted.judge(&act, known, &self.service);
                        findings.rule(Code::R30, at, found);
                        self.asserted.take(event, known);
                    } else {
                        self.unjudged_acts.0 += 1;
                        self.unjudged_acts.1.get_or_insert(line.position);
                    }
                    self.opened_epoch(known, event, &act, at, findings);
                    self.judge(came, known, &act, at, findings);
                    match known {
                        Event::Disclosure(event) => domain::disclosed(&act, event, findings, at),
                        Event::Idea(event) => self.erasures.take(&act, event, findings, at),
                        _ => {}
                    }
                }
            }
            Body::Received {
                from_position,
                from_recorded_micros,
                ..
            } => {
                self.copy(
                    (line.position, *from_position, *from_recorded_micros),
                    event,
                    at,
                    shared,
                    findings,
                );
                // Only what is judged is read.
                let is_read = self.rules.is_some() || domain::tells_of_roles(event);
                let known = is_read.then(|| Event::from_stored(&event.kind, event.data));
                let known = known.and_then(Result::ok);
                if let Some(known) = &known {
                    self.roles.take(event, known);
                    self.asserted.take(event, known);
                }
                if let Some(rules) = &mut self.rules {
                    rules.received(&act, known.as_ref());
                }
            }
            Body::Refused(_) => {}
        }
    }

    /// L07: an own stream's events are numbered from 1 without a gap.
    fn stream(&mut self, subject: u64, event: &EventLine<'_>, at: At<'_>, findings: &mut Findings) {
        let version = u32::try_from(event.stream_version).unwrap_or(u32::MAX);
        let last = self.streams.insert(subject, version);
        // A stream is hidden as a whole or not at all, but for what an idea's own stream says of others.
        let slack = if self.whole {
            self.unread - self.hidden
        } else {
            self.unread
        };
        let is_whole = self.whole_streams && self.belongs.has_whole(&event.subject);
        let follows = match last {
            None if !is_whole => true,
            last => {
                let last = u64::from(last.unwrap_or(0));
                let has_gaps = !self.belongs.has_whole(&event.subject);
                event.stream_version > last && (has_gaps || event.stream_version - last <= 1 + slack)
            }
        };
        if !follows {
            findings.broken(
                Code::L07,
                at,
                format!(
                    "it is event {} of its stream, and event {} came before it",
                    event.stream_version,
                    last.unwrap_or(0)
                ),
            );
        }
    }

    /// L09: what a command wrote stands together; elsewhere its id does not come again in the organisation.
    fn command(&mut self, act: &Act<'_>, shared: &Shared) {
        let key = (shared.tags.of(act.event.organisation.as_bytes()), act.command);
        if self.last_command != Some(key) {
            let bytes = [key.0.to_le_bytes(), key.1.to_le_bytes()].concat();
            self.commands.note(shared.tags.of(&bytes), act.position);
            self.last_command = Some(key);
        }
    }

    /// L11: the event reads as its type says. None: it does not, or this version does not know the type.
    fn known(&self, event: &EventLine<'_>, at: At<'_>, shared: &mut Shared, findings: &mut Findings) -> Option<Event> {
        match Event::from_stored(&event.kind, event.data) {
            Ok(known) => Some(known),
            Err(UnknownEvent::Type(kind)) => {
                let few = shared.unknown_types.len() < 100;
                if few && shared.unknown_types.insert(kind.clone()) {
                    let kind: String = kind.chars().take(100).collect();
                    findings.note(Code::L11, at, format!("this version does not know the type {kind}"));
                }
                None
            }
            Err(UnknownEvent::Data(_, error)) => {
                let what = format!("{:?} error at column {}", error.classify(), error.column());
                findings.broken(Code::L11, at, format!("its data is not that of {}: {what}", event.kind));
                None
            }
        }
    }

    /// T09: an opened epoch names the tree that was there, and what was kept of its source.
    fn opened_epoch(
        &mut self,
        known: &Event,
        event: &EventLine<'_>,
        act: &Act<'_>,
        at: At<'_>,
        findings: &mut Findings,
    ) {
        let Event::Instance(InstanceEvent::EpochOpened(opened)) = known else {
            return;
        };
        if opened.epoch != event.epoch || opened.size > act.position {
            return findings.broken(Code::T09, at, "it names another epoch, or more entries than there were");
        }
        let root = self.tree.root_at(opened.size).filter(|_| !self.displaced);
        if root.is_some_and(|root| root != opened.root.0) {
            findings.broken(
                Code::T09,
                at,
                format!("the log of {} entries had another root", opened.size),
            );
        }
        // One for each source follows, before anything else.
        self.opening = match self.opening {
            Some((epoch, left)) if epoch == event.epoch => left.checked_sub(1).map(|left| (epoch, left)),
            _ => Some((event.epoch, opened.kept.len().saturating_sub(1))),
        };
        // A source that had nothing yet is not named.
        let kept = opened.kept.get(&*event.source).copied().unwrap_or(0);
        if kept.checked_add(1) != Some(event.sequence) {
            findings.broken(Code::T09, at, "it says that another part of its source was kept");
        }
    }

    /// T09: an epoch is opened in each source that it names, so that whoever follows one hears of it.
    fn opening_goes_on(&mut self, event: &EventLine<'_>, came: Came, at: At<'_>, findings: &mut Findings) {
        if came != Came::Next || event.kind == EpochOpened::TYPE {
            return;
        }
        if let Some((epoch, 1..)) = self.opening.take() {
            findings.broken(
                Code::T09,
                at,
                format!("epoch {epoch} was not opened in each source that it names"),
            );
        }
    }

    fn judge(&mut self, came: Came, known: &Event, act: &Act<'_>, at: At<'_>, findings: &mut Findings) {
        let Some(rules) = &mut self.rules else { return };
        let past = Past {
            tree: (came == Came::Next && !self.displaced).then_some(&self.tree),
            sources: (came == Came::Next && self.unread == 0 && self.whole).then_some(&self.sources),
            journal: &self.journal,
            wanted: &mut self.links.wanted,
        };
        rules.own(act, known, past, findings, at);
    }

    /// L10: what came from another log is that log's own, where it is at hand.
    fn copy(
        &mut self,
        (position, from, recorded): (u64, u64, i64),
        event: &EventLine<'_>,
        at: At<'_>,
        shared: &mut Shared,
        findings: &mut Findings,
    ) {
        let mut parts = event.source.strip_prefix('/').unwrap_or_default().split('/');
        let (instance, service) = (parts.next(), parts.next());
        if instance != Some(&*shared.instance) {
            return;
        }
        let Some(of) = shared.services.iter().position(|name| Some(&**name) == service) else {
            // An idea's bundle has the logs that say something of it; every other has all, of which the policy names those that are signed.
            if let Some(service) = service.filter(|_| !self.is_idea && shared.absent.len() < 100) {
                let service: String = service.chars().take(40).collect();
                if shared.absent.insert(service.clone()) {
                    let said = format!("it came from {service}, whose log is not in the bundle");
                    match shared.expected.contains(&service) {
                        true => findings.broken(Code::B03, at, said),
                        false => findings.note(Code::B03, at, said),
                    }
                }
            }
            return;
        };
        let Some(same) = shared
            .copies
            .received((self.index, position), (of, from), recorded, event.bytes)
        else {
            return;
        };
        self.compared += 1;
        if !same {
            let service = &shared.services[of];
            findings.broken(Code::L10, at, format!("entry {from} of {service} is another"));
        }
    }
}
