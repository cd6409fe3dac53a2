//! The consumer that keeps for a receiver, at the broker, how far it has taken a stream: made, found, and read back.

use crate::error::ExchangeError;
use crate::link::Link;
use crate::stream::{self, first_difference};
use async_nats::jetstream::consumer::{self, AckPolicy, Consumer, DeliverPolicy, ReplayPolicy, pull};
use std::time::Duration;

/// When a message is delivered again that was not acknowledged.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How many messages may be delivered and not yet acknowledged.
const MAX_ACK_PENDING: i64 = 1_024;

/// Makes the consumer `name` of the stream, or finds it and corrects it.
///
/// Errors: `NoStream` while the source's relay has not made the stream; `Differs` names a member that the server did not take over.
pub(crate) async fn ensure(link: &Link, stream: &str, name: &str) -> Result<Consumer<pull::Config>, ExchangeError> {
    if stream::find(link, stream).await?.is_none() {
        return Err(ExchangeError::NoStream(stream.to_owned()));
    }
    let wanted = wanted(name);
    let made = link.jetstream.create_consumer_on_stream(wanted.clone(), stream).await;
    // Read back in any case: when an old one can't be changed, the member that stands in the way is named.
    let found = link
        .jetstream
        .get_consumer_from_stream::<pull::Config, _, _>(name, stream)
        .await;
    let found = match (made, found) {
        (_, Ok(found)) => found,
        (Err(error), Err(_)) => return Err(ExchangeError::broker("the consumer could not be made")(&error)),
        (Ok(_), Err(error)) => return Err(ExchangeError::broker("the consumer could not be read back")(&error)),
    };
    match difference(&found.cached_info().config, &wanted) {
        Some((member, found, wanted)) => Err(ExchangeError::Differs {
            what: format!("the consumer {name} of {stream}"),
            member,
            found,
            wanted,
        }),
        None => Ok(found),
    }
}

fn wanted(name: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        deliver_policy: DeliverPolicy::All,
        // Everything is written in order, so the last of a batch speaks for all before it.
        ack_policy: AckPolicy::All,
        ack_wait: ACK_WAIT,
        // A message that was given up would be a silent hole.
        max_deliver: -1,
        replay_policy: ReplayPolicy::Instant,
        max_ack_pending: MAX_ACK_PENDING,
        ..pull::Config::default()
    }
}

fn difference(found: &consumer::Config, wanted: &pull::Config) -> Option<(&'static str, String, String)> {
    let wanted = consumer::IntoConsumerConfig::into_consumer_config(wanted.clone());
    first_difference!(
        found,
        wanted,
        durable_name,
        deliver_subject,
        deliver_policy,
        ack_policy,
        ack_wait,
        max_deliver,
        filter_subject,
        filter_subjects,
        replay_policy,
        rate_limit,
        max_ack_pending,
        headers_only,
        max_batch,
        max_bytes,
        max_expires,
        inactive_threshold,
        backoff,
        priority_policy,
        pause_until,
    )
}
