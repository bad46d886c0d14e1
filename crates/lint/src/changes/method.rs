//! Compares what people enter and what requests carry: environments, fields, authentication and hosts.

use guide::{Environment, Field, Method};

use super::change::{Changes, Comparison, Impact, pair};
use super::one_line;
use crate::texts::plain;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let name = format!("the method `{}`", new.key);
    let mut texts = changes.compare(old, new, |method| method.span);
    texts.differ(Impact::Words, &format!("the label of {name}"), |method| &method.label);
    texts.differ_words(&format!("the description of {name}"), |method| &method.description);
    texts.differ(Impact::Words, "the word for an environment", |method| &method.environment_label);
    environments(changes, old, new);
    fields(changes, old, new);
    derived(changes, old, new);
    let mut auth = changes.compare(&old.auth, &new.auth, |auth| auth.span);
    auth.differ(Impact::Relink, "the authentication", one_line::auth);
    auth.differ(Impact::Recheck, "the tokens that a sign-in returns", one_line::tokens);
    auth.differ(Impact::Offer, "the sign-in in a browser", one_line::sign_in);
    auth.differ_words("the progress messages of the sign-in", |auth| {
        auth.token_steps().map(|step| &step.check.label).collect::<Vec<_>>()
    });
    // Secrets are never sent to a new host without consent.
    let is_same_host = old.base_url.host.to_string() == new.base_url.host.to_string();
    let impact = if is_same_host { Impact::Recheck } else { Impact::Relink };
    let mut base = changes.compare(&old.base_url, &new.base_url, |base| base.span);
    base.differ(impact, "the base URL", one_line::base);
    hosts(&mut changes.compare(old, new, |method| method.hosts_span), old, new);
    facts(&mut changes.compare(old, new, |method| method.span));
}

fn environments(changes: &mut Changes, old: &Method, new: &Method) {
    // Accounts that were linked before the method had environments have no environment, so they must be linked again.
    let addition = if old.environments.is_empty() { Impact::Relink } else { Impact::Offer };
    let lists = [old.environments.as_slice(), &new.environments];
    let kept = changes.lists("environment", lists, [Impact::Relink, addition], |environment| {
        (environment.key.as_str(), environment.span)
    });
    for (old, new) in kept {
        let name = format!("the environment `{}`", new.key);
        let mut changes = changes.compare(old, new, |environment| environment.span);
        changes.differ(Impact::Relink, &format!("the host of {name}"), |environment| &environment.host);
        changes.differ(Impact::Recheck, &format!("the values of {name}"), columns);
        changes.differ(Impact::Words, &format!("the label of {name}"), |environment| &environment.label);
        changes.differ_words(&format!("the description of {name}"), |environment| &environment.description);
    }
}

fn columns(environment: &Environment) -> String {
    let mut parts: Vec<String> =
        environment.values.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    if let Some((field, prefixes)) = &environment.told_by {
        parts.push(format!("implied by {field} beginning with {}", prefixes.join(" or ")));
    }
    parts.join(", ")
}

fn fields(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.fields, &new.fields, |field| &field.key);
    for field in pairs.removed {
        changes.removed(Impact::Offer, &format!("the field `{}`", field.key), field.span);
    }
    for field in pairs.added {
        let is_needed = field.required && field.default.is_none();
        let (impact, kind) = match (is_needed, &field.when) {
            (true, None) => (Impact::Relink, "required"),
            (true, Some(_)) => (Impact::Relink, "conditionally required"),
            (false, _) => (Impact::Offer, "optional"),
        };
        changes.added(impact, &format!("the {kind} field `{}`", field.key), field.span);
    }
    for (old, new) in pairs.kept {
        field(&mut changes.compare(old, new, |field| field.span), old, new);
    }
}

fn field(changes: &mut Comparison<'_, Field>, old: &Field, new: &Field) {
    let name = format!("the field `{}`", new.key);
    if old.required != new.required {
        let (impact, kind) =
            if new.required { (Impact::Relink, "required") } else { (Impact::Offer, "optional") };
        changes.add(impact, format!("{name} is now {kind}"));
    }
    if old.secret != new.secret {
        let how = if new.secret { "is now a secret" } else { "is no longer a secret" };
        changes.add(Impact::Recheck, format!("{name} {how}"));
    }
    changes.differ(Impact::Recheck, &format!("the type of {name}"), |field| {
        format!("{:?}", field.kind).to_lowercase()
    });
    changes.differ(Impact::Recheck, &format!("the format of the file in {name}"), |field| {
        field.holds.map(|holds| format!("{holds:?}").to_lowercase()).unwrap_or_default()
    });
    changes.differ(Impact::Recheck, &format!("the pattern of {name}"), pattern);
    changes.differ(Impact::Recheck, &format!("the refused values of {name}"), |field| {
        let texts = field.refuse.iter().flat_map(|refuse| {
            let prefix = refuse.prefix.iter().map(|text| format!("begins with {text}"));
            prefix.chain(refuse.contains.iter().map(|text| format!("contains {text}")))
        });
        texts.collect::<Vec<_>>().join(", ")
    });
    changes.differ(Impact::Recheck, &format!("the range or length of {name}"), |field| {
        let bound = |before: &str, bound: Option<i64>| {
            bound.map(|bound| format!("{before}{bound}")).unwrap_or_default()
        };
        let (from, to) = (bound(", minimum ", field.range.0), bound(", maximum ", field.range.1));
        format!("at most {} characters{from}{to}", field.max_length)
    });
    changes.differ(Impact::Recheck, &format!("the handling of spaces in {name}"), |field| {
        format!("{:?}", field.spaces).to_lowercase()
    });
    changes.differ(Impact::Offer, &format!("the normalization of {name}"), |field| {
        one_line::accept(&field.accept)
    });
    changes.differ(Impact::Recheck, &format!("the condition of {name}"), |field| {
        one_line::condition(field.when.as_ref())
    });
    changes.differ(Impact::Recheck, &format!("the default of {name}"), |field| {
        field.default.as_deref().unwrap_or_default()
    });
    let options = pair(&old.options, &new.options, |option| &option.value);
    for option in options.removed {
        changes.add(Impact::Relink, format!("{name} no longer has the option `{}`", option.value));
    }
    for (old, new) in options.kept {
        if old.label != new.label {
            changes.add(Impact::Words, format!("the label of the option `{}` of {name} changed", new.value));
        }
    }
    for option in options.added {
        changes.add(Impact::Offer, format!("{name} has the new option `{}`", option.value));
    }
    changes.differ(Impact::Words, &format!("the label of {name}"), |field| &field.label);
    changes.differ_words(&format!("the help for {name}"), |field| {
        let refused: Vec<_> = field.refuse.iter().map(|refused| &refused.says).collect();
        (field.description.as_ref().map(plain), &field.placeholder, &field.pattern_says, refused)
    });
}

fn pattern(field: &Field) -> &str {
    field.pattern.as_ref().map_or("", |pattern| &pattern.text)
}

fn derived(changes: &mut Changes, old: &Method, new: &Method) {
    let lists = [old.derived.as_slice(), &new.derived];
    let kept = changes.lists("derived value", lists, [Impact::Recheck; 2], |derived| {
        (derived.field.key.as_str(), derived.field.span)
    });
    for (old, new) in kept {
        let mut changes = changes.compare(old, new, |derived| derived.field.span);
        let what = format!("the source of the derived value `{}`", new.field.key);
        changes.differ(Impact::Recheck, &what, |derived| {
            let accept = one_line::accept(&derived.field.accept);
            format!("{} {accept} {}", derived.from, pattern(&derived.field)).trim_end().to_owned()
        });
        if old.field.secret != new.field.secret {
            let how = if new.field.secret { "is now a secret" } else { "is no longer a secret" };
            changes.add(Impact::Recheck, format!("the derived value `{}` {how}", new.field.key));
        }
        let what = format!("the wording of the derived value `{}`", new.field.key);
        changes.differ_words(&what, |derived| (&derived.field.label, &derived.says));
    }
}

fn hosts(changes: &mut Comparison<'_, Method>, old: &Method, new: &Method) {
    let hosts = pair(&old.hosts, &new.hosts, |host| host);
    for host in hosts.added {
        changes.add(Impact::Recheck, format!("requests can now go to `{host}`"));
    }
    for host in hosts.removed {
        changes.add(Impact::Recheck, format!("requests can no longer go to `{host}`"));
    }
}

fn facts(changes: &mut Comparison<'_, Method>) {
    changes.differ(Impact::Recheck, "the credential's lifetime", |method| {
        let credential = method.credential.as_ref();
        credential.map(|it| format!("{:?}, shown once: {}", it.expires, it.shown_once)).unwrap_or_default()
    });
    changes.differ_words("the credential's `acts_as` description", |method| {
        method.credential.as_ref().and_then(|credential| credential.acts_as.as_ref())
    });
    changes.differ(Impact::Offer, "the rate limit", |method| {
        let limits = method.limits.as_ref();
        let counted = |per: &String| format!(" per {per}");
        let shown = limits.map(|it| {
            let per = it.counted_per.as_ref().map(counted).unwrap_or_default();
            format!("{} requests in {} s{per}", it.requests, it.per_seconds)
        });
        shown.unwrap_or_default()
    });
    changes.differ(Impact::Recheck, "the header that says when to retry", |method| {
        method.wait.as_ref().map(|(header, kind)| format!("{header}, {kind:?}")).unwrap_or_default()
    });
}
