//! A method: one way to authenticate, with everything that belongs to it.

use crate::choice::{Expiry, WaitAs};
use crate::host::HostPattern;
use crate::key::Key;
use crate::model::auth::Auth;
use crate::model::check::{Check, OutcomeRule, Scenario};
use crate::model::environment::{BaseUrl, Environment};
use crate::model::field::{Derived, Field};
use crate::model::lifecycle::Lifecycle;
use crate::model::walkthrough::{Section, Step, Walkthrough};
use crate::source::Span;

/// A way to authenticate.
#[derive(Clone, Debug)]
pub struct Method {
    /// The key.
    pub key: Key,
    /// What it is called.
    pub label: String,
    /// One sentence for whoever chooses.
    pub description: Option<String>,
    /// Deployments that are apart from one another.
    pub environments: Vec<Environment>,
    /// What the provider calls one of them.
    pub environment_label: String,
    /// What is typed in, in the order of the form.
    pub fields: Vec<Field>,
    /// What is computed; each from what stands before it.
    pub derived: Vec<Derived>,
    /// How fields become authentication.
    pub auth: Auth,
    /// What request paths are appended to.
    pub base_url: BaseUrl,
    /// The only hosts it may ever talk to.
    pub hosts: Vec<HostPattern>,
    /// Where the hosts are declared.
    pub hosts_span: Span,
    /// What is known of the credential's life.
    pub credential: Option<Credential>,
    /// How often the provider may be asked.
    pub limits: Option<Limits>,
    /// The header, in lower case, that says when it may be asked again, and how.
    pub wait: Option<(String, WaitAs)>,
    /// What is asked, in order.
    pub checks: Vec<Check>,
    /// What answers mean, for every check.
    pub outcomes: Vec<OutcomeRule>,
    /// The guide for the end user.
    pub link: Walkthrough,
    /// The guide for the admin.
    pub setup: Option<Walkthrough>,
    /// Written conversations.
    pub scenarios: Vec<Scenario>,
    /// Dated events.
    pub lifecycle: Vec<Lifecycle>,
    /// Where it stands.
    pub span: Span,
}

/// What is known of the credential's life.
#[derive(Clone, Debug)]
pub struct Credential {
    /// When it stops working by itself.
    pub expires: Expiry,
    /// On whose behalf a request is made.
    pub acts_as: Option<String>,
    /// Whether it is shown only once.
    pub shown_once: bool,
}

/// How often the provider may be asked.
#[derive(Clone, Debug)]
pub struct Limits {
    /// So many requests …
    pub requests: u32,
    /// … in so many seconds.
    pub per_seconds: u32,
    /// For whom it is counted.
    pub counted_per: Option<String>,
}

impl Method {
    /// The field with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == *key)
    }

    /// The computed value with this key.
    pub fn derived(&self, key: &str) -> Option<&Derived> {
        self.derived.iter().find(|one| one.field.key == *key)
    }

    /// Whether the environment shows in what is typed, so that nobody chooses it.
    pub fn tells_environment(&self) -> bool {
        !self.environments.is_empty() && self.environments.iter().all(|one| one.told_by.is_some())
    }

    /// Every request that the method makes, in order: those of signing in, the one that replaces a token, checks.
    pub fn asks(&self) -> impl Iterator<Item = &Check> {
        let sign_in =
            self.auth.sign_in.iter().flat_map(|sign_in| sign_in.steps.iter().chain(&sign_in.refresh));
        sign_in.map(|step| &step.check).chain(&self.checks)
    }

    /// The environment with this key.
    pub fn environment(&self, key: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.key == *key)
    }

    /// The steps of the link guide, in order, each with its section.
    pub fn steps(&self) -> impl Iterator<Item = (&Section, &Step)> {
        self.link.steps()
    }

    /// The step of either guide with this key.
    pub fn step(&self, key: &str) -> Option<(&Section, &Step)> {
        self.steps().chain(self.setup.iter().flat_map(Walkthrough::steps)).find(|(_, step)| step.key == *key)
    }

    /// The step at which a field is typed in.
    pub fn collected_at(&self, field: &str) -> Option<&Step> {
        self.steps().map(|(_, step)| step).find(|step| step.collects.iter().any(|key| key == field))
    }

    /// The step to go back to for a field: where its value is made, or else where it is typed in.
    pub fn made_at(&self, field: &str) -> Option<&Step> {
        let obtained =
            self.steps().map(|(_, step)| step).find(|step| step.obtains.iter().any(|key| key == field));
        obtained.or_else(|| self.collected_at(field))
    }

    /// The check with this key.
    pub fn check(&self, key: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.key == *key)
    }

    /// Every outcome rule: those of each request, then the method's. One that several requests share comes once.
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
