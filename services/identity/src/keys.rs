//! The keys with which assertions are signed: made from this service's own secret, so that every replica has them and nothing is stored.
//!
//! A new one is announced with time, and the one before retired once nothing holds any more that it has signed.

use crate::grpc::about;
use async_trait::async_trait;
use ed25519_dalek::SigningKey;
use idesluss_access::LIFETIME_MICROS;
use idesluss_domain::identity::signing_key::{SigningKeyAction, SigningKeyCommand};
use idesluss_domain::identity::{SigningKeyEvent, SigningKeysRules};
use idesluss_domain::words::{Actor, CommandId, PublicKey, Rejection, StreamName, Timestamp};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Loaded, Timer};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// How long a key is used, in microseconds: three months.
const USED_MICROS: i64 = 90 * 24 * 3_600 * 1_000_000;
/// How long after its successor a key is retired: twice as long as anything holds that it has signed.
const RETIRED_MICROS: i64 = 2 * LIFETIME_MICROS;

/// The keys of this instance's assertions.
#[derive(Clone)]
pub(crate) struct Keys {
    context: CommandContext,
}

/// What the keys' stream tells when it is looked at.
struct KeyState {
    /// The newest number that was ever announced; 0: none.
    last: u32,
    /// When that was.
    since: Option<Timestamp>,
    /// Whether it is this service's key, announced since the journal was last restored.
    is_ours: bool,
    /// Those that hold beside it, each with when the next was announced.
    older: Vec<(u32, Timestamp)>,
}

impl Keys {
    pub(crate) fn new(context: CommandContext) -> Self {
        Self { context }
    }

    /// The key of this number.
    pub(crate) fn private(&self, number: u32) -> SigningKey {
        let secret = self.context.engine.vault().secret(&format!("assertions {number}"));
        SigningKey::from_bytes(&secret)
    }

    fn public(&self, number: u32) -> PublicKey {
        PublicKey(self.private(number).verifying_key().to_bytes())
    }

    /// The key to sign with now; None: none was announced yet.
    pub(crate) async fn newest(&self) -> Result<Option<(u32, SigningKey)>, ExecuteError> {
        let keys = self.context.engine.signing_keys(&self.context.instance).await?;
        Ok(keys.newest().map(|number| (number, self.private(number))))
    }

    /// The stream, and what announcing the next key comes to there.
    pub(crate) fn stream(&self) -> StreamName {
        StreamName::signing_keys(&self.context.instance)
    }

    /// The next key, announced by `actor` on what is loaded.
    pub(crate) fn next(&self, actor: &Actor, loaded: &Loaded) -> Result<Vec<Decided>, Rejection> {
        let last = loaded.state::<SigningKeysRules>(&self.stream()).last;
        // Of this epoch: what was announced after a backup has numbers, and keys, that are not given out again.
        let epoch = self.context.engine.store().head().borrow().epoch;
        let number = last.max(epoch.saturating_sub(1) << 16).saturating_add(1);
        self.decide(actor, loaded, SigningKeyAction::Announce(number, self.public(number)))
    }

    fn decide(&self, actor: &Actor, loaded: &Loaded, action: SigningKeyAction) -> Result<Vec<Decided>, Rejection> {
        let stream = self.stream();
        let actor = actor.clone();
        let command = SigningKeyCommand { actor, action };
        let events = SigningKeysRules::decide(&command, &loaded.state::<SigningKeysRules>(&stream))?;
        Ok(vec![Decided::of(&stream, about(&stream), events)])
    }

    async fn state(&self) -> Result<KeyState, ExecuteError> {
        let stream = self.stream();
        let loaded = self.context.engine.load(std::slice::from_ref(&stream)).await?;
        let keys = loaded.state::<SigningKeysRules>(&stream);
        let mut announced = BTreeMap::new();
        for entry in loaded.entries(&stream) {
            if let Some(Event::SigningKey(SigningKeyEvent::SigningKeyAnnounced(key))) = &entry.event {
                announced.insert(key.number, (entry.recorded, entry.meta.epoch));
            }
        }
        // After a restore another key, since it is not known which were announced and retired after the backup.
        let epoch = self.context.engine.store().head().borrow().epoch;
        let newest = announced.get(&keys.last);
        let is_own = keys.keys.get(&keys.last) == Some(&self.public(keys.last));
        let older = keys.keys.keys().filter(|number| **number != keys.last);
        Ok(KeyState {
            last: keys.last,
            since: newest.map(|(since, _)| *since),
            is_ours: is_own && newest.is_some_and(|(_, announced_in)| *announced_in == epoch),
            older: older
                .filter_map(|number| Some((*number, announced.range(number + 1..).next()?.1.0)))
                .collect(),
        })
    }

    /// The numbers of the keys that hold, as the journal tells now.
    #[cfg(test)]
    pub(crate) async fn held_numbers(&self) -> Result<Vec<u32>, ExecuteError> {
        let stream = self.stream();
        let loaded = self.context.engine.load(std::slice::from_ref(&stream)).await?;
        Ok(loaded.state::<SigningKeysRules>(&stream).keys.keys().copied().collect())
    }

    async fn act(
        &self,
        step: &str,
        decide: impl Fn(&Actor, &Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<(), ExecuteError> {
        let instance = &self.context.instance;
        let id = CommandId(Uuid::new_v5(&Uuid::nil(), format!("signing-keys/{step}").as_bytes()));
        let (call, actor) = (
            Call::by_service("KeepSigningKeys", instance, id, None),
            Actor::service(instance),
        );
        let stream = self.stream();
        let streams = std::slice::from_ref(&stream);
        let done = self
            .context
            .engine
            .execute(call, streams, |loaded| decide(&actor, loaded));
        done.await.map(drop)
    }
}

#[async_trait]
impl Timer for Keys {
    const NAME: &'static str = "keep-signing-keys";

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        let KeyState {
            last,
            since,
            is_ours,
            older,
        } = self.state().await?;
        let now = self.context.engine.clock().now().as_micros();
        let age = since.map_or(i64::MAX, |since| now.saturating_sub(since.as_micros()));
        if !is_ours || age > USED_MICROS {
            self.act(&format!("announce/{}", last.saturating_add(1)), |actor, loaded| {
                self.next(actor, loaded)
            })
            .await?;
            return Ok(1);
        }
        let mut retired = 0;
        for (number, succeeded) in older {
            if now.saturating_sub(succeeded.as_micros()) <= RETIRED_MICROS {
                continue;
            }
            self.act(&format!("retire/{number}"), |actor, loaded| {
                self.decide(actor, loaded, SigningKeyAction::Retire(number))
            })
            .await?;
            retired += 1;
        }
        Ok(retired)
    }
}
