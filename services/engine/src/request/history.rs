use super::CommandContext;
use crate::ExecuteError;
use idesluss_domain::words::{Digest, StreamName};
use idesluss_proof::line::{Body, parse};
use idesluss_proto::pb::journal::HistoryEntry;
use tonic::Status;

impl CommandContext {
    /// Reads whole streams as they are stored, for somebody who may read everything in them. All texts are opened in one batch.
    ///
    /// Returns the entries in the journal's order, and how many entries the journal had.
    pub async fn history(&self, streams: &[StreamName]) -> Result<(Vec<HistoryEntry>, u64), Status> {
        let names: Vec<String> = streams.iter().map(|stream| stream.as_str().to_owned()).collect();
        let position = self.engine.store().head().borrow().size;
        let read = self.engine.store().streams(&names).await.map_err(ExecuteError::from)?;
        let mut entries: Vec<_> = read.into_iter().flat_map(|stream| stream.entries).collect();
        entries.sort_unstable_by_key(|entry| entry.position);
        let digests: Vec<Vec<Digest>> = entries.iter().map(|entry| digests_in(&entry.line)).collect();
        let texts = self.open(digests.iter().flatten().copied()).await?;
        let entry = |(entry, digests): (idesluss_journal::Entry, Vec<Digest>)| HistoryEntry {
            position: entry.position,
            texts: digests
                .into_iter()
                .filter_map(|digest| Some((digest.to_string(), texts.known(digest)?)))
                .collect(),
            line: entry.line.to_vec(),
        };
        Ok((entries.into_iter().zip(digests).map(entry).collect(), position))
    }
}

/// Every digest in an event's data: a string of 64 hexadecimal digits. Those that are no texts are not found later.
fn digests_in(line: &[u8]) -> Vec<Digest> {
    let Ok(line) = parse(line) else { return Vec::new() };
    let (Body::Own(event) | Body::Received { event, .. }) = line.body else {
        return Vec::new();
    };
    event
        .data
        .split('"')
        .filter(|piece| piece.len() == 64)
        .filter_map(|piece| piece.parse().ok())
        .collect()
}
