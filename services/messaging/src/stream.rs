//! The stream of a source: made, found, corrected, and read back.
//!
//! Servers have silently ignored what they did not know. So nothing is taken for granted: what a stream is set to is compared,
//! member by member, with what was asked for.

use crate::config::BrokerConfig;
use crate::error::ExchangeError;
use crate::link::Link;
use crate::names::Names;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType};
use async_nats::jetstream::{ErrorCode, stream::Stream};
use std::time::Duration;

/// The largest message: an event of 60,000 bytes with its headers, and room.
pub(crate) const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// How long the server remembers message ids.
const DUPLICATES: Duration = Duration::from_secs(120);

/// A member that differs: its name, what was found, what was wanted.
type Difference = (&'static str, String, String);

/// Makes the stream of an own source, or finds it and corrects its limits. Returns it with its state just now.
pub(crate) async fn ensure(link: &Link, names: &Names, config: &BrokerConfig) -> Result<Stream<Info>, ExchangeError> {
    let found = link.client.max_payload();
    if found < MAX_MESSAGE_BYTES {
        return Err(ExchangeError::SmallPayload {
            found,
            needed: MAX_MESSAGE_BYTES,
        });
    }
    let wanted = wanted(names, config);
    match find(link, &names.stream).await? {
        None => {
            let made = link.jetstream.create_stream(&wanted).await;
            made.map_err(|error| ExchangeError::broker("the stream could not be made")(&error))?;
        }
        Some(stream) => correct(link, &stream.cached_info().config, &wanted).await?,
    }
    let stream = find(link, &names.stream).await?;
    let stream = stream.ok_or_else(|| ExchangeError::NoStream(names.stream.clone()))?;
    match difference(&stream.cached_info().config, &wanted) {
        Some(difference) => Err(differs(&wanted, difference)),
        None => Ok(stream),
    }
}

/// The stream of that name, with its state just now; None when there is none.
pub(crate) async fn find(link: &Link, name: &str) -> Result<Option<Stream<Info>>, ExchangeError> {
    match link.jetstream.get_stream(name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(said) if said.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(None),
            _ => Err(ExchangeError::broker("the stream could not be asked for")(&error)),
        },
    }
}

fn wanted(names: &Names, config: &BrokerConfig) -> Config {
    Config {
        name: names.stream.clone(),
        subjects: vec![names.all()],
        description: Some("Events of one source; its journal is the truth".to_owned()),
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        max_age: config.max_age,
        max_bytes: config.max_bytes,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: i32::try_from(MAX_MESSAGE_BYTES).unwrap_or(i32::MAX),
        num_replicas: config.stream_replicas,
        duplicate_window: DUPLICATES.min(config.max_age),
        deny_delete: true,
        deny_purge: true,
        ..Config::default()
    }
}

/// Gives a stream that was there the limits that were asked for. What makes it another stream is left as it is, and named.
async fn correct(link: &Link, found: &Config, wanted: &Config) -> Result<(), ExchangeError> {
    if let Some(difference) = identity(found, wanted) {
        return Err(differs(wanted, difference));
    }
    let Some(difference) = difference(found, wanted) else {
        return Ok(());
    };
    // What an operator has set beside it, such as a placement, stays.
    let corrected = Config {
        placement: found.placement.clone(),
        metadata: found.metadata.clone(),
        compression: found.compression.clone(),
        consumer_limits: found.consumer_limits.clone(),
        first_sequence: found.first_sequence,
        ..wanted.clone()
    };
    match link.jetstream.update_stream(&corrected).await {
        Ok(_) => {
            let (member, found, wanted_value) = difference;
            tracing::warn!(
                stream = wanted.name,
                member,
                found,
                wanted = wanted_value,
                "the stream's settings were corrected"
            );
            Ok(())
        }
        Err(error) => {
            tracing::error!(stream = wanted.name, %error, "the stream's settings could not be corrected");
            Err(differs(wanted, difference))
        }
    }
}

fn differs(wanted: &Config, (member, found, value): Difference) -> ExchangeError {
    ExchangeError::Differs {
        what: format!("the stream {}", wanted.name),
        member,
        found,
        wanted: value,
    }
}

/// Compares members by name; the first that differs is given.
macro_rules! first_difference {
    ($found:expr, $wanted:expr, $($member:ident),+ $(,)?) => {
        [$((
            stringify!($member),
            $found.$member != $wanted.$member,
            format!("{:?}", $found.$member),
            format!("{:?}", $wanted.$member),
        )),+]
        .into_iter()
        .find(|(_, differs, _, _)| *differs)
        .map(|(member, _, found, wanted)| (member, found, wanted))
    };
}
pub(crate) use first_difference;

/// What makes a stream this stream: a difference is never corrected.
fn identity(found: &Config, wanted: &Config) -> Option<Difference> {
    first_difference!(
        found, wanted, name, subjects, retention, storage, mirror, sources, sealed
    )
}

fn difference(found: &Config, wanted: &Config) -> Option<Difference> {
    identity(found, wanted)
        .or_else(|| {
            first_difference!(
                found,
                wanted,
                max_age,
                max_bytes,
                max_messages,
                max_messages_per_subject,
                max_consumers,
                max_message_size,
                discard,
                discard_new_per_subject,
                num_replicas,
                no_ack,
                duplicate_window,
                deny_delete,
                deny_purge,
                allow_rollup,
                allow_direct,
                allow_message_ttl,
                allow_message_counter,
                allow_message_schedules,
                allow_atomic_publish,
                subject_transform,
                republish,
            )
        })
        .or_else(|| {
            // Some servers say the default, others nothing.
            let is_async = found.persist_mode == Some(PersistenceMode::Async);
            is_async.then(|| ("persist_mode", "async".to_owned(), "default".to_owned()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Config {
        let names = Names::of("/fyrbodal/submission/house").expect("a source");
        wanted(&names, &BrokerConfig::new(Vec::new()))
    }

    #[test]
    fn a_member_that_differs_is_named() {
        assert_eq!(difference(&asked(), &asked()), None);
        let mut found = asked();
        found.max_age = Duration::from_secs(60);
        let named = difference(&found, &asked()).expect("a difference");
        assert_eq!(named, ("max_age", "60s".to_owned(), "604800s".to_owned()));
        found = asked();
        found.persist_mode = Some(PersistenceMode::Async);
        assert_eq!(difference(&found, &asked()).map(|named| named.0), Some("persist_mode"));
    }

    #[test]
    fn other_subjects_make_another_stream() {
        let mut found = asked();
        found.subjects = vec!["ev.>".to_owned()];
        assert_eq!(identity(&found, &asked()).map(|named| named.0), Some("subjects"));
    }
}
