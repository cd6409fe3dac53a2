use super::act;
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::identity::GrantEvent;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::Action;
use idesluss_domain::words::{IdeaId, Role};
use idesluss_engine::{CommandContext, ExecuteError, Reaction, ReactionError, Recorded};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::status::{Reason, Refusal};
use idesluss_runtime::Peer;

/// Ideas that came by private links: identity is told that the link has its idea, and holds; and whoever has shown it to be theirs becomes the author.
///
/// Both answer what stands in the journal, so neither is lost when a process ends between an idea and its link.
pub(crate) struct PrivateLinks {
    context: CommandContext,
    identity: SessionCommandServiceClient<Peer>,
}

impl PrivateLinks {
    pub(crate) fn new(context: CommandContext, identity: Peer) -> Self {
        Self {
            context,
            identity: SessionCommandServiceClient::new(identity),
        }
    }

    async fn confirm(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let request = pb::ConfirmLinkRequest {
            link: entry.meta.actor.to_string(),
            organisation: entry.meta.organisation.to_string(),
        };
        match self.identity.clone().confirm_link(request).await {
            // It was revoked, or claimed, before this was answered: as after a rebuild of where reactions stand.
            Err(status) if Refusal::from(&status).reason == Reason::BadLink.name() => Ok(()),
            other => Ok(other.map(drop)?),
        }
    }
}

#[async_trait]
impl Reaction for PrivateLinks {
    const NAME: &'static str = "private-links";

    fn concerns(&self, entry: &Recorded) -> bool {
        match &entry.event {
            Some(Event::Idea(IdeaEvent::IdeaSubmitted(_))) => entry.own && entry.meta.role == Role::LinkHolder,
            Some(Event::Grant(GrantEvent::LinkClaimed(_))) => !entry.own,
            _ => false,
        }
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Grant(GrantEvent::LinkClaimed(claimed))) = &entry.event else {
            return self.confirm(entry).await;
        };
        let action = Action::ClaimAuthorship {
            link: claimed.link,
            author: claimed.by,
        };
        let idea = IdeaId::of_link(claimed.link);
        match act(
            &self.context,
            "ClaimAuthorship",
            &entry.meta.organisation,
            entry,
            idea,
            action,
        )
        .await
        {
            // A link without an idea: there is nothing to be the author of.
            Err(ExecuteError::Rejected(_)) => Ok(()),
            other => Ok(other?),
        }
    }
}
