//! Changes of what is asked and of what answers mean.

use guide::{Check, Identifies, Method, OutcomeRule};

use super::change::{Changes, Impact, pair};
use super::spelled;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.checks, &new.checks, |check| check.key.as_str());
    for check in pairs.removed {
        changes.say(Impact::Recheck, format!("the check `{}` is gone", check.key)).was_at(check.span);
    }
    for check in pairs.added {
        let how = if check.required { "new: a link fails where it does" } else { "new, and may fail" };
        changes.say(Impact::Recheck, format!("the check `{}` is {how}", check.key)).is_at(check.span);
    }
    for (was, is) in pairs.kept {
        check(changes, was, is);
    }
    let of_sign_in = |method: &'_ Method| method.all_outcomes().cloned().collect::<Vec<_>>();
    let (was, is) = (of_sign_in(old), of_sign_in(new));
    outcomes(changes, &was, &is);
    let order = |rules: &[OutcomeRule], others: &[OutcomeRule]| {
        let both = rules.iter().filter(|rule| others.iter().any(|other| other.key == rule.key));
        both.map(|rule| rule.key.to_string()).collect::<Vec<_>>()
    };
    if order(&was, &is) != order(&is, &was) {
        let what = "outcome rules stand in another order, and the first that matches decides".to_owned();
        changes.say(Impact::Recheck, what).at((old.span, new.span));
    }
}

fn check(changes: &mut Changes, was: &Check, is: &Check) {
    let spans = (was.span, is.span);
    let name = format!("the check `{}`", is.key);
    if was.required != is.required {
        let how = if is.required { "must not fail any more" } else { "may fail now" };
        changes.say(Impact::Recheck, format!("{name} {how}")).at(spans);
    }
    let (a, b) = (spelled::request(&was.request), spelled::request(&is.request));
    changes.differ(Impact::Recheck, &format!("the request of {name}"), &a, &b, spans);
    let (a, b) = (spelled::expect(&was.expect), spelled::expect(&is.expect));
    changes.differ(Impact::Recheck, &format!("what {name} expects"), &a, &b, spans);
    changes.differ(
        Impact::Recheck,
        &format!("the scopes of {name}"),
        &was.scopes.join(", "),
        &is.scopes.join(", "),
        spans,
    );
    let identity = |check: &Check| {
        let account = check.account.as_ref();
        let spelled = |one: &guide::AccountTemplate| match one.identifies {
            Identifies::Account => one.id.to_string(),
            Identifies::Credential => format!("{}, which is the credential's", one.id),
        };
        account.map(spelled).unwrap_or_default()
    };
    // An account is known by this: with another id each would look like somebody else's.
    changes.differ(
        Impact::Relink,
        &format!("what {name} knows an account by"),
        &identity(was),
        &identity(is),
        spans,
    );
    let shown = |check: &Check| {
        let account = check.account.as_ref();
        let details =
            account.iter().flat_map(|one| one.details.iter().map(|(label, text)| format!("{label}: {text}")));
        let name = account.map(|one| one.name.to_string()).into_iter();
        name.chain(details).collect::<Vec<_>>().join(", ")
    };
    changes.differ(
        Impact::Words,
        &format!("what {name} shows of an account"),
        &shown(was),
        &shown(is),
        spans,
    );
    changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label, spans);
}

fn outcomes(changes: &mut Changes, old: &[OutcomeRule], new: &[OutcomeRule]) {
    let pairs = pair(old, new, |rule| rule.key.as_str());
    for rule in pairs.removed {
        let what = format!(
            "the outcome `{}` is dropped: its answers are read by the rules after it, or by default",
            rule.key
        );
        changes.say(Impact::Recheck, what).was_at(rule.span);
    }
    for rule in pairs.added {
        changes
            .say(Impact::Recheck, format!("the outcome `{}` is new: `{}`", rule.key, rule.is))
            .is_at(rule.span);
    }
    for (was, is) in pairs.kept {
        let spans = (was.span, is.span);
        let name = format!("the outcome `{}`", is.key);
        changes.differ(
            Impact::Recheck,
            &format!("what {name} means"),
            was.is.as_str(),
            is.is.as_str(),
            spans,
        );
        let when = |rule: &OutcomeRule| rule.when.as_ref().map(spelled::when).unwrap_or_default();
        changes.differ(Impact::Recheck, &format!("the answers of {name}"), &when(was), &when(is), spans);
        let back = |rule: &OutcomeRule| {
            let field = rule.at_field.iter().chain(&rule.or_fields).map(|key| format!("field {key}"));
            let step = rule.return_to.iter().map(|key| format!("step {key}"));
            field.chain(step).collect::<Vec<_>>().join(", ")
        };
        changes.differ(Impact::Words, &format!("where {name} leads back to"), &back(was), &back(is), spans);
        let text = |template: &Option<guide::Template>| template.as_ref().map(ToString::to_string);
        let (a, b) = (text(&was.says), text(&is.says));
        changes.differ_words(&format!("{name} is told otherwise"), a.as_deref(), b.as_deref(), spans);
        let (a, b) = (text(&was.fix), text(&is.fix));
        changes.differ_words(
            &format!("what to do about {name} is told otherwise"),
            a.as_deref(),
            b.as_deref(),
            spans,
        );
    }
}
