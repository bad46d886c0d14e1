//! The fixed words of a page that no brand file holds yet.
//!
//! **Invariant:** no file but this and its child has a sentence for readers in it. Each of these can become a key of
//! the brand file without a writer being touched.

mod seen;

use guide::{Expiry, FieldType, LifecycleEvent, Limits, Role, Standing};

pub(crate) use self::seen::seen;

/// The language of the words below.
pub(crate) const LANGUAGE: &str = "en";

pub(crate) const NEEDS: &str = "Before you begin";
pub(crate) const FIELDS: &str = "What you enter";
pub(crate) const PERMISSIONS: &str = "Permissions";
pub(crate) const CHECKS: &str = "What is checked";
pub(crate) const TROUBLES: &str = "If something goes wrong";
pub(crate) const CREDENTIAL: &str = "What to know about the credential";
pub(crate) const LIMITS: &str = "Limits";
pub(crate) const EVENTS: &str = "Dates to know";
pub(crate) const SOURCES: &str = "Where this comes from";

pub(crate) const WARNING: &str = "Warning";
pub(crate) const CONTENTS: &str = "On this page";
pub(crate) const SKIP: &str = "Skip to the content";
pub(crate) const HELP: &str = "Help";
pub(crate) const FORM: &str = "The form, as you will see it";
pub(crate) const CHOOSE: &str = "Choose";
pub(crate) const HIDDEN: &str = "hidden";
pub(crate) const IMAGE: &str = "Image";

pub(crate) const TYPE: &str = "Kind";
pub(crate) const FORMAT: &str = "Format";
pub(crate) const EXAMPLE: &str = "Example";
pub(crate) const DEFAULT: &str = "If left empty";
pub(crate) const OPTIONS: &str = "Choices";
pub(crate) const ONLY: &str = "Asked";
pub(crate) const FOUND_AT: &str = "Where to find it";
pub(crate) const HOST: &str = "Host";
pub(crate) const DESCRIPTION: &str = "How to recognize it";
pub(crate) const PERMISSION: &str = "Permission";
pub(crate) const LETS: &str = "What it allows";
pub(crate) const NEEDED_FOR: &str = "Needed for";
pub(crate) const TRIED_BY: &str = "Tried when linking";
pub(crate) const WITHOUT_IT: &str = "Without it";
pub(crate) const NOTHING: &str = "\u{2013}";
pub(crate) const LINKED_WITHOUT: &str = "Linked, but cannot do this";
pub(crate) const NOT_LINKED_WITHOUT: &str = "Not linked";
pub(crate) const SEEN: &str = "How it shows";
pub(crate) const FIX: &str = "What to do";
pub(crate) const LOOK_AT: &str = "Look at";
pub(crate) const BACK_TO: &str = "Go back to";
pub(crate) const SOURCE: &str = "Source";

/// The heading over environments, which a provider may call sites or regions.
pub(crate) fn environments(label: &str) -> String {
    format!("{label}s")
}

pub(crate) fn chosen_environment(label: &str) -> String {
    format!("the chosen {}", label.to_lowercase())
}

pub(crate) fn environment_host(label: &str) -> String {
    format!("host of the {}", label.to_lowercase())
}

/// How an outcome shows for which no answer is the sign.
pub(crate) fn seen_by_identity(provider: &str) -> String {
    format!("{provider} accepts the credentials, and they belong to another account.")
}

pub(crate) fn redirect_uri(hub: &str) -> String {
    format!("the redirect URI that {hub} shows")
}

/// The name of something that differs from reader to reader.
pub(crate) fn placeholder(name: &str) -> String {
    format!("\u{2039}{name}\u{203a}")
}

/// What kind of value it is.
pub(crate) const fn kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "one line of text",
        FieldType::Email => "an email address",
        FieldType::Url => "an address that begins with https://",
        FieldType::Host => "a host name",
        FieldType::Secret => "a token, key or password",
        FieldType::Number => "a whole number",
        FieldType::Select => "one of several choices",
        FieldType::Multiline => "several lines of text",
        FieldType::File => "a file",
        FieldType::Boolean => "yes or no",
    }
}

/// The same, and whether the value is kept from view.
pub(crate) fn kind_and_secrecy(kind: &str, secret: bool) -> String {
    format!("{kind}{}", if secret { ", kept secret" } else { "" })
}

/// Whether a field must be filled in.
pub(crate) const fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

/// What stands before the checks.
pub(crate) fn checks_intro(brand: &str, provider: &str, entered: bool) -> String {
    let with = if entered { " with what you entered" } else { "" };
    format!("Before anything is stored, {brand} asks {provider}{with}:")
}

/// What a check proves.
pub(crate) fn proves(role: Role, required: bool, anonymous: bool) -> String {
    let what = match role {
        Role::Authenticate if anonymous => "It looks up what is told to anybody, without your credentials.",
        Role::Identity => "It shows whose account it is.",
        Role::Authenticate => "It shows that the credentials are accepted.",
        Role::Capability => "It shows that the account may do what is needed.",
    };
    match (required, role) {
        (true, _) => what.to_owned(),
        // What its name says already is not said once more of each of a dozen.
        (false, Role::Capability) => "The account is linked even if it fails.".to_owned(),
        (false, _) => format!("{what} The account is linked even if it fails."),
    }
}

/// When a part of the guide applies.
pub(crate) fn only(environments: &[&str], field: Option<(&str, &[&str])>) -> Option<String> {
    let place = (!environments.is_empty()).then(|| format!("in {}", any_of(environments)));
    let value = field.map(|(label, values)| format!("if {label} is {}", any_of(values)));
    match (place, value) {
        (Some(place), Some(value)) => Some(format!("Only {place}, and {value}.")),
        (Some(one), None) | (None, Some(one)) => Some(format!("Only {one}.")),
        (None, None) => None,
    }
}

/// What the scopes of a step make possible.
pub(crate) fn enables(actions: &[&str]) -> String {
    format!("Enables actions: {}", actions.join(", "))
}

fn any_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

/// How often the provider may be asked.
pub(crate) fn limits(limits: &Limits, provider: &str) -> String {
    let noun = if limits.requests == 1 { "request" } else { "requests" };
    let time = match limits.per_seconds {
        1 => "a second".to_owned(),
        60 => "a minute".to_owned(),
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        n => format!("in {n} seconds"),
    };
    let who = limits.counted_per.as_ref().map(|who| format!(", counted per {who}")).unwrap_or_default();
    format!("{provider} takes {} {noun} {time}{who}.", limits.requests)
}

/// When a credential stops working by itself.
pub(crate) fn expires(expiry: Expiry) -> Option<String> {
    match expiry {
        Expiry::Unknown => None,
        Expiry::Never => Some("It does not expire: it works until somebody revokes it.".to_owned()),
        Expiry::Days(n) => Some(format!("It expires {} after it was made, at the latest.", days(n))),
        Expiry::IdleDays(n) => Some(format!("It expires when it has not been used for {}.", days(n))),
    }
}

fn days(n: u32) -> String {
    if n == 1 { "one day".to_owned() } else { format!("{n} days") }
}

/// On whose behalf a credential acts.
pub(crate) fn acts_as(who: &str) -> String {
    format!("On whose behalf it acts: {who}")
}

/// That a credential is shown once.
pub(crate) fn shown_once(provider: &str) -> String {
    format!("{provider} shows it only once.")
}

/// What happens, in a word.
pub(crate) const fn event(event: LifecycleEvent) -> &'static str {
    match event {
        LifecycleEvent::Introduced => "introduced",
        LifecycleEvent::Changed => "changed",
        LifecycleEvent::Deprecated => "deprecated",
        LifecycleEvent::Sunset => "switched off",
    }
}

/// How sure a fact is. What is assumed can have a page all the same: somebody else's.
pub(crate) const fn standing(standing: Standing, has_page: bool) -> &'static str {
    match standing {
        Standing::Documented => "Documented by the provider",
        Standing::Observed => "Seen with a real account",
        Standing::Assumed if has_page => "Assumed from this page",
        Standing::Assumed => "Assumed",
    }
}

/// Since when.
pub(crate) fn checked_on(day: &str) -> String {
    format!(", last checked on {day}.")
}
