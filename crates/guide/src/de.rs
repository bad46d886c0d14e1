//! A `serde` deserializer that reads a [`Node`] into typed shapes and keeps the locations of its values.
//!
//! The schema has already validated the tree, so an error here means that a shape and the schema disagree. A test
//! ensures that they agree.

use std::iter::once;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::node::{Entry, Kind, Node};
use crate::source::Span;

/// Why a tree does not fit a shape.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ShapeError {
    pub(crate) message: String,
    pub(crate) span: Option<Span>,
}

impl de::Error for ShapeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None }
    }
}

impl ShapeError {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = ShapeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        let result = match &self.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(b) => visitor.visit_bool(*b),
            Kind::Number(n) => match n.as_i64() {
                Some(n) => visitor.visit_i64(n),
                None => visitor.visit_f64(n.as_f64().unwrap_or_default()),
            },
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::Sequence(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Kind::Mapping(entries) => visitor.visit_map(MapDeserializer::new(entries.iter().map(pair))),
        };
        result.map_err(|error| error.at(self.place()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        match self.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        match (name, &self.kind) {
            ("Spanned", Kind::Mapping(_) | Kind::Sequence(_)) => with_span(self.place(), self, visitor),
            ("Spanned" | "AnyJson", _) => with_span(self.span, self, visitor),
            ("Entries", Kind::Mapping(entries)) => {
                visitor.visit_newtype_struct(MapDeserializer::new(entries.iter().map(pair)))
            }
            ("OneOrMany", Kind::Sequence(_)) => visitor.visit_newtype_struct(self),
            ("OneOrMany", _) => visitor.visit_newtype_struct(SeqDeserializer::new(once(self))),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        let result = match &self.kind {
            Kind::Text(_) if name == "ShortOr" => visitor.visit_enum(variant(once(("Short", self)))),
            _ if name == "ShortOr" => visitor.visit_enum(variant(once(("Long", self)))),
            Kind::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Kind::Mapping(entries) if entries.len() == 1 => {
                visitor.visit_enum(variant(entries.iter().map(pair)))
            }
            _ => Err(de::Error::custom("this must be a name, or a mapping with a single key")),
        };
        result.map_err(|error: ShapeError| error.at(self.place()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ShapeError> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A mapping's key: a string with a location.
struct Key<'de>(&'de Entry);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = ShapeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        visitor.visit_borrowed_str(&self.0.key)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        if name == "Spanned" {
            return with_span(self.0.key_span, self, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ShapeError> for Key<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn pair(entry: &Entry) -> (Key<'_>, &Node) {
    (Key(entry), &entry.value)
}

/// Returns a deserializer for an enum variant, given as a single pair of name and content.
fn variant<'de, K, I>(pairs: I) -> MapAccessDeserializer<MapDeserializer<'de, I, ShapeError>>
where
    K: IntoDeserializer<'de, ShapeError>,
    I: Iterator<Item = (K, &'de Node)>,
{
    MapAccessDeserializer::new(MapDeserializer::new(pairs))
}

/// Passes a value and its span to the visitor, as a map with a single entry whose key is the span.
fn with_span<'de, V: Visitor<'de>>(
    span: Span,
    value: impl IntoDeserializer<'de, ShapeError>,
    visitor: V,
) -> Result<V::Value, ShapeError> {
    let span = SeqDeserializer::<_, ShapeError>::new([span.start, span.end].into_iter());
    visitor.visit_map(MapDeserializer::new(once((span, value))))
}
