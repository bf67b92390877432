//! The shape of a tree: names, words and lists, as `serde` hands them over.

use std::fmt::{self, Display};

use serde::ser::{
    Error, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleVariant, Serializer,
};

use super::written::WRITTEN;
use crate::text::Source;

/// What a place is called.
const PLACE: &str = "Span";

/// A part of a tree.
#[derive(Debug)]
pub enum Shape {
    /// There is none.
    Nothing,
    /// `false`, which is not worth a word where it is a field.
    No,
    /// A place.
    Place,
    /// Where a place begins or ends.
    Offset(u32),
    Word(String),
    /// Elements, without labels.
    List(Vec<Part>),
    /// Something with a name.
    Node(&'static str, Vec<Part>),
}

/// A part of something.
#[derive(Debug)]
pub struct Part {
    /// The name of its field; empty where it has none.
    pub label: &'static str,
    pub shape: Shape,
}

impl Shape {
    /// How it begins.
    pub fn name(&self) -> &str {
        match self {
            Shape::Word(name) => name,
            Shape::Node(name, _) => name,
            Shape::Nothing | Shape::No | Shape::Place | Shape::Offset(_) | Shape::List(_) => "",
        }
    }

    /// What it is made of.
    pub fn parts(&self) -> &[Part] {
        match self {
            Shape::List(parts) | Shape::Node(_, parts) => parts,
            Shape::Nothing | Shape::No | Shape::Place | Shape::Offset(_) | Shape::Word(_) => &[],
        }
    }
}

/// What makes shapes of a tree.
#[derive(Clone, Copy)]
pub struct Shaper<'s> {
    pub source: &'s Source,
}

/// Something in a tree has no shape.
#[derive(Debug)]
pub struct Shapeless(String);

impl Display for Shapeless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Shapeless {}

impl Error for Shapeless {
    fn custom<T: Display>(why: T) -> Shapeless {
        Shapeless(why.to_string())
    }
}

/// Something with parts, while they come.
pub struct Parts<'s> {
    shaper: Shaper<'s>,
    /// None for a list.
    name: Option<&'static str>,
    /// Whether it is a `struct`, of which the name says nothing where it has one field beside its place.
    thin: bool,
    /// The fields that are no places, present or not.
    fields: usize,
    parts: Vec<Part>,
}

impl Shaper<'_> {
    /// The text between two offsets.
    fn written<T: Serialize + ?Sized>(self, place: &T) -> Result<Shape, Shapeless> {
        let Shape::List(offsets) = place.serialize(self)? else {
            return Err(Shapeless::custom("no place"));
        };
        let mut offsets = offsets.iter().map(|offset| match offset.shape {
            Shape::Offset(offset) => Some(offset as usize),
            _ => None,
        });
        let (start, end) = (offsets.next().flatten(), offsets.next().flatten());
        let text = start
            .zip(end)
            .and_then(|(start, end)| self.source.text.get(start..end));
        let text = text.ok_or_else(|| Shapeless::custom("a place that is not there"))?;
        Ok(word(text))
    }
}

/// A text that is a name, a number or a time as it is, anything else in quotes.
fn word(text: &str) -> Shape {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:%-".contains(c);
    Shape::Word(match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("{text:?}"),
    })
}

impl<'s> Parts<'s> {
    fn of(shaper: Shaper<'s>, name: Option<&'static str>, thin: bool) -> Parts<'s> {
        Parts {
            shaper,
            name,
            thin,
            fields: 0,
            parts: Vec::new(),
        }
    }

    fn add<T: Serialize + ?Sized>(
        &mut self,
        label: &'static str,
        value: &T,
    ) -> Result<(), Shapeless> {
        let shape = value.serialize(self.shaper)?;
        self.fields += usize::from(!matches!(shape, Shape::Place));
        let is_empty = match &shape {
            Shape::Nothing | Shape::No | Shape::Place => true,
            Shape::List(parts) => parts.is_empty(),
            Shape::Word(_) | Shape::Offset(_) | Shape::Node(..) => false,
        };
        // An element is there, whatever it is.
        if !is_empty || (label.is_empty() && !matches!(shape, Shape::Place)) {
            self.parts.push(Part { label, shape });
        }
        Ok(())
    }

    fn done(mut self) -> Shape {
        match self.name {
            None => Shape::List(self.parts),
            Some(PLACE) => Shape::Place,
            Some(_) if self.thin && self.fields == 1 => match self.parts.pop() {
                Some(only) => only.shape,
                None => Shape::Nothing,
            },
            Some(name) if self.parts.is_empty() => Shape::Word(name.to_owned()),
            Some(name) => Shape::Node(name, self.parts),
        }
    }
}

/// What no tree of a file has.
macro_rules! shapeless {
    ($($name:ident: $of:ty,)*) => {
        $(fn $name(self, _: $of) -> Result<Shape, Shapeless> {
            Err(Shapeless::custom(stringify!($of)))
        })*
    };
}

impl<'s> Serializer for Shaper<'s> {
    type Ok = Shape;
    type Error = Shapeless;
    type SerializeSeq = Parts<'s>;
    type SerializeTuple = Parts<'s>;
    type SerializeTupleStruct = Impossible<Shape, Shapeless>;
    type SerializeTupleVariant = Parts<'s>;
    type SerializeMap = Impossible<Shape, Shapeless>;
    type SerializeStruct = Parts<'s>;
    type SerializeStructVariant = Parts<'s>;

    fn serialize_bool(self, value: bool) -> Result<Shape, Shapeless> {
        Ok(match value {
            true => Shape::Word("true".to_owned()),
            false => Shape::No,
        })
    }

    fn serialize_str(self, value: &str) -> Result<Shape, Shapeless> {
        Ok(word(value))
    }

    fn serialize_u32(self, value: u32) -> Result<Shape, Shapeless> {
        Ok(Shape::Offset(value))
    }

    fn serialize_none(self) -> Result<Shape, Shapeless> {
        Ok(Shape::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Shape, Shapeless> {
        Ok(match value.serialize(self)? {
            Shape::No => Shape::Word("false".to_owned()),
            shape => shape,
        })
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Shape, Shapeless> {
        Ok(Shape::Word(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Shape, Shapeless> {
        match name {
            WRITTEN => self.written(value),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Shape, Shapeless> {
        let mut parts = Parts::of(self, Some(variant), false);
        parts.add("", value)?;
        Ok(parts.done())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'s>, Shapeless> {
        Ok(Parts::of(self, None, false))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'s>, Shapeless> {
        Ok(Parts::of(self, None, false))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'s>, Shapeless> {
        Ok(Parts::of(self, Some(variant), false))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Parts<'s>, Shapeless> {
        Ok(Parts::of(self, Some(name), true))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'s>, Shapeless> {
        Ok(Parts::of(self, Some(variant), false))
    }

    shapeless! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_unit(self) -> Result<Shape, Shapeless> {
        Ok(Shape::Nothing)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Shapeless> {
        Err(Shapeless::custom(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Shapeless> {
        Err(Shapeless::custom("a map"))
    }
}

macro_rules! elements {
    ($($kind:ident $add:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = Shape;
            type Error = Shapeless;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Shapeless> {
                self.add("", value)
            }

            fn end(self) -> Result<Shape, Shapeless> {
                Ok(self.done())
            }
        })*
    };
}

elements! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($kind:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = Shape;
            type Error = Shapeless;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                label: &'static str,
                value: &T,
            ) -> Result<(), Shapeless> {
                self.add(label, value)
            }

            fn end(self) -> Result<Shape, Shapeless> {
                Ok(self.done())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);
