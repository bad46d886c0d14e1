//! The shape of a guide as a whole: the provider, its scopes and actions, and where facts come from.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::{AllowShape, Text};
use super::lifecycle::LifecycleShape;
use super::method::MethodShape;
use crate::choice::Standing;

/// A connection guide: how somebody links an account at one provider, and how the link is proved.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waystone connection guide")]
pub(crate) struct GuideShape {
    /// The version of the guide format. Always `1`.
    #[schemars(extend("const" = 1), example = 1)]
    pub(crate) waystone: u32,
    /// The product to which an account is linked.
    pub(crate) provider: ProviderShape,
    /// The permissions that the provider knows, by the provider's own names.
    #[serde(default)]
    pub(crate) scopes: Vec<ScopeShape>,
    /// What can be done with a linked account, and which scopes that needs. Choosing actions hides the sections
    /// and steps of scopes that are not needed.
    #[serde(default)]
    pub(crate) actions: Vec<ActionShape>,
    /// The ways to authenticate with the provider; the first is offered first.
    #[schemars(length(min = 1))]
    pub(crate) methods: Vec<MethodShape>,
    /// Where facts come from, and when somebody last looked.
    #[serde(default)]
    pub(crate) evidence: Vec<EvidenceShape>,
    /// Warnings that are as they should be, with the reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// The product to which an account is linked.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderShape {
    /// The provider's key: the name of the guide's folder. It never changes.
    #[schemars(example = &"acme")]
    pub(crate) key: Text,
    /// The product's name, as its maker writes it.
    #[schemars(example = &"Acme")]
    pub(crate) name: Text,
    /// Other names under which people search for it.
    #[serde(default)]
    pub(crate) aliases: Vec<Text>,
    /// What kind of product it is.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["ticketing"]))]
    pub(crate) categories: Vec<Text>,
    /// The icon's file, beside the guide.
    pub(crate) icon: Option<Text>,
    /// The product's site.
    pub(crate) homepage: Option<Text>,
    /// The provider's own documentation of its API.
    pub(crate) api_docs: Option<Text>,
    /// Dated events in the life of the provider's API: deprecations, sunsets.
    #[serde(default)]
    pub(crate) lifecycle: Vec<LifecycleShape>,
}

/// A permission that the provider knows.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeShape {
    /// The scope, exactly as the provider writes it.
    pub(crate) name: Text,
    /// What it lets somebody do.
    pub(crate) description: Option<Text>,
    /// Scopes that come with it.
    #[serde(default)]
    pub(crate) includes: Vec<Text>,
}

/// Something a product wants to do with a linked account.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionShape {
    /// The action's key.
    pub(crate) key: Text,
    /// What it is called.
    pub(crate) label: Text,
    /// What it does.
    pub(crate) description: Option<Text>,
    /// The scopes it needs.
    #[serde(default)]
    pub(crate) scopes: Vec<Text>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceShape {
    /// The fact, in a sentence.
    pub(crate) claim: Text,
    /// The page that says so. Left out where nobody does, and the claim is an assumption.
    pub(crate) source: Option<Text>,
    /// When somebody last looked, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) checked_on: Text,
    /// How sure it is.
    #[serde(default)]
    pub(crate) standing: Standing,
}
