//! What the YAML of a guide may look like.
//!
//! These types are the format: the JSON Schema in `schemas/` and the reference are generated from them, so authors
//! read their doc comments in the editor. The types describe only the shape; `lower` gives it its meaning.

mod auth;
mod brand;
mod check;
mod field;
mod forms;
mod guide;
mod method;
mod parts;
mod prose;
mod scenario;

pub(crate) use self::auth::*;
pub(crate) use self::brand::*;
pub(crate) use self::check::*;
pub(crate) use self::field::*;
pub(crate) use self::forms::*;
pub(crate) use self::guide::*;
pub(crate) use self::method::*;
pub(crate) use self::parts::*;
pub(crate) use self::prose::*;
pub(crate) use self::scenario::*;
