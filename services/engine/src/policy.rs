//! By which table of rights a service writes: its journal says so before anything that is written by it.

use crate::{Call, Decided, Engine, ExecuteError};
use idesluss_access::policy;
use idesluss_domain::Event;
use idesluss_domain::instance::{InstanceEvent, PolicyInForce};
use idesluss_domain::words::{CommandId, InvalidForm, StreamName};
use idesluss_journal::{AppendError, Outcome};
use tokio::sync::Mutex;
use uuid::Uuid;

/// What is to be said, and up to which version of the journal's own stream it was.
pub(crate) struct Announcement {
    policy: PolicyInForce,
    announced: Mutex<Option<u64>>,
}

impl Engine {
    /// From now on the journal says by which table of rights is written, before anything is. Errors: the program's version is no label, which is a
    /// mistake in the program.
    pub fn announce_policy(&self) -> Result<(), InvalidForm> {
        let announcement = Announcement {
            policy: PolicyInForce {
                version: env!("CARGO_PKG_VERSION").parse()?,
                table: policy::digest(),
            },
            announced: Mutex::new(None),
        };
        // Told twice, it is the same.
        let _ = self.0.announcement.set(announcement);
        Ok(())
    }

    /// Announces it where that was not done yet, and says what a command must cover, so that it loses where another version has announced another
    /// table meanwhile. None: nothing is to be announced. Errors: as of an append, also that another replica writes.
    pub(crate) async fn policy_announced(&self) -> Result<Option<(StreamName, u64)>, ExecuteError> {
        let Some(announcement) = self.0.announcement.get() else {
            return Ok(None);
        };
        let stream = StreamName::journal(self.service());
        let mut announced = announcement.announced.lock().await;
        if let Some(version) = *announced {
            return Ok(Some((stream, version)));
        }
        loop {
            let loaded = self.load(std::slice::from_ref(&stream)).await?;
            let version = loaded.version(&stream);
            let mut policies = loaded.entries(&stream).iter().filter_map(|entry| match &entry.event {
                Some(Event::Instance(InstanceEvent::PolicyInForce(policy))) => Some(policy),
                _ => None,
            });
            if policies.next_back() == Some(&announcement.policy) {
                *announced = Some(version);
                return Ok(Some((stream, version)));
            }
            let id = CommandId(Uuid::new_v4());
            let call = Call::by_service("AnnouncePolicy", &self.instance()?, id, None);
            let event = InstanceEvent::from(announcement.policy.clone());
            let decided = vec![Decided::of(&stream, id.0, vec![event])];
            let append = self.append(&call, self.key(&call), &loaded, decided, None)?;
            match self.store().append(append).await {
                Ok(Outcome::Written(_) | Outcome::Repeated(_)) => {
                    *announced = Some(version + 1);
                    return Ok(Some((stream, version + 1)));
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Looks again before the next command: somebody else may have announced another table.
    pub(crate) async fn forget_policy(&self) {
        if let Some(announcement) = self.0.announcement.get() {
            *announcement.announced.lock().await = None;
        }
    }

    /// Whether the table that the journal names lets the command's role write an event of this type.
    pub(crate) fn keeps_to_policy(&self, kind: &'static str, call: &Call) -> Result<(), ExecuteError> {
        let role = call.head.actor.role;
        if self.0.announcement.get().is_some() && !policy::may_write(kind, role) {
            return Err(ExecuteError::NotInPolicy(kind, role));
        }
        Ok(())
    }
}
