//! The fixed wording on a page, which a brand file cannot change yet.
//!
//! **Invariant:** only this file and its submodule contain sentences for readers, so that any sentence can become a key
//! in the brand file without changes to the writers.

mod seen;

use guide::{Expiry, FieldType, LifecycleEvent, Limits, Role, Standing};

pub(crate) use self::seen::seen;

use self::seen::either;

/// The language of the strings below.
pub(crate) const LANGUAGE: &str = "en";

pub(crate) const NEEDS: &str = "Before you begin";
pub(crate) const FIELDS: &str = "Form fields";
pub(crate) const PERMISSIONS: &str = "Permissions";
pub(crate) const CHECKS: &str = "Connection checks";
pub(crate) const TROUBLES: &str = "Troubleshooting";
pub(crate) const CREDENTIAL: &str = "About the credential";
pub(crate) const LIMITS: &str = "Rate limits";
pub(crate) const EVENTS: &str = "Important dates";
pub(crate) const SOURCES: &str = "Sources";

pub(crate) const WARNING: &str = "Warning";
pub(crate) const CONTENTS: &str = "On this page";
pub(crate) const SKIP: &str = "Skip to content";
pub(crate) const COPY: &str = "Copy";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const HELP: &str = "Help";
pub(crate) const FORM: &str = "The form you fill in";
pub(crate) const CHOOSE: &str = "Choose";
pub(crate) const HIDDEN: &str = "hidden";
pub(crate) const IMAGE: &str = "Image";

pub(crate) const TYPE: &str = "Type";
pub(crate) const FORMAT: &str = "Format";
pub(crate) const EXAMPLE: &str = "Example";
pub(crate) const DEFAULT: &str = "If left empty";
pub(crate) const OPTIONS: &str = "Options";
pub(crate) const ONLY: &str = "Shown";
pub(crate) const FOUND_AT: &str = "Where to find it";
pub(crate) const HOST: &str = "Host";
pub(crate) const DESCRIPTION: &str = "Description";
pub(crate) const PERMISSION: &str = "Permission";
pub(crate) const ACCESS: &str = "Access";
pub(crate) const NEEDED_FOR: &str = "Needed for";
pub(crate) const TESTED_BY: &str = "Tested by";
pub(crate) const WITHOUT_IT: &str = "Without it";
pub(crate) const NOTHING: &str = "\u{2013}";
pub(crate) const LIMITED_WITHOUT: &str = "The account connects with limited access.";
pub(crate) const NOT_LINKED_WITHOUT: &str = "The account doesn't connect.";
pub(crate) const SEEN: &str = "Technical details";
pub(crate) const FIX: &str = "What to do";
pub(crate) const LOOK_AT: &str = "Fields to check";
pub(crate) const BACK_TO: &str = "Go back to";
pub(crate) const SOURCE: &str = "Source";

/// Returns the heading above the environments, derived from the provider's word for an environment, such as "Site".
pub(crate) fn environments(label: &str) -> String {
    format!("{label}s")
}

pub(crate) fn chosen_environment(label: &str) -> String {
    format!("the selected {}", label.to_lowercase())
}

pub(crate) fn environment_host(label: &str) -> String {
    format!("{} host", label.to_lowercase())
}

/// Returns the technical details for an outcome that depends on the account's identity rather than on a response.
pub(crate) fn seen_by_identity(provider: &str) -> String {
    format!("{provider} accepts the credentials, but they belong to a different account.")
}

pub(crate) fn redirect_uri(hub: &str) -> String {
    format!("callback URL shown in {hub}")
}

/// Returns the name of a value that differs between readers, in angle quotes.
pub(crate) fn placeholder(name: &str) -> String {
    format!("\u{2039}{name}\u{203a}")
}

/// Returns the type of a field's value, in words.
pub(crate) const fn kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Email => "email address",
        FieldType::Url => "URL that starts with https://",
        FieldType::Host => "host name",
        FieldType::Secret => "token, key or password",
        FieldType::Number => "whole number",
        FieldType::Select => "one of several options",
        FieldType::Multiline => "multiple lines of text",
        FieldType::File => "file",
        FieldType::Boolean => "yes or no",
    }
}

/// Returns the type of a field's value, and whether the value is a secret, in words.
pub(crate) fn kind_and_secrecy(kind: &str, secret: bool) -> String {
    format!("{kind}{}", if secret { " (secret)" } else { "" })
}

/// Returns the word that indicates whether a field is required.
pub(crate) const fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

/// Returns the sentence before the checks. `entered` is true if the reader enters any details.
pub(crate) fn checks_intro(brand: &str, provider: &str, entered: bool) -> String {
    let with = if entered { " with the details that you entered" } else { "" };
    format!("Before saving anything, {brand} sends these requests to {provider}{with}:")
}

/// Returns the fact that a check proves.
pub(crate) fn proves(role: Role, required: bool, anonymous: bool) -> String {
    let fact = match role {
        Role::Authenticate if anonymous => "Looks up public information, without your credentials.",
        Role::Identity => "Confirms which account the credentials belong to.",
        Role::Authenticate => "Confirms that the credentials work.",
        Role::Capability => "Confirms that the account has the access it needs.",
    };
    match (required, role) {
        (true, _) => fact.to_owned(),
        // A guide can have a dozen capability checks, and each check's name already states which capability it
        // confirms.
        (false, Role::Capability) => "The account connects even if this check fails.".to_owned(),
        (false, _) => format!("{fact} The account connects even if this check fails."),
    }
}

/// Returns the condition under which a part of the guide applies, or `None` if that part always applies.
pub(crate) fn only(environments: &[&str], field: Option<(&str, &[&str])>) -> Option<String> {
    let place = (!environments.is_empty()).then(|| format!("for {}", either(environments)));
    let value = field.map(|(label, values)| format!("if \u{201c}{label}\u{201d} is {}", either(values)));
    match (place, value) {
        (Some(place), Some(value)) => Some(format!("Only {place}, and only {value}.")),
        (Some(one), None) | (None, Some(one)) => Some(format!("Only {one}.")),
        (None, None) => None,
    }
}

/// Returns the line about the actions that a step's scopes make possible.
pub(crate) fn enables(actions: &[&str]) -> String {
    format!("Enables actions: {}", actions.join(", "))
}

/// Describes the provider's rate limit.
pub(crate) fn limits(limits: &Limits, provider: &str) -> String {
    let noun = if limits.requests == 1 { "request" } else { "requests" };
    let period = match limits.per_seconds {
        1 => "per second".to_owned(),
        60 => "per minute".to_owned(),
        3600 => "per hour".to_owned(),
        86_400 => "per day".to_owned(),
        n => format!("every {n} seconds"),
    };
    let counted = limits.counted_per.as_ref().map(|who| format!(" per {who}")).unwrap_or_default();
    format!("{provider} allows {} {noun} {period}{counted}.", limits.requests)
}

/// Describes when a credential expires. Returns `None` if that is unknown.
pub(crate) fn expires(expiry: Expiry) -> Option<String> {
    match expiry {
        Expiry::Unknown => None,
        Expiry::Never => Some("The credential doesn't expire. It works until someone revokes it.".to_owned()),
        Expiry::Days(n) => {
            Some(format!("The credential expires no later than {} after it was created.", days(n)))
        }
        Expiry::IdleDays(n) => Some(format!("The credential expires if it isn't used for {}.", days(n))),
    }
}

fn days(n: u32) -> String {
    if n == 1 { "one day".to_owned() } else { format!("{n} days") }
}

/// Returns the line about the user on whose behalf a credential's requests are made.
pub(crate) fn acts_as(who: &str) -> String {
    format!("Acts as: {who}")
}

pub(crate) fn shown_once(provider: &str) -> String {
    format!("{provider} shows the credential only once.")
}

/// Returns the kind of a dated event, in words.
pub(crate) const fn event(event: LifecycleEvent) -> &'static str {
    match event {
        LifecycleEvent::Introduced => "introduced",
        LifecycleEvent::Changed => "changed",
        LifecycleEvent::Deprecated => "deprecated",
        LifecycleEvent::Sunset => "discontinued",
    }
}

/// Describes how well a fact is established. An assumption can also have a source page, such as a third party's page.
pub(crate) const fn standing(standing: Standing, has_page: bool) -> &'static str {
    match standing {
        Standing::Documented => "Documented by the provider",
        Standing::Observed => "Observed with a real account",
        Standing::Assumed if has_page => "Assumed from this page",
        Standing::Assumed => "Assumed",
    }
}

/// Returns the end of a line about a source: the day on which the fact was last checked.
pub(crate) fn checked_on(day: &str) -> String {
    format!(", last checked on {day}.")
}
