//! A tree as a row of bytes, to compare two of them: equal where both say the same.
//!
//! Of the same parts as the outline, without labels, since both are of the same types: variants by their number, lists
//! with a mark before each element, texts with their length. No place has a byte.

use std::fmt::Display;

use serde::ser::{
    Error, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleVariant, Serializer,
};

use super::written::WRITTEN;
use crate::syntax::tree::File;
use crate::text::Source;

/// An element follows, or there is a value.
const MORE: u8 = 1;
/// The list is at its end, or there is no value.
const NONE: u8 = 0;

/// The bytes of a file; none where something in it has none.
pub fn flat(file: &File, source: &Source) -> Option<Vec<u8>> {
    let mut flat = Flat {
        source,
        offsets: (0, 0),
        // A tree says about as much as its text.
        bytes: Vec::with_capacity(source.text.len()),
    };
    file.serialize(&mut flat).ok()?;
    Some(flat.bytes)
}

struct Flat<'s> {
    source: &'s Source,
    /// The last two offsets, which are those of a place whose text counts.
    offsets: (u32, u32),
    bytes: Vec<u8>,
}

impl Flat<'_> {
    fn text(&mut self, text: &str) {
        self.bytes.extend((text.len() as u64).to_le_bytes());
        self.bytes.extend(text.as_bytes());
    }
}

/// Something in a tree has no bytes.
#[derive(Debug)]
struct Formless;

impl Display for Formless {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("no part of a tree")
    }
}

impl std::error::Error for Formless {}

impl Error for Formless {
    fn custom<T: Display>(_: T) -> Formless {
        Formless
    }
}

/// What no tree of a file has.
macro_rules! formless {
    ($($name:ident: $of:ty,)*) => {
        $(fn $name(self, _: $of) -> Result<(), Formless> {
            Err(Formless)
        })*
    };
}

impl Serializer for &mut Flat<'_> {
    type Ok = ();
    type Error = Formless;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), Formless>;
    type SerializeTupleVariant = Self;
    type SerializeMap = Impossible<(), Formless>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn serialize_bool(self, value: bool) -> Result<(), Formless> {
        self.bytes.push(u8::from(value));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Formless> {
        self.text(value);
        Ok(())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Formless> {
        self.offsets = (self.offsets.1, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Formless> {
        self.bytes.push(NONE);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Formless> {
        self.bytes.push(MORE);
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<(), Formless> {
        self.bytes.extend(index.to_le_bytes());
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Formless> {
        value.serialize(&mut *self)?;
        if name == WRITTEN {
            let (start, end) = self.offsets;
            let source = self.source;
            let text = source.text.get(start as usize..end as usize);
            self.text(text.ok_or(Formless)?);
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Formless> {
        self.bytes.extend(index.to_le_bytes());
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Formless> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Formless> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Formless> {
        self.bytes.extend(index.to_le_bytes());
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Formless> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Formless> {
        self.bytes.extend(index.to_le_bytes());
        Ok(self)
    }

    fn serialize_unit(self) -> Result<(), Formless> {
        Ok(())
    }

    formless! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Formless> {
        Err(Formless)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Formless> {
        Err(Formless)
    }
}

impl SerializeSeq for &mut Flat<'_> {
    type Ok = ();
    type Error = Formless;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Formless> {
        self.bytes.push(MORE);
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Formless> {
        self.bytes.push(NONE);
        Ok(())
    }
}

macro_rules! elements {
    ($($kind:ident $add:ident),*) => {
        $(impl $kind for &mut Flat<'_> {
            type Ok = ();
            type Error = Formless;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Formless> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Formless> {
                Ok(())
            }
        })*
    };
}

elements! {
    SerializeTuple serialize_element,
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($kind:ident),*) => {
        $(impl $kind for &mut Flat<'_> {
            type Ok = ();
            type Error = Formless;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Result<(), Formless> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Formless> {
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);
