//! Somebody who is signed in, as the services hear them: with a fresh assertion of identity's on every request.

use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use idesluss_access::METADATA;
use idesluss_domain::words::{Actor, OrganisationId, PersonId, Role};
use idesluss_proto::Reader;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::identity::session_query_service_client::SessionQueryServiceClient;
use idesluss_proto::status::{Reason, Refusal, refuse};
use idesluss_proto::write_actor;
use idesluss_runtime::{Peer, Voice};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tonic::metadata::{BinaryMetadataValue, MetadataMap};
use tonic::{Code, Request, Status};

/// After so long an assertion is renewed: whoever has been signed out is heard no longer.
const RENEWED: Duration = Duration::from_secs(30);
/// For so long an older one is used while identity can't be asked; it holds a little longer.
const HOLDS: Duration = Duration::from_secs(280);
/// How long identity may take to answer while something is at hand, and how long while nothing is: whoever waits would be turned away.
const ANSWER: Duration = Duration::from_secs(2);
const ONLY_ANSWER: Duration = Duration::from_secs(5);
/// While identity does not answer, it is asked again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// Somebody who is signed in. What identity last said of them is kept at hand.
pub struct SignedIn {
    identity: Peer,
    secret: Vec<u8>,
    /// It is a program's session, and no person's.
    is_program: bool,
    heard: std::sync::Mutex<Heard>,
    /// Held by whoever asks identity: one at a time.
    asking: Mutex<()>,
}

#[derive(Default, Clone)]
struct Heard {
    last: Option<(Instant, Arc<SessionState>)>,
    /// When identity did not answer.
    failed: Option<Instant>,
    /// How often it was cleared: what was asked for before is not kept after.
    generation: u64,
}

/// A role that whoever is signed in may act in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnRole {
    pub(crate) organisation: OrganisationId,
    pub(crate) role: Role,
    /// Who is away meanwhile; None: nobody, it is their own.
    pub(crate) substitute_for: Option<PersonId>,
}

/// What identity says of a session.
#[derive(Debug)]
struct SessionState {
    actor: Actor,
    roles: Vec<OwnRole>,
    assertions: HashMap<String, HeaderValue>,
}

/// What is known of a session without asking.
enum AtHand {
    /// It need not be asked for.
    Fresh(Arc<SessionState>),
    /// It is time to ask; what there is holds meanwhile.
    Older(Option<Arc<SessionState>>),
    /// Nothing holds, and identity did not answer a moment ago.
    Away,
}

impl Heard {
    fn clear(&mut self) {
        *self = Self {
            generation: self.generation + 1,
            ..Self::default()
        };
    }

    fn at_hand(&self) -> AtHand {
        let holds = self.last.as_ref().filter(|(since, _)| since.elapsed() < HOLDS);
        let just_failed = self.failed.is_some_and(|failed| failed.elapsed() < AGAIN);
        match holds {
            Some((since, state)) if just_failed || since.elapsed() < RENEWED => AtHand::Fresh(state.clone()),
            Some((_, state)) => AtHand::Older(Some(state.clone())),
            None if just_failed => AtHand::Away,
            None => AtHand::Older(None),
        }
    }
}

impl SignedIn {
    /// Whoever has begun the session with this secret.
    pub fn new(identity: Peer, secret: Vec<u8>) -> Self {
        Self {
            identity,
            secret,
            is_program: false,
            heard: std::sync::Mutex::default(),
            asking: Mutex::default(),
        }
    }

    /// The program whose access token this is.
    pub(crate) fn of_program(identity: Peer, secret: Vec<u8>) -> Self {
        Self {
            is_program: true,
            ..Self::new(identity, secret)
        }
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session in which somebody acts, in the place of another or of none. Returns its secret.
    ///
    /// Errors: ROLE_NOT_HELD, SESSION_ENDED where there is no such other, or identity can't be asked.
    pub async fn begin(identity: &Peer, actor: &Actor, replaces: Option<&[u8]>) -> Result<Vec<u8>, Status> {
        let request = pb::BeginSessionRequest {
            actor: Some(write_actor(actor)),
            replaces: replaces.unwrap_or_default().to_vec(),
        };
        let begun = SessionCommandServiceClient::new(identity.clone())
            .begin_session(request)
            .await;
        Ok(begun?.into_inner().secret)
    }

    /// What was heard holds no longer: identity is asked when somebody is to be heard next, and what it is answering just now is not kept.
    pub fn invalidate(&self) {
        self.heard().clear();
    }

    /// Ends the session everywhere. Returns where the browser is to be sent so that it is signed out at its provider too, which is to send it on to
    /// `back`; empty: nowhere.
    pub async fn end(&self, back: &str) -> Result<String, Status> {
        let request = pb::EndSessionRequest {
            secret: self.secret.clone(),
            back: back.to_owned(),
        };
        let ended = SessionCommandServiceClient::new(self.identity.clone())
            .end_session(request)
            .await?;
        self.invalidate();
        Ok(ended.into_inner().address)
    }

    /// The roles that whoever it is may act in, as identity told last.
    pub(crate) fn roles(&self) -> Vec<OwnRole> {
        let heard = self.heard();
        let last = heard.last.as_ref();
        last.map(|(_, state)| state.roles.clone()).unwrap_or_default()
    }

    /// Who acts in it. While identity can't be asked, who acted in it last: what they ask is answered when it can be, and what they have written is
    /// not lost. Errors: SESSION_ENDED, ROLE_NOT_HELD; IDENTITY_UNAVAILABLE where it was never told.
    pub async fn actor(&self) -> Result<Actor, Status> {
        match self.state().await {
            Ok(state) => Ok(state.actor.clone()),
            Err(status) if is_away(&status) => {
                let last = self.heard().last.clone();
                last.map(|(_, state)| state.actor.clone()).ok_or(status)
            }
            Err(status) => Err(status),
        }
    }

    async fn state(&self) -> Result<Arc<SessionState>, Status> {
        let at_hand = match self.heard().at_hand() {
            AtHand::Fresh(state) => return Ok(state),
            AtHand::Away => return Err(refuse(Reason::IdentityUnavailable)),
            AtHand::Older(state) => state,
        };
        let _asking = match &at_hand {
            // Somebody asks already: what is at hand holds meanwhile.
            Some(state) => match self.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(state.clone()),
            },
            None => {
                let asking = self.asking.lock().await;
                match self.heard().at_hand() {
                    AtHand::Fresh(state) => return Ok(state),
                    AtHand::Away => return Err(refuse(Reason::IdentityUnavailable)),
                    AtHand::Older(_) => asking,
                }
            }
        };
        // What it says holds from when it was asked.
        let asked = Instant::now();
        let generation = self.heard().generation;
        let patience = if at_hand.is_some() { ANSWER } else { ONLY_ANSWER };
        let answer = self.ask("", patience).await;
        let mut heard = self.heard();
        match answer {
            Ok(state) => {
                let state = Arc::new(state);
                if heard.generation == generation {
                    heard.last = Some((asked, state.clone()));
                    heard.failed = None;
                }
                Ok(state)
            }
            Err(status) if is_away(&status) => {
                heard.failed = Some(Instant::now());
                at_hand.ok_or_else(|| refuse(Reason::IdentityUnavailable))
            }
            Err(status) => {
                heard.clear();
                Err(status)
            }
        }
    }

    /// What identity says now; for one command alone, if it is named.
    async fn ask(&self, command: &str, patience: Duration) -> Result<SessionState, Status> {
        let told = tokio::time::timeout(patience, self.ask_identity(command, patience)).await;
        let told = told.unwrap_or_else(|_| Err(refuse(Reason::IdentityUnavailable)))?;
        if told.wants_keeping {
            self.keep();
        }
        let mut reader = Reader::default();
        let actor = reader.actor("actor", told.actor.as_ref());
        let actor = reader.finish(actor)?;
        let headers = told
            .assertions
            .into_iter()
            .map(|(service, assertion)| (service, header(&assertion)));
        let roles = told.roles.iter().filter_map(own_role).collect();
        Ok(SessionState {
            actor,
            roles,
            assertions: headers
                .filter_map(|(service, header)| Some((service, header?)))
                .collect(),
        })
    }

    /// What identity answers.
    async fn ask_identity(&self, command: &str, patience: Duration) -> Result<pb::GetSessionResponse, Status> {
        let mut identity = SessionQueryServiceClient::new(self.identity.clone());
        let secret = self.secret.clone();
        if self.is_program {
            let mut request = Request::new(pb::GetProgramSessionRequest { secret });
            request.set_timeout(patience);
            let told = identity.get_program_session(request).await?.into_inner();
            return Ok(pb::GetSessionResponse {
                session: told.session,
                actor: told.actor,
                assertions: told.assertions,
                ..pb::GetSessionResponse::default()
            });
        }
        let mut request = Request::new(pb::GetSessionRequest {
            secret,
            bound_to: command.to_owned(),
        });
        request.set_timeout(patience);
        Ok(identity.get_session(request).await?.into_inner())
    }

    /// Tells identity that the session is used; where that does not succeed, the next time does.
    fn keep(&self) {
        let mut identity = SessionCommandServiceClient::new(self.identity.clone());
        let request = pb::KeepSessionRequest {
            secret: self.secret.clone(),
        };
        tokio::spawn(async move { identity.keep_session(request).await });
    }
}

/// Several people for whom one program speaks, each signed in when they are heard first. Their sessions go with the program: nobody else knows their
/// secrets, and nothing is written down of them, so that who looks changes nothing.
pub struct Voices {
    identity: Peer,
    all: std::sync::Mutex<HashMap<Actor, Arc<SignsIn>>>,
}

/// Somebody who is signed in when they are heard first.
struct SignsIn {
    identity: Peer,
    actor: Actor,
    begun: Mutex<Option<Arc<SignedIn>>>,
}

impl SignsIn {
    /// The session that goes on, or a new one in the place of `ended`.
    async fn begun(&self, ended: Option<&Arc<SignedIn>>) -> Result<Arc<SignedIn>, Status> {
        let mut begun = self.begun.lock().await;
        if let Some(goes_on) = begun
            .as_ref()
            .filter(|begun| !ended.is_some_and(|ended| Arc::ptr_eq(begun, ended)))
        {
            return Ok(goes_on.clone());
        }
        let secret = SignedIn::begin(&self.identity, &self.actor, None).await?;
        let signed_in = Arc::new(SignedIn::new(self.identity.clone(), secret));
        *begun = Some(signed_in.clone());
        Ok(signed_in)
    }
}

/// Never shows anybody's secret.
impl std::fmt::Debug for Voices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Voices(…)")
    }
}

impl Voices {
    /// Nobody yet.
    pub fn new(identity: Peer) -> Self {
        let all = std::sync::Mutex::default();
        Self { identity, all }
    }

    /// Somebody's, who is let in to what they may do: whether they hold the role, identity says then.
    pub fn of(&self, actor: &Actor) -> Arc<dyn Voice> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let signs_in = || {
            Arc::new(SignsIn {
                identity: self.identity.clone(),
                actor: actor.clone(),
                begun: Mutex::default(),
            })
        };
        all.entry(actor.clone()).or_insert_with(signs_in).clone()
    }
}

impl Voice for SignsIn {
    fn speak<'a>(
        &'a self,
        service: &'a str,
        command: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(HeaderName, HeaderValue), Status>> {
        Box::pin(async move {
            let begun = self.begun(None).await?;
            match begun.speak(service, command).await {
                // A program may run longer than a working day.
                Err(status) if Refusal::from(&status).reason == Reason::SessionEnded.name() => {
                    self.begun(Some(&begun)).await?.speak(service, command).await
                }
                spoken => spoken,
            }
        })
    }
}

fn own_role(told: &pb::MemberRole) -> Option<OwnRole> {
    Some(OwnRole {
        organisation: told.organisation.parse().ok()?,
        role: Role::try_from(told.role()).ok()?,
        substitute_for: match told.substitute_for.as_str() {
            "" => None,
            away => Some(away.parse().ok()?),
        },
    })
}

/// An assertion as a header carries it.
fn header(assertion: &[u8]) -> Option<HeaderValue> {
    let mut one = MetadataMap::new();
    one.insert_bin(METADATA, BinaryMetadataValue::from_bytes(assertion));
    let mut value = one.into_headers().remove(METADATA)?;
    value.set_sensitive(true);
    Some(value)
}

fn is_away(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Unknown
            | Code::Internal
            | Code::ResourceExhausted
    )
}

impl Voice for SignedIn {
    fn speak<'a>(
        &'a self,
        service: &'a str,
        command: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(HeaderName, HeaderValue), Status>> {
        Box::pin(async move {
            let state = match command {
                None => self.state().await?,
                // Made for it now, and for nothing else: none is at hand.
                Some(command) => Arc::new(self.ask(command, ONLY_ANSWER).await.map_err(away)?),
            };
            let value = state.assertions.get(service).cloned();
            let value = value.ok_or_else(|| refuse(Reason::Internal))?;
            Ok((HeaderName::from_static(METADATA), value))
        })
    }
}

/// How it is said that identity can't be asked.
fn away(status: Status) -> Status {
    match is_away(&status) {
        true => {
            tracing::debug!(code = ?status.code(), message = status.message(), "identity can't be asked who acts");
            refuse(Reason::IdentityUnavailable)
        }
        false => status,
    }
}
