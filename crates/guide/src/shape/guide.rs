//! Shapes for the top level of a guide: the provider, its scopes and actions, and the sources of facts.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::Text;
use super::method::MethodShape;
use super::parts::{AllowShape, LifecycleShape};
use crate::choice::Standing;

/// A connection guide: how people link their accounts at a provider, and how each link is verified.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waystone connection guide")]
pub(crate) struct GuideShape {
    /// The version of the guide format. It is always `1`.
    #[schemars(extend("const" = 1), example = 1)]
    pub(crate) waystone: u32,
    /// The product whose accounts are linked.
    pub(crate) provider: ProviderShape,
    /// The provider's permissions.
    #[serde(default)]
    pub(crate) scopes: Vec<ScopeShape>,
    /// The actions that a linked account allows, and the scopes that each action needs. If only some actions are
    /// chosen, sections and steps for other scopes are hidden.
    #[serde(default)]
    pub(crate) actions: Vec<ActionShape>,
    /// The ways to authenticate with the provider. The first method is offered first.
    #[schemars(length(min = 1))]
    pub(crate) methods: Vec<MethodShape>,
    /// The sources of the guide's facts, and when each fact was last checked.
    #[serde(default)]
    pub(crate) evidence: Vec<EvidenceShape>,
    /// Warnings to allow anywhere in the guide, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// The product whose accounts are linked.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderShape {
    /// The provider's key, which is also the name of the guide's folder. It must never change.
    #[schemars(example = &"acme")]
    pub(crate) key: Text,
    /// The product's name, as the vendor writes it.
    #[schemars(example = &"Acme")]
    pub(crate) name: String,
    /// Other names that people use to search for the product.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// The product's categories.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["ticketing"]))]
    pub(crate) categories: Vec<String>,
    /// The icon's file name. The file must be in the guide's folder.
    pub(crate) icon: Option<String>,
    /// The URL of the product's website.
    pub(crate) homepage: Option<Text>,
    /// The URL of the provider's API documentation.
    pub(crate) api_docs: Option<Text>,
    /// Dated events that affect the provider's API, such as deprecations and sunsets.
    #[serde(default)]
    pub(crate) lifecycle: Vec<LifecycleShape>,
}

/// A permission that the provider defines.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeShape {
    /// The scope's name, exactly as the provider writes it.
    pub(crate) name: Text,
    /// What the scope permits.
    pub(crate) description: Option<String>,
    /// Other scopes that this scope includes.
    #[serde(default)]
    pub(crate) includes: Vec<Text>,
}

/// An operation that your product performs with linked accounts.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionShape {
    /// The action's key.
    pub(crate) key: Text,
    /// The action's display name.
    pub(crate) label: Text,
    /// What the action does.
    pub(crate) description: Option<String>,
    /// The scopes that the action needs.
    #[serde(default)]
    pub(crate) scopes: Vec<Text>,
}

/// A fact and its source.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceShape {
    /// The fact, as a sentence.
    pub(crate) claim: Text,
    /// The URL of the page that states the fact. If no page states the fact, omit this key and set `standing` to
    /// `observed` or `assumed`.
    pub(crate) source: Option<Text>,
    /// The date when the fact was last checked, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) checked_on: Text,
    /// The kind of evidence for the fact.
    #[serde(default)]
    pub(crate) standing: Standing,
}
