//! A page as JSON, for programs.
//!
//! **Invariant:** [`VERSION`] increases when a property is renamed or removed, or when its meaning changes; a new
//! property does not change it.

use std::fmt;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use crate::page::Page;

/// The version of the format.
const VERSION: u32 = 1;

/// A page whose serialized and displayed form is JSON: on one line with `{}`, or indented with `{:#}`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(
    title = "Waystone page",
    description = "The page that explains one of a provider's methods to one audience.",
    extend("$id" = "page.schema.json")
)]
pub struct PageJson<'p> {
    /// The version of this format. A new property does not change it.
    #[schemars(extend("const" = VERSION))]
    waystone_page: u32,
    #[serde(flatten)]
    page: &'p Page,
}

/// Returns the page as JSON.
pub const fn json(page: &Page) -> PageJson<'_> {
    PageJson { waystone_page: VERSION, page }
}

/// Returns the JSON Schema for a page's JSON.
pub fn page_schema() -> Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<PageJson<'_>>()
        .into()
}

impl fmt::Display for PageJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            if f.alternate() { serde_json::to_string_pretty(self) } else { serde_json::to_string(self) };
        f.write_str(&text.map_err(|_| fmt::Error)?)
    }
}
