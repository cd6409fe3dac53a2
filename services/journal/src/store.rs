use crate::{
    Append, AppendError, Credential, Entry, Head, KeyRow, Lease, Orphan, Outcome, Parked, Quarantined, ReceiveReport,
    Received, Relayed, StagedFile, StoreError, StreamEntries, Tally, TextRow,
};
use async_trait::async_trait;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A journal with the tables beside it. Everything that returns `Ok` from a writing method is durable.
pub trait Store: Log + SealedTable + Cursors + SourceCheckpoints + Credentials {}
impl<T: Log + SealedTable + Cursors + SourceCheckpoints + Credentials> Store for T {}

/// The entries themselves.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Who this journal is: `/<instance>/<service>`, the beginning of its sources.
    fn name(&self) -> &str;

    /// The service whose it is: the last part of its name.
    fn service(&self) -> &str {
        service_of(self.name())
    }

    /// Where the journal stands, and a wake-up at every change. Only what is durable is told.
    fn head(&self) -> watch::Receiver<Head>;

    /// Who may write. A journal that one process alone opens is always held; where several replicas share one, the lease moves.
    ///
    /// Writing methods answer `Elsewhere` while it is not held.
    fn lease(&self) -> watch::Receiver<Lease>;

    /// Whether this machine's clock is more than 5 s behind the last entry, so that recorded times run ahead of it.
    fn degraded(&self) -> bool;

    /// Writes everything in `append`, or nothing.
    ///
    /// While the clock is more than five minutes behind the last entry, nothing is appended: `Closed`.
    /// Shape: 1..=64 streams, together 0..=256 events, each event at most 60,000 bytes; positions are contiguous.
    /// Errors: see [`AppendError`].
    async fn append(&self, append: Append) -> Result<Outcome, AppendError>;

    /// Writes events from other journals, in the order given, in one transaction.
    ///
    /// What is known already is left alone; what breaks the form is written as refused. An event of a later epoch must
    /// be the `EpochOpened` that begins it; what a restore at the source has cut off is then marked as orphaned.
    /// Shape: 1..=1,024 events. Errors: `Gap` when a sequence is missing, and then nothing is written.
    async fn receive(&self, batch: Arc<[Received]>) -> Result<ReceiveReport, AppendError>;

    /// Opens the next epoch with an `EpochOpened` event whose data the caller has written from the head and root.
    ///
    /// A copy of it goes into every other own source that has entries, so that none changes its epoch silently.
    /// Errors: `Refused` when epoch, size or kept sequences in the data are not those of the head now.
    async fn open_epoch(&self, event: idesluss_proof::line::Draft) -> Result<Outcome, AppendError>;

    /// Reads up to `limit` entries from position `from` on.
    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// What there is of the entries in `from..to`, if this process has written them so lately that they are still at hand.
    ///
    /// For those who follow the journal. Whoever asks what is stored reads it.
    fn newest(&self, from: u64, to: u64) -> Option<Vec<Entry>> {
        let _ = (from, to);
        None
    }

    /// Shows every entry in `from..to` to `visit`, in order, on a thread that may block, until it breaks.
    ///
    /// The line is passed by reference, not copied: the quick way for replay and rebuild.
    async fn scan(
        &self,
        from: u64,
        to: u64,
        visit: Box<dyn for<'a> FnMut(u64, &'a [u8]) -> ControlFlow<()> + Send>,
    ) -> Result<(), StoreError>;

    /// Reads whole streams of this instance, in the order asked for, all at one moment: own ones, and what was received of another service's.
    ///
    /// They are found by 16 bytes of a hash of their names: whoever decides on an entry compares its subject.
    async fn streams(&self, names: &[String]) -> Result<Vec<StreamEntries>, StoreError>;

    /// The version of a stream's last entry; 0: it has none.
    async fn stream_version(&self, name: &str) -> Result<u64, StoreError>;

    /// Reads one stream after a version of it; where nothing has come since, it is still at that.
    async fn stream_after(&self, name: &str, version: u64) -> Result<StreamEntries, StoreError>;

    /// Looks a command up: its fingerprint and first result.
    async fn command(
        &self,
        organisation: &str,
        id: [u8; 16],
    ) -> Result<Option<([u8; 32], crate::Appended)>, StoreError>;

    /// Finds the position at which (source, epoch, sequence) stands here, own or received.
    async fn position_of(&self, source: &str, epoch: u32, sequence: u64) -> Result<Option<u64>, StoreError>;

    /// Reads own events of one audience, `/<instance>/<service>/<audience>`, after (epoch, sequence): the feed of other journals.
    async fn feed(
        &self,
        source: &str,
        after_epoch: u32,
        after_sequence: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Lists received entries that a restore at their source has cut off.
    async fn orphans(&self) -> Result<Vec<Orphan>, StoreError>;

    /// Counts the entries of a source from a position of this journal on: those that nothing covers, where its own log speaks against the first of them.
    async fn received_since(&self, source: &str, position: u64) -> Result<u64, StoreError>;

    /// Lists received events that were refused, with their bytes.
    async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError>;

    /// Counts both, without reading them.
    async fn tally(&self) -> Result<Tally, StoreError>;

    /// The roots of the trees over the first so many entries each, from the lines of the right edge and the tiles that have become full since this was
    /// asked before: what is known of older ones, for a minute, and what the two share, is not read again.
    async fn roots(&self, sizes: [u64; 2]) -> Result<[[u8; 32]; 2], StoreError>;

    /// The root of the tree over the first `size` entries.
    async fn root(&self, size: u64) -> Result<[u8; 32], StoreError> {
        Ok(self.roots([size, size]).await?[0])
    }

    /// How many entries the head speaks of, and the roots of the tree's complete subtrees over them, largest first.
    ///
    /// `head` speaks of as many when this returns. As they were noted when the entries were written: `root` and `tile` hash the lines of the right edge anew, so that an altered line
    /// would agree with itself.
    async fn peaks(&self) -> Result<(u64, Vec<[u8; 32]>), StoreError>;

    /// A tile's hashes, 1..=256 of them, for `level` and `number`; fewer than 256 on the right edge.
    async fn tile(&self, level: u8, number: u64) -> Result<Vec<[u8; 32]>, StoreError>;

    /// Reads every entry and checks line, order, sequence and tree. Returns how many there were.
    async fn verify(&self) -> Result<u64, StoreError>;

    /// Writes what waits, then stops and lets go of what it holds. From then on everything is refused as closed.
    async fn close(&self);
}

/// Keys, sealed texts and sealed files: the only rows that may ever go.
#[async_trait]
pub trait SealedTable: Send + Sync + 'static {
    /// Finds texts by digest, in the order asked for. An erased one is there with an empty ciphertext.
    async fn texts(&self, digests: &[[u8; 32]]) -> Result<Vec<Option<TextRow>>, StoreError>;

    /// Finds keys by id, in the order asked for. An erased one is there with nothing wrapped.
    async fn keys(&self, ids: &[[u8; 16]]) -> Result<Vec<Option<KeyRow>>, StoreError>;

    /// Finds an organisation's keys of a scope, such as `idea/<uuid>`, oldest first, erased ones too; never another organisation's.
    async fn keys_of(&self, organisation: &str, scope: &str) -> Result<Vec<KeyRow>, StoreError>;

    /// The ids of all keys that were erased.
    async fn erased_keys(&self) -> Result<Vec<[u8; 16]>, StoreError>;

    /// Adds keys outside an append (organisation keys, copies from another service). A known id is left alone.
    async fn add_keys(&self, keys: Vec<KeyRow>) -> Result<(), AppendError>;

    /// Puts another wrapping of the same key in the place of the instance's own (whose organisation is empty). The one before is gone.
    /// Errors: `Refused` when there is no such key.
    async fn rewrap_key(&self, key: KeyRow) -> Result<(), AppendError>;

    /// Empties keys and every text and file under them, so that no page of the file still holds them.
    ///
    /// Repeatable. Returns the digests of all that the keys ever sealed, also when repeated.
    async fn erase(&self, keys: Vec<[u8; 16]>) -> Result<Vec<[u8; 32]>, AppendError>;

    /// Stages the chunks of a file; not claimed until an append names its digest.
    async fn stage_chunk(&self, upload: [u8; 16], number: u32, ciphertext: Vec<u8>) -> Result<(), AppendError>;

    /// Ends the upload: from now on it is known by its digest.
    async fn stage_done(&self, upload: [u8; 16], file: StagedFile, key: Option<KeyRow>) -> Result<(), AppendError>;

    /// Finds a file by digest.
    async fn file(&self, digest: [u8; 32]) -> Result<Option<StagedFile>, StoreError>;

    /// Reads one chunk of a file.
    async fn file_chunk(&self, digest: [u8; 32], number: u32) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes uploads that no event claims and that began before `before_micros`. Returns how many.
    async fn sweep(&self, before_micros: i64) -> Result<u64, AppendError>;
}

/// How far the reactions have come, and what they had to leave.
#[async_trait]
pub trait Cursors: Send + Sync + 'static {
    /// The next position that `reaction` will look at; 0 at first.
    async fn cursor(&self, reaction: &str) -> Result<u64, StoreError>;

    /// Moves the cursor; repeating after a crash is harmless, so this needs no sync of its own.
    async fn set_cursor(&self, reaction: &str, next: u64) -> Result<(), AppendError>;

    /// Parks an idea for a reaction; parked again, for what stops it now.
    async fn park(&self, parked: Parked) -> Result<(), AppendError>;

    /// Everything that is parked.
    async fn parked(&self) -> Result<Vec<Parked>, StoreError>;

    /// Releases an idea for a reaction.
    async fn unpark(&self, reaction: &str, correlation: &str) -> Result<(), AppendError>;
}

/// The newest signed checkpoint of each source whose events are received: what proves to the source what it once had.
#[async_trait]
pub trait SourceCheckpoints: Send + Sync + 'static {
    /// The checkpoint that was kept of a source, as C2SP signed-note writes it; None: none yet.
    async fn source_checkpoint(&self, source: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a source's checkpoint in place of the one before.
    async fn keep_source_checkpoint(&self, source: &str, note: &str) -> Result<(), AppendError>;
}

/// What is kept of secrets that were handed out: their hashes, and what each is good for. Beside the journal, since secrets come and go.
#[async_trait]
pub trait Credentials: Send + Sync + 'static {
    /// What is kept of a secret, by its SHA-256; None: nothing. One whose time is over is found until it is swept.
    async fn credential(&self, hash: [u8; 32]) -> Result<Option<Credential>, StoreError>;

    /// Those of a kind that are somebody's, in the order of their hashes and so many at the most. Those whose time is over are among them.
    async fn credentials_of(&self, kind: &str, owner: &str, most: u32) -> Result<Vec<Credential>, StoreError>;

    /// Keeps one, in place of what was kept under its own hash, and of `replaces`, in one transaction.
    ///
    /// Returns whether it was kept: if `replaces` is given and is no longer there, nothing is. So of several who renew
    /// the same one at once, one gets another. `replaces` may be its own hash: then it is changed only if it is still there.
    /// After `Unknown`, look whether it is there: whoever repeats the call may be told that `replaces` is gone.
    /// Errors: `Refused` when its kind has not 1 to 200 bytes, its owner more than 200, one of them has a NUL, or its value has more than 65,536 bytes;
    /// `Elsewhere` where the lease is not held.
    async fn keep_credential(&self, credential: Credential, replaces: Option<[u8; 32]>) -> Result<bool, AppendError>;

    /// Forgets one. Returns whether it was there: of several who use up the same one at once, one is told so. Errors: `Elsewhere` where the lease is not
    /// held.
    async fn forget_credential(&self, hash: [u8; 32]) -> Result<bool, AppendError>;

    /// Forgets all whose `expires_micros` is before this moment. Returns how many. Errors: `Elsewhere` where the lease is not held.
    async fn sweep_credentials(&self, before_micros: i64) -> Result<u64, AppendError>;
}

/// How far a relay to a message broker has come; only where several processes share a journal is there one.
#[async_trait]
pub trait Relays: Send + Sync + 'static {
    /// Where the relay of an own source, `/<instance>/<service>/<audience>`, has come to; None before the first event.
    async fn relayed(&self, source: &str) -> Result<Option<Relayed>, StoreError>;

    /// Notes what the broker has acknowledged. Fenced by the lease: `Elsewhere` where it is not held.
    async fn set_relayed(&self, source: &str, relayed: Relayed) -> Result<(), AppendError>;
}

/// Waits until a head tells of `size` entries: the moment between a commit and its being told, or until a replica has followed it.
pub(crate) async fn wait_for_head(head: &mut watch::Receiver<Head>, size: u64) {
    const MOMENT: Duration = Duration::from_secs(2);
    let _ = tokio::time::timeout(MOMENT, head.wait_for(|head| head.size >= size)).await;
}

/// Whether a journal of `there` entries has the trees over the first so many each.
pub(crate) fn has_trees_of(sizes: [u64; 2], there: u64) -> Result<(), StoreError> {
    match sizes.into_iter().find(|size| *size > there) {
        None => Ok(()),
        Some(size) => Err(StoreError::Database(format!(
            "there is no tree of {size} entries, only of {there}"
        ))),
    }
}

/// The service in a journal's name `/<instance>/<service>`.
pub fn service_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
