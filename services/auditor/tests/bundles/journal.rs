//! Writes a plan into journals, as their writers would: positions, times, sequences, versions, and what each receives of the others.

use crate::plan::{Plan, Step, Who};
use ed25519_dalek::SigningKey;
use idesluss_assertion::{Actor, Assertion, write_member};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{Basis, SourceSeen};
use idesluss_domain::identity::grant::RoleGranted;
use idesluss_domain::identity::organisations::DirectoryImported;
use idesluss_domain::identity::signing_key::SigningKeyAnnounced;
use idesluss_domain::identity::{GrantEvent, OrganisationEvent, SigningKeyEvent};
use idesluss_domain::instance::{InstanceEvent, PolicyInForce};
use idesluss_domain::policy::{self, Policy};
use idesluss_domain::words::{Audience, Digest, GrantId, PersonId, PublicKey, Role};
use idesluss_proof::line::{Assigned, Body, Draft, parse, write_own, write_received};
use idesluss_proof::tree::{CompactRange, Hash, TileReader, TreeError, leaf_hash, subtree};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

pub(crate) const INSTANCE: &str = "fyrbodal";
/// 2026-11-23, 08:00 in Sweden.
const MORNING: i64 = 1_795_417_200_000_000;
/// The same day, 20:00 in Sweden.
const EVENING: i64 = MORNING + 12 * 60 * MINUTE;
const MINUTE: i64 = 60_000_000;
/// With how many entries each journal of the true plan begins: by which table of rights it is written, by which that is which it follows, and what
/// identity says.
pub(crate) const BEGINNING: usize = 2 + GRANTS;
/// How many of them are identity's.
pub(crate) const GRANTS: usize = 18;
/// The table of rights by which the true plan is written: this version's.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let actions = Policy::with(Vec::new()).actions;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../access/policies");
    let files = std::fs::read_dir(folder).expect("the tables of rights");
    let mut texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a text"));
    let is_this_versions = |text: &String| Policy::read(text.as_bytes()).is_ok_and(|policy| policy.actions == actions);
    texts.find(is_this_versions).expect("this version's table")
});
/// The secret of identity's first key.
const KEY: [u8; 32] = [0x1d; 32];

/// One service's journal.
#[derive(Clone, Default)]
pub(crate) struct Journal {
    pub(crate) service: &'static str,
    pub(crate) lines: Vec<Vec<u8>>,
    /// How many events it has written for whom.
    sequences: BTreeMap<Audience, u64>,
    versions: HashMap<String, u64>,
    received: BTreeMap<String, SourceSeen>,
    /// The tree over its lines, and what a decider knows who acts now: so that a million entries can be written.
    compact_range: CompactRange,
    now: Option<Basis>,
}

/// The three of an instance.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) journals: Vec<Journal>,
    /// The position of each step's own entry, in the order of the plan.
    pub(crate) at: Vec<u64>,
    /// What identity's journal says of who holds which role; no bundle here holds it.
    identity: Journal,
    /// The table of rights that the journals begin with; None: they name none.
    pub(crate) table: Option<String>,
    granted: HashSet<GrantId>,
    now: i64,
    last_command: u32,
    ordinal: u64,
}

/// The tree over some leaves, small enough to be made anew whenever it is asked.
pub(crate) struct Leaves(pub(crate) Vec<Hash>);

impl TileReader for Leaves {
    type Error = TreeError;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, TreeError> {
        let span = 256_usize.pow(u32::from(level));
        let first = number as usize * 256;
        Ok((first..first + width)
            .map(|node| subtree(&self.0[node * span..(node + 1) * span]))
            .collect())
    }
}

impl Journal {
    pub(crate) fn leaves(&self) -> Leaves {
        Leaves(self.lines.iter().map(|line| leaf_hash(line)).collect())
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        idesluss_proof::tree::root(&self.leaves(), size).expect("the tree has as many")
    }

    /// The roots of the complete subtrees over the first `size` entries, largest first.
    pub(crate) fn peaks(&self, size: u64) -> Vec<Hash> {
        let Leaves(leaves) = self.leaves();
        let mut rest = &leaves[..size as usize];
        let mut peaks = Vec::new();
        while !rest.is_empty() {
            let (whole, after) = rest.split_at(1 << rest.len().ilog2());
            peaks.push(subtree(whole));
            rest = after;
        }
        peaks
    }

    /// What a decider knows who acts now.
    fn basis(&self) -> Basis {
        Basis {
            seen: self.compact_range.size() - 1,
            size: self.compact_range.size(),
            root: Digest(self.compact_range.root()),
            sources: self.received.values().cloned().collect(),
            brief_version: 1,
        }
    }

    fn push(&mut self, line: Vec<u8>) {
        let pushed = self.compact_range.push(leaf_hash(&line), |_| Ok::<(), TreeError>(()));
        pushed.expect("the sink takes every tile");
        self.lines.push(line);
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&KEY)
}

/// What identity asserts of whoever acts, for this command alone.
fn asserted(step: &Step, command: Uuid, now: i64) -> String {
    let role: Role = step.who.role.parse().expect("a role");
    // As the contract counts them: services and administrators came last.
    let number = match role {
        Role::Service => 11,
        Role::Administrator => 12,
        role => 1 + Role::ALL.iter().position(|known| *known == role).expect("a role") as i32,
    };
    let assertion = Assertion {
        instance: INSTANCE.into(),
        audience: step.log.into(),
        presenter: "gateway".into(),
        session: Uuid::from_u128(5).to_string(),
        actor: Some(Actor {
            person: step.who.person.to_string(),
            organisation: step.who.organisation.to_string(),
            role: number,
        }),
        granted_epoch: 1,
        granted_sequence: 1,
        issued_micros: now,
        expires_micros: now + 5 * MINUTE,
        command: command.to_string(),
    };
    write_member(&assertion.sign(&key(), 1))
}

impl World {
    /// Journals in which nothing stands.
    pub(crate) fn empty() -> Self {
        let journal = |service| Journal {
            service,
            ..Journal::default()
        };
        Self {
            journals: ["submission", "evaluation", "sharing"].map(journal).into(),
            at: Vec::new(),
            identity: journal("identity"),
            table: Some(POLICY.clone()),
            granted: HashSet::new(),
            now: MORNING,
            last_command: 0,
            ordinal: 0,
        }
    }

    /// Writes what is planned.
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut world = Self::empty();
        world.go_on(plan, MINUTE);
        world
    }

    /// Writes what is planned next; a planned minute takes `minute` microseconds.
    pub(crate) fn go_on(&mut self, plan: &Plan, minute: i64) {
        self.grant(plan);
        for step in &plan.steps {
            self.now += step.minutes * minute + 2;
            self.ordinal = if step.command == self.last_command {
                self.ordinal + 1
            } else {
                0
            };
            self.last_command = step.command;
            self.write(step, self.ordinal, self.now);
        }
    }

    pub(crate) fn journal(&self, service: &str) -> &Journal {
        self.journals
            .iter()
            .find(|journal| journal.service == service)
            .expect("there are three")
    }

    pub(crate) fn journal_mut(&mut self, service: &str) -> &mut Journal {
        self.journals
            .iter_mut()
            .find(|journal| journal.service == service)
            .expect("there are three")
    }

    /// Lets every service say by which table of rights it writes from now on, and hear it of those that it follows.
    pub(crate) fn announce(&mut self, table: &str) {
        for service in ["submission", "evaluation", "sharing"] {
            self.now += 2;
            let now = self.now;
            let line = self.journal_mut(service).announce(table, now);
            self.follow((service, Audience::House), &line, now + 1);
        }
    }

    /// Tells every journal who holds the roles in which somebody acts in a plan.
    fn grant(&mut self, plan: &Plan) {
        if self.granted.is_empty() {
            self.now += 2;
            if let Some(table) = self.table.clone() {
                self.announce(&table);
            }
            let imported = OrganisationEvent::from(DirectoryImported {});
            self.tell("organisations/fyrbodal", &imported.into());
            let announced = SigningKeyEvent::from(SigningKeyAnnounced {
                number: 1,
                public: PublicKey(key().verifying_key().to_bytes()),
            });
            self.tell("signing-keys/fyrbodal", &announced.into());
        }
        for who in plan.steps.iter().map(|step| &step.who) {
            let role = who.role.parse().expect("a role");
            let grant = GrantId::of(who.person, &who.organisation, role);
            if who.role == "service" || !self.granted.insert(grant) {
                continue;
            }
            let granted = RoleGranted {
                round: 0,
                by_group: false,
                person: who.person,
                organisation: who.organisation.clone(),
                role,
                from: "2000-01-01".parse().expect("a day"),
                until: None,
                substitute_for: None,
            };
            self.tell(&format!("grant/{grant}"), &GrantEvent::from(granted).into());
        }
    }

    /// Writes an event of identity, and what each of the three receives of it.
    fn tell(&mut self, subject: &str, event: &Event) {
        self.now += 2;
        let journal = &mut self.identity;
        let sequence = journal.next(Audience::Grants);
        let draft = Draft {
            id: Uuid::new_v5(&Uuid::nil(), subject.as_bytes()).to_string(),
            audience: "grants".into(),
            kind: event.type_name().into(),
            time_micros: self.now,
            organisation: INSTANCE.into(),
            actor: Uuid::nil().to_string(),
            role: "operator".into(),
            grant: Some("operator".into()),
            assertion: None,
            mandate: None,
            commandid: Uuid::nil().to_string(),
            correlationid: Uuid::nil().to_string(),
            causationid: None,
            traceparent: None,
            data: event.to_data(),
        };
        let assigned = Assigned {
            position: sequence - 1,
            recorded_micros: self.now,
            source: "/fyrbodal/identity/grants",
            sequence,
            epoch: 1,
            stream_version: 1,
        };
        let mut line = Vec::new();
        write_own(&draft, subject, &assigned, &mut line);
        for journal in &mut self.journals {
            journal.receive(&line, self.now);
        }
    }

    fn write(&mut self, step: &Step, ordinal: u64, now: i64) {
        let journal = self
            .journals
            .iter_mut()
            .find(|journal| journal.service == step.log)
            .expect("there are three");
        let event = with_basis(step, journal, ordinal == 0);
        let audience = event.audience();
        let sequence = journal.next(audience);
        let version = journal.versions.entry(step.subject.clone()).or_insert(0);
        *version += 1;
        let command = Uuid::from_u128(0xC000_0000 + u128::from(step.command));
        let draft = Draft {
            id: Uuid::new_v5(&command, ordinal.to_string().as_bytes()).to_string(),
            audience: audience.as_str().into(),
            kind: event.type_name().into(),
            time_micros: now,
            organisation: step.who.organisation.to_string(),
            actor: step.who.person.to_string(),
            role: step.who.role.into(),
            grant: Some(grant_of(&step.who, step.log)),
            assertion: (event.is_bound() && step.who.role != "service").then(|| asserted(step, command, now)),
            mandate: step.mandate.clone(),
            commandid: command.to_string(),
            correlationid: step.idea.to_string(),
            causationid: None,
            traceparent: None,
            data: event.to_data(),
        };
        let source = audience.source(INSTANCE, journal.service);
        let position = journal.lines.len() as u64;
        let assigned = Assigned {
            position,
            recorded_micros: now,
            source: &source,
            sequence,
            epoch: 1,
            stream_version: *version,
        };
        let mut line = Vec::new();
        write_own(&draft, &step.subject, &assigned, &mut line);
        journal.push(line.clone());
        self.at.push(position);
        self.follow((step.log, audience), &line, now + 1);
    }

    /// Lets those who follow a service receive one of its entries; sharing more than it does here, as a follower of another version may.
    fn follow(&mut self, of: (&str, Audience), line: &[u8], now: i64) {
        let followers: &[&str] = match of {
            ("submission", Audience::House) => &["evaluation", "sharing"],
            ("submission", Audience::Sharing) => &["sharing"],
            ("evaluation", Audience::House) => &["submission"],
            _ => &[],
        };
        for follower in followers {
            self.journal_mut(follower).receive(line, now);
        }
    }
}

impl Journal {
    /// Opens the next epoch, as an operator does after a restore.
    pub(crate) fn open_epoch(&mut self, who: &Who, event: &Event) {
        let own = format!("journal/{}", self.service);
        for (time, audience) in (EVENING..).zip(Audience::written_by(self.service)) {
            self.say_of(&own, who, "operator", (event, audience), (time, 2));
        }
    }

    /// Says by which table of rights it is written from here on, as its service does.
    pub(crate) fn announce(&mut self, table: &str, now: i64) -> Vec<u8> {
        let grant = format!("service:{}", self.service);
        let own = format!("journal/{}", self.service);
        self.say_of(&own, &itself(), &grant, (&in_force(table), Audience::House), (now, 1))
    }

    /// Names a table of rights in the stream of this service's journal, or another's, as somebody in this role does.
    pub(crate) fn name_table(&mut self, table: &str, of: &str, role: &'static str) {
        let who = Who { role, ..itself() };
        self.say_of(
            &format!("journal/{of}"),
            &who,
            "operator",
            (&in_force(table), Audience::House),
            (EVENING, 1),
        );
    }

    fn next(&mut self, audience: Audience) -> u64 {
        let sequence = self.sequences.entry(audience).or_insert(0);
        *sequence += 1;
        *sequence
    }

    fn say_of(
        &mut self,
        subject: &str,
        who: &Who,
        grant: &str,
        (event, audience): (&Event, Audience),
        (now, epoch): (i64, u32),
    ) -> Vec<u8> {
        let (position, sequence) = (self.lines.len() as u64, self.next(audience));
        let version = self.versions.entry(subject.to_owned()).or_insert(0);
        *version += 1;
        let command = Uuid::new_v5(&Uuid::from_u128(0xE90C), format!("{subject}{version}").as_bytes());
        let draft = Draft {
            id: command.to_string(),
            audience: audience.as_str().into(),
            kind: event.type_name().into(),
            time_micros: now,
            organisation: who.organisation.to_string(),
            actor: who.person.to_string(),
            role: who.role.into(),
            grant: Some(grant.into()),
            assertion: None,
            mandate: None,
            commandid: command.to_string(),
            correlationid: Uuid::nil().to_string(),
            causationid: None,
            traceparent: None,
            data: event.to_data(),
        };
        let source = audience.source(INSTANCE, self.service);
        let assigned = Assigned {
            position,
            recorded_micros: now,
            source: &source,
            sequence,
            epoch,
            stream_version: *version,
        };
        let mut line = Vec::new();
        write_own(&draft, subject, &assigned, &mut line);
        self.push(line.clone());
        line
    }

    /// Takes an entry that another journal holds under this line.
    pub(crate) fn receive(&mut self, line: &[u8], now: i64) {
        let read = parse(line).expect("an entry");
        let Body::Own(event) = &read.body else {
            panic!("an own entry")
        };
        let mut received = Vec::new();
        write_received(
            self.lines.len() as u64,
            now,
            read.position,
            read.recorded_micros,
            event.bytes,
            &mut received,
        );
        self.push(received);
        let seen = SourceSeen {
            source: event.source.to_string(),
            epoch: event.epoch,
            sequence: event.sequence,
            from_position: read.position,
        };
        self.received.insert(event.source.to_string(), seen);
    }
}

/// The service, as it stands in what it writes by itself.
fn itself() -> Who {
    Who {
        person: PersonId(Uuid::nil()),
        organisation: INSTANCE.parse().expect("a name"),
        role: "service",
    }
}

fn in_force(table: &str) -> Event {
    let in_force = PolicyInForce {
        version: "0.2.0".parse().expect("a label"),
        table: policy::digest(table.as_bytes()),
    };
    InstanceEvent::from(in_force).into()
}

/// What an entry names as the grant under which it was written.
fn grant_of(who: &Who, service: &str) -> String {
    if who.role == "service" {
        return format!("service:{service}");
    }
    let role = who.role.parse().expect("a role");
    format!("grant:{}", GrantId::of(who.person, &who.organisation, role))
}

/// The event with the basis that its decider truly had: the journal before the command's first entry.
fn with_basis(step: &Step, journal: &mut Journal, first: bool) -> Event {
    let mut event = step.event.clone();
    let decision = match &mut event {
        Event::Evaluation(EvaluationEvent::DecisionMade(decision)) => decision,
        Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) => &mut anew.decision,
        Event::Evaluation(EvaluationEvent::MandateVerified(_)) => {
            journal.now = Some(journal.basis());
            return event;
        }
        _ => return event,
    };
    let known = journal.now.take().filter(|_| !first);
    let mut basis = known.unwrap_or_else(|| journal.basis());
    basis.brief_version = decision.basis.brief_version;
    (step.basis)(&mut basis);
    decision.basis = basis;
    event
}
