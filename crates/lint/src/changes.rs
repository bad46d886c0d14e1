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

/// Returns the changes between two versions of a guide, sorted from the most severe impact to the least severe.
pub fn compare(old: &Guide, new: &Guide) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    provider(&mut changes, old, new);
    permissions(&mut changes, old, new);
    let pairs = pair(&old.methods, &new.methods, |method| method.key.as_str());
    for method in pairs.removed {
        changes.add(Impact::Relink, format!("the method `{}` was removed", method.key)).was_at(method.span);
    }
    for method in pairs.added {
        changes.add(Impact::Offer, format!("the method `{}` was added", method.key)).is_at(method.span);
    }
    for (old, new) in pairs.kept {
        method::compare(&mut changes, old, new);
        proof::compare(&mut changes, old, new);
        words::compare(&mut changes, old, new);
    }
    words::evidence(&mut changes, old, new);
    changes.0.sort_by_key(|change| change.impact);
    changes.0
}

fn provider(changes: &mut Changes, old: &Guide, new: &Guide) {
    let (was, is) = (&old.provider, &new.provider);
    let mut changes = changes.at((was.span, is.span));
    changes.differ(Impact::Relink, "the provider's key", was.key.as_str(), is.key.as_str());
    changes.differ(Impact::Words, "the provider's name", &was.name, &is.name);
    let lists = [
        ("the provider's aliases", was.aliases.join(", "), is.aliases.join(", ")),
        ("the provider's categories", was.categories.join(", "), is.categories.join(", ")),
        ("the provider's icon", was.icon.clone().unwrap_or_default(), is.icon.clone().unwrap_or_default()),
    ];
    for (what, was, is) in lists {
        changes.differ(Impact::Words, what, &was, &is);
    }
}

/// Compares scopes and actions. Linked accounts may lack a scope that an action newly needs.
fn permissions(changes: &mut Changes, old: &Guide, new: &Guide) {
    let pairs = pair(&old.scopes, &new.scopes, |scope| scope.name.as_str());
    for scope in pairs.removed {
        changes.add(Impact::Offer, format!("the scope `{}` was removed", scope.name)).was_at(scope.span);
    }
    for scope in pairs.added {
        changes.add(Impact::Offer, format!("the scope `{}` was added", scope.name)).is_at(scope.span);
    }
    for (was, is) in pairs.kept {
        let mut changes = changes.at((was.span, is.span));
        let what = format!("the list of scopes that `{}` includes", is.name);
        changes.differ(Impact::Recheck, &what, &was.includes.join(", "), &is.includes.join(", "));
        let what = format!("the description of the scope `{}`", is.name);
        changes.differ_words(&what, was.description.as_deref(), is.description.as_deref());
    }
    let pairs = pair(&old.actions, &new.actions, |action| action.key.as_str());
    for action in pairs.removed {
        changes.add(Impact::Offer, format!("the action `{}` was removed", action.key)).was_at(action.span);
    }
    for action in pairs.added {
        changes.add(Impact::Offer, format!("the action `{}` was added", action.key)).is_at(action.span);
    }
    for (was, is) in pairs.kept {
        let mut changes = changes.at((was.span, is.span));
        let more: Vec<&str> =
            is.scopes.iter().filter(|one| !was.scopes.contains(one)).map(String::as_str).collect();
        let less: Vec<&str> =
            was.scopes.iter().filter(|one| !is.scopes.contains(one)).map(String::as_str).collect();
        if !more.is_empty() {
            let what = format!("the action `{}` now also needs {}", is.key, guide::listed(more));
            changes.add(Impact::Recheck, what);
        }
        if !less.is_empty() {
            let what = format!("the action `{}` no longer needs {}", is.key, guide::listed(less));
            changes.add(Impact::Offer, what);
        }
        let what = format!("the label of the action `{}`", is.key);
        changes.differ(Impact::Words, &what, &was.label, &is.label);
    }
}
