//! References in texts: `{{ path | filter }}`.
//!
//! A small closed grammar: a path, filters, nothing else. `{{{{` is two literal braces. References are found with
//! their places when a guide is read, so that nothing is looked up by name later.
//!
//! **Invariant:** every reference in a [`Template`] names something that exists and means something where the
//! template stands.

use crate::code::{BAD_FILTER, BAD_REFERENCE, MISPLACED_REFERENCE, UNKNOWN_NAME};
use crate::finding::{Finding, listed, nearest};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::lower::Names;
use crate::source::{Source, Span};

/// A text with references in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Literal texts and references, in order.
    pub parts: Vec<Part>,
    /// Where it stands.
    pub span: Span,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// Something to be put in.
    Reference(Reference),
}

/// Something to be put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What.
    pub target: Target,
    /// What is done with it, in order.
    pub filters: Vec<Filter>,
    /// Where it stands.
    pub span: Span,
}

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// What was typed into a field.
    Value(Key),
    /// A field's label.
    Label(Key),
    /// A step's title.
    Step(Key),
    /// The environment's host.
    EnvironmentHost,
    /// The environment's label.
    EnvironmentLabel,
    /// The provider's name.
    ProviderName,
    /// The provider's key.
    ProviderKey,
    /// The method's label.
    MethodLabel,
    /// The product's name.
    BrandName,
    /// The name of the place where accounts are linked.
    BrandHub,
    /// Where to go for help.
    BrandSupportUrl,
    /// The address of the product's site.
    BrandSiteUrl,
    /// A place in the answer's JSON body.
    Json(JsonPath),
    /// What an earlier check kept.
    Capture(Key),
    /// The address to which the provider sends the browser back.
    RedirectUri,
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Lets dots through, so that the value may be up to so many labels of a host.
    HostLabels(u8),
    /// Makes letters small.
    Lowercase,
    /// Makes letters capital.
    Uppercase,
    /// Encodes as Base64.
    Base64,
}

/// What kind of text a template is in, which decides what may be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// Something a reader sees on a page: no values.
    Prose,
    /// A message about an attempt: values that are not secret, and labels.
    Message,
    /// A part of a request: values, environment, captures.
    Request,
    /// What is taken from an answer.
    Answer,
    /// A brand's wording.
    Wording,
}

impl Template {
    /// A template of literal text only.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())], span: Span::default() }
    }

    /// The text, if there is no reference in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }

    /// The fields whose values it takes.
    pub fn values(&self) -> impl Iterator<Item = &Key> {
        self.references().filter_map(|reference| match &reference.target {
            Target::Value(key) => Some(key),
            _ => None,
        })
    }
}

/// Reads the references of a text that stands at `span`.
pub(crate) fn parse(
    text: &str,
    span: Span,
    place: Where,
    names: &Names<'_>,
    source: &Source,
    findings: &mut Vec<Finding>,
) -> Template {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|n| at + n) {
        literal.push_str(&text[at..open]);
        if text[open..].starts_with("{{{{") {
            literal.push_str("{{");
            at = open + 4;
            continue;
        }
        let Some(close) = text[open..].find("}}").map(|n| open + n) else {
            let here = source.within(span, text, open..open + 2);
            findings.push(Finding::new(&BAD_REFERENCE, here, "this `{{` is never closed").mend("close it with `}}`"));
            literal.push_str(&text[open..]);
            at = text.len();
            break;
        };
        let here = source.within(span, text, open..close + 2);
        let reader = Reader { place, names, findings, span: here };
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

struct Reader<'a, 'n> {
    place: Where,
    names: &'a Names<'n>,
    findings: &'a mut Vec<Finding>,
    span: Span,
}

impl Reader<'_, '_> {
    fn reference(mut self, text: &str) -> Option<Reference> {
        let mut pieces = text.split('|').map(str::trim);
        let target = self.target(pieces.next().unwrap_or_default())?;
        let filters = pieces.map(|piece| self.filter(piece)).collect::<Option<Vec<_>>>()?;
        Some(Reference { target, filters, span: self.span })
    }

    fn target(&mut self, path: &str) -> Option<Target> {
        let (root, rest) = path.split_once('.').unwrap_or((path, ""));
        let legal = self.place.roots();
        if !ROOTS.contains(&root) {
            let mut found = Finding::new(&BAD_REFERENCE, self.span, format!("`{path}` is not a reference"));
            found = match nearest(root, legal.iter().copied()) {
                Some(name) => found.mend(format!("did you mean `{name}.{rest}`?")),
                None => found.mend(format!("a reference begins with {} here", listed(legal.iter().copied()))),
            };
            self.findings.push(found);
            return None;
        }
        if !legal.contains(&root) {
            let found = Finding::new(&MISPLACED_REFERENCE, self.span, format!("`{root}` means nothing here"))
                .mend(format!("here a reference begins with {}", listed(legal.iter().copied())));
            self.findings.push(found);
            return None;
        }
        let names = self.names;
        match root {
            "value" => self.known(rest, "field", &names.fields).map(Target::Value),
            "label" => self.known(rest, "field", &names.fields).map(Target::Label),
            "step" => self.known(rest, "step", &names.steps).map(Target::Step),
            "capture" => self.known(rest, "capture", &names.captures).map(Target::Capture),
            "json" => self.json(rest),
            "environment" if !names.environments => {
                let found = Finding::new(&UNKNOWN_NAME, self.span, "this method has no environments")
                    .mend("declare `environments`, or write the text itself");
                self.findings.push(found);
                None
            }
            "environment" => {
                self.one(rest, &[("host", Target::EnvironmentHost), ("label", Target::EnvironmentLabel)])
            }
            "provider" => self.one(rest, &[("name", Target::ProviderName), ("key", Target::ProviderKey)]),
            "method" => self.one(rest, &[("label", Target::MethodLabel)]),
            "hub" => self.one(rest, &[("redirect_uri", Target::RedirectUri)]),
            _ => self.one(
                rest,
                &[
                    ("name", Target::BrandName),
                    ("hub", Target::BrandHub),
                    ("support_url", Target::BrandSupportUrl),
                    ("site_url", Target::BrandSiteUrl),
                ],
            ),
        }
    }

    fn json(&mut self, rest: &str) -> Option<Target> {
        let path = JsonPath::parse(rest);
        if path.is_none() {
            let message = format!("`{rest}` is not a path into a JSON body");
            self.findings.push(Finding::new(&crate::code::BAD_PATH, self.span, message));
        }
        path.map(Target::Json)
    }

    fn known(&mut self, name: &str, kind: &str, known: &[&str]) -> Option<Key> {
        if known.contains(&name) {
            return Key::parse(name);
        }
        let found = Finding::new(&UNKNOWN_NAME, self.span, format!("there is no {kind} `{name}`"));
        self.findings.push(suggest(found, name, known));
        None
    }

    fn one(&mut self, name: &str, known: &[(&str, Target)]) -> Option<Target> {
        if let Some((_, target)) = known.iter().find(|(known, _)| *known == name) {
            return Some(target.clone());
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let found = Finding::new(&BAD_REFERENCE, self.span, format!("there is no `{name}` to refer to here"));
        self.findings.push(suggest(found, name, &names));
        None
    }

    fn filter(&mut self, text: &str) -> Option<Filter> {
        let filter = match text {
            "lowercase" => Some(Filter::Lowercase),
            "uppercase" => Some(Filter::Uppercase),
            "base64" => Some(Filter::Base64),
            _ => text
                .strip_prefix("host_labels(")
                .and_then(|rest| rest.strip_suffix(')'))
                .and_then(|n| n.trim().parse().ok())
                .filter(|n| (1..=4).contains(n))
                .map(Filter::HostLabels),
        };
        if filter.is_none() {
            let name = text.split('(').next().unwrap_or(text);
            let found = Finding::new(&BAD_FILTER, self.span, format!("`{text}` is not a filter"));
            self.findings.push(suggest(found, name, &["lowercase", "uppercase", "base64", "host_labels"]));
        } else if matches!(self.place, Where::Prose | Where::Message | Where::Wording) {
            let message = format!("the filter `{text}` means nothing in a text that people read");
            self.findings.push(Finding::new(&BAD_FILTER, self.span, message).mend("remove the filter"));
            return None;
        }
        filter
    }
}

/// Adds the nearest known name, or the list of them.
pub(crate) fn suggest(found: Finding, name: &str, known: &[&str]) -> Finding {
    match nearest(name, known.iter().copied()) {
        Some(near) => found.mend(format!("did you mean `{near}`?")),
        None if known.is_empty() => found,
        None => found.mend(format!("there is {}", listed(known.iter().copied()))),
    }
}

const ROOTS: &[&str] =
    &["value", "label", "step", "environment", "provider", "method", "brand", "json", "capture", "hub"];

impl Where {
    const fn roots(self) -> &'static [&'static str] {
        match self {
            Self::Prose => &["label", "step", "environment", "provider", "method", "brand", "hub"],
            Self::Message => &["value", "label", "step", "environment", "provider", "method", "brand"],
            Self::Request => &["value", "environment", "capture", "hub"],
            Self::Answer => &["json", "value", "environment"],
            Self::Wording => &["provider", "method", "brand"],
        }
    }
}
