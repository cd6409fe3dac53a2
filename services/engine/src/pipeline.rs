//! Commands that follow one another: each is decided on what the one before it leads to, and all are sent together.

use crate::loaded::Stream;
use crate::{Call, Decided, Engine, ExecuteError, Loaded, metric_names};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use idesluss_domain::words::StreamName;
use idesluss_journal::{Append, StreamAppend};
use std::time::Instant;

/// A command that was decided, with the versions on which it rests; until the ones before it are written they may lie ahead.
pub struct PipelinedAppend(Append);

impl Engine {
    /// Prepares a command of the service itself that was decided on these streams at these versions.
    ///
    /// Errors: an event was decided for a stream that is not among them.
    pub fn pipelined(
        &self,
        call: &Call,
        versions: &[(&StreamName, u64)],
        decided: Vec<Decided>,
    ) -> Result<PipelinedAppend, ExecuteError> {
        let at = |(name, version): &(&StreamName, u64)| ((*name).clone(), Stream::at(*version));
        let loaded = Loaded(versions.iter().map(at).collect());
        Ok(PipelinedAppend(self.append(
            call,
            self.key(call),
            &loaded,
            decided,
            None,
        )?))
    }

    /// Appends all in this order, in one commit where they fit in one. Returns how many, from the first on, stand in the journal.
    ///
    /// One that fails takes with it those that rest on it, and nothing else: each is all or nothing by itself.
    pub async fn append_pipelined(&self, commands: Vec<PipelinedAppend>) -> usize {
        if self.0.write_blocks.now().is_some() {
            return 0;
        }
        let policy = match self.policy_announced().await {
            Ok(policy) => policy,
            Err(error) => {
                tracing::warn!(%error, "the journal could not be told by which table of rights it is written");
                return 0;
            }
        };
        let covered = policy.map(|(stream, expected)| StreamAppend {
            stream: stream.as_str().to_owned(),
            expected,
            events: Vec::new(),
        });
        let began = Instant::now();
        let appends: FuturesOrdered<_> = commands
            .into_iter()
            .map(|PipelinedAppend(mut append)| async {
                append.streams.extend(covered.clone());
                let appended = self.0.store.append(append).await;
                metric_names::appended(self.service(), began.elapsed());
                appended
            })
            .collect();
        // All are waited for, also behind one that failed: an append is not abandoned half-way.
        let appended: Vec<_> = appends.collect().await;
        if appended.iter().any(Result::is_err) {
            self.forget_policy().await;
        }
        appended.iter().take_while(|appended| appended.is_ok()).count()
    }
}
