//! Parses the references in a string.

use std::str::FromStr;

use strum::VariantNames;

use crate::code::{BAD_FILTER, BAD_PATH, BAD_REFERENCE, MISPLACED_REFERENCE, UNKNOWN_NAME};
use crate::finding::{Finding, MOST_FINDINGS, listed, quoted};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::names::{self, Names, suggest};
use crate::source::{Braces, Source, Span};
use crate::spelling::nearest;
use crate::template::roots::ROOTS;
use crate::template::{Context, Filter, Part, Reference, Target, Template};

/// Parses strings with references. The context determines what the strings can refer to.
pub(crate) struct TextReader<'a, 'n> {
    pub(crate) context: Context,
    pub(crate) names: &'a Names<'n>,
    pub(crate) source: &'a Source,
    pub(crate) findings: &'a mut Vec<Finding>,
}

impl TextReader<'_, '_> {
    /// Parses the scalar at `span`, whose content is `text`.
    pub(crate) fn template(&mut self, text: &str, span: Span) -> Template {
        self.next_template(text, span, &mut Braces::new(self.source, span))
    }

    /// Parses one of several strings within `span`. The strings must be parsed in the order in which they appear in the
    /// file.
    pub(crate) fn next_template(&mut self, text: &str, span: Span, braces: &mut Braces<'_>) -> Template {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut at = 0;
        while let Some(open) = text[at..].find("{{").map(|n| at + n) {
            literal.push_str(&text[at..open]);
            at = open;
            if self.findings.len() > MOST_FINDINGS {
                break;
            }
            if text[open..].starts_with("{{{{") {
                literal.push_str("{{");
                at = open + 4;
                braces.skip("{{{{");
                continue;
            }
            let Some(close) = text[open..].find("}}").map(|n| open + n) else {
                let here = braces.skip("{{");
                self.findings.push(
                    Finding::new(&BAD_REFERENCE, here, "this `{{` is never closed")
                        .help("close it with `}}`"),
                );
                literal.push_str(&text[open..]);
                at = text.len();
                break;
            };
            let reader = ReferenceReader { text: self, span: braces.reference() };
            if let Some(reference) = reader.reference(text[open + 2..close].trim()) {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(Part::Reference(reference));
            }
            at = close + 2;
        }
        literal.push_str(&text[at..]);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Template { parts, span }
    }
}

struct ReferenceReader<'r, 'a, 'n> {
    text: &'r mut TextReader<'a, 'n>,
    span: Span,
}

impl ReferenceReader<'_, '_, '_> {
    fn reference(mut self, text: &str) -> Option<Reference> {
        let mut pieces = text.split('|').map(str::trim);
        let target = self.target(pieces.next().unwrap_or_default())?;
        let filters = pieces.map(|piece| self.filter(piece)).collect::<Option<Vec<_>>>()?;
        Some(Reference { target, filters, span: self.span })
    }

    fn target(&mut self, path: &str) -> Option<Target> {
        let (root, rest) = path.split_once('.').unwrap_or((path, ""));
        let legal = self.text.context.roots();
        if !ROOTS.contains(&root) {
            self.no_root(path, root, rest);
            return None;
        }
        if !legal.contains(&root) {
            self.misplaced(root, rest);
            return None;
        }
        if rest.is_empty() {
            let example = self.members(root).first().map_or("…", |name| *name);
            let found = Finding::new(&BAD_REFERENCE, self.span, format!("`{root}` alone is not a reference"));
            self.text.findings.push(found.help(format!("add a name, such as `{root}.{example}`")));
            return None;
        }
        let names = self.text.names;
        match root {
            "value" => self.known(rest, "field", &names.values).map(Target::Value),
            "label" => self.known(rest, "field", &names.fields).map(Target::Label),
            "step" => self.known(rest, "step", &names.steps).map(Target::Step),
            "capture" => self.capture(rest).map(Target::Capture),
            "token" => self.token(rest).map(Target::Token),
            "jwt" if !names.assertion => {
                let found = Finding::new(
                    &UNKNOWN_NAME,
                    self.span,
                    "`jwt` has no value, because this method signs no assertion",
                );
                self.text.findings.push(found.help("declare an `assertion`, or use the scheme `jwt`"));
                None
            }
            "jwt" => self.one(rest, &[("assertion", Target::Assertion)]),
            "request" => self.word(rest).map(Target::Request),
            "now" => self.word(rest).map(Target::Now),
            "random" => self.word(rest).map(Target::Random),
            "json" => self.json(rest),
            "environment" if names.environment_keys.is_empty() => {
                let found = Finding::new(&UNKNOWN_NAME, self.span, "this method has no environments");
                self.text.findings.push(found.help("declare `environments`, or write the literal value"));
                None
            }
            "environment" => self.environment(rest),
            "provider" => self.one(rest, &[("name", Target::ProviderName), ("key", Target::ProviderKey)]),
            "method" => self.one(rest, &[("label", Target::MethodLabel)]),
            "hub" if self.text.context.is_request() && !names.redirect_uri => {
                let message = "the callback URL is not available here";
                let found = Finding::new(&MISPLACED_REFERENCE, self.span, message);
                self.text.findings.push(found.help(
                    "use it in the parameters of `grant: authorization_code` (`authorize_parameters`, \
                     `token_parameters`, `token_headers`, or `parameters` of `refresh`), or remove it",
                ));
                None
            }
            "hub" => self.one(rest, self.text.context.hub()),
            _ => self.one(rest, self.text.context.brand()),
        }
    }

    /// Returns the names that can follow a root, or an example if the names are not known here.
    fn members(&self, root: &str) -> Vec<&str> {
        match root {
            "value" => self.text.names.values.clone(),
            "label" => self.text.names.fields.clone(),
            "token" => self.text.names.tokens.clone(),
            "jwt" => vec!["assertion"],
            "request" => vec!["path"],
            "now" => vec!["unix"],
            "random" => vec!["uuid"],
            "step" => self.text.names.steps.clone(),
            "capture" => self.text.names.captures.clone(),
            "environment" => vec!["host", "label"],
            "json" => vec!["id"],
            "hub" => self.text.context.hub().iter().map(|(name, _)| *name).collect(),
            "method" => vec!["label"],
            _ => vec!["name"],
        }
    }

    fn no_root(&mut self, path: &str, root: &str, rest: &str) {
        let legal = self.text.context.roots();
        let found = Finding::new(&BAD_REFERENCE, self.span, format!("{} is not a reference", quoted(path)));
        self.text.findings.push(match nearest(root, legal.iter().copied()) {
            Some(name) if rest.is_empty() => found.help(format!("did you mean `{name}.…`?")),
            Some(name) => {
                let at = self.part(root);
                let found = found.did_you_mean(at, root, name, legal.iter().copied());
                found.help(format!("did you mean `{name}.{rest}`?"))
            }
            None => {
                found.help(format!("references here begin with one of {}", listed(legal.iter().copied())))
            }
        });
    }

    /// Reports a root that is not available in this context. If `label` and `value` were confused, suggests the other
    /// root.
    fn misplaced(&mut self, root: &str, rest: &str) {
        let context = self.text.context;
        let legal = context.roots();
        let message = match root {
            "label" | "method" if context == Context::Label => {
                format!("a label cannot refer to `{root}`, because labels cannot contain each other")
            }
            "value" | "capture" | "json" if context.is_page() => {
                format!("`{root}` is not available on a page")
            }
            "label" | "step" if !context.is_page() => {
                format!("`{root}` is only for text that people read, but this text is sent to the provider")
            }
            _ => format!("`{root}` is not available here"),
        };
        let found = Finding::new(&MISPLACED_REFERENCE, self.span, message);
        let other = match root {
            "value" => "label",
            "label" => "value",
            _ => "",
        };
        self.text.findings.push(if legal.contains(&other) && self.text.names.fields.contains(&rest) {
            let at = self.part(root);
            found.help(format!("write `{other}.{rest}`")).unsafe_fix(at, other)
        } else {
            found.help(format!("references here begin with one of {}", listed(legal.iter().copied())))
        });
    }

    fn environment(&mut self, name: &str) -> Option<Target> {
        match name {
            "host" => Some(Target::EnvironmentHost),
            "label" => Some(Target::EnvironmentLabel),
            _ if self.text.names.environment_values.contains(&name) => {
                Key::parse(name).map(Target::EnvironmentValue)
            }
            _ => {
                let at = self.part(name);
                let message = format!("environments have no {}", quoted(name));
                let known: Vec<&str> = ["host", "label"]
                    .into_iter()
                    .chain(self.text.names.environment_values.iter().copied())
                    .collect();
                self.text.findings.push(suggest(Finding::new(&UNKNOWN_NAME, at, message), at, name, &known));
                None
            }
        }
    }

    fn token(&mut self, name: &str) -> Option<Key> {
        let names = self.text.names;
        if !names.tokens.contains(&name) && names.later_tokens.contains(&name) {
            let message = format!("the token `{name}` is not available at this point");
            return self.too_early(name, message, "use the token only after the request that obtains it");
        }
        self.known(name, "token", &names.tokens)
    }

    fn word<T: FromStr + VariantNames>(&mut self, name: &str) -> Option<T> {
        let word = name.parse().ok();
        if word.is_none() {
            self.no_member(name, T::VARIANTS);
        }
        word
    }

    fn no_member(&mut self, name: &str, names: &[&str]) {
        let at = self.part(name);
        let found = Finding::new(&BAD_REFERENCE, at, format!("{} does not exist here", quoted(name)));
        self.text.findings.push(suggest(found, at, name, names));
    }

    fn json(&mut self, rest: &str) -> Option<Target> {
        let at = self.part(rest);
        json_path(rest, at, self.text.findings).map(Target::Json)
    }

    fn capture(&mut self, name: &str) -> Option<Key> {
        let names = self.text.names;
        if !names.captures.contains(&name) && names.later_captures.contains(&name) {
            let message = format!("`{name}` has not been captured at this point");
            return self.too_early(
                name,
                message,
                "move the check that captures this value before this check",
            );
        }
        self.known(name, "capture", &names.captures)
    }

    /// Reports a reference to a value that only a later request obtains.
    fn too_early(&mut self, name: &str, message: String, help: &str) -> Option<Key> {
        let found = Finding::new(&UNKNOWN_NAME, self.part(name), message);
        self.text.findings.push(found.help(help));
        None
    }

    fn known(&mut self, name: &str, kind: &str, known: &[&str]) -> Option<Key> {
        let at = self.part(name);
        names::known(self.text.findings, at, name, kind, known)
    }

    fn one(&mut self, name: &str, known: &[(&str, Target)]) -> Option<Target> {
        let target = known.iter().find(|(known, _)| *known == name).map(|(_, target)| target.clone());
        if target.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.no_member(name, &names);
        }
        target
    }

    fn filter(&mut self, text: &str) -> Option<Filter> {
        let at = self.part(text);
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or_default()),
            None => (text, ""),
        };
        let found = match name.parse() {
            Ok(Filter::HostLabels(_)) => match argument.trim().parse() {
                Ok(n @ 1..=4) if self.text.context.has_filters() => return Some(Filter::HostLabels(n)),
                Ok(1..=4) => no_filters(at, text),
                _ => Finding::new(&BAD_FILTER, at, "`host_labels` requires a number from 1 to 4")
                    .help("write the maximum number of labels: `host_labels(2)`"),
            },
            Ok(filter) if name == text && self.text.context.has_filters() => return Some(filter),
            Ok(_) if name == text => no_filters(at, text),
            _ => {
                let known: Vec<&str> =
                    Filter::VARIANTS.iter().filter_map(|known| known.split('(').next()).collect();
                let found = Finding::new(&BAD_FILTER, at, format!("{} is not a filter", quoted(text)));
                suggest(found, self.part(name), name, &known)
            }
        };
        self.text.findings.push(found);
        None
    }

    /// Returns the location of these words within the reference.
    fn part(&self, words: &str) -> Span {
        match self.text.source.slice(self.span).find(words) {
            Some(at) if !words.is_empty() => {
                Span::new(self.span.start + at, self.span.start + at + words.len())
            }
            _ => self.span,
        }
    }
}

/// Parses a JSON path. Reports an invalid path, and a path with a number after a dot, which never finds an array's item.
pub(crate) fn json_path(text: &str, at: Span, findings: &mut Vec<Finding>) -> Option<JsonPath> {
    let path = JsonPath::parse(text);
    match &path {
        None => {
            findings.push(Finding::new(&BAD_PATH, at, format!("{} is not a valid JSON path", quoted(text))));
        }
        Some(path) => findings.extend(path.dotted_index().map(|right| {
            let message = format!("{} does not find an array's item", quoted(text));
            let found = Finding::new(&BAD_PATH, at, message);
            found.label("a number after a dot is a member's name").help(format!("write `{right}`"))
        })),
    }
    path
}

fn no_filters(at: Span, text: &str) -> Finding {
    let message = format!("filters such as `{text}` cannot be used in text that people read");
    Finding::new(&BAD_FILTER, at, message).help("remove the filter")
}
