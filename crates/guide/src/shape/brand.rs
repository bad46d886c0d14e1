//! The shape of a brand file: everything that white-labelling changes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::Text;

/// A brand: product name, links, theme and the fixed wording of pages.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waystone brand")]
pub(crate) struct BrandShape {
    /// The version of the brand format. Always `1`.
    #[schemars(extend("const" = 1))]
    pub(crate) waystone_brand: u32,
    /// The product's name.
    #[schemars(example = &"Example Cloud")]
    pub(crate) name: Text,
    /// What the place is called in which accounts are linked.
    #[schemars(example = &"Example Connections")]
    pub(crate) hub: Text,
    /// Where to go for help.
    pub(crate) support_url: Option<Text>,
    /// The site's address, without a slash at the end.
    pub(crate) site_url: Option<Text>,
    /// Colors and fonts.
    #[serde(default)]
    pub(crate) theme: ThemeShape,
    /// The fixed wording of pages. References may stand in it: `{{ provider.name }}`, `{{ method.label }}`,
    /// `{{ brand.name }}`, `{{ brand.hub }}`.
    pub(crate) wording: WordingShape,
}

/// Colors and fonts, as CSS writes them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThemeShape {
    /// Links and buttons on a light page: `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub(crate) accent: Option<Text>,
    /// Links and buttons on a dark page: `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub(crate) accent_dark: Option<Text>,
}

/// The fixed wording of pages.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordingShape {
    /// Of the page that tells how to link an account.
    pub(crate) link: LinkWordingShape,
    /// Of the page that tells how to set a method up.
    pub(crate) setup: SetupWordingShape,
    /// The lines above the `.md` twin of a page; empty for none.
    #[serde(default)]
    pub(crate) twin_head: Vec<Text>,
}

/// The fixed wording of the page that tells how to link an account.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkWordingShape {
    /// The page's title.
    pub(crate) title: Text,
    /// The page's description.
    pub(crate) description: Text,
    /// The heading of the block about linking.
    pub(crate) heading: Text,
    /// The step that leads to the hub: its title, and its text as Markdown.
    pub(crate) open: TitledShape,
    /// The step in which the fields are filled: its title, and the text before the list of labels.
    pub(crate) fill: TitledShape,
    /// The step that connects: its title …
    pub(crate) connect_title: Text,
    /// … and what happens, one line each, as Markdown.
    pub(crate) connect: Vec<Text>,
    /// The same where people sign in at the provider in a browser; `connect`, if left out.
    #[serde(default)]
    pub(crate) connect_in_browser: Vec<Text>,
    /// The last sentence, as Markdown.
    pub(crate) closing: Text,
}

/// The fixed wording of the page that tells how to set a method up.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupWordingShape {
    /// The page's title.
    pub(crate) title: Text,
    /// The page's description.
    pub(crate) description: Text,
    /// The heading of the block about the configuration.
    pub(crate) heading: Text,
    /// What stands below it, as Markdown.
    pub(crate) intro: Text,
    /// The step that leads there.
    pub(crate) open: TitledShape,
    /// The title of the step that creates it …
    pub(crate) create_title: Text,
    /// … what is done before the fields, one line each …
    pub(crate) before_fields: Vec<Text>,
    /// … what introduces the fields …
    pub(crate) fields: Text,
    /// … what follows an optional field's label …
    pub(crate) optional: Text,
    /// … and what is done after them, one line each.
    pub(crate) after_fields: Vec<Text>,
}

/// A title and a text.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TitledShape {
    /// The title.
    pub(crate) title: Text,
    /// The text, as Markdown.
    pub(crate) text: Text,
}
