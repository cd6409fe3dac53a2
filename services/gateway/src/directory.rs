//! Who is who, as identity tells it: kept at hand, since every page names people, and read again when something has happened.

use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use idesluss_domain::words::{OrganisationId, Role};
use idesluss_proto::pb::command::{Query, Token};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::identity_query_service_client::IdentityQueryServiceClient;
use idesluss_runtime::{Directory, HeldRole, Organisation, Peer, Person, Shown};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tonic::Status;

/// How often it is asked whether anything has happened.
const LOOK: Duration = Duration::from_secs(1);
/// So often everything is read, since roles begin and end with a day.
const ANEW: Duration = Duration::from_secs(600);
/// So long a page waits for what its reader has just changed.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long after asking it is asked again, where somebody waits.
const SOON: Duration = Duration::from_millis(50);

/// Who is who, as identity told it last.
pub(crate) struct DirectoryCache {
    told: ArcSwap<Directory>,
    /// It tells of everything before this position in identity's journal.
    position: watch::Sender<u64>,
    /// Somebody waits for news.
    wanted: Notify,
}

impl DirectoryCache {
    pub(crate) fn new(told: Arc<Directory>) -> Self {
        Self {
            told: ArcSwap::new(told),
            position: watch::Sender::new(0),
            wanted: Notify::new(),
        }
    }

    pub(crate) fn current(&self) -> Arc<Directory> {
        self.told.load_full()
    }

    /// Waits until it shows what a command of identity's led to; not for ever, since pages work without.
    pub(crate) async fn wait_for(&self, done: &Token) {
        let mut position = self.position.subscribe();
        let until = Instant::now() + PATIENCE;
        while *position.borrow() <= done.position && Instant::now() < until {
            self.wanted.notify_one();
            // Identity's own view of people may be a moment behind: it is asked again.
            let _ = tokio::time::timeout(SOON, position.changed()).await;
        }
    }

    /// Keeps it as identity tells it, for as long as it is polled. While identity can't be reached, what it told last holds.
    pub(crate) async fn follow(&self, identity: Peer) {
        let (mut known, mut last) = (0, Instant::now());
        loop {
            if last.elapsed() >= ANEW {
                known = 0;
            }
            match read(&identity, &self.current().instance, known).await {
                Ok(Some((position, told))) => {
                    // An identity that has written nothing down yet knows less than the file.
                    if !told.organisations.is_empty() {
                        self.told.store(Arc::new(told));
                    }
                    (known, last) = (position, Instant::now());
                    self.position.send_replace(position);
                }
                Ok(None) => {}
                Err(status) => tracing::debug!(code = ?status.code(), "identity does not tell who is who"),
            }
            // Either is a reason to look.
            let _ = tokio::time::timeout(LOOK, self.wanted.notified()).await;
        }
    }
}

/// Who is who now, as identity tells it.
pub async fn who_is_who(identity: &Peer, instance: &OrganisationId) -> Result<Directory, Status> {
    let told = read(identity, instance, 0).await?;
    Ok(told.map_or_else(|| Directory::of(instance), |(_, told)| told))
}

/// Who is who, and the position up to which it is told. None: nothing has happened since `known`.
async fn read(identity: &Peer, instance: &OrganisationId, known: u64) -> Result<Option<(u64, Directory)>, Status> {
    let request = pb::ReadDirectoryRequest {
        query: Some(Query::default()),
        known,
    };
    let mut parts = IdentityQueryServiceClient::new(identity.clone())
        .read_directory(request)
        .await?
        .into_inner();
    let (mut told, mut position) = (Directory::of(instance), None);
    while let Some(part) = parts.message().await? {
        told.organisations
            .extend(part.organisations.iter().filter_map(organisation));
        told.people.extend(part.people.into_iter().filter_map(person));
        position = Some(part.position);
    }
    Ok(position.map(|position| (position, told)))
}

fn organisation(told: &pb::Organisation) -> Option<Organisation> {
    let settings = told.settings.as_ref()?;
    Some(Organisation {
        id: told.organisation.parse().ok()?,
        name: settings.name.clone(),
        prefix: settings.prefix.clone(),
        kind: settings.kind().try_into().ok()?,
        public_body: settings.public_body,
        answer_working_days: u16::try_from(settings.answer_working_days).ok()?,
        decision_days: u16::try_from(settings.decision_days).ok()?,
        idle_minutes: u16::try_from(settings.idle_minutes).ok()?,
        session_hours: u16::try_from(settings.session_hours).ok()?,
        shown: Shown {
            terms_in_force: told.terms_in_force.clone(),
            colour: told.colour.parse().ok(),
            ideas_per_day: told.ideas_per_day,
            own_terms: told.terms.clone().map(|terms| (terms.sv, terms.en)),
            logo: BASE64.decode(&told.logo).ok().filter(|picture| !picture.is_empty()),
        },
    })
}

fn person(told: pb::Member) -> Option<Person> {
    let role = |role: &pb::MemberRole| {
        Some(HeldRole {
            organisation: role.organisation.parse().ok()?,
            role: Role::try_from(role.role()).ok()?,
        })
    };
    let named_in = Some(told.named_in).filter(|home| !home.is_empty());
    Some(Person {
        named_in: named_in.map(|home| home.parse()).transpose().ok()?,
        id: told.person.parse().ok()?,
        roles: told.roles.iter().filter_map(role).collect(),
        name: told.name.map(|name| name.text).unwrap_or_default(),
    })
}
