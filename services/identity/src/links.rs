//! Private links: by one anybody gives an idea without an account, and follows it. Of its secret the hash is kept, beside the journal; what it lets its
//! holder do is a grant in the journal, to a pseudonym that was made for it.
//!
//! A link is made before its idea, and lapses where none comes. Submission says that one has come: it answers its own journal, so that is not lost
//! when a process ends in between.

use crate::kept::{Kept, Key, Records, key};
use crate::sessions::{Begun, Sessions, Way};
use idesluss_domain::Decider as _;
use idesluss_domain::identity::private_link::{LinkAction, LinkCommand};
use idesluss_domain::identity::{OrganisationsRules, PrivateLinks};
use idesluss_domain::words::{
    Actor, AggregateId as _, CommandId, GrantId, IdeaId, OrganisationId, PersonId, Rejection, Role, StreamName,
};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Loaded};
use idesluss_proto::pb::command as pb;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::report_refusal;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tonic::Status;
use uuid::Uuid;

const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;
const DAY_MICROS: i64 = 24 * HOUR_MICROS;
/// So long somebody may take to write an idea.
const FORM_MICROS: i64 = 2 * HOUR_MICROS;
/// So long a link opens anything before its idea has come.
const LAPSES_MICROS: i64 = HOUR_MICROS;
/// So long it is waited to be told that the idea has come: submission may not have reached identity for a while.
const WAITS_MICROS: i64 = 30 * DAY_MICROS;
/// So long it is known of one that has ended, for whoever did that and sends their form again.
const REMEMBERED_MICROS: i64 = DAY_MICROS;
/// So many links of an organisation may wait for their ideas at once.
const MOST_WAITING: usize = 200;
/// So many of one holder there are at most: one, and another while it is renewed.
const MOST_OF_HOLDER: u32 = 8;
/// So often it is looked whether another has taken the place of one.
const ROUNDS: usize = 5;
/// For what a form's part is sealed.
const PURPOSE: &str = "private link";

/// Why a link is not made, or opens nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// What the form has brought back is none of ours, too old, or for another secret.
    #[error("no form of ours, or an old one")]
    OldForm,
    #[error("the organisation takes none")]
    NotAllowed,
    #[error("too many wait for their ideas")]
    TooMany,
    /// There is none, or none any more.
    #[error("a link that opens nothing")]
    Bad,
    #[error(transparent)]
    Journal(#[from] ExecuteError),
}

impl From<LinkError> for Status {
    fn from(error: LinkError) -> Self {
        let reason = match error {
            LinkError::Journal(error) => return error.into(),
            LinkError::OldForm => Reason::OldLinkForm,
            LinkError::NotAllowed => Reason::NoPrivateLinks,
            LinkError::TooMany => Reason::TooManyLinks,
            LinkError::Bad => Reason::BadLink,
        };
        if matches!(reason, Reason::BadLink | Reason::TooManyLinks) {
            report_refusal(reason.name());
        }
        refuse(reason)
    }
}

/// How far a link has come. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    /// It was made then, and waits for its idea.
    Waits(i64),
    /// It has its idea, and holds until it is ended.
    Holds,
    /// It was ended then.
    Ended(i64),
}

/// What is kept of a link under the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    holder: PersonId,
    organisation: OrganisationId,
    stage: Stage,
}

impl Kept for Link {
    const KIND: &'static str = "private-link";

    fn owner(&self) -> String {
        self.holder.to_string()
    }

    fn ends(&self) -> i64 {
        match self.stage {
            Stage::Waits(made) => made.saturating_add(WAITS_MICROS),
            // It outlasts a restore too, after which it opens nothing until its organisation's roles are confirmed.
            Stage::Holds => i64::MAX,
            Stage::Ended(at) => at.saturating_add(REMEMBERED_MICROS),
        }
    }
}

impl Link {
    fn actor(&self) -> Actor {
        Actor {
            person: self.holder,
            organisation: self.organisation.clone(),
            role: Role::LinkHolder,
        }
    }

    fn grant(&self) -> GrantId {
        GrantId::of(self.holder, &self.organisation, Role::LinkHolder)
    }

    fn opens(&self, now: i64) -> bool {
        match self.stage {
            Stage::Waits(made) => now < made.saturating_add(LAPSES_MICROS),
            Stage::Holds => true,
            Stage::Ended(_) => false,
        }
    }
}

/// A link that waits for its idea, by its organisation: so that they can be counted.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    organisation: OrganisationId,
    ends: i64,
}

impl Kept for Waiting {
    const KIND: &'static str = "waiting-link";

    fn owner(&self) -> String {
        self.organisation.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// What a form brings back.
#[derive(Debug, Serialize, Deserialize)]
struct LinkForm {
    organisation: OrganisationId,
    hash: Key,
    ends: i64,
}

/// A link that was made or opened, with a session of its holder.
pub(crate) struct Opened {
    pub(crate) begun: Begun,
    pub(crate) idea: IdeaId,
    /// Where stands what was written; None: nothing was.
    pub(crate) token: Option<pb::Token>,
}

/// The private links of the instance. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Links {
    context: CommandContext,
    records: Records,
    sessions: Sessions,
}

impl Links {
    pub(crate) fn new(context: CommandContext, sessions: Sessions) -> Self {
        Self {
            records: Records::new(context.engine.clone()),
            context,
            sessions,
        }
    }

    async fn is_allowed(&self, organisation: &OrganisationId) -> Result<bool, ExecuteError> {
        let known = self.context.organisation(organisation).await?;
        Ok(known.is_some_and(|known| known.ideas_per_day.is_some()))
    }

    /// What a form brings back by which an idea is given: nothing is kept of it here.
    pub(crate) async fn begin(&self, organisation: OrganisationId, hash: Key) -> Result<Vec<u8>, LinkError> {
        if !self.is_allowed(&organisation).await? {
            return Err(LinkError::NotAllowed);
        }
        let ends = self.records.now().saturating_add(FORM_MICROS);
        let form = LinkForm {
            organisation,
            hash,
            ends,
        };
        let plain = serde_json::to_vec(&form).unwrap_or_default();
        let vault = self.context.engine.vault();
        Ok(vault
            .seal_beside(PURPOSE, PURPOSE, &plain)
            .map_err(ExecuteError::from)?)
    }

    fn read_form(&self, kept: &[u8], hash: Key) -> Result<LinkForm, LinkError> {
        let opened = self.context.engine.vault().open_beside(PURPOSE, PURPOSE, kept);
        let form: Option<LinkForm> = opened.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        let holds = |form: &LinkForm| form.ends > self.records.now() && bool::from(form.hash.ct_eq(&hash));
        form.filter(holds).ok_or(LinkError::OldForm)
    }

    /// The pseudonym of whoever holds a link, which follows from the hash with which it was made: a form that is sent again is the same link.
    fn holder(&self, hash: Key) -> PersonId {
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        PersonId(self.context.engine.own_id(&format!("private-link {hash}")))
    }

    /// Makes a link for whoever sends a form, and lets them in. For a form that was sent before it is the same one, if that still opens.
    pub(crate) async fn make(&self, kept: &[u8], hash: Key, browser: String) -> Result<Opened, LinkError> {
        let form = self.read_form(kept, hash)?;
        let holder = self.holder(hash);
        let known = self.records.find::<Link>(hash).await?;
        let link = match known {
            Some(known) if known.holder == holder && known.opens(self.records.now()) => known,
            Some(_) => return Err(LinkError::Bad),
            None => self.keep_new(form.organisation, hash, holder).await?,
        };
        let token = self.grant(&link).await?;
        let begun = self.sessions.begin(link.actor(), (Way::Link, browser), None).await?;
        Ok(Opened {
            begun,
            idea: IdeaId::of_link(holder),
            token: Some(token),
        })
    }

    async fn keep_new(&self, organisation: OrganisationId, hash: Key, holder: PersonId) -> Result<Link, LinkError> {
        let now = self.records.now();
        let link = Link {
            holder,
            organisation,
            stage: Stage::Waits(now),
        };
        let stream = link.grant().stream();
        let loaded = self.context.engine.load(std::slice::from_ref(&stream)).await?;
        let before = loaded.state::<PrivateLinks>(&stream);
        if before.held.is_some() || before.is_ended {
            // It was made by this form, and has been renewed or ended since.
            return Err(LinkError::Bad);
        }
        if !self.is_allowed(&link.organisation).await? {
            return Err(LinkError::NotAllowed);
        }
        let most = u32::try_from(4 * MOST_WAITING).unwrap_or(u32::MAX);
        let waiting = self.records.all_of::<Waiting>(link.organisation.as_str(), most).await?;
        if waiting.len() >= MOST_WAITING {
            return Err(LinkError::TooMany);
        }
        let one = Waiting {
            organisation: link.organisation.clone(),
            ends: now.saturating_add(LAPSES_MICROS),
        };
        self.records.keep(self.place(holder), &one, None).await?;
        // Before the journal says that it is held: a crash in between leaves what the same form goes on with.
        self.records.keep(hash, &link, None).await?;
        Ok(link)
    }

    /// Where it is kept that a link waits.
    fn place(&self, holder: PersonId) -> Key {
        let vault = self.context.engine.vault();
        vault.fingerprint("waiting link", holder.to_string().as_bytes())
    }

    async fn grant(&self, link: &Link) -> Result<pb::Token, LinkError> {
        let id = CommandId(Uuid::new_v5(&link.holder.0, b"make"));
        let call = Call::by_service("MakeLink", &link.organisation, id, None);
        let asked = Asked::of(
            &self.context,
            call.head().actor.clone(),
            (link.holder, link.organisation.clone()),
            LinkAction::Make,
        );
        let made = self
            .context
            .engine
            .execute(call, &asked.streams(), |loaded| asked.decide(loaded))
            .await;
        match made {
            // It was allowed a moment ago, or is ended by now.
            Err(ExecuteError::Rejected(_)) => Err(LinkError::Bad),
            other => Ok(other?),
        }
    }

    /// The link of a secret, if it opens anything.
    async fn open_link(&self, secret: &[u8]) -> Result<Link, LinkError> {
        let link = self.records.find::<Link>(key(secret)).await?;
        let link = link
            .filter(|link| link.opens(self.records.now()))
            .ok_or(LinkError::Bad)?;
        // Revoked, or not confirmed after a restore.
        match self.context.engine.holds(&link.actor()).await? {
            true => Ok(link),
            false => Err(LinkError::Bad),
        }
    }

    /// Lets in whoever has a link, in the place of the session that their browser had of one.
    pub(crate) async fn open(&self, secret: &[u8], browser: String, replaces: &[u8]) -> Result<Opened, LinkError> {
        let link = self.open_link(secret).await?;
        let before = match self.sessions.find(replaces).await? {
            Some(before) if before.way == Way::Link => Some(replaces),
            _ => None,
        };
        let begun = self.sessions.begin(link.actor(), (Way::Link, browser), before).await?;
        Ok(Opened {
            idea: IdeaId::of_link(link.holder),
            token: begun.ended.clone(),
            begun,
        })
    }

    /// Lets a link hold whose idea has come.
    pub(crate) async fn confirm(&self, holder: PersonId, organisation: &OrganisationId) -> Result<(), LinkError> {
        // One that is renewed meanwhile does not come back: the new one is looked for.
        for _ in 0..ROUNDS {
            let mut own = self.of_holder(holder).await?;
            own.retain(|(_, link)| link.organisation == *organisation);
            if own.is_empty() {
                return Err(LinkError::Bad);
            }
            own.retain(|(_, link)| matches!(link.stage, Stage::Waits(_)));
            if own.is_empty() {
                break;
            }
            for (hash, link) in own {
                let stage = Stage::Holds;
                self.records.keep(hash, &Link { stage, ..link }, Some(hash)).await?;
            }
        }
        self.records.forget(self.place(holder)).await?;
        Ok(())
    }

    async fn of_holder(&self, holder: PersonId) -> Result<Vec<(Key, Link)>, ExecuteError> {
        self.records.all_of::<Link>(&holder.to_string(), MOST_OF_HOLDER).await
    }

    /// Puts the hash of another secret in the place of that of a holder's link, and ends whatever was opened by the one before.
    pub(crate) async fn renew(&self, holder: PersonId, hash: Key) -> Result<Option<pb::Token>, LinkError> {
        for (before, link) in self.of_holder(holder).await? {
            if before != hash && !matches!(link.stage, Stage::Ended(_)) {
                self.records.keep(hash, &link, Some(before)).await?;
            }
        }
        Ok(self.sessions.end_all(holder, |_| true).await?)
    }

    /// Whose the link of a secret is, whatever has become of it.
    pub(crate) async fn whose(&self, secret: &[u8]) -> Result<(PersonId, OrganisationId), LinkError> {
        let link = self.records.find::<Link>(key(secret)).await?;
        let lapsed = |link: &Link| matches!(link.stage, Stage::Waits(_)) && !link.opens(self.records.now());
        let link = link.filter(|link| !lapsed(link)).ok_or(LinkError::Bad)?;
        Ok((link.holder, link.organisation))
    }

    /// Ends what a holder's link has opened. That it is ended stands in the journal already.
    pub(crate) async fn end(&self, holder: PersonId) -> Result<Option<pb::Token>, LinkError> {
        let stage = Stage::Ended(self.records.now());
        for (hash, link) in self.of_holder(holder).await? {
            if !matches!(link.stage, Stage::Ended(_)) {
                self.records.keep(hash, &Link { stage, ..link }, Some(hash)).await?;
            }
        }
        Ok(self.sessions.end_all(holder, |_| true).await?)
    }
}

/// What is asked for, before it is known what stands around it.
pub(crate) struct Asked {
    organisations: StreamName,
    command: LinkCommand,
}

impl Asked {
    pub(crate) fn of(
        context: &CommandContext,
        actor: Actor,
        (holder, organisation): (PersonId, OrganisationId),
        action: LinkAction,
    ) -> Self {
        Self {
            organisations: StreamName::organisations(&context.instance),
            command: LinkCommand {
                actor,
                today: context.engine.clock().today(),
                holder,
                organisation,
                is_allowed: false,
                round: 0,
                action,
            },
        }
    }

    /// What it is decided on.
    pub(crate) fn streams(&self) -> Vec<StreamName> {
        vec![self.command.id().stream(), self.organisations.clone()]
    }

    /// What comes of it. All of the streams are loaded.
    pub(crate) fn decide(&self, loaded: &Loaded) -> Result<Vec<Decided>, Rejection> {
        let id = self.command.id();
        let organisations = loaded.state::<OrganisationsRules>(&self.organisations);
        let known = organisations.get(&self.command.organisation);
        let command = LinkCommand {
            is_allowed: known.is_some_and(|known| known.ideas_per_day.is_some()),
            round: organisations.round,
            ..self.command.clone()
        };
        let events = PrivateLinks::decide(&command, &loaded.state::<PrivateLinks>(&id.stream()))?;
        Ok(vec![Decided::of(&id.stream(), id.0, events)])
    }
}
