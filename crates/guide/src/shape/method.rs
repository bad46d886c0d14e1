//! The shape of a method: one way to authenticate, with everything that belongs to it.

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

/// One way to authenticate with the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodShape {
    /// The method's key.
    #[schemars(example = &"api-key")]
    pub(crate) key: Text,
    /// The method's name, as people read it.
    #[schemars(example = &"API Key")]
    pub(crate) label: String,
    /// A sentence that helps people choose between methods.
    pub(crate) description: Option<String>,
    /// Separate deployments of the provider, such as production and sandbox, or regions. People choose one of them, and
    /// it determines the host.
    #[serde(default)]
    pub(crate) environments: Vec<EnvironmentShape>,
    /// What the provider calls an environment, such as `Site` or `Region`. Default: `Environment`.
    #[schemars(example = &"Region")]
    pub(crate) environment_label: Option<String>,
    /// The values that people enter, in the order of the form.
    #[serde(default)]
    pub(crate) fields: Vec<FieldShape>,
    /// Values that are computed from fields or responses instead of being entered.
    #[serde(default)]
    pub(crate) derived: Vec<DerivedShape>,
    /// How requests are authenticated.
    pub(crate) auth: Spanned<AuthShape>,
    /// The URL to which the paths of requests are appended.
    #[schemars(example = &"https://{{ value.slug | host_labels(2) }}.{{ environment.host }}")]
    pub(crate) base_url: Text,
    /// The only hosts to which this method can send requests: `api.example.com`, `*.example.com` (one label),
    /// `**.example.com` (one or more labels), or a field that holds the customer's own host.
    #[schemars(length(min = 1))]
    pub(crate) hosts: Vec<ShortOr<OwnHostShape>>,
    /// How long the credential works, and on whose behalf it acts.
    pub(crate) credential: Option<Credential>,
    /// The provider's rate limit.
    pub(crate) limits: Option<Limits>,
    /// The header that specifies when to retry, if the provider does not use `Retry-After`.
    pub(crate) wait: Option<WaitShape>,
    /// The requests that verify the credentials, in the order in which they are made.
    #[serde(default)]
    pub(crate) checks: Vec<CheckShape>,
    /// What responses mean, for every check. A check's own outcomes are tried first.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The walkthrough for the person who links an account.
    pub(crate) link: PartShape,
    /// The walkthrough for the administrator who sets up the method once.
    pub(crate) setup: Option<PartShape>,
    /// Conversations with the provider. They are the guide's tests and the simulator's data.
    #[serde(default)]
    pub(crate) scenarios: Vec<ScenarioShape>,
    /// Dated events in the life of this method.
    #[serde(default)]
    pub(crate) lifecycle: Vec<LifecycleShape>,
    /// Warnings that are intentional in this method, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A separate deployment of the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentShape {
    /// The environment's key.
    #[schemars(example = &"production")]
    pub(crate) key: Text,
    /// The environment's name, as people read it.
    #[schemars(example = &"Production")]
    pub(crate) label: String,
    /// The environment's host, or the domain in which its hosts end.
    #[schemars(example = &"example.com")]
    pub(crate) host: Text,
    /// A sentence that helps people recognize the environment.
    pub(crate) description: Option<String>,
    /// Additional values of the environment, such as other hosts, by name. They are referred to as `environment.NAME`.
    /// Every environment must have the same names.
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
    /// The beginning, or one of several beginnings, of the field's value in this environment.
    #[schemars(example = &"test_")]
    pub(crate) prefix: OneOrMany<String>,
}

/// The customer's own host, which is entered in a field.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnHostShape {
    /// The key of the field that holds the host. Only public addresses are reached, and an operator must allow the
    /// provider.
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
