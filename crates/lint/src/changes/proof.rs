//! Compares checks and outcome rules.

use guide::{Check, Identifies, Method, OutcomeRule};

use super::change::{Changes, Impact, pair};
use super::one_line;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.checks, &new.checks, |check| &check.key);
    for check in pairs.removed {
        changes.removed(Impact::Recheck, &format!("the check `{}`", check.key), check.span);
    }
    for check in pairs.added {
        let kind = if check.required { "required" } else { "optional" };
        changes.added(Impact::Recheck, &format!("the {kind} check `{}`", check.key), check.span);
    }
    for (old, new) in pairs.kept {
        check(changes, old, new);
    }
    let (old_rules, new_rules): (Vec<_>, Vec<_>) =
        (old.all_outcomes().collect(), new.all_outcomes().collect());
    outcomes(changes, &old_rules, &new_rules);
    let order = |rules: &[&OutcomeRule], others: &[&OutcomeRule]| {
        let both = rules.iter().filter(|rule| others.iter().any(|other| other.key == rule.key));
        both.map(|rule| rule.key.clone()).collect::<Vec<_>>()
    };
    if order(&old_rules, &new_rules) != order(&new_rules, &old_rules) {
        let what = "the order of the outcome rules changed, and the first match decides".to_owned();
        changes.compare(old, new, |method| method.span).add(Impact::Recheck, what);
    }
}

fn check(changes: &mut Changes, old: &Check, new: &Check) {
    let mut changes = changes.compare(old, new, |check| check.span);
    let name = format!("the check `{}`", new.key);
    if old.required != new.required {
        let kind = if new.required { "required" } else { "optional" };
        changes.add(Impact::Recheck, format!("{name} is now {kind}"));
    }
    changes.differ(Impact::Recheck, &format!("the role of {name}"), |check| {
        format!("{:?}", check.role).to_lowercase()
    });
    changes.differ(Impact::Recheck, &format!("the values that {name} captures"), |check| {
        one_line::captures(&check.captures)
    });
    changes.differ(Impact::Recheck, &format!("the place of the granted scopes in {name}"), |check| {
        check.granted.as_ref().map(ToString::to_string).unwrap_or_default()
    });
    changes.differ(Impact::Recheck, &format!("the request of {name}"), |check| {
        one_line::request(&check.request)
    });
    changes.differ(Impact::Recheck, &format!("the expected response of {name}"), |check| {
        one_line::expect(&check.expect)
    });
    changes.differ(Impact::Recheck, &format!("the scopes of {name}"), |check| check.scopes.join(", "));
    // Accounts are recognized by this id. With a different id, every linked account would look new.
    changes.differ(Impact::Relink, &format!("the account id of {name}"), |check| {
        let account = check.account.as_ref();
        account.map_or_else(String::new, |account| match account.identifies {
            Identifies::Account => account.id.to_string(),
            Identifies::Credential => format!("{}, which identifies the credential", account.id),
        })
    });
    changes.differ(Impact::Words, &format!("the account name or details of {name}"), |check| {
        let account = check.account.iter();
        let parts = account.flat_map(|account| {
            let details = account.details.iter().map(|(label, text)| format!("{label}: {text}"));
            std::iter::once(account.name.to_string()).chain(details)
        });
        parts.collect::<Vec<_>>().join(", ")
    });
    changes.differ(Impact::Words, &format!("the label of {name}"), |check| &check.label);
}

fn outcomes(changes: &mut Changes, old: &[&OutcomeRule], new: &[&OutcomeRule]) {
    let pairs = pair(old, new, |rule| &rule.key);
    for rule in pairs.removed {
        let what = format!(
            "the outcome `{}` was removed: later rules or the defaults now judge its responses",
            rule.key
        );
        changes.add(Impact::Recheck, what, Some(rule.span), None);
    }
    for rule in pairs.added {
        let what = format!("the outcome `{}` was added: `{}`", rule.key, rule.is);
        changes.add(Impact::Recheck, what, None, Some(rule.span));
    }
    for (&old, &new) in pairs.kept {
        let mut changes = changes.compare(old, new, |rule| rule.span);
        let name = format!("the outcome `{}`", new.key);
        changes.differ(Impact::Recheck, &format!("the meaning of {name}"), |rule| rule.is.to_string());
        changes.differ(Impact::Recheck, &format!("the condition of {name}"), |rule| {
            rule.when.as_ref().map(one_line::when).unwrap_or_default()
        });
        if old.ask_elsewhere != new.ask_elsewhere {
            let offers = if new.ask_elsewhere { "now offers" } else { "no longer offers" };
            changes.add(Impact::Words, format!("{name} {offers} to try the other environments"));
        }
        changes.differ(Impact::Words, &format!("the field or step to which {name} leads"), |rule| {
            let fields = rule.at_field.iter().chain(&rule.or_fields).map(|key| format!("field {key}"));
            let step = rule.return_to.iter().map(|key| format!("step {key}"));
            fields.chain(step).collect::<Vec<_>>().join(", ")
        });
        changes.differ_words(&format!("the message of {name}"), |rule| {
            rule.says.as_ref().map(ToString::to_string)
        });
        changes.differ_words(&format!("the advice of {name}"), |rule| {
            rule.fix.as_ref().map(ToString::to_string)
        });
    }
}
