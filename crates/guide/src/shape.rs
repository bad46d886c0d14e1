//! What the YAML of a guide may look like.
//!
//! These types are the format: the JSON Schema in `schemas/` and the reference are generated from them, so authors
//! read their doc comments in the editor. The types describe only the shape; `lower` gives it its meaning.

mod allow;
mod auth;
mod brand;
mod carrier;
mod check;
mod condition;
mod field;
mod forms;
mod guide;
mod lifecycle;
mod method;
mod prose;
mod scenario;
mod text;

pub(crate) use self::allow::*;
pub(crate) use self::auth::*;
pub(crate) use self::brand::*;
pub(crate) use self::carrier::*;
pub(crate) use self::check::*;
pub(crate) use self::condition::*;
pub(crate) use self::field::*;
pub(crate) use self::forms::*;
pub(crate) use self::guide::*;
pub(crate) use self::lifecycle::*;
pub(crate) use self::method::*;
pub(crate) use self::prose::*;
pub(crate) use self::scenario::*;
pub(crate) use self::text::*;
