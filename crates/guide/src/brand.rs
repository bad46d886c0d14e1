//! A brand: the name, links, colors and wording of a white-labeled product.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::product::{EgressAddresses, Product};
use crate::prose::Prose;
use crate::template::Template;

/// A product's name and links, its theme, and the fixed wording of its pages.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The product's name.
    pub name: String,
    /// The name of the area in which people link accounts.
    pub hub: String,
    /// The URL of the support page.
    pub support_url: Option<String>,
    /// The URL of the product's site, without a trailing slash.
    pub site_url: Option<String>,
    /// The callback URL to which providers redirect the browser after sign-in, for pages that are rendered outside a Hub.
    pub redirect_uri: Option<Template>,
    /// The addresses from which the product sends requests to providers.
    pub egress_addresses: EgressAddresses,
    /// The page colors.
    pub theme: Theme,
    /// The first lines of each page's Markdown version.
    pub twin_head: Vec<Template>,
    /// The wording of pages for people who link an account.
    pub link: LinkWording,
    /// The wording of pages for administrators who set up a method.
    pub setup: SetupWording,
}

impl Brand {
    /// Returns the parts of the brand that messages, titles and labels refer to.
    pub fn product(&self) -> Product {
        let Self { name, hub, egress_addresses, .. } = self.clone();
        Product { name, hub, egress_addresses }
    }
}

/// The page colors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ThemeShape")]
pub struct Theme {
    /// The color of links and buttons on light pages, as `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub accent: Option<String>,
    /// The color of links and buttons on dark pages, as `#rrggbb`.
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub accent_dark: Option<String>,
}

// The wording types are generic over their text types: `T` for a single line, `P` for Markdown. Before the brand file
// is lowered, both are plain strings.

/// The fixed wording of pages for people who link an account.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkWordingShape")]
pub struct LinkWording<T = Template, P = Prose> {
    /// The page's title.
    pub title: T,
    /// The page's description.
    pub description: T,
    /// The heading of the section about linking.
    pub heading: T,
    /// The step in which people open the hub.
    pub open: Titled<T, P>,
    /// The step in which people fill in the fields. The list of field labels follows the step's text.
    pub fill: Titled<T, P>,
    /// The title of the step in which people connect.
    pub connect_title: T,
    /// What happens when people connect: one line of Markdown per event.
    pub connect: Vec<P>,
    /// What happens when people sign in to the provider in a browser. Default: the lines in `connect`.
    #[serde(default)]
    pub connect_in_browser: Vec<P>,
    /// The closing sentence, as Markdown.
    pub closing: P,
}

/// The fixed wording of pages for administrators who set up a method.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SetupWordingShape")]
pub struct SetupWording<T = Template, P = Prose> {
    /// The page's title.
    pub title: T,
    /// The page's description.
    pub description: T,
    /// The heading of the section about the connector profile.
    pub heading: T,
    /// The paragraph below the heading, as Markdown.
    pub intro: P,
    /// The step in which administrators open the connector profiles.
    pub open: Titled<T, P>,
    /// The title of the step in which administrators create a profile.
    pub create_title: T,
    /// The instructions before the fields: one line of Markdown per instruction.
    pub before_fields: Vec<P>,
    /// The introduction to the list of fields, as Markdown.
    pub fields: P,
    /// The suffix that marks the label of an optional field.
    pub optional: String,
    /// The instructions after the fields: one line of Markdown per instruction.
    pub after_fields: Vec<P>,
}

/// The title and body of a step.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TitledShape")]
pub struct Titled<T = Template, P = Prose> {
    /// The title.
    pub title: T,
    /// The prose, as Markdown.
    pub text: P,
}
