//! The allowed structure of a guide's YAML.
//!
//! These types define the format. The JSON Schema in `schemas/` and the reference are generated from them, so authors
//! see the doc comments in their editors. The types describe only a guide's structure. The `lower` module interprets
//! the contents.

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
