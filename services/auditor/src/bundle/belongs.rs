use super::Covers;
use crate::tag::Tags;
use idesluss_domain::words::GrantId;
use idesluss_proof::line::EventLine;
use std::collections::{BTreeSet, HashSet};

/// Tells which entries a bundle shows, and which it holds as a hash only, because they belong to others.
///
/// A stream belongs to the organisation of its first event, whoever adds to it later. Memory: 9 to 18 bytes for each stream of an
/// organisation; nothing otherwise.
#[derive(Debug)]
pub struct Belongs {
    whose: Whose,
    tags: Tags,
}

/// What is told of all organisations with an idea: which there are, and whose roles waited. Not who administers them.
const TELL_WHAT_COUNTS: [&str; 4] = [
    ".DirectoryImported",
    ".OrganisationRegistered",
    ".RolesSuspended",
    ".RolesConfirmed",
];

#[derive(Debug)]
enum Whose {
    All,
    Organisation {
        name: String,
        streams: HashSet<u64>,
    },
    Idea {
        subject: String,
        id: String,
        organisation: String,
        grants: BTreeSet<GrantId>,
    },
}

impl Belongs {
    /// For a bundle that covers so much, from the first entry of a log on, of whose entries these grants are named.
    pub fn new(covers: &Covers, grants: &BTreeSet<GrantId>) -> Self {
        let whose = match covers {
            Covers::Instance | Covers::Period => Whose::All,
            Covers::Organisation { organisation } => Whose::Organisation {
                name: organisation.to_string(),
                streams: HashSet::new(),
            },
            Covers::Idea { idea, organisation } => Whose::Idea {
                subject: format!("idea/{idea}"),
                id: idea.to_string(),
                organisation: organisation.to_string(),
                grants: grants.clone(),
            },
        };
        Self {
            whose,
            tags: Tags::default(),
        }
    }

    /// Whether the event may be shown. To be asked once for each entry, in order.
    pub fn shows(&mut self, event: &EventLine<'_>) -> bool {
        let subject = &*event.subject;
        match &mut self.whose {
            Whose::All => true,
            Whose::Organisation { name, streams } => match subject.split_once('/') {
                // What a journal says of itself is about machines.
                Some(("journal", _)) => true,
                Some(("criteria" | "delegation-order" | "register" | "quota" | "mapping", rest)) => {
                    rest.split('/').next() == Some(name)
                }
                _ => {
                    let tag = self.tags.of(subject.as_bytes());
                    if event.stream_version == 1 && event.organisation == *name {
                        streams.insert(tag);
                    }
                    streams.contains(&tag)
                }
            },
            Whose::Idea {
                subject: own,
                id,
                organisation,
                grants,
            } => match subject.split_once('/') {
                // By which keys it is asserted who asks, and which roles waited, tells whether its authors and judges might act.
                Some(("journal" | "signing-keys", _)) => true,
                Some(("organisations", _)) => TELL_WHAT_COUNTS.iter().any(|kind| event.kind.ends_with(kind)),
                // A program is its own right.
                Some(("grant" | "program", grant)) => grant.parse().is_ok_and(|grant| grants.contains(&grant)),
                Some(("criteria" | "delegation-order", rest)) => rest == organisation,
                // Who adopts the idea's solution is another, and which ideas are like it are others' ideas.
                Some(("adoption", _)) => event.organisation == *organisation && event.correlationid == *id,
                _ if event.kind.ends_with(".SimilarIdeasSuggested") => false,
                _ => subject == own || event.correlationid == *id,
            },
        }
    }

    /// Whether a stream is there from its first event to its last, whatever of it is only a hash. A register numbers the ideas of all, as a quota does, so an
    /// idea's bundle has some of its events.
    pub fn has_whole(&self, subject: &str) -> bool {
        let parted = ["register/", "quota/", "organisations/"];
        !matches!(self.whose, Whose::Idea { .. }) || !parted.iter().any(|parted| subject.starts_with(parted))
    }

    /// Whether entries may stand there as a hash only.
    pub fn hides(&self) -> bool {
        !matches!(self.whose, Whose::All)
    }
}
