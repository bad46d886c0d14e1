//! Changes of what is typed and sent: environments, fields, authentication, hosts.

use guide::{Derived, Environment, Field, Method};

use super::change::{Changes, Impact, pair};
use super::spelled;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    let spans = (old.span, new.span);
    changes.differ(
        Impact::Words,
        &format!("the label of the method `{}`", new.key),
        &old.label,
        &new.label,
        spans,
    );
    let (was, is) = (old.description.as_deref(), new.description.as_deref());
    changes.differ_words(&format!("the method `{}` is described otherwise", new.key), was, is, spans);
    environments(changes, old, new);
    fields(changes, old, new);
    derived(changes, old, new);
    let (was, is) = (spelled::auth(&old.auth), spelled::auth(&new.auth));
    let spans = (old.auth.span, new.auth.span);
    changes.differ(Impact::Relink, "the authentication", &was, &is, spans);
    let (was, is) = (spelled::base(&old.base_url), spelled::base(&new.base_url));
    let spans = (old.base_url.span, new.base_url.span);
    // Secrets never follow to another host by themselves.
    let impact = if old.base_url.host.to_string() == new.base_url.host.to_string() {
        Impact::Recheck
    } else {
        Impact::Relink
    };
    changes.differ(impact, "the base address", &was, &is, spans);
    hosts(changes, old, new);
    facts(changes, old, new);
}

fn environments(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.environments, &new.environments, |one| one.key.as_str());
    for one in pairs.removed {
        changes.say(Impact::Relink, format!("the environment `{}` is gone", one.key)).was_at(one.span);
    }
    for one in pairs.added {
        // Accounts of a method without environments are in none of those that it has now.
        let impact = if old.environments.is_empty() { Impact::Relink } else { Impact::Offer };
        changes.say(impact, format!("the environment `{}` is new", one.key)).is_at(one.span);
    }
    for (was, is) in pairs.kept {
        let spans = (was.span, is.span);
        let name = format!("the environment `{}`", is.key);
        changes.differ(Impact::Relink, &format!("the host of {name}"), &was.host, &is.host, spans);
        changes.differ(Impact::Recheck, &format!("the table of {name}"), &columns(was), &columns(is), spans);
        changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label, spans);
        let (a, b) = (was.description.as_deref(), is.description.as_deref());
        changes.differ_words(&format!("{name} is described otherwise"), a, b, spans);
    }
}

fn columns(environment: &Environment) -> String {
    let mut parts: Vec<String> =
        environment.values.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    if let Some((field, prefixes)) = &environment.told_by {
        parts.push(format!("told by {field} beginning with {}", prefixes.join(" or ")));
    }
    parts.join(", ")
}

fn fields(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.fields, &new.fields, |field| field.key.as_str());
    for field in pairs.removed {
        changes.say(Impact::Offer, format!("the field `{}` is gone", field.key)).was_at(field.span);
    }
    for field in pairs.added {
        let is_needed = field.required && field.default.is_none();
        let (impact, how) = match (is_needed, &field.when) {
            (true, None) => (Impact::Relink, "new and required"),
            (true, Some(_)) => (Impact::Relink, "new, and required under a condition"),
            (false, _) => (Impact::Offer, "new, and can be left empty"),
        };
        changes.say(impact, format!("the field `{}` is {how}", field.key)).is_at(field.span);
    }
    for (was, is) in pairs.kept {
        field(changes, was, is);
    }
}

fn field(changes: &mut Changes, was: &Field, is: &Field) {
    let spans = (was.span, is.span);
    let name = format!("the field `{}`", is.key);
    if was.required != is.required {
        let (impact, how) = if is.required {
            (Impact::Relink, "is required now")
        } else {
            (Impact::Offer, "can be left empty now")
        };
        changes.say(impact, format!("{name} {how}")).at(spans);
    }
    if was.secret != is.secret {
        let how = if is.secret { "is a secret now" } else { "may be seen now" };
        changes.say(Impact::Recheck, format!("{name} {how}")).at(spans);
    }
    let kind = |field: &Field| format!("{:?}", field.kind).to_lowercase();
    changes.differ(Impact::Recheck, &format!("the type of {name}"), &kind(was), &kind(is), spans);
    let pattern = |field: &Field| field.pattern.as_ref().map(|one| one.text.clone()).unwrap_or_default();
    changes.differ(Impact::Recheck, &format!("the pattern of {name}"), &pattern(was), &pattern(is), spans);
    let bounds = |field: &Field| {
        format!(
            "at most {} characters{}{}",
            field.max_length,
            number(" from ", field.range.0),
            number(" to ", field.range.1)
        )
    };
    changes.differ(Impact::Recheck, &format!("the bounds of {name}"), &bounds(was), &bounds(is), spans);
    let accept = |field: &Field| spelled::accept(&field.accept);
    changes.differ(
        Impact::Offer,
        &format!("what {name} makes of what is typed"),
        &accept(was),
        &accept(is),
        spans,
    );
    let when = |field: &Field| spelled::condition(field.when.as_ref());
    changes.differ(Impact::Recheck, &format!("when {name} is asked"), &when(was), &when(is), spans);
    let default = |field: &Field| field.default.clone().unwrap_or_default();
    changes.differ(Impact::Recheck, &format!("the default of {name}"), &default(was), &default(is), spans);
    for option in was.options.iter().filter(|one| !is.options.iter().any(|other| other.value == one.value)) {
        changes
            .say(Impact::Relink, format!("`{}` can no longer be chosen in {name}", option.value))
            .at(spans);
    }
    for option in is.options.iter().filter(|one| !was.options.iter().any(|other| other.value == one.value)) {
        changes.say(Impact::Offer, format!("`{}` can be chosen in {name}", option.value)).at(spans);
    }
    changes.differ(Impact::Words, &format!("the label of {name}"), &was.label, &is.label, spans);
    let says = |field: &Field| {
        let description = field.description.as_ref().map(crate::texts::plain).unwrap_or_default();
        let refused = field.refuse.iter().map(|one| one.says.clone());
        let rest = [field.placeholder.clone(), field.pattern_says.clone()].into_iter().flatten();
        std::iter::once(description).chain(rest).chain(refused).collect::<Vec<_>>().join("\n")
    };
    changes.differ_words(&format!("{name} is explained otherwise"), Some(&says(was)), Some(&says(is)), spans);
}

fn number(before: &str, number: Option<i64>) -> String {
    number.map(|number| format!("{before}{number}")).unwrap_or_default()
}

fn derived(changes: &mut Changes, old: &Method, new: &Method) {
    let pairs = pair(&old.derived, &new.derived, |one| one.field.key.as_str());
    for one in pairs.removed {
        changes
            .say(Impact::Recheck, format!("`{}` is not computed any more", one.field.key))
            .was_at(one.field.span);
    }
    for one in pairs.added {
        changes.say(Impact::Recheck, format!("`{}` is computed", one.field.key)).is_at(one.field.span);
    }
    let spelled = |one: &Derived| {
        let pattern = one.field.pattern.as_ref().map(|one| one.text.clone()).unwrap_or_default();
        format!("{} {} {pattern}", one.from, spelled::accept(&one.field.accept)).trim_end().to_owned()
    };
    for (was, is) in pairs.kept {
        let what = format!("how `{}` is computed", is.field.key);
        changes.differ(Impact::Recheck, &what, &spelled(was), &spelled(is), (was.field.span, is.field.span));
    }
}

fn hosts(changes: &mut Changes, old: &Method, new: &Method) {
    let spans = (old.hosts_span, new.hosts_span);
    for host in new.hosts.iter().filter(|host| !old.hosts.contains(host)) {
        changes.say(Impact::Recheck, format!("requests may go to `{host}`")).at(spans);
    }
    for host in old.hosts.iter().filter(|host| !new.hosts.contains(host)) {
        changes.say(Impact::Recheck, format!("requests may no longer go to `{host}`")).at(spans);
    }
}

fn facts(changes: &mut Changes, old: &Method, new: &Method) {
    let spans = (old.span, new.span);
    let life = |method: &Method| {
        let one = method.credential.as_ref();
        one.map(|one| format!("{:?}, shown once: {}", one.expires, one.shown_once)).unwrap_or_default()
    };
    changes.differ(Impact::Recheck, "how long the credential lives", &life(old), &life(new), spans);
    let acts_as = |method: &Method| method.credential.as_ref().and_then(|one| one.acts_as.clone());
    let what = "on whose behalf the credential acts is said otherwise";
    changes.differ_words(what, acts_as(old).as_deref(), acts_as(new).as_deref(), spans);
    let limits = |method: &Method| {
        let one = method.limits.as_ref();
        one.map(|one| format!("{} requests in {} s", one.requests, one.per_seconds)).unwrap_or_default()
    };
    changes.differ(Impact::Offer, "how often the provider may be asked", &limits(old), &limits(new), spans);
}
