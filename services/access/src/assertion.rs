//! How it is shown who asks: identity signs for one service who acts, and whoever speaks for them shows it, for five minutes.

use ed25519_dalek::SigningKey;
use idesluss_assertion as bytes;
use idesluss_domain::words::{Actor, CommandId, OrganisationId, PublicKey, Role, SessionId};
use idesluss_domain::{GATEWAY, MACHINE};
use idesluss_proto::pb::command as words;

/// The metadata in which an assertion is sent.
pub const METADATA: &str = "idesluss-assertion-bin";
/// How long one holds, in microseconds.
pub const LIFETIME_MICROS: i64 = 5 * 60 * 1_000_000;
/// How far the clocks of two machines may be apart, in microseconds.
const SKEW_MICROS: i64 = 30 * 1_000_000;

/// What identity asserts of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The instance's short name.
    pub instance: OrganisationId,
    /// The service that may believe it.
    pub audience: String,
    /// Who may show it.
    pub presenter: String,
    /// The session in which it is asked.
    pub session: SessionId,
    /// Who asks, in which role.
    pub actor: Actor,
    /// Where the event stands by which the role was granted.
    pub granted: Granted,
    /// Since when it holds, in microseconds since 1970.
    pub issued_micros: i64,
    /// Until when.
    pub expires_micros: i64,
    /// The command that it is for alone; None: any.
    pub command: Option<CommandId>,
}

/// The place of a grant's event in identity's source of grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// The epoch, from 1.
    pub epoch: u32,
    /// The sequence in it, from 1.
    pub sequence: u64,
}

/// An assertion as it was shown: nothing of it is believed yet.
#[derive(Debug, Clone)]
pub struct Shown(bytes::SignedAssertion);

/// Why what was shown is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsserted {
    /// It is none.
    Unreadable,
    /// It is not signed by the key that it names.
    Forged,
    /// It was made for another instance.
    OtherInstance,
    /// It was made for another service.
    OtherAudience,
    /// It was made to be shown by somebody else.
    OtherPresenter,
    /// It begins to hold later: the clocks are too far apart.
    Early,
    /// It holds no longer.
    Expired,
}

/// Who may be the presenter of assertions that are made for whoever asks over a connection that speaks for these members; None: nobody of those who
/// speak for people.
pub fn presenter(speaks_for: impl Fn(&str) -> bool) -> Option<&'static str> {
    [GATEWAY, MACHINE].into_iter().find(|member| speaks_for(member))
}

impl Assertion {
    /// Signs it with identity's key of this number.
    pub fn sign(&self, key: &SigningKey, number: u32) -> Vec<u8> {
        let role = words::Role::from(self.actor.role).into();
        bytes::Assertion {
            instance: self.instance.to_string(),
            audience: self.audience.clone(),
            presenter: self.presenter.clone(),
            session: self.session.to_string(),
            actor: Some(bytes::Actor {
                person: self.actor.person.to_string(),
                organisation: self.actor.organisation.to_string(),
                role,
            }),
            granted_epoch: self.granted.epoch,
            granted_sequence: self.granted.sequence,
            issued_micros: self.issued_micros,
            expires_micros: self.expires_micros,
            command: self.command.map(|command| command.to_string()).unwrap_or_default(),
        }
        .sign(key, number)
    }

    /// Whether a service of an instance may believe it at a moment, shown over a connection that speaks for these members. A replica of the service
    /// itself hands on what it was shown.
    pub fn check(
        &self,
        instance: &OrganisationId,
        service: &str,
        speaks_for: impl Fn(&str) -> bool,
        now_micros: i64,
    ) -> Result<(), NotAsserted> {
        if self.instance != *instance {
            return Err(NotAsserted::OtherInstance);
        }
        if self.audience != service {
            return Err(NotAsserted::OtherAudience);
        }
        if !speaks_for(&self.presenter) && !speaks_for(service) {
            return Err(NotAsserted::OtherPresenter);
        }
        // What was signed with a lifetime that nobody hands out is none of ours.
        if self.expires_micros.saturating_sub(self.issued_micros) > LIFETIME_MICROS {
            return Err(NotAsserted::Forged);
        }
        if self.issued_micros.saturating_sub(SKEW_MICROS) > now_micros {
            return Err(NotAsserted::Early);
        }
        if self.expires_micros <= now_micros {
            return Err(NotAsserted::Expired);
        }
        Ok(())
    }
}

impl Shown {
    /// Reads what was sent.
    pub fn read(sent: &[u8]) -> Result<Self, NotAsserted> {
        Ok(Self(bytes::SignedAssertion::read(sent)?))
    }

    /// The number of the key that it says it is signed with.
    pub fn key(&self) -> u32 {
        self.0.key
    }

    /// What it asserts, if this is the key that it is signed with.
    pub fn verify(&self, key: &PublicKey) -> Result<Assertion, NotAsserted> {
        read(self.0.verify(&key.0)?).ok_or(NotAsserted::Unreadable)
    }
}

impl From<bytes::NotSigned> for NotAsserted {
    fn from(not: bytes::NotSigned) -> Self {
        match not {
            bytes::NotSigned::Unreadable => Self::Unreadable,
            bytes::NotSigned::Forged => Self::Forged,
        }
    }
}

fn read(assertion: bytes::Assertion) -> Option<Assertion> {
    let actor = assertion.actor?;
    let role = words::Role::try_from(actor.role).ok()?;
    Some(Assertion {
        instance: assertion.instance.parse().ok()?,
        audience: assertion.audience,
        presenter: assertion.presenter,
        session: assertion.session.parse().ok()?,
        actor: Actor {
            person: actor.person.parse().ok()?,
            organisation: actor.organisation.parse().ok()?,
            role: Role::try_from(role).ok()?,
        },
        granted: Granted {
            epoch: assertion.granted_epoch,
            sequence: assertion.granted_sequence,
        },
        issued_micros: assertion.issued_micros,
        expires_micros: assertion.expires_micros,
        command: match assertion.command.as_str() {
            "" => None,
            command => Some(command.parse().ok()?),
        },
    })
}
