//! Compares what people enter and what requests carry: environments, fields, authentication and hosts.

use guide::{Derived, Environment, Field, Method};

use super::change::{Changes, Comparison, Impact, pair};
use super::one_line;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let mut texts = changes.at((old.span, new.span));
    let name = format!("the method `{}`", new.key);
    texts.differ(Impact::Words, &format!("the label of {name}"), &old.label, &new.label);
    let (was, is) = (old.description.as_deref(), new.description.as_deref());
    texts.differ_words(&format!("the description of {name}"), was, is);
    environments(changes, old, new);
    fields(changes, old, new);
    derived(changes, old, new);
    let (was, is) = (one_line::auth(&old.auth), one_line::auth(&new.auth));
    changes.at((old.auth.span, new.auth.span)).differ(Impact::Relink, "the authentication", &was, &is);
    let (was, is) = (one_line::base(&old.base_url), one_line::base(&new.base_url));
    // Secrets are never sent to a new host without consent.
    let impact = if old.base_url.host.to_string() == new.base_url.host.to_string() {
        Impact::Recheck
    } else {
        Impact::Relink
    };
    changes.at((old.base_url.span, new.base_url.span)).differ(impact, "the base URL", &was, &is);
    hosts(changes, old, new);
    facts(&mut changes.at((old.span, new.span)), old, new);
}

fn environments(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.environments, &new.environments, |one| one.key.as_str());
    for one in pairs.removed {
        changes.add(Impact::Relink, format!("the environment `{}` was removed", one.key)).was_at(one.span);
    }
    for one in pairs.added {
        // If the method had no environments, its linked accounts belong to none of the new ones.
        let impact = if old.environments.is_empty() { Impact::Relink } else { Impact::Offer };
        changes.add(impact, format!("the environment `{}` was added", one.key)).is_at(one.span);
    }
    for (was, is) in pairs.kept {
        let mut changes = changes.at((was.span, is.span));
        let name = format!("the environment `{}`", is.key);
        changes.differ(Impact::Relink, &format!("the host of {name}"), &was.host, &is.host);
        changes.differ(Impact::Recheck, &format!("the table of {name}"), &columns(was), &columns(is));
        changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label);
        let (a, b) = (was.description.as_deref(), is.description.as_deref());
        changes.differ_words(&format!("the description of {name}"), a, b);
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
    let pairs = pair(&old.fields, &new.fields, |field| field.key.as_str());
    for field in pairs.removed {
        changes.add(Impact::Offer, format!("the field `{}` was removed", field.key)).was_at(field.span);
    }
    for field in pairs.added {
        let is_needed = field.required && field.default.is_none();
        let (impact, kind) = match (is_needed, &field.when) {
            (true, None) => (Impact::Relink, "required"),
            (true, Some(_)) => (Impact::Relink, "conditionally required"),
            (false, _) => (Impact::Offer, "optional"),
        };
        changes.add(impact, format!("the {kind} field `{}` was added", field.key)).is_at(field.span);
    }
    for (was, is) in pairs.kept {
        field(&mut changes.at((was.span, is.span)), was, is);
    }
}

fn field(changes: &mut Comparison<'_>, was: &Field, is: &Field) {
    let name = format!("the field `{}`", is.key);
    if was.required != is.required {
        let (impact, kind) =
            if is.required { (Impact::Relink, "required") } else { (Impact::Offer, "optional") };
        changes.add(impact, format!("{name} is now {kind}"));
    }
    if was.secret != is.secret {
        let how = if is.secret { "is now a secret" } else { "is no longer a secret" };
        changes.add(Impact::Recheck, format!("{name} {how}"));
    }
    let kind = |field: &Field| format!("{:?}", field.kind).to_lowercase();
    changes.differ(Impact::Recheck, &format!("the type of {name}"), &kind(was), &kind(is));
    let pattern = |field: &Field| field.pattern.as_ref().map(|one| one.text.clone()).unwrap_or_default();
    changes.differ(Impact::Recheck, &format!("the pattern of {name}"), &pattern(was), &pattern(is));
    let bounds = |field: &Field| {
        format!(
            "at most {} characters{}{}",
            field.max_length,
            number(" from ", field.range.0),
            number(" to ", field.range.1)
        )
    };
    changes.differ(Impact::Recheck, &format!("the range or length of {name}"), &bounds(was), &bounds(is));
    let (a, b) = (one_line::accept(&was.accept), one_line::accept(&is.accept));
    changes.differ(Impact::Offer, &format!("the normalization of {name}"), &a, &b);
    let when = |field: &Field| one_line::condition(field.when.as_ref());
    changes.differ(Impact::Recheck, &format!("the condition of {name}"), &when(was), &when(is));
    let default = |field: &Field| field.default.clone().unwrap_or_default();
    changes.differ(Impact::Recheck, &format!("the default of {name}"), &default(was), &default(is));
    for option in was.options.iter().filter(|one| !is.options.iter().any(|other| other.value == one.value)) {
        changes.add(Impact::Relink, format!("{name} no longer has the option `{}`", option.value));
    }
    for option in is.options.iter().filter(|one| !was.options.iter().any(|other| other.value == one.value)) {
        changes.add(Impact::Offer, format!("{name} has the new option `{}`", option.value));
    }
    changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label);
    let help = |field: &Field| {
        let description = field.description.as_ref().map(crate::texts::plain).unwrap_or_default();
        let refused = field.refuse.iter().map(|one| one.says.clone());
        let rest = [field.placeholder.clone(), field.pattern_says.clone()].into_iter().flatten();
        std::iter::once(description).chain(rest).chain(refused).collect::<Vec<_>>().join("\n")
    };
    changes.differ_words(&format!("the help for {name}"), Some(&help(was)), Some(&help(is)));
}

fn number(before: &str, number: Option<i64>) -> String {
    number.map(|number| format!("{before}{number}")).unwrap_or_default()
}

fn derived(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.derived, &new.derived, |one| one.field.key.as_str());
    for one in pairs.removed {
        let what = format!("the derived value `{}` was removed", one.field.key);
        changes.add(Impact::Recheck, what).was_at(one.field.span);
    }
    for one in pairs.added {
        let what = format!("the derived value `{}` was added", one.field.key);
        changes.add(Impact::Recheck, what).is_at(one.field.span);
    }
    let source = |one: &Derived| {
        let pattern = one.field.pattern.as_ref().map(|one| one.text.clone()).unwrap_or_default();
        format!("{} {} {pattern}", one.from, one_line::accept(&one.field.accept)).trim_end().to_owned()
    };
    for (was, is) in pairs.kept {
        let what = format!("the source of the derived value `{}`", is.field.key);
        let mut changes = changes.at((was.field.span, is.field.span));
        changes.differ(Impact::Recheck, &what, &source(was), &source(is));
    }
}

fn hosts(changes: &mut Changes, old: &Method, new: &Method) {
    let mut changes = changes.at((old.hosts_span, new.hosts_span));
    for host in new.hosts.iter().filter(|host| !old.hosts.contains(host)) {
        changes.add(Impact::Recheck, format!("requests can now go to `{host}`"));
    }
    for host in old.hosts.iter().filter(|host| !new.hosts.contains(host)) {
        changes.add(Impact::Recheck, format!("requests can no longer go to `{host}`"));
    }
}

fn facts(changes: &mut Comparison<'_>, old: &Method, new: &Method) {
    let lifetime = |method: &Method| {
        let one = method.credential.as_ref();
        one.map(|one| format!("{:?}, shown once: {}", one.expires, one.shown_once)).unwrap_or_default()
    };
    let what = "the lifetime of the credential";
    changes.differ(Impact::Recheck, what, &lifetime(old), &lifetime(new));
    let acts_as = |method: &Method| method.credential.as_ref().and_then(|one| one.acts_as.clone());
    let what = "the description of who the credential acts as";
    changes.differ_words(what, acts_as(old).as_deref(), acts_as(new).as_deref());
    let limits = |method: &Method| {
        let one = method.limits.as_ref();
        one.map(|one| format!("{} requests in {} s", one.requests, one.per_seconds)).unwrap_or_default()
    };
    changes.differ(Impact::Offer, "the rate limit", &limits(old), &limits(new));
}
