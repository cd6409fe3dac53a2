use idesluss_auditor::Service;
use idesluss_runtime::{NoPeer, Peer, Peers, Voice};
use std::sync::Arc;

/// Ways to the services. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// To submission.
    pub submission: Peer,
    /// To evaluation.
    pub evaluation: Peer,
    /// To sharing.
    pub sharing: Peer,
    /// To identity.
    pub identity: Peer,
}

impl Services {
    /// Takes them from ways to all. Errors: there is none to one of them.
    pub fn of(peers: &Peers) -> Result<Self, NoPeer> {
        Ok(Self {
            submission: peers.to("submission")?,
            evaluation: peers.to("evaluation")?,
            sharing: peers.to("sharing")?,
            identity: peers.to("identity")?,
        })
    }

    /// The same ways, in somebody's name.
    #[must_use]
    pub fn speaking(&self, voice: Arc<dyn Voice>) -> Self {
        Self {
            submission: self.submission.speaking(voice.clone()),
            evaluation: self.evaluation.speaking(voice.clone()),
            sharing: self.sharing.speaking(voice.clone()),
            identity: self.identity.speaking(voice),
        }
    }

    /// The way to one of them.
    pub fn to(&self, service: Service) -> &Peer {
        match service {
            Service::Submission => &self.submission,
            Service::Evaluation => &self.evaluation,
            Service::Sharing => &self.sharing,
            Service::Identity => &self.identity,
        }
    }
}
