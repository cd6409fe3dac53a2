use super::read::{EventLine, RawEvent, read_event};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The most bytes that an event may have.
pub const MAX_EVENT_BYTES: usize = 60_000;

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
/// the members in the form's order. Of several faults the first of these is told: the form of its own members, with a name that stands twice; that of
/// its data, with the same; their order and the way they are written.
pub fn check_event(bytes: &[u8]) -> Result<EventLine<'_>, Refusal> {
    if bytes.len() > MAX_EVENT_BYTES {
        return Err(Refusal::TooLarge);
    }
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(Refusal::Newline);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    let raw: RawEvent<'_> = serde_json::from_str(text).map_err(doubled_or_other)?;
    let event = read_event(text, raw).map_err(|_| Refusal::Form)?;
    let mut data = serde_json::Deserializer::from_str(event.data);
    Unique(MOST_NESTED).deserialize(&mut data).map_err(doubled_or_other)?;
    // That nothing stands between its members, nothing is written otherwise, and they are in order, shows when it is written again. Two ways to
    // write one event would be two events to whoever compares bytes.
    if event.written_again() != bytes {
        return Err(Refusal::Order);
    }
    Ok(event)
}

/// Tells a name that stands twice from everything else: serde says so of an event's own members, [`Unique`] of those in its data.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn doubled_or_other(error: serde_json::Error) -> Refusal {
    let why = error.to_string();
    match why.starts_with(DOUBLED) || why.starts_with("duplicate field") {
        true => Refusal::DoubledName,
        false => Refusal::Form,
    }
}

const DOUBLED: &str = "doubled";

/// So many arrays and objects may stand in one another in an event's data: whoever reads the whole event at once takes no more either.
const MOST_NESTED: u8 = 126;

/// Walks any JSON value, of so many levels at the most, and refuses an object with the same name twice.
#[derive(Clone, Copy)]
struct Unique(u8);

impl Unique {
    /// For what stands in an array or object.
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A member's name, borrowed where it is written without escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut names, below) = (Vec::new(), self.below()?);
        while let Some(name) = map.next_key_seed(Name)? {
            names.push(name);
            map.next_value_seed(below)?;
        }
        names.sort_unstable();
        match names.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(A::Error::custom(DOUBLED)),
            false => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while seq.next_element_seed(below)?.is_some() {}
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
