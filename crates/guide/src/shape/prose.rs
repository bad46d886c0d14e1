//! Shapes for the walkthroughs that people read: sections, steps and their prose.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{Names, Text};
use super::parts::{AllowShape, ConditionShape};
use crate::choice::Purpose;

/// A walkthrough for one audience.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartShape {
    /// An important note that is highlighted and shown first.
    pub(crate) warning: Option<Text>,
    /// What people need before they begin, with one item for each requirement, such as a role or a plan.
    #[serde(default)]
    pub(crate) needs: Vec<Text>,
    /// The sections, in order.
    #[schemars(length(min = 1))]
    pub(crate) sections: Vec<SectionShape>,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A section in a walkthrough.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionShape {
    /// The section's key, which anchors and translations use.
    #[schemars(example = &"create-token")]
    pub(crate) key: Text,
    /// The section's heading.
    #[schemars(example = &"Create an API token")]
    pub(crate) title: Text,
    /// The section's purpose. `rotate`, `revoke` and `reference` sections come after the linking sections and appear
    /// only in the documentation.
    #[serde(default)]
    pub(crate) purpose: Purpose,
    /// The introduction between the heading and the steps, as Markdown.
    pub(crate) intro: Option<Text>,
    /// The steps, in order.
    #[serde(default)]
    pub(crate) steps: Vec<StepShape>,
    /// The scopes that require the section. If omitted, the section is always shown.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// The condition under which the section applies. If omitted, the section always applies.
    pub(crate) when: Option<ConditionShape>,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A step in a section.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepShape {
    /// The step's key, unique within its method.
    #[schemars(example = &"copy-token")]
    pub(crate) key: Text,
    /// What to do, in a few words.
    #[schemars(example = &"Copy the token")]
    pub(crate) title: Text,
    /// How to do it, as Markdown. `{{ label.api_token }}` inserts the label of the field `api_token`.
    pub(crate) body: Text,
    /// The fields that people fill in during this step.
    #[serde(default)]
    pub(crate) collects: Names,
    /// The fields whose values people obtain in this step.
    #[serde(default)]
    pub(crate) obtains: Names,
    /// The scopes that require the step. If omitted, the step is always shown.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// The condition under which the step applies. If omitted, the step always applies.
    pub(crate) when: Option<ConditionShape>,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}
