//! How words are stored: each as the text that it is written as.

use super::Label;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads a word from the text that it stands in, which is not copied for it: a journal of a million lines has many millions of them.
pub(crate) fn from_text<'de, D, W>(deserializer: D) -> Result<W, D::Error>
where
    D: Deserializer<'de>,
    W: FromStr<Err: fmt::Display>,
{
    struct Text<W>(PhantomData<W>);

    impl<W: FromStr<Err: fmt::Display>> Visitor<'_> for Text<W> {
        type Value = W;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<W, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// Names as the keys of a map, each of which must be a [`Label`]: an event's fields and criteria.
pub(crate) fn named<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Named<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Named<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some((name, value)) = members.next_entry::<Label, T>()? {
                all.insert(name.into(), value);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_map(Named(PhantomData))
}

/// Words that are stored as they are written.
macro_rules! stored_as_text {
    ($($word:ty),+) => {$(
        impl<'de> ::serde::Deserialize<'de> for $word {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::from_text(deserializer)
            }
        }

        impl ::serde::Serialize for $word {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

pub(crate) use stored_as_text;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Digest;

    #[test]
    fn what_is_no_word_and_what_has_no_names_is_said_to_be_so() {
        let error = serde_json::from_str::<Digest>("1").unwrap_err();
        assert!(error.to_string().contains("expected a text"), "{error}");
        let error = serde_json::from_str::<Digest>("\"1\"").unwrap_err();
        assert!(error.to_string().contains("64 hexadecimal digits"), "{error}");
        let named = |json| named::<_, u8>(&mut serde_json::Deserializer::from_str(json));
        assert_eq!(
            named(r#"{"b":1,"a":2}"#).unwrap(),
            [("a".into(), 2), ("b".into(), 1)].into()
        );
        let error = named("[]").unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
        assert!(named(r#"{"One Sentence":1}"#).is_err());
    }
}
