//! The keys under which identity says who asks. Every service knows them from here, and believes no other.

use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Assertions may be signed by this key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyAnnounced {
    /// Its number, from 1.
    pub number: u32,
    /// The Ed25519 public key, 32 bytes.
    pub public: PublicKey,
}

/// No assertion that is signed by this key is worth anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRetired {
    /// Its number.
    pub number: u32,
}

events! {
    /// What happens to the keys of assertions.
    SigningKeyEvent, "identity", "signing-keys", [SigningKeyAnnounced, SigningKeyRetired]
}

rejections! {
    /// Why a key is not announced or retired.
    SigningKeyRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// Keys are numbered one after another, and a number has one key.
        WrongNumber => Precondition, "WRONG_KEY_NUMBER";
        /// It is the only one, or was never announced.
        InUse => Precondition, "SIGNING_KEY_IN_USE";
    }
}

/// The keys that hold, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningKeys {
    /// Those that were not retired.
    pub keys: BTreeMap<u32, PublicKey>,
    /// The newest that was ever announced; 0: none yet.
    pub last: u32,
}

impl SigningKeys {
    /// The number of the key that is signed with now: the newest.
    pub fn newest(&self) -> Option<u32> {
        self.keys.keys().next_back().copied()
    }
}

rules! {
    /// All that may be done with the keys of assertions.
    SigningKeys {
        // A new one comes with time, or when whoever runs the machines no longer trusts the one in use.
        ANNOUNCE_KEY = "announce-signing-key", [Service: Any, Operator: Any] => [SigningKeyAnnounced], |_| Ok(());
        RETIRE_KEY = "retire-signing-key", [Service: Any] => [SigningKeyRetired], |_| Ok(());
    }
}

impl Ruled for SigningKeys {
    type Rejection = SigningKeyRejection;

    const WRONG_ROLE: SigningKeyRejection = SigningKeyRejection::WrongRole;

    fn relation(&self, _: Relation, _: &Actor) -> Result<(), SigningKeyRejection> {
        Ok(())
    }
}

/// What is to be done with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyCommand {
    /// Who acts.
    pub actor: Actor,
    /// What.
    pub action: SigningKeyAction,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKeyAction {
    /// Let everybody know the key of this number.
    Announce(u32, PublicKey),
    /// Let nobody believe it any more.
    Retire(u32),
}

impl SigningKeyAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<SigningKeys> {
        match self {
            Self::Announce(..) => &ANNOUNCE_KEY,
            Self::Retire(_) => &RETIRE_KEY,
        }
    }
}

/// The rules of signing keys.
pub struct SigningKeysRules;

impl Decider for SigningKeysRules {
    type Command = SigningKeyCommand;
    type Event = SigningKeyEvent;
    type State = SigningKeys;
    type Rejection = SigningKeyRejection;

    fn decide(command: &SigningKeyCommand, keys: &SigningKeys) -> Result<Vec<SigningKeyEvent>, SigningKeyRejection> {
        command.action.rule().may(&command.actor, keys)?;
        match &command.action {
            SigningKeyAction::Announce(number, public) => match keys.keys.get(number) {
                Some(known) if known == public => Ok(vec![]),
                None if *number > keys.last => Ok(vec![
                    SigningKeyAnnounced {
                        number: *number,
                        public: *public,
                    }
                    .into(),
                ]),
                _ => Err(SigningKeyRejection::WrongNumber),
            },
            SigningKeyAction::Retire(number) if *number == 0 || *number > keys.last => Err(SigningKeyRejection::InUse),
            SigningKeyAction::Retire(number) if !keys.keys.contains_key(number) => Ok(vec![]),
            // Somebody has to be able to say who asks.
            SigningKeyAction::Retire(number) if keys.newest() == Some(*number) => Err(SigningKeyRejection::InUse),
            SigningKeyAction::Retire(number) => Ok(vec![SigningKeyRetired { number: *number }.into()]),
        }
    }

    fn evolve(mut keys: SigningKeys, event: &SigningKeyEvent) -> SigningKeys {
        match event {
            SigningKeyEvent::SigningKeyAnnounced(announced) => {
                keys.keys.insert(announced.number, announced.public);
                keys.last = keys.last.max(announced.number);
            }
            SigningKeyEvent::SigningKeyRetired(retired) => {
                keys.keys.remove(&retired.number);
            }
        }
        keys
    }
}
