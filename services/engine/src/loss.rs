//! Somebody says that they hold more of this journal than it has: what that claim is worth.
//!
//! It is worth a great deal, since a journal that was restored from an older backup would give the same numbers to other events; and anybody
//! who reaches the port can say it. So it counts with a checkpoint that this journal's own key has signed and that the journal contradicts,
//! and with nothing else.

use crate::Engine;
use crate::signed::{SignedJournal, read_note};
use idesluss_journal::StoreError;
use idesluss_proof::note::SignedNote;
use std::sync::Arc;

/// Reads a note as a checkpoint of one journal; None: no key of that journal has signed it.
pub type ReadOwn = Arc<dyn Fn(&SignedNote) -> Option<SignedJournal> + Send + Sync>;

impl Engine {
    /// Says how checkpoints are known that this journal's own key has signed. Until then no claim of a loss can be proved.
    pub fn know_own_checkpoints(&self, read: ReadOwn) {
        let _ = self.0.read_own.set(read);
    }

    /// A checkpoint that this journal has signed once and contradicts now; None: the note proves nothing.
    ///
    /// An epoch that has been closed proves nothing either: with the next one it was decided what holds.
    pub(crate) async fn proof_of_loss(&self, note: &str) -> Result<Option<SignedJournal>, StoreError> {
        let (Some(read), Some(note)) = (self.0.read_own.get(), read_note(note)) else {
            return Ok(None);
        };
        let Some(signed) = read(&note) else {
            return Ok(None);
        };
        let (epoch, size) = {
            let head = self.store().head();
            let head = head.borrow();
            (head.epoch, head.size)
        };
        let is_lost = match signed.epoch.cmp(&epoch) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => signed.size > size || self.store().root(signed.size).await? != signed.root,
        };
        Ok(is_lost.then_some(signed))
    }
}
