//! What one person can't do alone, or for another: a co-author agrees themselves, and an erasure takes two. In submission's log.

use super::super::findings::{At, Findings};
use super::{Act, Code, id, taking_part};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::PersonId;
use std::collections::HashMap;
use uuid::Uuid;

/// Who has asked for an erasure that is not decided yet, by idea: nothing is kept of all others.
#[derive(Debug, Default)]
pub(in super::super) struct Erasures(HashMap<Uuid, PersonId>);

impl Erasures {
    /// Judges what happens to an idea, and takes it.
    pub(in super::super) fn take(&mut self, act: &Act<'_>, event: &IdeaEvent, findings: &mut Findings, at: At<'_>) {
        let Some(idea) = id(&act.event.subject, "idea/") else {
            return;
        };
        match event {
            // Of a received idea the service says what happened at its origin.
            IdeaEvent::CoauthorAdded(added) if act.event.role != "service" => {
                let agreed = taking_part::acts_herself(act, added.coauthor);
                findings.rule(Code::R24, at, agreed);
            }
            IdeaEvent::CoauthorDeclined(declined) => {
                let answered = taking_part::acts_herself(act, declined.coauthor);
                findings.rule(Code::R24, at, answered);
            }
            IdeaEvent::ErasureRequested(requested) => {
                let asked = taking_part::acts_herself(act, requested.requested_by);
                findings.rule(Code::R24, at, asked);
                self.0.insert(idea, requested.requested_by);
            }
            // What whoever had the link asked for, whose the idea is has asked for.
            IdeaEvent::AuthorClaimed(claimed) if self.0.get(&idea) == Some(&claimed.link) => {
                self.0.insert(idea, claimed.author);
            }
            IdeaEvent::ErasureDecided(_) => {
                let asked = self.0.remove(&idea);
                if let Some(asked) = asked.filter(|asked| asked.to_string() == *act.event.actor) {
                    findings.broken(
                        Code::R28,
                        at,
                        format!("{asked} had asked for the erasure that {asked} decided"),
                    );
                }
            }
            IdeaEvent::ErasureRefused(_) => drop(self.0.remove(&idea)),
            _ => {}
        }
    }
}
