use async_trait::async_trait;
use idesluss_engine::{Engine, received};
use idesluss_journal::Received;
use idesluss_messaging::{Origin, OriginError};
use idesluss_proto::pb::journal::PullGapRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_runtime::Peer;

/// A source's own service over gRPC: where whatever the broker lost is asked for.
pub(crate) struct Service {
    client: JournalServiceClient<Peer>,
    engine: Engine,
}

impl Service {
    /// Reached by `peer`; what `engine` has kept of the source's checkpoints is shown to it.
    pub(crate) fn at(peer: Peer, engine: Engine) -> Self {
        let client = JournalServiceClient::new(peer);
        Self { client, engine }
    }
}

#[async_trait]
impl Origin for Service {
    async fn pull(&self, source: &str, after_epoch: u32, after_sequence: u64) -> Result<Vec<Received>, OriginError> {
        let kept = self.engine.kept_checkpoint(source).await;
        let request = PullGapRequest {
            source: source.to_owned(),
            after_epoch,
            after_sequence,
            limit: 0,
            checkpoint: kept.map_err(|error| OriginError(error.to_string()))?,
        };
        let answer = self.client.clone().pull_gap(request).await;
        let events = answer
            .map_err(|status| OriginError(status.message().to_owned()))?
            .into_inner()
            .events;
        Ok(events.into_iter().map(|event| received(source, event)).collect())
    }

    fn stopped(&self, source: &str) -> Option<String> {
        self.engine.contradicted(source)
    }
}
