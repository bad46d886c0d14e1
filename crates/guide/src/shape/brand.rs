//! The shape of a brand file, which holds everything that white-labeling changes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Text;

/// A brand: the product's name and links, a theme, and the fixed wording of pages.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waystone brand")]
pub(crate) struct BrandShape {
    /// The version of the brand format. It is always `1`.
    #[schemars(extend("const" = 1))]
    pub(crate) waystone_brand: u32,
    /// The product's name.
    #[schemars(example = &"Example Cloud")]
    pub(crate) name: Text,
    /// The name of the place where accounts are linked.
    #[schemars(example = &"Example Connections")]
    pub(crate) hub: Text,
    /// The URL at which people get help.
    pub(crate) support_url: Option<Text>,
    /// The URL of the product's site, without a trailing slash.
    pub(crate) site_url: Option<Text>,
    /// The colors of pages.
    #[serde(default)]
    pub(crate) theme: ThemeShape,
    /// The fixed wording of pages. It can contain the references `{{ provider.name }}`, `{{ method.label }}`,
    /// `{{ brand.name }}` and `{{ brand.hub }}`.
    pub(crate) wording: WordingShape,
}

/// The colors of pages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThemeShape {
    /// The color of links and buttons on light pages, as `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub(crate) accent: Option<Text>,
    /// The color of links and buttons on dark pages, as `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub(crate) accent_dark: Option<Text>,
}

/// The fixed wording of pages.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordingShape {
    /// The wording of pages for people who link an account.
    pub(crate) link: LinkWordingShape,
    /// The wording of pages for administrators who set up a method.
    pub(crate) setup: SetupWordingShape,
    /// The lines at the top of a page's Markdown version.
    #[serde(default)]
    pub(crate) twin_head: Vec<Text>,
}

/// The fixed wording of pages for people who link an account.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkWordingShape {
    /// The page's title.
    pub(crate) title: Text,
    /// The page's description.
    pub(crate) description: Text,
    /// The heading of the section about linking.
    pub(crate) heading: Text,
    /// The step in which people open the hub.
    pub(crate) open: TitledShape,
    /// The step in which people fill in the fields. The list of labels follows its text.
    pub(crate) fill: TitledShape,
    /// The title of the step in which people connect.
    pub(crate) connect_title: Text,
    /// What happens when people connect, one line each, as Markdown.
    pub(crate) connect: Vec<Text>,
    /// What happens if people sign in with the provider in a browser. Default: the lines of `connect`.
    #[serde(default)]
    pub(crate) connect_in_browser: Vec<Text>,
    /// The closing sentence, as Markdown.
    pub(crate) closing: Text,
}

/// The fixed wording of pages for administrators who set up a method.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupWordingShape {
    /// The page's title.
    pub(crate) title: Text,
    /// The page's description.
    pub(crate) description: Text,
    /// The heading of the section about the connector profile.
    pub(crate) heading: Text,
    /// The text below the heading, as Markdown.
    pub(crate) intro: Text,
    /// The step in which administrators open the connector profiles.
    pub(crate) open: TitledShape,
    /// The title of the step in which they create a profile.
    pub(crate) create_title: Text,
    /// What to do before filling in the fields, one line each, as Markdown.
    pub(crate) before_fields: Vec<Text>,
    /// The text that introduces the list of fields, as Markdown.
    pub(crate) fields: Text,
    /// The text after the label of an optional field.
    pub(crate) optional: Text,
    /// What to do after filling in the fields, one line each, as Markdown.
    pub(crate) after_fields: Vec<Text>,
}

/// A step's title and text.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TitledShape {
    /// The title.
    pub(crate) title: Text,
    /// The text, as Markdown.
    pub(crate) text: Text,
}
