use crate::guard::Guard;
use crate::keys::SigningKeys;
use crate::notary::Notary;
use crate::submit::{WitnessAt, submit_to};
use idesluss_engine::{Engine, Halted};
use std::sync::Arc;

/// Lets a notary sign the engine's journal for as long as the engine may write it, and asks these witnesses to cosign.
///
/// What was signed can be asked of the engine. When the journal contradicts it, no command is taken until a new epoch is opened.
pub fn attach(engine: &Engine, keys: SigningKeys, guard: Arc<dyn Guard>, ask: Vec<WitnessAt>) -> Notary {
    let notary = Notary::new(engine.store().clone(), keys, guard);
    let (signing, signed) = (notary.clone(), engine.clone());
    engine.spawn_writing(move || sign(signed.clone(), signing.clone()));
    engine.spawn(tell(engine.clone(), notary.clone()));
    engine.spawn(halt(engine.clone(), notary.clone()));
    for witness in ask {
        let notary = notary.clone();
        engine.spawn_writing(move || submit_to(notary.clone(), witness.clone()));
    }
    notary
}

/// Forgets what was published, however signing ends: another replica goes on.
struct Silent(Notary);

impl Drop for Silent {
    fn drop(&mut self) {
        self.0.forget();
    }
}

async fn sign(engine: Engine, notary: Notary) {
    let notary = Silent(notary);
    let mut halted = engine.halted();
    loop {
        // As long as it is not known whether others have received another history of this journal, this one is not signed.
        halted.borrow_and_update();
        if engine.is_halted_by(Halted::Exchange) {
            if halted.changed().await.is_err() {
                return;
            }
            continue;
        }
        let stopped = async {
            while !engine.is_halted_by(Halted::Exchange) {
                if halted.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = notary.0.run() => return,
            () = stopped => {}
        }
    }
}

async fn tell(engine: Engine, notary: Notary) {
    let mut latest = notary.latest();
    loop {
        let note = latest
            .borrow_and_update()
            .as_ref()
            .map(|signed| signed.note.to_string());
        engine.tell_checkpoint(note);
        if latest.changed().await.is_err() {
            return;
        }
    }
}

async fn halt(engine: Engine, notary: Notary) {
    let mut trouble = notary.trouble();
    loop {
        let found = trouble.borrow_and_update().clone();
        let why = found
            .filter(|trouble| trouble.is_lasting())
            .map(|trouble| trouble.to_string());
        engine.halt(Halted::Checkpoints, why);
        if trouble.changed().await.is_err() {
            return;
        }
    }
}
