//! Forms that came too late: whoever had been signed out when they sent one goes on with it once they have signed in again.

use crate::kept::{Kept, Key, Records};
use crate::sessions::Sessions;
use idesluss_domain::words::{Actor, PersonId};
use idesluss_engine::{CommandContext, ExecuteError};
use serde::{Deserialize, Serialize};

/// How long one is kept: an hour, in microseconds.
const KEPT_MICROS: i64 = 60 * 60 * 1_000_000;
/// The longest, in bytes. Sealed and written as text it fits a record.
const LONGEST: usize = 30_000;

/// A form that somebody has sent.
#[derive(Debug, Serialize, Deserialize)]
struct LateForm {
    /// As whom they sent it.
    actor: Actor,
    form: String,
    ends: i64,
}

impl Kept for LateForm {
    const KIND: &'static str = "late-form";

    fn owner(&self) -> String {
        self.actor.person.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// The forms that are kept, one a person. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Forms {
    context: CommandContext,
    records: Records,
    sessions: Sessions,
}

impl Forms {
    pub(crate) fn new(context: CommandContext, sessions: Sessions) -> Self {
        Self {
            records: Records::new(context.engine.clone()),
            context,
            sessions,
        }
    }

    fn place(&self, person: PersonId) -> Key {
        let vault = self.context.engine.vault();
        vault.fingerprint("late form", person.to_string().as_bytes())
    }

    /// Keeps one for whoever had the session with this secret, which has ended by itself. Returns whether it is kept; None: there was no such session.
    pub(crate) async fn keep(&self, secret: &[u8], form: String) -> Result<Option<bool>, ExecuteError> {
        let Some(ended) = self.sessions.find_ended(secret).await? else {
            return Ok(None);
        };
        if form.len() > LONGEST {
            return Ok(Some(false));
        }
        let place = self.place(ended.actor.person);
        let form = LateForm {
            actor: ended.actor,
            form,
            ends: self.records.now().saturating_add(KEPT_MICROS),
        };
        self.records.keep(place, &form, None).await.map(Some)
    }

    /// As whom somebody sent the form that is kept of them; None: none is.
    pub(crate) async fn sent_as(&self, person: PersonId) -> Result<Option<Actor>, ExecuteError> {
        let form = self.records.find::<LateForm>(self.place(person)).await?;
        Ok(form.map(|form| form.actor))
    }

    /// The one that is kept of somebody, for whoever acts as they did when they sent it: once.
    pub(crate) async fn take(&self, actor: &Actor) -> Result<Option<String>, ExecuteError> {
        let place = self.place(actor.person);
        let found = self.records.find::<LateForm>(place).await?;
        match found.filter(|form| form.actor == *actor) {
            Some(form) if self.records.forget(place).await? => Ok(Some(form.form)),
            _ => Ok(None),
        }
    }
}
