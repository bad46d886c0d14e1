//! A guide as a whole: the provider, its scopes and actions, and where facts come from.

use std::sync::Arc;

use crate::choice::Standing;
use crate::key::Key;
use crate::model::lifecycle::Lifecycle;
use crate::model::method::Method;
use crate::page::CodePage;
use crate::source::{Source, Span};

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
