//! The shape of what a person reads: sections, steps and their texts.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::{AllowShape, ConditionShape, Names, Text};
use crate::choice::Purpose;

/// A guide for one audience.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartShape {
    /// What must be known before anything else; shown first, set apart.
    pub(crate) warning: Option<Text>,
    /// What is needed before one begins: a role, a plan. One line each.
    #[serde(default)]
    pub(crate) needs: Vec<Text>,
    /// The sections, in order.
    #[schemars(length(min = 1))]
    pub(crate) sections: Vec<SectionShape>,
    /// Warnings that are as they should be here.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A section of a guide.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionShape {
    /// The section's key; anchors and translations hang on it.
    #[schemars(example = &"create-token")]
    pub(crate) key: Text,
    /// The heading.
    #[schemars(example = &"Create an API token")]
    pub(crate) title: Text,
    /// What the section is for. `rotate`, `revoke` and `reference` come after linking, and only in documentation.
    #[serde(default)]
    pub(crate) purpose: Purpose,
    /// What stands between the heading and the steps, as Markdown.
    pub(crate) intro: Option<Text>,
    /// The steps, in order.
    #[serde(default)]
    pub(crate) steps: Vec<StepShape>,
    /// The scopes for which the section is needed; always, if left out.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// When the section applies.
    pub(crate) when: Option<ConditionShape>,
    /// Warnings that are as they should be here.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A step of a section.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepShape {
    /// The step's key, one of a kind in its method.
    #[schemars(example = &"copy-token")]
    pub(crate) key: Text,
    /// What to do, in a few words.
    #[schemars(example = &"Copy the token")]
    pub(crate) title: Text,
    /// How to do it, as Markdown. `{{ label.field }}` names a field.
    pub(crate) body: Text,
    /// The fields that are typed in here.
    #[serde(default)]
    pub(crate) collects: Names,
    /// The fields whose values are made here.
    #[serde(default)]
    pub(crate) obtains: Names,
    /// The scopes for which the step is needed; always, if left out.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// When the step applies.
    pub(crate) when: Option<ConditionShape>,
    /// Warnings that are as they should be here.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}
