use super::read::{EventLine, parse_event};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// The most bytes that an event may have.
pub const MAX_EVENT_BYTES: usize = 60_000;

const MEMBERS: [&str; 21] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "sequence",
    "epoch",
    "streamversion",
    "organisation",
    "actor",
    "role",
    "grant",
    "assertion",
    "mandate",
    "commandid",
    "correlationid",
    "causationid",
    "traceparent",
    "data",
];

/// Why an event from elsewhere is not taken in. Holds nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum Refusal {
    #[error("it has more than 60,000 bytes")]
    TooLarge,
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it holds a raw newline")]
    Newline,
    #[error("a member name stands twice")]
    DoubledName,
    #[error("it is no JSON object in the form of an event")]
    Form,
    #[error("its members are not in the order of the form, or white space stands between them")]
    Order,
}

/// Checks an event that comes from another journal, before it is stored.
///
/// Shape: at most 60,000 bytes of UTF-8 without a raw newline; no member name twice at any depth;
/// the members in the form's order.
pub fn check_event(bytes: &[u8]) -> Result<EventLine<'_>, Refusal> {
    if bytes.len() > MAX_EVENT_BYTES {
        return Err(Refusal::TooLarge);
    }
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(Refusal::Newline);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    let mut names = TopNames::default();
    let mut json = serde_json::Deserializer::from_str(text);
    if let Err(error) = (Unique {
        depth: 0,
        names: &mut names,
    })
    .deserialize(&mut json)
    {
        return Err(if error.to_string().starts_with(DOUBLED) {
            Refusal::DoubledName
        } else {
            Refusal::Form
        });
    }
    json.end().map_err(|_| Refusal::Form)?;
    let event = parse_event(text).map_err(|_| Refusal::Form)?;
    let mut order = MEMBERS.iter();
    if !names.0.iter().all(|name| order.any(|member| member == name)) {
        return Err(Refusal::Order);
    }
    // The members are in order; that nothing stands between them, and nothing is written otherwise, shows when it is written again. Two ways to
    // write one event would be two events to whoever compares bytes.
    if event.written_again() != bytes {
        return Err(Refusal::Order);
    }
    Ok(event)
}

const DOUBLED: &str = "doubled";

#[derive(Default)]
struct TopNames(Vec<String>);

/// Walks any JSON value and refuses an object with the same name twice.
struct Unique<'n> {
    depth: u8,
    names: &'n mut TopNames,
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if self.depth == 0 {
                self.names.0.push(name.clone());
            }
            if !seen.insert(name) {
                return Err(A::Error::custom(DOUBLED));
            }
            map.next_value_seed(Unique {
                depth: self.depth.saturating_add(1),
                names: self.names,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq
            .next_element_seed(Unique {
                depth: self.depth.saturating_add(1),
                names: self.names,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
