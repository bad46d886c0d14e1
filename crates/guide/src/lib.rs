//! The language of connection guides: turns a file into a guide and findings, both of which refer to locations in the
//! file.
//!
//! | noun | meaning |
//! |---|---|
//! | [`Guide`] | one provider's guide |
//! | [`Method`], [`Field`], [`Check`], [`OutcomeRule`], [`Scenario`] | the parts of a guide |
//! | [`Prose`], [`Template`] | text with references |
//! | [`Finding`], [`CodePage`] | a mistake in a file, and the documentation for this kind of mistake |
//! | [`Brand`] | the name, links, colors and wording of a white-labeled product |
//! | [`Product`] | the parts of a brand that messages, titles and labels refer to |
//!
//! Start at [`read()`]. **Invariants:** reading never fails. The result contains the valid parts of the guide, and
//! findings about the other parts. A guide without errors is valid, so downstream code does not check it again.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod source;

mod page;

mod code;
mod finding;
mod spelling;

mod node;
mod yaml;

mod choice;
mod de;
mod schema;
mod shape;
mod spanned;

mod host;
mod http;
mod json;
mod json_path;
mod key;
mod names;
mod outcome;
mod product;
mod prose;
mod template;

mod brand;
mod lower;
mod model;

mod read;
mod saying;

pub use crate::brand::{Brand, LinkWording, SetupWording, Theme, Titled};
pub use crate::code::pages;
pub use crate::finding::{Applicability, Edit, Finding, listed};
pub use crate::host::{HostPattern, HostPatternError, is_host_name, is_label};
pub use crate::http::{
    Fault, RESERVED_HEADERS, Verb, is_cookie_value, is_header_value, is_path, is_path_part,
};
pub use crate::json::{Json, JsonNumber};
pub use crate::json_path::JsonPath;
pub use crate::key::Key;
pub use crate::model::*;
pub use crate::outcome::OutcomeKind;
pub use crate::page::{CodePage, Severity};
pub use crate::product::{EgressAddresses, Product};
pub use crate::prose::{Block, Inline, Markup, Prose, markup};
pub use crate::read::{Reading, read, read_brand, read_for, read_form};
pub use crate::saying::{Mistake, Ours, Saying, SayingPart, Wait};
pub use crate::schema::{Form, brand_schema, guide_schema, schema_of};
pub use crate::source::{Place, Source, Span};
pub use crate::spanned::Spanned;
pub use crate::spelling::nearest;
pub use crate::template::{
    Clock, Filter, Nonce, Part, Reference, RequestPart, Target, Template, TextKind, Vocabulary, Word,
    vocabulary,
};
