//! Two versions of a guide, compared as meaning: not which lines differ, but what differs for whom.
//!
//! [`compare`] says what changed and what it means for accounts that were linked with the old version. Order within
//! a list counts only where people read in that order.

mod change;
mod method;
mod proof;
mod spelled;
mod words;

use guide::Guide;

pub use self::change::{Change, Impact};
use self::change::{Changes, pair};

/// What changed between two versions of a guide, the heaviest first.
pub fn compare(old: &Guide, new: &Guide) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    provider(&mut changes, old, new);
    permissions(&mut changes, old, new);
    let pairs = pair(&old.methods, &new.methods, |method| method.key.as_str());
    for method in pairs.removed {
        let what = format!("the method `{}` is gone", method.key);
        changes.say(Impact::Relink, what).was_at(method.span);
    }
    for method in pairs.added {
        changes.say(Impact::Offer, format!("the method `{}` is new", method.key)).is_at(method.span);
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
    let spans = (was.span, is.span);
    changes.differ(Impact::Relink, "the provider's key", was.key.as_str(), is.key.as_str(), spans);
    changes.differ(Impact::Words, "the provider's name", &was.name, &is.name, spans);
    let lists = [
        ("the provider's aliases", was.aliases.join(", "), is.aliases.join(", ")),
        ("the provider's categories", was.categories.join(", "), is.categories.join(", ")),
        ("the provider's icon", was.icon.clone().unwrap_or_default(), is.icon.clone().unwrap_or_default()),
    ];
    for (what, was, is) in lists {
        changes.differ(Impact::Words, what, &was, &is, spans);
    }
}

/// Scopes and actions. One that needs more than before is a permission widened.
fn permissions(changes: &mut Changes, old: &Guide, new: &Guide) {
    let pairs = pair(&old.scopes, &new.scopes, |scope| scope.name.as_str());
    for scope in pairs.removed {
        changes.say(Impact::Offer, format!("the scope `{}` is gone", scope.name)).was_at(scope.span);
    }
    for scope in pairs.added {
        changes.say(Impact::Offer, format!("the scope `{}` is new", scope.name)).is_at(scope.span);
    }
    for (was, is) in pairs.kept {
        let what = format!("the scope `{}` brings others with it", is.name);
        let (a, b) = (was.includes.join(", "), is.includes.join(", "));
        changes.differ(Impact::Recheck, &what, &a, &b, (was.span, is.span));
        let what = format!("the scope `{}` is described otherwise", is.name);
        changes.differ_words(
            &what,
            was.description.as_deref(),
            is.description.as_deref(),
            (was.span, is.span),
        );
    }
    let pairs = pair(&old.actions, &new.actions, |action| action.key.as_str());
    for action in pairs.removed {
        changes.say(Impact::Offer, format!("the action `{}` is gone", action.key)).was_at(action.span);
    }
    for action in pairs.added {
        changes.say(Impact::Offer, format!("the action `{}` is new", action.key)).is_at(action.span);
    }
    for (was, is) in pairs.kept {
        let spans = (was.span, is.span);
        let more: Vec<&str> =
            is.scopes.iter().filter(|one| !was.scopes.contains(one)).map(String::as_str).collect();
        let less: Vec<&str> =
            was.scopes.iter().filter(|one| !is.scopes.contains(one)).map(String::as_str).collect();
        if !more.is_empty() {
            let what = format!("the action `{}` needs more: {}", is.key, guide::listed(more));
            changes.say(Impact::Recheck, what).at(spans);
        }
        if !less.is_empty() {
            let what = format!("the action `{}` needs less: no {}", is.key, guide::listed(less));
            changes.say(Impact::Offer, what).at(spans);
        }
        changes.differ(
            Impact::Words,
            &format!("the label of the action `{}`", is.key),
            &was.label,
            &is.label,
            spans,
        );
    }
}
