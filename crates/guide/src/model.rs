//! A guide as it is meant: what every other crate works with.
//!
//! **Invariant:** what refers to something holds the key of something that is there; texts are read; hosts and
//! patterns are sound. A guide without errors needs no further checking.

mod auth;
mod check;
mod field;
mod walkthrough;

use std::sync::Arc;

use crate::code::CodePage;
use crate::host::HostPattern;
use crate::key::Key;
use crate::source::{Source, Span};
use crate::template::Template;

pub use self::auth::*;
pub use self::check::*;
pub use self::field::*;
pub use self::walkthrough::*;
pub use crate::choice::{
    Algorithm, Carrier, Expiry, FieldType, Holds, Identifies, JsonType, KeyEncoding, LifecycleEvent, Purpose,
    RefusedBy, Role, SignatureEncoding, Standing, WaitAs,
};

/// A connection guide.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The text it was read from.
    pub source: Arc<Source>,
    /// The SHA-256 of that text, in hexadecimal: which guide exactly somebody followed.
    pub digest: String,
    /// The product to which an account is linked.
    pub provider: Provider,
    /// The provider's permissions.
    pub scopes: Vec<Scope>,
    /// What can be done with a linked account.
    pub actions: Vec<Action>,
    /// The ways to authenticate; at least one.
    pub methods: Vec<Method>,
    /// Where facts come from.
    pub evidence: Vec<Evidence>,
    /// Warnings that are as they should be, anywhere in the file.
    pub allow: Vec<Allow>,
}

/// A product to which accounts are linked.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The key.
    pub key: Key,
    /// The name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What kind of product it is.
    pub categories: Vec<String>,
    /// The icon's file, beside the guide.
    pub icon: Option<String>,
    /// The product's site.
    pub homepage: Option<String>,
    /// The provider's documentation of its API.
    pub api_docs: Option<String>,
    /// Dated events.
    pub lifecycle: Vec<Lifecycle>,
    /// Where it stands.
    pub span: Span,
}

/// A permission.
#[derive(Clone, Debug)]
pub struct Scope {
    /// As the provider writes it.
    pub name: String,
    /// What it lets somebody do.
    pub description: Option<String>,
    /// Scopes that come with it.
    pub includes: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

/// Something to be done with an account.
#[derive(Clone, Debug)]
pub struct Action {
    /// The key.
    pub key: Key,
    /// What it is called.
    pub label: String,
    /// What it does.
    pub description: Option<String>,
    /// The scopes it needs.
    pub scopes: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

/// A dated event.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// What happens.
    pub event: LifecycleEvent,
    /// When: `YYYY-MM-DD`, a day of the calendar.
    pub on: String,
    /// What it means.
    pub says: String,
    /// Where the provider says so.
    pub source: String,
    /// Where it stands.
    pub span: Span,
}

/// Where a fact comes from.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The fact.
    pub claim: String,
    /// The page that says so.
    pub source: Option<String>,
    /// When somebody last looked: `YYYY-MM-DD`, a day of the calendar.
    pub checked_on: String,
    /// How sure it is.
    pub standing: Standing,
    /// Where it stands.
    pub span: Span,
}

/// A warning that is as it should be.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The warning's code.
    pub code: String,
    /// Why.
    pub reason: String,
    /// Where the node begins and ends to which this belongs; everything, for the whole file.
    pub within: Option<Span>,
    /// Where it stands.
    pub span: Span,
}

impl Allow {
    /// Whether it is about this kind of finding at this place.
    pub fn covers(&self, code: &CodePage, at: Span) -> bool {
        self.code == code.code
            && self.within.is_none_or(|within| within.start <= at.start && at.end <= within.end)
    }
}

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

/// A deployment of the provider.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The key.
    pub key: Key,
    /// What it is called.
    pub label: String,
    /// The end of its host names.
    pub host: String,
    /// A sentence that helps to recognize it.
    pub description: Option<String>,
    /// Further columns of the table, by name.
    pub values: Vec<(Key, String)>,
    /// The field whose value tells it, and how that begins.
    pub told_by: Option<(Key, Vec<String>)>,
    /// Where it stands.
    pub span: Span,
}

impl Environment {
    /// The text in another column of the table.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| *key == *name).map(|(_, text)| text.as_str())
    }

    /// Whether a field's value tells that it is this one.
    pub fn is_told_by(&self, field: &Key, value: &str) -> bool {
        self.told_by.as_ref().is_some_and(|(key, prefixes)| {
            key == field && prefixes.iter().any(|prefix| value.starts_with(prefix.as_str()))
        })
    }
}

/// The address that request paths are appended to. Always https.
#[derive(Clone, Debug)]
pub struct BaseUrl {
    /// The host, with references.
    pub host: Template,
    /// The port, if it is not 443.
    pub port: Option<u16>,
    /// The path, with references, without a slash at the end.
    pub path: Template,
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

impl Guide {
    /// The method with this key.
    pub fn method(&self, key: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.key == *key)
    }

    /// The scopes and all that come with them.
    pub fn with_included(&self, chosen: &[String]) -> Vec<String> {
        let mut all = chosen.to_vec();
        let mut at = 0;
        while let Some(name) = all.get(at).cloned() {
            let included = self.scopes.iter().filter(|scope| scope.name == name);
            for included in included.flat_map(|scope| &scope.includes) {
                if !all.contains(included) {
                    all.push(included.clone());
                }
            }
            at += 1;
        }
        all
    }
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
