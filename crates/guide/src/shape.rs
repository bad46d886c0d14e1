//! What the YAML of a guide may look like.
//!
//! These types are the format: the JSON Schema in `schemas/` is made from them, doc comments included, so what
//! is written here is what an author reads in an editor. They say shape only; meaning is [`crate::lower`]'s.

mod auth;
mod brand;
mod check;
mod field;
mod prose;
mod scenario;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::choice::{Expiry, LifecycleEvent, Standing, WaitAs};
use crate::spanned::{Entries, OneOrMany, Spanned};

pub(crate) use self::auth::*;
pub(crate) use self::brand::*;
pub(crate) use self::check::*;
pub(crate) use self::field::*;
pub(crate) use self::prose::*;
pub(crate) use self::scenario::*;

/// A text with its place.
pub(crate) type Text = Spanned<String>;

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

/// A dated event.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleShape {
    /// What happens.
    pub(crate) event: LifecycleEvent,
    /// When, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) on: Text,
    /// What it means for whoever links an account.
    pub(crate) says: Text,
    /// Where the provider says so.
    pub(crate) source: Text,
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

/// A warning that is as it should be.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowShape {
    /// The finding's code.
    #[schemars(regex(pattern = r"^W\d{4}$"), example = &"W0301")]
    pub(crate) code: Text,
    /// Why it is right here.
    #[schemars(length(min = 10))]
    pub(crate) reason: Text,
}

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
    pub(crate) hosts: Vec<crate::spanned::ShortOr<OwnHostShape>>,
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

/// A list of names, or one.
pub(crate) type Names = OneOrMany<Text>;
