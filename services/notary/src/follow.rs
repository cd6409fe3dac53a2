//! What the replica that writes has signed, on those that do not write.
//!
//! Whoever follows a log asks any replica, and a replica that takes over must remember what was signed before it.

use crate::error::SigningError;
use crate::notary::{Notary, Signed};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;
use std::sync::Arc;

impl Notary {
    /// Keeps and publishes a checkpoint that another replica has signed. What it finds is told as when this one signs.
    ///
    /// One that is older than what is known here is left alone, and so is one of entries that are not read here yet.
    pub async fn follow(&self, note: SignedNote) {
        match self.take(note).await {
            Ok(()) => self.ease(),
            Err(error) => self.record(Err(error)),
        }
    }

    async fn take(&self, note: SignedNote) -> Result<(), SigningError> {
        let turn = self.turn().await;
        let origin = self.origin();
        let checkpoint: Checkpoint = note.text().parse()?;
        let size = self.store().head().borrow().size;
        if checkpoint.origin != origin || checkpoint.size > size {
            return Ok(());
        }
        match note.verify(&self.keys_of(&origin)?) {
            Ok(verified) if !verified.is_empty() => {}
            _ => return Err(SigningError::Stranger { origin }),
        }
        let (last, root) = self.last_that_holds(&origin, size, checkpoint.size).await?;
        let last = last.map_or(0, |last| last.checkpoint.size);
        if checkpoint.size < last {
            return Ok(());
        }
        if root != checkpoint.root {
            return Err(SigningError::Contradicted {
                origin,
                size: checkpoint.size,
                how: "the replica that writes has signed other entries",
            });
        }
        let is_newer = checkpoint.size > last;
        let signed = Arc::new(Signed { checkpoint, note });
        if is_newer {
            self.keep(&signed, turn).await?;
        }
        // The same with a further witness's cosignature is news too.
        let known = self.latest().borrow().clone();
        let known = known.filter(|known| known.checkpoint == signed.checkpoint);
        if known.is_none_or(|known| known.note.signatures().len() < signed.note.signatures().len()) {
            self.publish(signed);
        }
        Ok(())
    }
}
