use crate::execute::token;
use crate::service::IDENTITY;
use crate::{Engine, ExecuteError};
use idesluss_domain::Event;
use idesluss_domain::instance::{EpochOpened, InstanceEvent, RestoreReason};
use idesluss_domain::words::{Actor, Audience, CommandId, Digest, EventId};
use idesluss_journal::{AppendError, Outcome};
use idesluss_proof::line::Draft;
use idesluss_proto::pb::command::Token;
use uuid::Uuid;

/// Whether a restore of this service makes all roles wait until they are confirmed.
pub fn suspends_roles(service: &str) -> bool {
    service == IDENTITY
}

impl Engine {
    /// Opens the journal's next epoch after a restore from a backup: what was written after the backup is lost here, and whoever
    /// holds it is told so. `reason` is about machines.
    ///
    /// `above` is the highest epoch that anybody else has heard of, where that is higher than this journal's own: it was restored from
    /// before an earlier restore. 0 where it is not.
    pub async fn open_epoch(&self, operator: &Actor, reason: RestoreReason, above: u32) -> Result<Token, ExecuteError> {
        let appended = loop {
            let head = self.store().head().borrow().clone();
            // Each audience hears of it, those too that nothing is kept of: others may hold what this journal does not know to have written.
            let mut kept = head.own.clone();
            for audience in Audience::written_by(self.service()) {
                kept.entry(format!("{}/{}", self.store().name(), audience.as_str()))
                    .or_insert(0);
            }
            let event = Event::from(InstanceEvent::from(EpochOpened {
                epoch: head.epoch.max(above) + 1,
                kept,
                size: head.size,
                root: Digest(self.store().root(head.size).await?),
                reason,
            }));
            let command = CommandId(Uuid::new_v4());
            let kind = event.type_name();
            let draft = Draft {
                id: EventId::derive(self.service(), &operator.organisation, command, kind, 0).to_string(),
                audience: Audience::House.as_str().to_owned(),
                kind: kind.to_owned(),
                time_micros: self.clock().now().as_micros(),
                organisation: operator.organisation.to_string(),
                actor: operator.person.to_string(),
                role: operator.role.to_string(),
                grant: Some("operator".to_owned()),
                assertion: None,
                mandate: None,
                commandid: command.to_string(),
                correlationid: command.to_string(),
                causationid: None,
                traceparent: None,
                data: event.to_data(),
            };
            match self.store().open_epoch(draft).await {
                Ok(Outcome::Written(appended) | Outcome::Repeated(appended)) => break appended,
                // Something was written between the look at the head and the epoch: look again.
                Err(AppendError::Refused(_)) if self.store().head().borrow().size > head.size => {}
                Err(error) => return Err(error.into()),
            }
        };
        // What was handed out before the backup and ended after it would be good again.
        self.store().sweep_credentials(i64::MAX).await?;
        let opened = token(appended);
        // What it was halted for can't happen any more: receivers see where the new epoch begins.
        self.unblock_writes();
        if suspends_roles(self.service()) {
            self.suspend_roles(opened.epoch).await?;
        }
        Ok(opened)
    }
}
