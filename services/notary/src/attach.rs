use crate::error::Look;
use crate::guard::Guard;
use crate::keys::SigningKeys;
use crate::notary::Notary;
use crate::submit::{WitnessAt, submit_to};
use idesluss_engine::{BlockedBy, CHECKING, Engine, SignedCheckpoint};
use std::sync::Arc;

/// Lets a notary sign the engine's journal for as long as the engine may write it, and asks these witnesses to cosign.
///
/// What was signed can be asked of the engine. When the journal contradicts it, no command is taken until a new epoch is opened.
pub fn attach(engine: &Engine, keys: SigningKeys, guard: Arc<dyn Guard>, ask: Vec<WitnessAt>) -> Notary {
    let notary = Notary::new(engine.store().clone(), keys, guard);
    let signer = notary.clone();
    engine.know_own_checkpoints(Arc::new(move |note| signer.read_own(note)));
    // The first command waits until it is known whether the journal is the one that was signed.
    engine.block_writes(BlockedBy::Checkpoints, Some(CHECKING.into()));
    let (signing, signed) = (notary.clone(), engine.clone());
    engine.spawn_writing(move || sign(signed.clone(), signing.clone()));
    engine.spawn(record(engine.clone(), notary.clone()));
    engine.spawn(block_writes(engine.clone(), notary.clone()));
    for witness in ask {
        let notary = notary.clone();
        engine.spawn_writing(move || submit_to(notary.clone(), witness.clone()));
    }
    notary
}

/// Forgets what was published, however signing ends: another replica goes on, and who gets the lease back does not know what it has done.
struct Silent(Engine, Notary);

impl Drop for Silent {
    fn drop(&mut self) {
        self.1.forget();
        self.0.block_writes(BlockedBy::Checkpoints, Some(CHECKING.into()));
    }
}

async fn sign(engine: Engine, notary: Notary) {
    let notary = Silent(engine.clone(), notary);
    // What was found while another replica wrote is found anew: it did not count then.
    notary.1.look_anew();
    let mut halted = engine.write_block();
    loop {
        // As long as it is not known whether others have received another history of this journal, this one is not signed.
        halted.borrow_and_update();
        if engine.are_writes_blocked_by(BlockedBy::Exchange) {
            if halted.changed().await.is_err() {
                return;
            }
            continue;
        }
        let stopped = async {
            while !engine.are_writes_blocked_by(BlockedBy::Exchange) {
                if halted.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = notary.1.run() => return,
            () = stopped => {}
        }
    }
}

async fn record(engine: Engine, notary: Notary) {
    let mut latest = notary.latest();
    loop {
        let signed = latest.borrow_and_update().clone();
        engine.publish_checkpoint(signed.map(|signed| SignedCheckpoint {
            note: signed.note.to_string(),
            // They signed just now, so they are there.
            keys: notary.public_keys().unwrap_or_default(),
        }));
        if latest.changed().await.is_err() {
            return;
        }
    }
}

/// Keeps commands away while the journal contradicts what was signed. What only hinders signing, such as a full disk, hinders nobody else.
async fn block_writes(engine: Engine, notary: Notary) {
    let mut looked = notary.looked();
    loop {
        let found = looked.borrow_and_update().clone();
        if let Some(word) = word(&found, engine.store().lease().borrow().is_held()) {
            engine.block_writes(BlockedBy::Checkpoints, word);
        }
        if looked.changed().await.is_err() {
            return;
        }
    }
}

/// What is said about commands after a look; None: what was said stands.
///
/// Only who writes lets commands in: on another replica something that passes, such as a database that is away, says nothing of the journal.
fn word(look: &Look, writes: bool) -> Option<Option<String>> {
    match look {
        Look::NotYet => None,
        Look::SigningError(error) if error.is_lasting() => Some(Some(error.to_string())),
        Look::Well | Look::SigningError(_) => writes.then_some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SigningError;

    #[test]
    fn only_who_writes_lets_commands_in_and_anybody_keeps_them_away() {
        let passing = Look::SigningError(Arc::new(SigningError::Stranger { origin: "x/y/1".into() }));
        let lasting = Look::SigningError(Arc::new(SigningError::Altered));
        for look in [&Look::Well, &passing] {
            assert_eq!(word(look, true), Some(None));
            assert_eq!(word(look, false), None);
        }
        for writes in [true, false] {
            assert_eq!(word(&Look::NotYet, writes), None);
            assert!(matches!(word(&lasting, writes), Some(Some(_))));
        }
    }
}
