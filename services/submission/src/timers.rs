//! What comes due: promised answers, and uploads that nobody claimed.

use crate::views;
use async_trait::async_trait;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Phase};
use idesluss_domain::words::{CommandId, Date, IdeaId, OrganisationId};
use idesluss_engine::{Call, CommandContext, ExecuteError, Timer, ViewHandle};
use idesluss_proto::pb::submission as pb;
use std::time::Duration;
use uuid::Uuid;

/// An upload that no event speaks of after so long is given up.
const UPLOAD_HOURS: i64 = 24;

/// Notes promised days that have passed without an answer.
pub(crate) struct Overdue {
    pub(crate) context: CommandContext,
    pub(crate) ideas: ViewHandle,
}

#[async_trait]
impl Timer for Overdue {
    const NAME: &'static str = "answer-overdue";

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        let today = self.context.engine.clock().today();
        let submitted = pb::Phase::from(Phase::Submitted) as i32;
        let day = today.to_string();
        let ask = move |conn: &rusqlite::Connection| views::due(conn, submitted, &day);
        let (due, _) = self.ideas.query(None, ask).await?;
        let mut fired = 0;
        for (idea, organisation, day) in due {
            let (Ok(idea), Ok(organisation), Ok(day)) = (
                idea.parse::<IdeaId>(),
                organisation.parse::<OrganisationId>(),
                day.parse::<Date>(),
            ) else {
                continue;
            };
            let id = CommandId(Uuid::new_v5(&idea.0, format!("answer-overdue/{day}").as_bytes()));
            let call = Call::by_service("AnswerOverdue", &organisation, id, None);
            let engine = &self.context.engine;
            let overdue = engine.carry_out::<Ideas>(call, idea.0, idea, Action::Overdue(day));
            match overdue.await {
                Ok(()) => fired += 1,
                // Of one idea the rules say no: the others don't wait for it.
                Err(ExecuteError::Rejected(rejection)) => tracing::warn!(%idea, %rejection, "not overdue"),
                Err(error) => return Err(error),
            }
        }
        Ok(fired)
    }
}

/// Removes uploads that nobody claimed.
pub(crate) struct Sweeper {
    pub(crate) context: CommandContext,
}

#[async_trait]
impl Timer for Sweeper {
    const NAME: &'static str = "sweep-uploads";

    fn period(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        let before = self.context.engine.clock().now().as_micros() - UPLOAD_HOURS * 3_600_000_000;
        let swept = self.context.engine.store().sweep(before).await?;
        Ok(usize::try_from(swept).unwrap_or(usize::MAX))
    }
}
