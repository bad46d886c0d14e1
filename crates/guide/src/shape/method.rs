//! Shapes for methods: ways to authenticate, with their settings, checks and walkthroughs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::AuthShape;
use super::check::{CheckShape, OutcomeShape};
use super::field::{DerivedShape, FieldShape};
use super::forms::{Entries, OneOrMany, ShortOr, Text};
use super::parts::{AllowShape, LifecycleShape};
use super::prose::PartShape;
use super::scenario::ScenarioShape;
use crate::choice::WaitAs;
use crate::model::{Credential, Limits};
use crate::spanned::Spanned;

/// A way to authenticate with the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodShape {
    /// The method's key.
    #[schemars(example = &"api-key")]
    pub(crate) key: Text,
    /// The method's display name.
    #[schemars(example = &"API Key")]
    pub(crate) label: Text,
    /// A sentence that helps people choose between methods.
    pub(crate) description: Option<String>,
    /// Separate deployments of the provider's product, such as production and sandbox, or regions. People choose an
    /// environment, which determines the host.
    #[serde(default)]
    pub(crate) environments: Vec<EnvironmentShape>,
    /// What the provider calls an environment, such as `Site` or `Region`. Default: `Environment`.
    #[schemars(example = &"Region")]
    pub(crate) environment_label: Option<String>,
    /// The values that people enter, in the order in which the form shows them.
    #[serde(default)]
    pub(crate) fields: Vec<FieldShape>,
    /// Values that are computed from fields or responses instead of being entered.
    #[serde(default)]
    pub(crate) derived: Vec<DerivedShape>,
    /// How requests are authenticated.
    pub(crate) auth: Spanned<AuthShape>,
    /// The base URL, to which request paths are appended.
    #[schemars(example = &"https://{{ value.slug | host_labels(2) }}.{{ environment.host }}")]
    pub(crate) base_url: Text,
    /// The only hosts that this method can send requests to: `api.example.com`, `*.example.com` (one label),
    /// `**.example.com` (one or more labels), or a field that contains the customer's own host.
    #[schemars(length(min = 1))]
    pub(crate) hosts: Vec<ShortOr<OwnHostShape>>,
    /// The credential's lifetime, and the identity on whose behalf requests are made.
    pub(crate) credential: Option<Credential>,
    /// The provider's rate limit.
    pub(crate) limits: Option<Limits>,
    /// The header that specifies when to retry, if the provider does not use `Retry-After`.
    pub(crate) wait: Option<WaitShape>,
    /// The requests that verify the credentials, in the order in which they are sent.
    #[serde(default)]
    pub(crate) checks: Vec<CheckShape>,
    /// The outcome rules that apply to all checks. A check's own outcomes are tried first.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The walkthrough for the person who links an account.
    pub(crate) link: PartShape,
    /// The one-time walkthrough for the administrator who sets up the method.
    pub(crate) setup: Option<PartShape>,
    /// Conversations with the provider, which test the guide and provide the simulator's data.
    #[serde(default)]
    pub(crate) scenarios: Vec<ScenarioShape>,
    /// Dated events that affect this method.
    #[serde(default)]
    pub(crate) lifecycle: Vec<LifecycleShape>,
    /// Warnings to allow in this method, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A separate deployment of the provider's product.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentShape {
    /// The environment's key.
    #[schemars(example = &"production")]
    pub(crate) key: Text,
    /// The environment's display name.
    #[schemars(example = &"Production")]
    pub(crate) label: String,
    /// The environment's host, or the parent domain of its hosts.
    #[schemars(example = &"example.com")]
    pub(crate) host: Text,
    /// A sentence that helps people recognize the environment.
    pub(crate) description: Option<String>,
    /// Additional values for the environment, such as other hosts, by name. Use `environment.NAME` to refer to a value.
    /// All environments must use the same names.
    #[serde(default)]
    pub(crate) values: Entries<Text>,
    /// The field whose value identifies the environment, so that people do not have to choose it.
    pub(crate) told_by: Option<ToldByShape>,
}

/// How a field's value identifies the environment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldByShape {
    /// The field's key.
    #[schemars(example = &"secret_key")]
    pub(crate) field: Text,
    /// The prefix that the field's value has in this environment, or a list of possible prefixes.
    #[schemars(example = &"test_")]
    pub(crate) prefix: OneOrMany<String>,
}

/// The customer's own host, which people enter in a field.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnHostShape {
    /// The key of the field that contains the host. Waystone does not support customer-specific hosts yet.
    pub(crate) field: Text,
}

/// How the provider specifies when to retry.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitShape {
    /// The name of the response header.
    #[schemars(example = &"X-RateLimit-Reset")]
    pub(crate) header: Text,
    /// The meaning of the header's value.
    #[serde(default)]
    pub(crate) r#as: WaitAs,
}
