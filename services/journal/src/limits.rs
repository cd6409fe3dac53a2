//! What any store checks before work reaches its writer: shapes and sizes, and that the lines will be readable.

use crate::store::service_of;
use crate::{Append, AppendError, Credential, KeyRow, Received, StoreError, TextRow};
use idesluss_domain::writer_of;
use idesluss_proof::line::{self, Assigned, Draft};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// The most streams in one append.
pub const MAX_STREAMS: usize = 64;
/// The most events in one append.
pub const MAX_EVENTS: usize = 256;
/// The longest event in bytes.
pub const MAX_EVENT_BYTES: usize = 60_000;
/// The most events in one receipt.
pub const MAX_RECEIVED: usize = 1_024;
/// The longest chunk of a staged file in bytes: 64 KiB and room for its tag.
pub const MAX_CHUNK_BYTES: usize = 64 * 1024 + 64;
/// The most chunks of a staged file; at 64 KiB far more than the 10 MiB that the services allow.
pub const MAX_CHUNKS: u32 = 1_024;
/// The longest value of a credential in bytes.
pub const MAX_CREDENTIAL_BYTES: usize = 65_536;

/// Whether a word can be part of a source: a-z, 0-9 and hyphens.
pub(crate) fn is_plain_word(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !word.is_empty() && word.len() <= 63 && word.bytes().all(plain)
}

/// Whether a name can be a key of an index in any store: 1 to 200 bytes without a NUL.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && !name.contains('\0')
}

/// `/<instance>/<service>`; both parts become parts of every source, so they must be plain words.
pub(crate) fn journal_name(instance: &str, service: &str) -> Result<String, StoreError> {
    for part in [instance, service] {
        if !is_plain_word(part) {
            return Err(StoreError::Unavailable(format!(
                "{part:?} can't be part of a source: use a-z, 0-9 and hyphens"
            )));
        }
    }
    Ok(format!("/{instance}/{service}"))
}

fn refuse(why: impl Into<String>) -> Result<(), AppendError> {
    Err(AppendError::Refused(why.into()))
}

/// Checks an append's shape, and every event as its receivers will.
pub(crate) fn check_append(name: &str, append: &Append) -> Result<(), AppendError> {
    if append.streams.is_empty() || append.streams.len() > MAX_STREAMS {
        return refuse(format!(
            "an append has 1 to {MAX_STREAMS} streams, not {}",
            append.streams.len()
        ));
    }
    let events: usize = append.streams.iter().map(|part| part.events.len()).sum();
    if events > MAX_EVENTS {
        return refuse(format!("an append has at most {MAX_EVENTS} events, not {events}"));
    }
    if append
        .command
        .as_ref()
        .is_some_and(|command| !is_name(&command.organisation))
    {
        return refuse("a command's organisation has 1 to 200 bytes");
    }
    let mut streams = HashSet::new();
    let mut ids = HashSet::new();
    for part in &append.streams {
        if !is_name(&part.stream) || !streams.insert(part.stream.as_str()) {
            return refuse(format!("the stream {:?} is named twice, or not rightly", part.stream));
        }
        if !part.events.is_empty() && writer_of(&part.stream).is_some_and(|writer| writer != service_of(name)) {
            return refuse(format!("the stream {:?} is another service's", part.stream));
        }
        for event in &part.events {
            if !ids.insert(event.id.as_str()) {
                return refuse(format!("two events have the id {}", event.id));
            }
            check_event(name, &part.stream, event)?;
        }
    }
    check_keys(&append.keys)?;
    check_texts(&append.texts)
}

/// Writes the event as it will stand, with the longest numbers that it may get, and checks it as a receiver will.
pub(crate) fn check_event(name: &str, subject: &str, event: &Draft) -> Result<(), AppendError> {
    if !is_plain_word(&event.audience) {
        return refuse(format!(
            "{:?} can't be an audience: use a-z, 0-9 and hyphens",
            event.audience
        ));
    }
    let source = format!("{name}/{}", event.audience);
    let assigned = Assigned {
        position: 0,
        recorded_micros: 0,
        source: &source,
        sequence: 1,
        epoch: u32::MAX,
        stream_version: u64::from(u32::MAX),
    };
    let mut bytes = Vec::with_capacity(1_024 + event.data.len());
    line::event_bytes(event, subject, &assigned, &mut bytes);
    if bytes.len() > MAX_EVENT_BYTES {
        return refuse(format!(
            "an event has at most {MAX_EVENT_BYTES} bytes, {} has {}",
            event.kind,
            bytes.len()
        ));
    }
    line::check_event(&bytes).map_err(|refusal| AppendError::Refused(format!("{}: {refusal}", event.kind)))?;
    Ok(())
}

/// Checks the shape of a receipt; its events are judged one by one later.
pub(crate) fn check_received(events: &[Received]) -> Result<(), AppendError> {
    if events.is_empty() || events.len() > MAX_RECEIVED {
        return refuse(format!(
            "a receipt has 1 to {MAX_RECEIVED} events, not {}",
            events.len()
        ));
    }
    match events
        .iter()
        .find(|event| !event.source.starts_with('/') || !is_name(&event.source))
    {
        Some(event) => refuse(format!("{:?} is no source", event.source)),
        None => Ok(()),
    }
}

/// Checks that keys say what they protect and are not empty.
pub(crate) fn check_keys(keys: &[KeyRow]) -> Result<(), AppendError> {
    let owned = |key: &KeyRow| key.organisation.is_empty() || is_name(&key.organisation);
    let wrong = |key: &&KeyRow| !owned(key) || !is_name(&key.scope) || key.wrapped.is_empty();
    match keys.iter().find(wrong) {
        Some(_) => refuse("a key needs its scope and its wrapped bytes"),
        None => Ok(()),
    }
}

/// Checks that texts are addressed by what they are.
pub(crate) fn check_texts(texts: &[TextRow]) -> Result<(), AppendError> {
    let matches = |text: &TextRow| Sha256::digest(&text.ciphertext)[..] == text.digest;
    let wrong = |text: &&TextRow| text.ciphertext.is_empty() || text.bound_to.contains('\0') || !matches(text);
    match texts.iter().find(wrong) {
        Some(text) => refuse(format!("the text for {} does not have its digest", text.bound_to)),
        None => Ok(()),
    }
}

/// Checks one chunk of an upload.
pub(crate) fn check_chunk(number: u32, ciphertext: &[u8]) -> Result<(), AppendError> {
    if number >= MAX_CHUNKS || ciphertext.is_empty() || ciphertext.len() > MAX_CHUNK_BYTES {
        return refuse(format!(
            "a chunk has 1 to {MAX_CHUNK_BYTES} bytes, a file at most {MAX_CHUNKS} chunks"
        ));
    }
    Ok(())
}

/// Checks what is to be kept of a secret.
pub(crate) fn check_credential(credential: &Credential) -> Result<(), AppendError> {
    let is_owned = credential.owner.is_empty() || is_name(&credential.owner);
    if !is_name(&credential.kind) || !is_owned || credential.value.len() > MAX_CREDENTIAL_BYTES {
        return refuse(format!(
            "a credential says what it is good for and whose it is in a few words, and its value has at most {MAX_CREDENTIAL_BYTES} bytes"
        ));
    }
    Ok(())
}
