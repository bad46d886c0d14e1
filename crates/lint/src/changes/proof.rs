//! Compares checks and outcome rules.

use guide::{Check, Identifies, Method, OutcomeRule};

use super::change::{Changes, Impact, pair};
use super::one_line;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.checks, &new.checks, |check| check.key.as_str());
    for check in pairs.removed {
        changes.add(Impact::Recheck, format!("the check `{}` was removed", check.key)).was_at(check.span);
    }
    for check in pairs.added {
        let kind = if check.required { "required" } else { "optional" };
        changes.add(Impact::Recheck, format!("the {kind} check `{}` was added", check.key)).is_at(check.span);
    }
    for (was, is) in pairs.kept {
        check(changes, was, is);
    }
    let rules = |method: &'_ Method| method.all_outcomes().cloned().collect::<Vec<_>>();
    let (was, is) = (rules(old), rules(new));
    outcomes(changes, &was, &is);
    let order = |rules: &[OutcomeRule], others: &[OutcomeRule]| {
        let both = rules.iter().filter(|rule| others.iter().any(|other| other.key == rule.key));
        both.map(|rule| rule.key.to_string()).collect::<Vec<_>>()
    };
    if order(&was, &is) != order(&is, &was) {
        let what = "the order of the outcome rules changed, and the first match decides".to_owned();
        changes.at((old.span, new.span)).add(Impact::Recheck, what);
    }
}

fn check(changes: &mut Changes, was: &Check, is: &Check) {
    let mut changes = changes.at((was.span, is.span));
    let name = format!("the check `{}`", is.key);
    if was.required != is.required {
        let kind = if is.required { "required" } else { "optional" };
        changes.add(Impact::Recheck, format!("{name} is now {kind}"));
    }
    let (a, b) = (one_line::request(&was.request), one_line::request(&is.request));
    changes.differ(Impact::Recheck, &format!("the request of {name}"), &a, &b);
    let (a, b) = (one_line::expect(&was.expect), one_line::expect(&is.expect));
    changes.differ(Impact::Recheck, &format!("the expected answer of {name}"), &a, &b);
    let (a, b) = (was.scopes.join(", "), is.scopes.join(", "));
    changes.differ(Impact::Recheck, &format!("the list of scopes of {name}"), &a, &b);
    let identity = |check: &Check| {
        let id = |one: &guide::AccountTemplate| match one.identifies {
            Identifies::Account => one.id.to_string(),
            Identifies::Credential => format!("{}, which identifies the credential", one.id),
        };
        check.account.as_ref().map(id).unwrap_or_default()
    };
    // Accounts are recognized by this id. With a different one, every linked account would look new.
    changes.differ(Impact::Relink, &format!("the account id of {name}"), &identity(was), &identity(is));
    let shown = |check: &Check| {
        let account = check.account.as_ref();
        let details =
            account.iter().flat_map(|one| one.details.iter().map(|(label, text)| format!("{label}: {text}")));
        let name = account.map(|one| one.name.to_string()).into_iter();
        name.chain(details).collect::<Vec<_>>().join(", ")
    };
    changes.differ(Impact::Words, &format!("the account name or details of {name}"), &shown(was), &shown(is));
    changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label);
}

fn outcomes(changes: &mut Changes, old: &[OutcomeRule], new: &[OutcomeRule]) {
    let pairs = pair(old, new, |rule| rule.key.as_str());
    for rule in pairs.removed {
        let what = format!(
            "the outcome `{}` was removed: later rules or the defaults now judge its answers",
            rule.key
        );
        changes.add(Impact::Recheck, what).was_at(rule.span);
    }
    for rule in pairs.added {
        let what = format!("the outcome `{}` was added: `{}`", rule.key, rule.is);
        changes.add(Impact::Recheck, what).is_at(rule.span);
    }
    for (was, is) in pairs.kept {
        let mut changes = changes.at((was.span, is.span));
        let name = format!("the outcome `{}`", is.key);
        changes.differ(Impact::Recheck, &format!("the meaning of {name}"), was.is.as_str(), is.is.as_str());
        let when = |rule: &OutcomeRule| rule.when.as_ref().map(one_line::when).unwrap_or_default();
        changes.differ(Impact::Recheck, &format!("the condition of {name}"), &when(was), &when(is));
        let back = |rule: &OutcomeRule| {
            let field = rule.at_field.iter().chain(&rule.or_fields).map(|key| format!("field {key}"));
            let step = rule.return_to.iter().map(|key| format!("step {key}"));
            field.chain(step).collect::<Vec<_>>().join(", ")
        };
        let what = format!("the field or step to which {name} leads");
        changes.differ(Impact::Words, &what, &back(was), &back(is));
        let text = |template: &Option<guide::Template>| template.as_ref().map(ToString::to_string);
        let (a, b) = (text(&was.says), text(&is.says));
        changes.differ_words(&format!("the message of {name}"), a.as_deref(), b.as_deref());
        let (a, b) = (text(&was.fix), text(&is.fix));
        changes.differ_words(&format!("the advice of {name}"), a.as_deref(), b.as_deref());
    }
}
