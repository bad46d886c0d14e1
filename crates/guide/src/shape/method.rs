//! The shape of a method: one way to authenticate, with everything that belongs to it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::AuthShape;
use super::check::{CheckShape, OutcomeShape};
use super::common::{AllowShape, Text};
use super::field::{DerivedShape, FieldShape};
use super::forms::{Entries, OneOrMany, ShortOr};
use super::lifecycle::LifecycleShape;
use super::prose::PartShape;
use super::scenario::ScenarioShape;
use crate::choice::{Expiry, WaitAs};
use crate::spanned::Spanned;

/// One way to authenticate with the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodShape {
    /// The method's key.
    #[schemars(example = &"api-key")]
    pub(crate) key: Text,
    /// What it is called.
    #[schemars(example = &"API Key")]
    pub(crate) label: Text,
    /// One sentence for whoever chooses between methods.
    pub(crate) description: Option<Text>,
    /// Deployments of the provider that are apart from one another: production and sandbox, or regions. The table
    /// drives the choice, the host and the documentation.
    #[serde(default)]
    pub(crate) environments: Vec<EnvironmentShape>,
    /// What the provider calls an environment: `Site`, `Region`.
    #[schemars(example = &"Region")]
    pub(crate) environment_label: Option<Text>,
    /// What is typed in, in the order of the form.
    #[serde(default)]
    pub(crate) fields: Vec<FieldShape>,
    /// What is computed and never asked: from what was typed, or from an answer.
    #[serde(default)]
    pub(crate) derived: Vec<DerivedShape>,
    /// How the fields become authentication on a request.
    pub(crate) auth: Spanned<AuthShape>,
    /// What request paths are appended to.
    #[schemars(example = &"https://{{ value.slug | host_labels(2) }}.{{ environment.host }}")]
    pub(crate) base_url: Text,
    /// The only hosts this method may ever talk to: `api.example.com`, `*.example.com` (one label),
    /// `**.example.com` (one or more), or a field that holds the customer's own host.
    #[schemars(length(min = 1))]
    pub(crate) hosts: Vec<ShortOr<OwnHostShape>>,
    /// What is known of the credential's life.
    pub(crate) credential: Option<CredentialShape>,
    /// How often the provider may be asked.
    pub(crate) limits: Option<LimitsShape>,
    /// Where the provider says when it may be asked again, if not in `Retry-After`.
    pub(crate) wait: Option<WaitShape>,
    /// Requests that prove something, in the order in which they are made.
    #[serde(default)]
    pub(crate) checks: Vec<CheckShape>,
    /// What an answer means, for every check. A check's own outcomes are looked at first.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The guide for the end user who links an account.
    pub(crate) link: PartShape,
    /// The guide for the admin who sets the method up once.
    pub(crate) setup: Option<PartShape>,
    /// Written conversations with the provider: tests of the guide, and the simulator's data.
    #[serde(default)]
    pub(crate) scenarios: Vec<ScenarioShape>,
    /// Dated events in the life of this method.
    #[serde(default)]
    pub(crate) lifecycle: Vec<LifecycleShape>,
    /// Warnings that are as they should be here, with the reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// A deployment of the provider that is apart from the others.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentShape {
    /// The environment's key.
    #[schemars(example = &"production")]
    pub(crate) key: Text,
    /// What it is called.
    #[schemars(example = &"Production")]
    pub(crate) label: Text,
    /// The end of its host names.
    #[schemars(example = &"example.com")]
    pub(crate) host: Text,
    /// A sentence that helps to recognize it.
    pub(crate) description: Option<Text>,
    /// Further columns of the table, by name: other hosts, ids. They are referred to as `environment.name`.
    #[serde(default)]
    pub(crate) values: Entries<Text>,
    /// The field whose value tells the environment, so that nobody has to choose it.
    pub(crate) told_by: Option<ToldByShape>,
}

/// What tells an environment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldByShape {
    /// The field …
    #[schemars(example = &"secret_key")]
    pub(crate) field: Text,
    /// … whose value begins with this, or one of these.
    #[schemars(example = &"test_")]
    pub(crate) prefix: OneOrMany<Text>,
}

/// The customer's own host, named in a field.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnHostShape {
    /// The field that holds the host. Only public addresses are reached, and an operator must allow the provider.
    pub(crate) field: Text,
}

/// What is known of the credential's life.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialShape {
    /// When it stops working by itself.
    #[serde(default)]
    pub(crate) expires: Expiry,
    /// On whose behalf a request is made, and how far it reaches.
    pub(crate) acts_as: Option<Text>,
    /// Whether the provider shows it only once.
    #[serde(default)]
    pub(crate) shown_once: bool,
}

/// How often the provider may be asked.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsShape {
    /// So many requests …
    #[schemars(range(min = 1))]
    pub(crate) requests: u32,
    /// … in so many seconds.
    #[schemars(range(min = 1))]
    pub(crate) per_seconds: u32,
    /// For whom it is counted: the organization, the token.
    pub(crate) counted_per: Option<Text>,
}

/// Where the provider says when it may be asked again.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitShape {
    /// The header.
    #[schemars(example = &"X-RateLimit-Reset")]
    pub(crate) header: Text,
    /// How it says so.
    #[serde(default)]
    pub(crate) r#as: WaitAs,
}
