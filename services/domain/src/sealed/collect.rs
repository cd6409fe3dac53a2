//! Walks through a value as it is serialised and notes every sealed text in it: the type says which they are, so no list of members
//! can fall behind the events.

use crate::words::{Digest, SealedText};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt;

/// Every sealed text in `value`, by the path of its member.
pub(crate) fn sealed_texts<T: Serialize>(value: &T) -> Vec<(String, SealedText)> {
    let mut walk = Walk::default();
    // Only a number or a list as the key of a map could fail, and JSON could not hold that either.
    value.serialize(&mut walk).expect("an event has names for its members");
    walk.found
}

#[derive(Default)]
struct Walk {
    /// The names of the members that lead here.
    path: Vec<String>,
    found: Vec<(String, SealedText)>,
}

impl Walk {
    fn below<T: Serialize + ?Sized>(&mut self, name: String, value: &T) -> Result<(), Stray> {
        self.path.push(name);
        value.serialize(&mut *self)?;
        self.path.pop();
        Ok(())
    }
}

/// A value can't be walked through.
#[derive(Debug)]
pub(super) struct Stray(String);

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stray {}

impl serde::ser::Error for Stray {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// What holds no text.
macro_rules! passes {
    ($($method:ident: $type:ty),+ $(,)?) => {
        $(fn $method(self, _: $type) -> Result<(), Stray> { Ok(()) })+
    };
}

impl<'a> Serializer for &'a mut Walk {
    type Ok = ();
    type Error = Stray;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    passes! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<(), Stray> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stray> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Stray> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Stray> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Stray> {
        if name != SealedText::NAME {
            return value.serialize(self);
        }
        let digest: Digest = text(value)?.parse().map_err(serde::ser::Error::custom)?;
        self.found.push((self.path.join("."), SealedText(digest)));
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stray> {
        self.below(variant.to_owned(), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Stray> {
        Ok(Items {
            walk: self,
            next: 0,
            below: 0,
        })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'a>, Stray> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items<'a>, Stray> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Stray> {
        self.path.push(variant.to_owned());
        Ok(Items {
            walk: self,
            next: 0,
            below: 1,
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Stray> {
        Ok(Members {
            walk: self,
            key: String::new(),
            below: 0,
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Stray> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a>, Stray> {
        self.path.push(variant.to_owned());
        Ok(Members {
            walk: self,
            key: String::new(),
            below: 1,
        })
    }
}

/// The items of a list, by number.
pub(super) struct Items<'a> {
    walk: &'a mut Walk,
    next: usize,
    /// How many names of the path are the list's own.
    below: usize,
}

impl Items<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stray> {
        self.walk.below(self.next.to_string(), value)?;
        self.next += 1;
        Ok(())
    }

    fn done(self) -> Result<(), Stray> {
        let length = self.walk.path.len() - self.below;
        self.walk.path.truncate(length);
        Ok(())
    }
}

macro_rules! items {
    ($($trait:ident: $method:ident),+) => {$(
        impl $trait for Items<'_> {
            type Ok = ();
            type Error = Stray;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stray> { self.item(value) }
            fn end(self) -> Result<(), Stray> { self.done() }
        }
    )+};
}

items!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

/// The members of a struct or map, by name.
pub(super) struct Members<'a> {
    walk: &'a mut Walk,
    key: String,
    below: usize,
}

impl Members<'_> {
    fn done(self) -> Result<(), Stray> {
        let length = self.walk.path.len() - self.below;
        self.walk.path.truncate(length);
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Stray;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stray> {
        self.key = text(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stray> {
        let key = std::mem::take(&mut self.key);
        self.walk.below(key, value)
    }

    fn end(self) -> Result<(), Stray> {
        self.done()
    }
}

macro_rules! members {
    ($($trait:ident),+) => {$(
        impl $trait for Members<'_> {
            type Ok = ();
            type Error = Stray;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stray> {
                self.walk.below(name.to_owned(), value)
            }
            fn end(self) -> Result<(), Stray> { self.done() }
        }
    )+};
}

members!(SerializeStruct, SerializeStructVariant);

/// What is written as a text: a digest, the key of a map.
fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, Stray> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(_) => Err(Stray(
            "a name or digest is written as something else than a text".to_owned(),
        )),
        Err(error) => Err(Stray(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    enum Any {
        Nothing,
        One(SealedText),
        Two(SealedText, u8),
        Named { first: SealedText, rest: Vec<Any> },
    }

    fn sealed(number: u8) -> SealedText {
        SealedText(Digest([number; 32]))
    }

    #[test]
    fn a_text_is_found_by_its_path_wherever_it_stands() {
        let rest = vec![Any::Nothing, Any::One(sealed(2)), Any::Two(sealed(3), 0)];
        let named = Any::Named { first: sealed(1), rest };
        let values = (named, Some(Any::One(sealed(4))), sealed(5));
        let found = sealed_texts(&values);
        let found: Vec<_> = (found.iter())
            .map(|(path, text)| (path.as_str(), text.0.0[0]))
            .collect();
        assert_eq!(
            found,
            [
                ("0.Named.first", 1),
                ("0.Named.rest.1.One", 2),
                ("0.Named.rest.2.Two.0", 3),
                ("1.One", 4),
                ("2", 5),
            ]
        );
    }

    #[test]
    fn a_name_that_is_no_text_is_told() {
        let list = std::collections::BTreeMap::from([(vec![1], 2)]);
        let error = list.serialize(&mut Walk::default()).expect_err("no name");
        assert!(error.to_string().contains("something else than a text"), "{error}");
    }
}
