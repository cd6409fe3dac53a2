use crate::bundle::{Batch, Manifest, Member, Piece, ReadError, Stop, read};
use std::io::Read;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

/// How many pieces are read ahead.
const AHEAD: usize = 4;

/// A piece of the bundle, handed from the thread that reads and hashes to the one that judges.
#[derive(Debug)]
pub(super) enum Handed {
    Manifest(Manifest),
    Begin(Member),
    Head(Member, Vec<u8>),
    Lines(Member, Batch),
}

/// Reads a bundle in a thread of its own.
///
/// Memory: 4 batches ahead, about 0.4 MiB each, which go back to be used again.
pub(super) struct Feed<'scope> {
    pieces: Receiver<Handed>,
    used: Sender<Batch>,
    reader: ScopedJoinHandle<'scope, Result<(), ReadError>>,
}

impl<'scope> Feed<'scope> {
    pub(super) fn start<'env>(scope: &'scope Scope<'scope, 'env>, file: impl Read + Send + 'scope) -> Self {
        let (give, pieces) = sync_channel(AHEAD);
        let (used, free) = channel();
        let reader = scope.spawn(move || read(file, |piece| hand_on(piece, &give, &free)));
        Self { pieces, used, reader }
    }

    /// The next piece; None: there are no more, and `end` says why.
    pub(super) fn next(&self) -> Option<Handed> {
        self.pieces.recv().ok()
    }

    /// Gives a batch back.
    pub(super) fn give_back(&self, batch: Batch) {
        // The reader may have ended.
        let _ = self.used.send(batch);
    }

    /// How reading ended.
    pub(super) fn end(self) -> Result<(), ReadError> {
        drop(self.pieces);
        match self.reader.join() {
            Ok(end) => end,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn hand_on(piece: Piece<'_>, give: &SyncSender<Handed>, free: &Receiver<Batch>) -> Result<(), Stop> {
    let handed = match piece {
        Piece::Manifest(manifest) => Handed::Manifest(manifest),
        Piece::Begin(member) => Handed::Begin(member),
        Piece::Head(member, bytes) => Handed::Head(member, bytes),
        Piece::Lines(member, batch) => {
            let empty = free.try_recv().unwrap_or_default();
            Handed::Lines(member, std::mem::replace(batch, empty))
        }
    };
    give.send(handed).map_err(|_| Stop)
}
