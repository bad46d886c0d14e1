//! Explains schema errors in the author's terms, at the location of the mistake.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::names::{Spot, parents_of};
use crate::code::{MISSING_KEY, NOT_A_CHOICE, OUT_OF_BOUNDS, UNKNOWN_KEY, WRONG_TYPE};
use crate::finding::{Finding, MOST_FINDINGS, choose, listed, quoted};
use crate::node::{Kind as NodeKind, Node};
use crate::source::{Source, Span};
use crate::spelling::nearest;

/// A correction for a mistake with an obvious fix. Once the correction is applied, the rest of the file can be
/// interpreted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Repair {
    /// Renames the key.
    Rename(String),
    /// Removes the entry.
    Remove,
    /// Replaces the value.
    Become(NodeKind),
}

/// Turns schema errors into findings.
pub(super) struct Words<'n, 's, 'f> {
    root: &'n Node,
    pub(super) source: &'n Source,
    pub(super) schema: &'s Value,
    findings: &'f mut Vec<Finding>,
    repairs: BTreeMap<Span, Repair>,
    /// The unknown and missing keys in each mapping, by the mapping's JSON pointer. A misspelled key counts as both
    /// unknown and missing, but is reported as a single mistake.
    keys: BTreeMap<String, Keys>,
}

#[derive(Default)]
struct Keys {
    unknown: BTreeSet<String>,
    missing: BTreeSet<String>,
}

impl<'n, 's, 'f> Words<'n, 's, 'f> {
    pub(super) fn new(
        root: &'n Node,
        source: &'n Source,
        schema: &'s Value,
        findings: &'f mut Vec<Finding>,
    ) -> Self {
        Self { root, source, schema, findings, repairs: BTreeMap::new(), keys: BTreeMap::new() }
    }

    /// Reports an error.
    pub(super) fn report(&mut self, error: &ValidationError<'_>) {
        if self.findings.len() > MOST_FINDINGS {
            return;
        }
        let path = error.instance_path().to_string();
        let spot = Spot::find(self.root, self.schema, &path);
        match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                self.keys
                    .entry(path)
                    .or_default()
                    .unknown
                    .extend(unexpected.iter().take(MOST_FINDINGS).cloned());
            }
            Kind::Required { property } => {
                let missing = property.as_str().unwrap_or_default().to_owned();
                self.keys.entry(path).or_default().missing.insert(missing);
            }
            Kind::Enum { options } => {
                let words: Vec<&str> =
                    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                match &spot.node.kind {
                    NodeKind::Text(text) => self.not_a_choice(&spot, text, spot.node.span, &words),
                    _ => self.wrong_type(&spot, "a word"),
                }
            }
            Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
                self.report_branches(&spot, context);
            }
            Kind::Type { kind } => {
                let expected = match kind {
                    TypeKind::Single(kind) => expected(&kind.to_string()),
                    TypeKind::Multiple(_) => "a value of another type",
                };
                self.wrong_type(&spot, expected);
            }
            kind => self.bounds(&spot, kind),
        }
    }

    /// Reports the collected unknown and missing keys, and returns the repairs.
    pub(super) fn finish(mut self) -> BTreeMap<Span, Repair> {
        for (path, Keys { mut unknown, mut missing }) in std::mem::take(&mut self.keys) {
            let spot = Spot::find(self.root, self.schema, &path);
            let misspelled: Vec<(String, String)> = unknown
                .iter()
                .filter_map(|wrong| {
                    Some((wrong.clone(), nearest(wrong, missing.iter().map(String::as_str))?.to_owned()))
                })
                .collect();
            for (wrong, right) in misspelled {
                if unknown.contains(&wrong) && missing.remove(&right) {
                    unknown.remove(&wrong);
                    self.misspelled(&spot, &wrong, &right);
                }
            }
            if let ([wrong], [right]) = (&*Vec::from_iter(&unknown), &*Vec::from_iter(&missing)) {
                // If exactly one key is unknown and exactly one is missing, the author probably meant the missing key,
                // unless the unknown key resembles a third key. The top level is excluded, because its required keys
                // identify the type of file.
                let other = nearest(wrong, self.free(&spot));
                if !path.is_empty() && parents_of(self.schema, wrong).is_none() && other.is_none() {
                    self.misspelled(&spot, wrong, right);
                    continue;
                }
            }
            let free = self.free(&spot);
            for wrong in &unknown {
                self.unknown(&spot, wrong, &free);
            }
            for right in &missing {
                let place = self.source.first_line(spot.place());
                let found = Finding::new(&MISSING_KEY, place, format!("{} has no `{right}`", spot.name()));
                self.push(match spot.purpose(right) {
                    Some(purpose) => found.help(format!("add `{right}: …` ({purpose})")),
                    None => found.help(format!("add `{right}: …`")),
                });
            }
        }
        self.repairs
    }

    pub(super) fn push(&mut self, found: Finding) {
        self.findings.push(found);
    }

    pub(super) fn repair(&mut self, at: Span, repair: Repair) {
        self.repairs.insert(at, repair);
    }

    /// Returns the allowed keys that the mapping does not contain yet.
    fn free(&self, spot: &Spot<'_, 's>) -> Vec<&'s str> {
        spot.keys().into_iter().filter(|key| spot.node.entry(key).is_none()).collect()
    }

    fn misspelled(&mut self, spot: &Spot<'_, 's>, wrong: &str, right: &str) {
        let Some(span) = spot.node.entry(wrong).map(|entry| entry.key_span) else { return };
        let message = format!("{} is not a key of {}", quoted(wrong), spot.kind());
        let found = Finding::new(&UNKNOWN_KEY, span, message);
        let free = self.free(spot);
        self.push(found.did_you_mean(span, wrong, right, free));
        self.repair(span, Repair::Rename(right.to_owned()));
    }

    fn unknown(&mut self, spot: &Spot<'_, 's>, wrong: &str, free: &[&str]) {
        if let Some(right) = nearest(wrong, free.iter().copied()) {
            self.misspelled(spot, wrong, right);
            return;
        }
        let Some(span) = spot.node.entry(wrong).map(|entry| entry.key_span) else { return };
        self.repair(span, Repair::Remove);
        let message = format!("{} is not a key of {}", quoted(wrong), spot.kind());
        let found = Finding::new(&UNKNOWN_KEY, span, message);
        self.push(match parents_of(self.schema, wrong) {
            Some(home) => found.help(format!("this key belongs in {home}")),
            None if free.is_empty() => found.help("remove it"),
            None => {
                found.help(format!("the keys that can be added here are {}", listed(free.iter().copied())))
            }
        });
    }

    pub(super) fn not_a_choice(&mut self, spot: &Spot<'_, '_>, word: &str, at: Span, words: &[&str]) {
        let found = Finding::new(&NOT_A_CHOICE, at, format!("{} cannot be {}", spot.name(), quoted(word)));
        match intended(word, words) {
            Some(right) => {
                self.push(found.did_you_mean(at, word, right, words.iter().copied()));
                if at == spot.node.span {
                    self.repair(at, Repair::Become(NodeKind::Text(right.to_owned())));
                } else {
                    self.repair(at, Repair::Rename(right.to_owned()));
                }
            }
            None => self.push(found.help(choose(words.iter().copied()))),
        }
    }

    pub(super) fn wrong_type(&mut self, spot: &Spot<'_, '_>, expected: &str) {
        let place = self.source.first_line(spot.place());
        let (node, name) = (spot.node, spot.name());
        let text = self.source.slice(self.source.first_line(node.span)).to_owned();
        let found = Finding::new(
            &WRONG_TYPE,
            place,
            format!("{name} must be {expected}, but this is {}", node.described()),
        );
        let (found, repair) = match (&node.kind, expected) {
            (NodeKind::Null, _) => {
                let place = spot.key.map_or(place, |(_, span)| span);
                let found = Finding::new(&WRONG_TYPE, place, format!("{name} has no value"));
                (self.no_value(place, found, expected), None)
            }
            (NodeKind::Number(_) | NodeKind::Bool(_), "a string") => {
                let found =
                    found.help(format!("put the value in quotes: '{text}'")).fix(place, format!("'{text}'"));
                (found, Some(NodeKind::Text(text)))
            }
            (NodeKind::Text(_), "a list") => {
                let found = found.help(format!("write a list: [{text}]"));
                let found = if is_one_item(&text) {
                    found.fix(place, format!("[{text}]"))
                } else {
                    found.unsafe_fix(place, format!("[{text}]"))
                };
                (found, Some(NodeKind::Sequence(vec![node.clone()])))
            }
            (NodeKind::Mapping(_), "a list") => {
                (found.help("begin each item with a hyphen and its key: `- key: …`"), None)
            }
            (NodeKind::Sequence(_), "a string") => {
                (found.help("write a single string, without brackets or hyphens"), None)
            }
            (NodeKind::Text(word), "a number") => match word.parse::<i64>() {
                Ok(number) => {
                    let found = found.help(format!("write {word} without quotes")).fix(place, word);
                    (found, Some(NodeKind::Number(number.into())))
                }
                Err(_) => (found.help("write a number"), None),
            },
            (NodeKind::Text(word), "`true` or `false`") => match boolean(word) {
                Some(boolean) => {
                    let found = found
                        .help(format!("write `{boolean}` without quotes"))
                        .fix(place, boolean.to_string());
                    (found, Some(NodeKind::Bool(boolean)))
                }
                None => (found.help("write `true` or `false` without quotes"), None),
            },
            (_, "a mapping") => (found.help(spot.as_mapping(self.source)), None),
            _ => (found.help(format!("write {expected}")), None),
        };
        self.push(found);
        if let Some(kind) = repair {
            self.repair(node.span, Repair::Become(kind));
        }
    }

    /// Adds advice to a finding about a key without a value.
    fn no_value(&self, key: Span, found: Finding, expected: &str) -> Finding {
        let line = self.source.first_line(Span::new(key.end, self.source.text.len()));
        let rest = self.source.slice(line).trim_start_matches(':').trim();
        if expected == "a string" && rest.starts_with('#') {
            let text = format!("'{}'", rest.replace('\'', "''"));
            return found.help(format!(
                "text after `#` is a comment; if this text is the value, put it in quotes: {text}"
            ));
        }
        found.help(format!("write {expected} after the colon, or remove the key"))
    }

    fn bounds(&mut self, spot: &Spot<'_, '_>, kind: &Kind) {
        let name = spot.name();
        let limit = |name: &str| spot.schema.get(name).map(ToString::to_string);
        let (message, advice) = match kind {
            Kind::MinItems { .. } => (format!("{name} is empty"), "add at least one item".to_owned()),
            Kind::MinProperties { .. } => {
                (format!("{name} is empty"), format!("add at least one of {}", listed(spot.keys())))
            }
            Kind::MinLength { limit } => (
                format!("{name} is shorter than {limit} characters"),
                format!("write at least {limit} characters"),
            ),
            Kind::Minimum { .. } | Kind::Maximum { .. } => {
                let advice = match (limit("minimum"), limit("maximum")) {
                    (Some(low), Some(high)) => format!("write a number from {low} to {high}"),
                    (Some(low), None) => format!("write a number that is at least {low}"),
                    (None, high) => format!("write a number that is at most {}", high.unwrap_or_default()),
                };
                (
                    format!("{name} cannot be {}", spot.node.described().trim_start_matches("the number ")),
                    advice,
                )
            }
            Kind::Pattern { pattern } => {
                let form = match pattern.as_str() {
                    r"^\d{4}-\d{2}-\d{2}$" => "a date such as `2026-01-31`",
                    r"^W\d{4}$" => "a finding code such as `W0325`",
                    r"^#[0-9a-fA-F]{6}$" => "a color such as `#3355ff`",
                    _ => "a value in the expected format",
                };
                (format!("{name} is not {form}"), format!("write {form}"))
            }
            other => (format!("{name} violates the schema rule `{}`", other.keyword()), String::new()),
        };
        let found = Finding::new(&OUT_OF_BOUNDS, self.source.first_line(spot.place()), message);
        self.push(if advice.is_empty() { found } else { found.help(advice) });
    }
}

/// Returns the author's term for a schema type.
fn expected(kind: &str) -> &'static str {
    match kind {
        "string" => "a string",
        "array" => "a list",
        "object" => "a mapping",
        "boolean" => "`true` or `false`",
        "integer" | "number" => "a number",
        _ => "a value of another type",
    }
}

/// Returns whether a scalar, as written in the file, would be a single item inside brackets.
fn is_one_item(text: &str) -> bool {
    text.starts_with(['\'', '"']) || !text.contains([',', '[', ']', '{', '}', '|', '>'])
}

fn boolean(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Returns the allowed word that the author probably meant: the closest word, or the equivalent of a word that other
/// formats use. Returns `None` if there is no likely candidate.
fn intended<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    const ELSEWHERE: &[(&str, &str)] = &[
        ("string", "text"),
        ("password", "secret"),
        ("passphrase", "secret"),
        ("token", "secret"),
        ("credential", "secret"),
        ("dropdown", "select"),
        ("enum", "select"),
        ("choice", "select"),
        ("checkbox", "boolean"),
        ("integer", "number"),
        ("textarea", "multiline"),
        ("uri", "url"),
        ("hostname", "host"),
        ("apikey", "api_key"),
        ("oauth", "oauth2"),
        ("success", "ok"),
        ("okay", "ok"),
        ("unauthorized", "wrong_secret"),
        ("invalid_credentials", "wrong_secret"),
        ("forbidden", "missing_permission"),
        ("wrong_token", "wrong_secret"),
        ("wrong_key", "wrong_secret"),
        ("wrong_password", "wrong_secret"),
        ("bad_token", "wrong_secret"),
        ("invalid_token", "wrong_secret"),
        ("invalid_key", "wrong_secret"),
        ("wrong_account", "different_account"),
        ("wrong_region", "wrong_environment"),
        ("not_found", "wrong_tenant"),
        ("insufficient_scope", "missing_permission"),
        ("revoked", "disabled"),
        ("inactive", "disabled"),
        ("rate_limited", "throttled"),
        ("server_error", "provider_down"),
        ("timeout", "unreachable"),
        ("network_error", "unreachable"),
        ("offline", "unreachable"),
    ];
    let equivalent = |name: &str| {
        let (_, here) = ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == name)?;
        words.iter().copied().find(|word| word == here)
    };
    // An exact synonym says more about the intended meaning than similar letters: `wrong_key` is not `wrong_user`.
    equivalent(word)
        .or_else(|| nearest(word, words.iter().copied()))
        .or_else(|| equivalent(nearest(word, ELSEWHERE.iter().map(|(elsewhere, _)| *elsewhere))?))
}
