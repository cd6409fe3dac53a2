//! Programs come in: what they show themselves with, and the sessions in which they act.
//!
//! Beside the journal are kept the hash of each secret, each public key, what was shown once, and sessions; the journal says which secrets and keys
//! hold, and whether the program does. So what was revoked, or shut out, is worth nothing at once, whatever is kept.

use crate::client_assertions::{ClientKey, NotBelieved, Shown};
use crate::kept::{Kept, Key, Records, key};
use crate::sessions::fresh_secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use idesluss_access::Granted;
use idesluss_domain::identity::program::CredentialKind;
use idesluss_domain::identity::{Program, Programs as Rules};
use idesluss_domain::words::{Actor, CredentialId, Date, ProgramId, SessionId};
use idesluss_engine::{CommandContext, ExecuteError};
use idesluss_proto::pb::identity::begin_program_session_request::Proof;
use idesluss_runtime::report_refusal;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long a program acts before it shows itself again, in seconds.
pub(crate) const SESSION_SECONDS: u32 = 600;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 3_600 * SECOND;

/// Who a program is, for whom it acts, and what it was let in by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProgramSession {
    pub(crate) id: SessionId,
    program: ProgramId,
    credential: CredentialId,
    pub(crate) ends: i64,
}

/// Whose a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ProgramSecret {
    program: ProgramId,
    credential: CredentialId,
    ends: i64,
}

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ProgramKey {
    program: ProgramId,
    key: ClientKey,
    ends: i64,
}

/// An assertion that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ShownBefore {
    program: ProgramId,
    ends: i64,
}

macro_rules! kept {
    ($($kind:ty = $name:literal),+ $(,)?) => {$(
        impl Kept for $kind {
            const KIND: &'static str = $name;

            fn owner(&self) -> String {
                self.program.to_string()
            }

            fn ends(&self) -> i64 {
                self.ends
            }
        }
    )+};
}

kept! {
    ProgramSession = "program-session",
    ProgramSecret = "program-secret",
    ProgramKey = "program-key",
    ShownBefore = "program-assertion",
}

/// What a program shows.
#[derive(Debug, Default)]
pub(crate) struct Showing<'a> {
    /// Who it says that it is; empty: it does not.
    pub(crate) client: &'a str,
    /// By what it shows it; None: it does not.
    pub(crate) proof: Option<&'a Proof>,
    /// Whom an assertion may be made for.
    pub(crate) audiences: &'a [String],
}

/// A session that has begun.
pub(crate) struct Begun {
    pub(crate) secret: [u8; 32],
    pub(crate) program: Program,
}

/// A program's session that goes on.
pub(crate) struct GoesOn {
    pub(crate) session: ProgramSession,
    pub(crate) actor: Actor,
    pub(crate) granted: Granted,
}

/// The programs of the instance. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Programs {
    context: CommandContext,
    records: Records,
    /// Held by whoever looks whether an assertion was shown before, and notes it: of two who show it at once, one comes first.
    showing: Arc<Mutex<()>>,
}

fn key_of(credential: CredentialId) -> Key {
    key(format!("program-key {credential}").as_bytes())
}

impl Programs {
    pub(crate) fn new(context: CommandContext) -> Self {
        let records = Records::new(context.engine.clone());
        let showing = Arc::default();
        Self {
            context,
            records,
            showing,
        }
    }

    /// When what holds until a day is forgotten: when that is over everywhere.
    fn forgotten(&self, until: Option<Date>) -> i64 {
        let Some(until) = until else {
            return i64::MAX;
        };
        let left = (until - self.context.engine.clock().today()).get_days().max(0);
        self.records
            .now()
            .saturating_add(i64::from(left).saturating_add(2).saturating_mul(DAY))
    }

    /// Keeps whose the secret with this hash is. Returns whether it is this program's: a secret that is another's already stays that.
    pub(crate) async fn keep_secret(
        &self,
        (program, credential): (ProgramId, CredentialId),
        hash: Key,
        until: Option<Date>,
    ) -> Result<bool, ExecuteError> {
        if let Some(before) = self.records.find::<ProgramSecret>(hash).await? {
            return Ok((before.program, before.credential) == (program, credential));
        }
        let secret = ProgramSecret {
            program,
            credential,
            ends: self.forgotten(until),
        };
        self.records.keep(hash, &secret, None).await
    }

    /// Keeps a program's key.
    pub(crate) async fn keep_key(
        &self,
        (program, credential): (ProgramId, CredentialId),
        client_key: ClientKey,
        until: Option<Date>,
    ) -> Result<(), ExecuteError> {
        let kept = ProgramKey {
            program,
            key: client_key,
            ends: self.forgotten(until),
        };
        self.records.keep(key_of(credential), &kept, None).await?;
        Ok(())
    }

    /// A program as it stands, if it is let in now.
    async fn let_in(&self, id: ProgramId) -> Result<Option<(Program, Actor, Granted)>, ExecuteError> {
        let engine = &self.context.engine;
        let program = engine.state::<Rules>(id).await?;
        let Some(registered) = &program.registered else {
            return Ok(None);
        };
        let actor = Actor {
            person: id.pseudonym(),
            organisation: registered.organisation.clone(),
            role: registered.role,
        };
        let acts = engine.program_acts(id, &actor).await?;
        Ok(acts.map(|granted| (program, actor, granted)))
    }

    /// Whether a program has this, of this kind, and it holds today.
    fn holds(&self, program: &Program, credential: CredentialId, kind: CredentialKind) -> bool {
        let today = self.context.engine.clock().today();
        program
            .held(today)
            .any(|(id, held)| id == credential && held.kind == kind)
    }

    /// Begins a session for a program that shows who it is. None: it does not, which is counted by why.
    pub(crate) async fn begin(&self, showing: Showing<'_>) -> Result<Option<Begun>, ExecuteError> {
        let shown = match showing.proof {
            Some(Proof::Assertion(assertion)) => self.by_assertion(&showing, assertion).await?,
            Some(Proof::Secret(secret)) => self.by_secret(&showing, secret).await?,
            None => Err("program_unknown"),
        };
        let (id, credential, program) = match shown {
            Ok(shown) => shown,
            Err(what) => {
                report_refusal(what);
                return Ok(None);
            }
        };
        let secret = fresh_secret()?;
        let session = ProgramSession {
            id: SessionId(Uuid::new_v4()),
            program: id,
            credential,
            ends: self.records.now().saturating_add(i64::from(SESSION_SECONDS) * SECOND),
        };
        self.records.keep(key(&secret), &session, None).await?;
        Ok(Some(Begun { secret, program }))
    }

    async fn by_secret(
        &self,
        showing: &Showing<'_>,
        secret: &str,
    ) -> Result<Result<(ProgramId, CredentialId, Program), &'static str>, ExecuteError> {
        // What is no secret of ours is looked for as one: whoever guesses learns nothing from how long it takes.
        let bytes = BASE64.decode(secret).unwrap_or_else(|_| secret.as_bytes().to_vec());
        let found = self.records.find::<ProgramSecret>(key(&bytes)).await?;
        let client: Option<ProgramId> = showing.client.parse().ok();
        let program = self.let_in(client.unwrap_or(ProgramId(Uuid::nil()))).await?;
        Ok(match (client, found, program) {
            (Some(client), Some(secret), Some((program, ..)))
                if secret.program == client && self.holds(&program, secret.credential, CredentialKind::Secret) =>
            {
                Ok((client, secret.credential, program))
            }
            _ => Err("program_secret_wrong"),
        })
    }

    async fn by_assertion(
        &self,
        showing: &Showing<'_>,
        assertion: &str,
    ) -> Result<Result<(ProgramId, CredentialId, Program), &'static str>, ExecuteError> {
        let shown = match Shown::read(assertion) {
            Ok(shown) => shown,
            Err(not) => return Ok(Err(not.what())),
        };
        let id = shown.program;
        if !showing.client.is_empty() && showing.client.parse() != Ok(id) {
            return Ok(Err(NotBelieved::OtherProgram.what()));
        }
        let Some((program, ..)) = self.let_in(id).await? else {
            return Ok(Err(NotBelieved::Forged.what()));
        };
        let mut keys = Vec::new();
        for (credential, held) in program.held(self.context.engine.clock().today()) {
            if held.kind == CredentialKind::Key
                && let Some(kept) = self.records.find::<ProgramKey>(key_of(credential)).await?
                && kept.program == id
            {
                keys.push((credential, kept.key));
            }
        }
        let mut outcome = Err(NotBelieved::Forged);
        for (credential, client_key) in keys {
            outcome = shown
                .check(&[client_key], showing.audiences, self.records.now())
                .map(|believed| (credential, believed));
            if !matches!(outcome, Err(NotBelieved::Forged)) {
                break;
            }
        }
        let (credential, believed) = match outcome {
            Ok(believed) => believed,
            Err(not) => return Ok(Err(not.what())),
        };
        let once = key(format!("program-assertion {id}\n{}", believed.id).as_bytes());
        let _showing = self.showing.lock().await;
        if self.records.find::<ShownBefore>(once).await?.is_some() {
            return Ok(Err(NotBelieved::Replayed.what()));
        }
        let shown = ShownBefore {
            program: id,
            ends: believed.ends,
        };
        self.records.keep(once, &shown, None).await?;
        Ok(Ok((id, credential, program)))
    }

    /// The session with this secret, while the program is let in and what it has shown holds. None: there is none, or it has ended.
    pub(crate) async fn find(&self, secret: &[u8]) -> Result<Option<GoesOn>, ExecuteError> {
        let Some(session) = self.records.find::<ProgramSession>(key(secret)).await? else {
            return Ok(None);
        };
        let Some((program, actor, granted)) = self.let_in(session.program).await? else {
            return Ok(None);
        };
        let today = self.context.engine.clock().today();
        let holds = program.held(today).any(|(id, _)| id == session.credential);
        Ok(holds.then_some(GoesOn {
            session,
            actor,
            granted,
        }))
    }
}
