//! A method: a way to authenticate, with all its settings, checks and walkthroughs.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::choice::{Expiry, WaitAs};
use crate::host::HostPattern;
use crate::key::Key;
use crate::model::auth::Auth;
use crate::model::check::{Check, OutcomeRule, Scenario};
use crate::model::environment::{BaseUrl, Environment};
use crate::model::field::{Derived, Field};
use crate::model::lifecycle::Lifecycle;
use crate::model::walkthrough::{Condition, Section, Step, Walkthrough};
use crate::source::Span;

/// A way to authenticate.
#[derive(Clone, Debug)]
pub struct Method {
    /// The key, unique within the guide.
    pub key: Key,
    /// The method's display name.
    pub label: String,
    /// A sentence that helps people choose between methods.
    pub description: Option<String>,
    /// Separate deployments of the provider's product. Empty if there is only one deployment.
    pub environments: Vec<Environment>,
    /// What the provider calls an environment, such as `Region`.
    pub environment_label: String,
    /// The values that people enter, in the order of the form.
    pub fields: Vec<Field>,
    /// The values that are computed. Each value can use the values before it.
    pub derived: Vec<Derived>,
    /// How requests are authenticated.
    pub auth: Auth,
    /// The URL to which request paths are appended.
    pub base_url: BaseUrl,
    /// The only hosts to which requests can be sent.
    pub hosts: Vec<HostPattern>,
    /// The location of `hosts` in the source.
    pub hosts_span: Span,
    /// The credential's lifetime, and the identity on whose behalf requests are made.
    pub credential: Option<Credential>,
    /// The provider's rate limit.
    pub limits: Option<Limits>,
    /// The header that specifies when to retry, in lowercase, and the meaning of its value. `None` for `Retry-After`.
    pub wait: Option<(String, WaitAs)>,
    /// The requests that verify the credentials, in order.
    pub checks: Vec<Check>,
    /// The outcome rules that apply to all checks.
    pub outcomes: Vec<OutcomeRule>,
    /// The walkthrough for the person who links an account.
    pub link: Walkthrough,
    /// The walkthrough for the administrator who sets up the method.
    pub setup: Option<Walkthrough>,
    /// Conversations with the provider that test the guide.
    pub scenarios: Vec<Scenario>,
    /// Dated events that affect this method.
    pub lifecycle: Vec<Lifecycle>,
    /// The location in the source.
    pub span: Span,
}

/// The credential's lifetime, and the identity on whose behalf requests are made.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CredentialShape")]
pub struct Credential {
    /// When the credential expires.
    #[serde(default)]
    pub expires: Expiry,
    /// The identity on whose behalf requests are made, and its permissions.
    pub acts_as: Option<String>,
    /// Whether the provider shows the credential only once.
    #[serde(default)]
    pub shown_once: bool,
}

/// The provider's rate limit.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LimitsShape")]
pub struct Limits {
    /// The number of requests that are allowed within `per_seconds` seconds.
    #[schemars(range(min = 1))]
    pub requests: u32,
    /// The limit's period, in seconds.
    #[schemars(range(min = 1))]
    pub per_seconds: u32,
    /// The entity to which the limit applies, such as an organization or a token.
    pub counted_per: Option<String>,
}

impl Method {
    /// Returns the field with this key, if there is one.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == *key)
    }

    /// Returns the derived value with this key, if there is one.
    pub fn derived(&self, key: &str) -> Option<&Derived> {
        self.derived.iter().find(|one| one.field.key == *key)
    }

    /// Returns a field's default, normalized as if it had been entered. `None` if the field has no default or rejects it.
    pub fn default_of(&self, field: &Key) -> Option<String> {
        let field = self.field(field.as_str())?;
        Some(field.keep(field.default.as_ref()?, &self.environments).ok()?.value)
    }

    /// Returns whether all conditions hold in this environment with these values. `value` returns the value that was
    /// entered for a field; a field without one has its default.
    pub fn meets<'g, 'v>(
        &'g self,
        conditions: impl IntoIterator<Item = &'g Condition>,
        environment: Option<&Key>,
        value: impl Fn(&Key) -> Option<&'v str>,
    ) -> bool {
        let has_one_of = |field: &Key, values: &[String]| {
            let entered = value(field).map(str::to_owned);
            entered.or_else(|| self.default_of(field)).is_some_and(|value| values.contains(&value))
        };
        self.with_conditions_of_fields(conditions).into_iter().all(|condition| {
            let is_here = condition.environments.is_empty()
                || environment.is_some_and(|key| condition.environments.contains(key));
            is_here && condition.field.as_ref().is_none_or(|(field, values)| has_one_of(field, values))
        })
    }

    /// Adds the conditions of the fields that the conditions test, because a field has a value only if its own condition
    /// holds.
    pub fn with_conditions_of_fields<'g>(
        &'g self,
        conditions: impl IntoIterator<Item = &'g Condition>,
    ) -> Vec<&'g Condition> {
        let mut all: Vec<_> = conditions.into_iter().collect();
        let mut at = 0;
        while let Some(condition) = all.get(at) {
            let field = condition.field.as_ref().and_then(|(key, _)| self.field(key.as_str()));
            if let Some(more) = field.and_then(|field| field.when.as_ref())
                && !all.iter().any(|known| std::ptr::eq(*known, more))
            {
                all.push(more);
            }
            at += 1;
        }
        all
    }

    /// Returns whether field values identify the environment, so that people do not have to choose it.
    pub fn tells_environment(&self) -> bool {
        !self.environments.is_empty() && self.environments.iter().all(|one| one.told_by.is_some())
    }

    /// Returns all requests that the method makes: sign-in, token refresh, then the checks.
    pub fn asks(&self) -> impl Iterator<Item = &Check> {
        self.auth.token_steps().map(|step| &step.check).chain(&self.checks)
    }

    /// Returns the environment with this key, if there is one.
    pub fn environment(&self, key: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.key == *key)
    }

    /// Returns the steps in the link walkthrough in order, each with its section.
    pub fn steps(&self) -> impl Iterator<Item = (&Section, &Step)> {
        self.link.steps()
    }

    /// Returns the step with this key in either walkthrough, if there is one.
    pub fn step(&self, key: &str) -> Option<(&Section, &Step)> {
        self.steps().chain(self.setup.iter().flat_map(Walkthrough::steps)).find(|(_, step)| step.key == *key)
    }

    /// Returns the base addresses of all requests.
    pub fn bases(&self) -> impl Iterator<Item = &BaseUrl> {
        self.asks().filter_map(|check| check.request.base.as_ref()).chain([&self.base_url])
    }

    /// Returns the step in which people fill in a field, if there is one.
    pub fn collected_at(&self, field: &str) -> Option<&Step> {
        self.steps().map(|(_, step)| step).find(|step| step.collects.iter().any(|key| key == field))
    }

    /// Finds the step to which people return to correct a field: the step that obtains its value or, if there is none,
    /// the step that collects it.
    pub fn made_at(&self, field: &str) -> Option<&Step> {
        let obtained =
            self.steps().map(|(_, step)| step).find(|step| step.obtains.iter().any(|key| key == field));
        obtained.or_else(|| self.collected_at(field))
    }

    /// Returns the check with this key, if there is one.
    pub fn check(&self, key: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.key == *key)
    }

    /// Returns all outcome rules: the rules for each request, then the method's rules. A rule that several requests
    /// share appears only once.
    pub fn all_outcomes(&self) -> impl Iterator<Item = &OutcomeRule> {
        let mut seen: Vec<&Key> = Vec::new();
        let all = self.asks().flat_map(|check| &check.outcomes).chain(&self.outcomes);
        all.filter(move |rule| {
            let is_new = !seen.contains(&&rule.key);
            seen.push(&rule.key);
            is_new
        })
    }
}
