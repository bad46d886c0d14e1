//! A whole guide: the provider, its scopes and actions, and the sources for facts.

use std::sync::Arc;

use crate::choice::Standing;
use crate::key::Key;
use crate::model::lifecycle::Lifecycle;
use crate::model::method::Method;
use crate::page::CodePage;
use crate::product::Product;
use crate::source::{Source, Span};

/// A connection guide.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The source file of the guide.
    pub source: Arc<Source>,
    /// The SHA-256 of the source in hexadecimal, which identifies this edition of the guide.
    pub digest: String,
    /// The product whose names the titles and labels contain. `None` if they contain no product's name.
    pub(crate) product: Option<Product>,
    /// The product whose accounts are linked.
    pub provider: Provider,
    /// The provider's permissions.
    pub scopes: Vec<Scope>,
    /// The actions that a linked account allows.
    pub actions: Vec<Action>,
    /// The ways to authenticate. There is at least one method.
    pub methods: Vec<Method>,
    /// The sources for facts in the guide.
    pub evidence: Vec<Evidence>,
    /// The warnings that the file intentionally allows.
    pub allow: Vec<Allow>,
}

/// A product whose accounts are linked.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The key, which is also the name of the guide's folder.
    pub key: Key,
    /// The product's name.
    pub name: String,
    /// Other names that people use to search for the product.
    pub aliases: Vec<String>,
    /// The product's categories.
    pub categories: Vec<String>,
    /// The icon's file name in the guide's folder.
    pub icon: Option<String>,
    /// The URL of the product's website.
    pub homepage: Option<String>,
    /// The URL of the provider's API documentation.
    pub api_docs: Option<String>,
    /// Dated events that affect the provider's API.
    pub lifecycle: Vec<Lifecycle>,
    /// The location in the source.
    pub span: Span,
}

/// A permission that the provider defines.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The scope's name, as the provider writes it.
    pub name: String,
    /// What the scope permits.
    pub description: Option<String>,
    /// Other scopes that this scope includes.
    pub includes: Vec<String>,
    /// The location in the source.
    pub span: Span,
}

/// An operation that your product performs with linked accounts.
#[derive(Clone, Debug)]
pub struct Action {
    /// The key.
    pub key: Key,
    /// The action's display name.
    pub label: String,
    /// What the action does.
    pub description: Option<String>,
    /// The scopes that the action needs.
    pub scopes: Vec<String>,
    /// The location in the source.
    pub span: Span,
}

/// The source for a fact.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The fact, as a sentence.
    pub claim: String,
    /// The URL of the page that states the fact. `None` if the fact is an assumption.
    pub source: Option<String>,
    /// The date when the fact was last checked: a valid date in the form `YYYY-MM-DD`.
    pub checked_on: String,
    /// The kind of evidence for the fact.
    pub standing: Standing,
    /// The location in the source.
    pub span: Span,
}

/// An intentionally allowed warning.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The warning's code.
    pub code: String,
    /// Why the warning does not apply.
    pub reason: String,
    /// The node in which the warning is allowed. `None` if the warning is allowed in the whole file.
    pub within: Option<Span>,
    /// The location in the source.
    pub span: Span,
}

impl Allow {
    /// Returns whether the entry allows this kind of finding at this location.
    pub fn covers(&self, code: &CodePage, at: Span) -> bool {
        self.code == code.code
            && self.within.is_none_or(|within| within.start <= at.start && at.end <= within.end)
    }
}

impl Guide {
    /// Returns the guide without its scenarios, which only tests need, and without spare memory.
    #[must_use]
    pub fn without_scenarios(mut self) -> Self {
        for method in &mut self.methods {
            method.scenarios.clear();
        }
        // A copy has no spare capacity.
        self.clone()
    }

    /// Returns the method with this key, if there is one.
    pub fn method(&self, key: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.key == *key)
    }

    /// Returns the chosen scopes, followed by all scopes that they include.
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
