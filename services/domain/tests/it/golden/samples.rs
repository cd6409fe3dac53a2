//! What the golden bytes are written from.

use idesluss_domain::Event;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer as _, Visitor};
use std::collections::BTreeMap;

/// The case in which an event has every member that it can have.
pub(super) const WHOLE: &str = "whole";

/// What is special about an event, and how it comes to be so.
pub(super) type Case<'a, E> = (&'a str, &'a dyn Fn(&mut E));

/// Events as they might be stored, by type and case.
#[derive(Default)]
pub(crate) struct Samples(BTreeMap<(&'static str, String), Event>);

impl Samples {
    /// Type, case and event, in that order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Event)> {
        self.0
            .iter()
            .map(|((type_name, case), event)| (*type_name, case.as_str(), event))
    }

    /// An event with every member, and in other cases with something changed about it.
    pub(super) fn page<E: Clone, A: Into<Event>>(&mut self, aggregate: fn(E) -> A, whole: E, cases: &[Case<'_, E>]) {
        for (case, change) in cases {
            let mut event = whole.clone();
            change(&mut event);
            self.add(case, aggregate(event));
        }
        self.add(WHOLE, aggregate(whole));
    }

    /// An event with each word of an enum without members in the same place.
    pub(super) fn words<E: Clone, A: Into<Event>, W: DeserializeOwned>(
        &mut self,
        aggregate: fn(E) -> A,
        whole: E,
        member: &str,
        set: impl Fn(&mut E, W),
    ) {
        for (word, value) in words::<W>() {
            let mut event = whole.clone();
            set(&mut event, value);
            self.add(&format!("{member}-{word}"), aggregate(event));
        }
    }

    fn add(&mut self, case: &str, event: impl Into<Event>) {
        let event = event.into();
        let before = self.0.insert((event.type_name(), case.to_owned()), event);
        assert!(before.is_none(), "two samples are called {case}: {before:?}");
    }
}

/// Every word of an enum without members with its value, in the order in which they are declared: a new one can't be forgotten.
fn words<W: DeserializeOwned>() -> Vec<(&'static str, W)> {
    let mut words: &'static [&'static str] = &[];
    let asked = W::deserialize(AskedForWords(&mut words));
    assert!(asked.is_err() && !words.is_empty(), "this is no enum");
    let value = |word: &'static str| {
        let deserializer: StrDeserializer<'_, Error> = word.into_deserializer();
        (word, W::deserialize(deserializer).expect("an enum without members"))
    };
    words.iter().map(|word| value(word)).collect()
}

/// Listens to which words a type would understand, and gives it none.
struct AskedForWords<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for AskedForWords<'_> {
    type Error = Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &str,
        words: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = words;
        Err(Error::custom("asked"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("this is no enum"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
