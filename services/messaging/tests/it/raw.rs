//! A plain client of the broker: what an operator, or somebody who should not, might do.

use crate::instance::{Instance, STREAM};
use async_nats::HeaderMap;
use async_nats::jetstream::{self, Context, stream};
use bytes::Bytes;
use idesluss_journal::Log as _;
use idesluss_servers::Nats;

/// A client that looks at nothing.
pub(crate) async fn client(nats: &Nats) -> Context {
    let client = async_nats::connect(nats.url()).await.expect("connected");
    jetstream::new(client)
}

/// How the stream is now.
pub(crate) async fn info(jetstream: &Context) -> stream::Info {
    let stream = jetstream.get_stream(STREAM).await.expect("the stream");
    stream.cached_info().clone()
}

/// Makes the stream of the tests' source, with settings of its own.
pub(crate) async fn make_stream(jetstream: &Context) {
    let config = stream::Config {
        name: STREAM.into(),
        subjects: vec!["ev.fyrbodal.submission.house.*".into()],
        ..stream::Config::default()
    };
    jetstream.create_stream(config).await.expect("made");
}

/// Publishes the source's events with these sequences, with headers as the relay writes them.
pub(crate) async fn publish(jetstream: &Context, instance: &Instance, sequences: impl IntoIterator<Item = u64>) {
    for sequence in sequences {
        let entries = instance
            .store
            .feed(crate::instance::SOURCE, 1, sequence - 1, 1)
            .await
            .expect("readable");
        let event = crate::instance::received(&entries[0].line);
        let headers = headers(
            event.announced().epoch,
            event.announced().sequence,
            event.announced().from_position,
            &recorded(&entries[0].line),
        );
        send(jetstream, Some(headers), event.bytes().clone()).await;
    }
}

/// `recorded` as it stands in a line.
pub(crate) fn recorded(line: &[u8]) -> String {
    let mut out = Vec::new();
    let micros = idesluss_proof::line::parse(line).expect("a line").recorded_micros;
    idesluss_proof::line::format_micros(micros, &mut out);
    String::from_utf8(out).expect("ASCII")
}

/// Headers in the relay's form.
pub(crate) fn headers(epoch: u32, sequence: u64, position: u64, recorded: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Idesluss-Epoch", epoch.to_string());
    headers.insert("Idesluss-Sequence", sequence.to_string());
    headers.insert("Idesluss-From-Position", position.to_string());
    headers.insert("Idesluss-From-Recorded", recorded);
    headers
}

/// Sends anything into the stream.
pub(crate) async fn send(jetstream: &Context, headers: Option<HeaderMap>, payload: impl Into<Bytes>) {
    let subject = "ev.fyrbodal.submission.house.idea";
    let sent = jetstream.publish_with_headers(subject, headers.unwrap_or_default(), payload.into());
    sent.await.expect("sent").await.expect("taken");
}
