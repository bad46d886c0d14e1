//! Compares two versions of a guide by meaning instead of by line.
//!
//! [`compare`] reports what changed, and what each change means for accounts linked with the old version. The order of a
//! list matters only where people read the list in that order or the first match decides.

mod change;
mod method;
mod one_line;
mod proof;
mod words;

use guide::Guide;

pub use self::change::{Change, Impact};
use self::change::{Changes, pair};

/// Returns the changes between two versions of a guide, sorted by impact, most severe first.
pub fn compare(old: &Guide, new: &Guide) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    provider(&mut changes, old, new);
    permissions(&mut changes, old, new);
    let lists = [old.methods.as_slice(), &new.methods];
    let impacts = [Impact::Relink, Impact::Offer];
    for (old, new) in changes.lists("method", lists, impacts, |method| (method.key.as_str(), method.span)) {
        method::compare(&mut changes, old, new);
        proof::compare(&mut changes, old, new);
        words::compare(&mut changes, old, new);
    }
    words::evidence(&mut changes, old, new);
    changes.0.sort_by_key(|change| change.impact);
    changes.0
}

fn provider(changes: &mut Changes, old: &Guide, new: &Guide) {
    let mut changes = changes.compare(&old.provider, &new.provider, |provider| provider.span);
    changes.differ(Impact::Relink, "the provider's key", |provider| provider.key.as_str());
    changes.differ(Impact::Words, "the provider's name", |provider| &provider.name);
    changes.differ(Impact::Words, "the provider's aliases", |provider| provider.aliases.join(", "));
    changes.differ(Impact::Words, "the provider's categories", |provider| provider.categories.join(", "));
    changes.differ(Impact::Words, "the provider's icon", |provider| provider.icon.as_deref().unwrap_or(""));
    changes.differ(Impact::Words, "the provider's website", |provider| {
        provider.homepage.as_deref().unwrap_or("")
    });
    changes.differ(Impact::Words, "the provider's API documentation", |provider| {
        provider.api_docs.as_deref().unwrap_or("")
    });
}

/// Compares scopes and actions. Linked accounts may lack a scope that an action now needs.
fn permissions(changes: &mut Changes, old: &Guide, new: &Guide) {
    let impacts = [Impact::Offer; 2];
    let lists = [old.scopes.as_slice(), &new.scopes];
    for (old, new) in changes.lists("scope", lists, impacts, |scope| (scope.name.as_str(), scope.span)) {
        let mut changes = changes.compare(old, new, |scope| scope.span);
        let what = format!("the list of scopes that `{}` includes", new.name);
        changes.differ(Impact::Recheck, &what, |scope| scope.includes.join(", "));
        let what = format!("the description of the scope `{}`", new.name);
        changes.differ_words(&what, |scope| &scope.description);
    }
    let lists = [old.actions.as_slice(), &new.actions];
    for (old, new) in changes.lists("action", lists, impacts, |action| (action.key.as_str(), action.span)) {
        let mut changes = changes.compare(old, new, |action| action.span);
        let scopes = pair(&old.scopes, &new.scopes, |scope| scope);
        let names = |scopes: Vec<&String>| guide::listed(scopes.into_iter().map(String::as_str));
        if !scopes.added.is_empty() {
            let what = format!("the action `{}` now also needs {}", new.key, names(scopes.added));
            changes.add(Impact::Recheck, what);
        }
        if !scopes.removed.is_empty() {
            let what = format!("the action `{}` no longer needs {}", new.key, names(scopes.removed));
            changes.add(Impact::Offer, what);
        }
        changes
            .differ(Impact::Words, &format!("the label of the action `{}`", new.key), |action| &action.label);
        let what = format!("the description of the action `{}`", new.key);
        changes.differ_words(&what, |action| &action.description);
    }
}
