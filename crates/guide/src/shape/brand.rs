//! Shapes for brand files, which contain everything that white-labeling changes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::Text;
use crate::brand::{LinkWording, SetupWording, Theme};

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
    pub(crate) name: String,
    /// The name of the area where people link accounts.
    #[schemars(example = &"Example Connections")]
    pub(crate) hub: String,
    /// The URL of the support page.
    pub(crate) support_url: Option<Text>,
    /// The URL of the product's site, without a trailing slash.
    pub(crate) site_url: Option<Text>,
    /// The callback URL to which providers redirect the browser after sign-in. Setup guides that are rendered outside a
    /// Hub show it, and without it, a description of where to find it. The reference `{{ provider.key }}` stands for the
    /// provider.
    #[schemars(example = &"https://connect.example.com/connect/oauth2/{{ provider.key }}/callback")]
    pub(crate) redirect_uri: Option<Text>,
    /// The public IP addresses and networks from which the product sends requests to providers. Guides show them to
    /// people whose provider accepts requests only from certain addresses. If the list is empty, people are told to ask
    /// the product for its addresses.
    #[serde(default)]
    #[schemars(extend("examples" = [["203.0.113.7", "198.51.100.0/24"]]))]
    pub(crate) egress_addresses: Vec<Text>,
    /// The page colors.
    #[serde(default)]
    pub(crate) theme: Theme,
    /// The fixed wording of pages. The wording can contain the references `{{ provider.name }}`, `{{ method.label }}`,
    /// `{{ brand.name }}`, `{{ brand.hub }}` and `{{ hub.button }}`.
    pub(crate) wording: WordingShape,
}

/// The fixed wording of pages.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordingShape {
    /// The wording of pages for people who link an account.
    pub(crate) link: LinkWording<Text, Text>,
    /// The wording of pages for administrators who set up a method.
    pub(crate) setup: SetupWording<Text, Text>,
    /// The lines at the top of a page's Markdown version.
    #[serde(default)]
    pub(crate) twin_head: Vec<Text>,
}
