use super::Desk;
use crate::ExecuteError;
use idesluss_domain::words::{Digest, StreamName};
use idesluss_proof::line::{Body, parse};
use idesluss_proto::pb::command as pb;
use std::collections::BTreeMap;
use tonic::Status;

/// Whole streams as they are stored, with their texts.
#[derive(Debug, Default)]
pub struct Lines {
    /// In the journal's order.
    pub entries: Vec<Line>,
    /// How many entries the journal had.
    pub position: u64,
}

/// One entry as it is stored.
#[derive(Debug)]
pub struct Line {
    /// Its position.
    pub position: u64,
    /// Its bytes without the newline.
    pub line: Vec<u8>,
    /// The texts that its event speaks of and that this service keeps.
    pub texts: BTreeMap<Digest, pb::Text>,
}

impl Desk {
    /// Reads whole streams for somebody who may read everything in them; all texts are opened in one batch.
    pub async fn lines(&self, streams: &[StreamName]) -> Result<Lines, Status> {
        let names: Vec<String> = streams.iter().map(|stream| stream.as_str().to_owned()).collect();
        let position = self.engine.store().head().borrow().size;
        let read = self.engine.store().streams(&names).await.map_err(ExecuteError::from)?;
        let mut entries: Vec<_> = read.into_iter().flat_map(|stream| stream.entries).collect();
        entries.sort_unstable_by_key(|entry| entry.position);
        let digests: Vec<Vec<Digest>> = entries.iter().map(|entry| digests_in(&entry.line)).collect();
        let texts = self.open(digests.iter().flatten().copied()).await?;
        let line = |(entry, digests): (idesluss_journal::Entry, Vec<Digest>)| Line {
            position: entry.position,
            texts: digests
                .into_iter()
                .filter_map(|digest| Some((digest, texts.known(digest)?)))
                .collect(),
            line: entry.line.to_vec(),
        };
        Ok(Lines {
            entries: entries.into_iter().zip(digests).map(line).collect(),
            position,
        })
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
