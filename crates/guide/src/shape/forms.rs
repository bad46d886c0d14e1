//! Common forms of values in a guide: mappings with arbitrary keys, single values or lists, and short or long forms.
//!
//! The deserializer recognizes these types by their names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::source::Span;
use crate::spanned::{Spanned, SpannedVisitor};

/// A string with its location.
pub(crate) type Text = Spanned<String>;

/// A name or a list of names.
pub(crate) type Names = OneOrMany<Text>;

// A mapping with arbitrary keys. It preserves the order and locations of the keys.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(transparent, inline)]
pub(crate) struct Entries<T>(#[schemars(with = "BTreeMap<String, T>")] pub(crate) Vec<(Text, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// One value or a list of values.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("One_or_many_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
    }
}

// Either a short form, which is a string, or a long form.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged, inline)]
pub(crate) enum ShortOr<T> {
    Short(Text),
    Long(T),
}

// A string, number or boolean.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(inline, extend("type" = ["string", "number", "boolean"]))]
pub(crate) struct Scalar(pub(crate) Value);

// Any JSON value with the location of the whole node, from its first byte to its last byte.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(inline, transparent, extend("type" = ["string", "number", "boolean", "array", "object", "null"]))]
pub(crate) struct AnyJson {
    pub(crate) value: Value,
    #[schemars(skip)]
    pub(crate) span: Span,
}

impl<'de> Deserialize<'de> for AnyJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } =
            deserializer.deserialize_newtype_struct("AnyJson", SpannedVisitor(PhantomData))?;
        Ok(Self { value, span })
    }
}
