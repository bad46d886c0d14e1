//! The state that all lowering code shares, and the parsers for keys, dates and addresses.

use std::sync::Arc;

use crate::code::{BAD_ADDRESS, BAD_DATE, BAD_KEY, TAKEN_KEY, UNUSED_ALLOW, pages};
use crate::finding::{Finding, quoted};
use crate::key::Key;
use crate::lower::named::Named;
use crate::model::Allow;
use crate::names::{self, Names, unknown};
use crate::node::{Kind, Node};
use crate::page::{CodePage, Severity};
use crate::product::Product;
use crate::prose::{self, Prose};
use crate::shape::{AllowShape, Text};
use crate::source::{Source, Span};
use crate::template::{Context, Template, TextReader};

/// The state while a file is lowered.
pub(crate) struct Lowering<'a> {
    pub(crate) source: &'a Arc<Source>,
    /// The whole tree, used to find the node that encloses a location.
    pub(crate) root: &'a Node,
    pub(crate) findings: &'a mut Vec<Finding>,
    /// The `allow` entries found so far.
    pub(crate) allow: Vec<Allow>,
    /// The locations of the strings that have been parsed for references.
    pub(crate) templates: Vec<Span>,
    /// The names that titles and labels can contain.
    pub(crate) named: Named<'a>,
}

impl<'a> Lowering<'a> {
    /// Starts to lower a file for a product's pages.
    pub(crate) fn new(
        root: &'a Node,
        source: &'a Arc<Source>,
        product: &'a Product,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        let named = Named::new(product);
        Self { source, root, findings, allow: Vec::new(), templates: Vec::new(), named }
    }
}

impl Lowering<'_> {
    pub(crate) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Returns a parser for strings in this context. Their references can use these names.
    pub(crate) fn reader<'r, 'n>(&'r mut self, context: Context, names: &'r Names<'n>) -> TextReader<'r, 'n> {
        TextReader { context, names, source: self.source, findings: self.findings }
    }

    pub(crate) fn template(&mut self, text: &Text, context: Context, names: &Names<'_>) -> Template {
        self.templates.push(text.span);
        self.reader(context, names).template(&text.value, text.span)
    }

    pub(crate) fn prose(&mut self, text: &Text, context: Context, names: &Names<'_>) -> Prose {
        self.templates.push(text.span);
        prose::read(&mut self.reader(context, names), &text.value, text.span)
    }

    /// Parses a key, and reports it if it is invalid.
    pub(crate) fn key(&mut self, text: &Text) -> Option<Key> {
        self.key_with(text, "-")
    }

    /// Parses a field's key, and reports it if it is invalid. The suggested key has underscores between words.
    pub(crate) fn field_key(&mut self, text: &Text) -> Option<Key> {
        self.key_with(text, "_")
    }

    fn key_with(&mut self, text: &Text, joint: &str) -> Option<Key> {
        let key = Key::parse(&text.value);
        if key.is_none() {
            let message = format!("{} is not a valid key", quoted(&text.value));
            let mut found = Finding::new(&BAD_KEY, text.span, message);
            if let Some(better) = Key::suggestion(&text.value) {
                let better = better.as_str().replace('-', joint);
                found = found.help(format!("write `{better}`")).fix(text.span, better);
            }
            self.report(found);
        }
        key
    }

    /// Reports keys that are used more than once.
    pub(crate) fn unique<'t>(&mut self, kind: &str, keys: impl Iterator<Item = &'t Text>) {
        let mut seen: Vec<&Text> = Vec::new();
        for key in keys {
            match seen.iter().find(|first| first.value == key.value) {
                Some(first) => {
                    let found = Finding::new(
                        &TAKEN_KEY,
                        key.span,
                        format!("another {kind} is already called {}", quoted(&key.value)),
                    )
                    .also(first.span, "the first one");
                    self.report(found);
                }
                None => seen.push(key),
            }
        }
    }

    /// Parses a name, and reports it if it is not in `known`.
    pub(crate) fn known(&mut self, text: &Text, kind: &str, known: &[&str]) -> Option<Key> {
        names::known(self.findings, text.span, &text.value, kind, known)
    }

    /// Parses several names, and reports those that are not in `known`. Returns the others.
    pub(crate) fn known_all(&mut self, texts: &[Text], kind: &str, known: &[&str]) -> Vec<Key> {
        texts.iter().filter_map(|text| self.known(text, kind, known)).collect()
    }

    /// Parses an optional name, and reports it if it is not in `known`.
    pub(crate) fn known_if(&mut self, text: Option<&Text>, kind: &str, known: &[&str]) -> Option<Key> {
        self.known(text?, kind, known)
    }

    pub(crate) fn scopes(&mut self, names: &[Text], known: &[&str]) -> Vec<String> {
        for name in names {
            if !known.contains(&name.value.as_str()) {
                self.report(unknown(name.span, &name.value, "scope", known));
            }
        }
        names.iter().map(|name| name.value.clone()).collect()
    }

    pub(crate) fn date(&mut self, text: &Text) {
        let message = match days_of_month(&text.value) {
            Some(days) if text.value[8..].parse().is_ok_and(|day: u32| (1..=days).contains(&day)) => return,
            Some(days) => format!("`{}` does not exist: the month has {days} days", text.value),
            None => format!("{} is not a valid date", quoted(&text.value)),
        };
        self.report(Finding::new(&BAD_DATE, text.span, message));
    }

    pub(crate) fn address(&mut self, text: &Text) {
        let sound = url::Url::parse(&text.value).is_ok_and(|url| url.scheme() == "https" && url.has_host());
        if !sound {
            let found = Finding::new(
                &BAD_ADDRESS,
                text.span,
                format!("{} is not an `https://` URL", quoted(&text.value)),
            );
            let rest = text.value.strip_prefix("http://").unwrap_or(&text.value);
            let secure = format!("https://{rest}");
            let is_one = url::Url::parse(&secure)
                .is_ok_and(|url| url.host_str().is_some_and(|host| host.contains('.')));
            self.report(if is_one {
                found
                    .help(format!("write {}", quoted(&secure)))
                    .fix(text.span, format!("'{}'", secure.replace('\'', "''")))
            } else {
                found.help("write the full URL, such as `https://example.com/docs`")
            });
        }
    }

    /// Records the warnings that a node allows. The warnings are allowed within the node, or in the whole file if the
    /// node is the guide itself.
    pub(crate) fn allowed(&mut self, list: &[AllowShape]) {
        for allow in list {
            let is_named = |page: &&CodePage| page.code == allow.code.value;
            let error = pages().find(is_named).is_some_and(|page| page.severity == Severity::Error);
            if error {
                let message = format!("`{}` is an error, and errors cannot be allowed", allow.code.value);
                let found = Finding::new(&UNUSED_ALLOW, allow.code.span, message);
                self.report(found.help("fix the error and remove this entry"));
            }
            let within = innermost(self.root, allow.code.span).filter(|node| *node != self.root.span);
            self.allow.push(Allow {
                code: allow.code.value.clone(),
                reason: allow.reason.clone(),
                within,
                span: allow.code.span,
            });
        }
    }
}

/// Returns the innermost node whose `allow` list contains this location.
fn innermost(node: &Node, at: Span) -> Option<Span> {
    let holds = |node: &&Node| node.span.start <= at.start && at.end <= node.span.end;
    match &node.kind {
        Kind::Mapping(entries) => {
            let inner =
                entries.iter().map(|entry| &entry.value).filter(holds).find_map(|value| innermost(value, at));
            let is_here = entries.iter().any(|entry| entry.key == "allow" && holds(&&entry.value));
            if is_here { Some(node.span) } else { inner }
        }
        Kind::Sequence(items) => items.iter().filter(holds).find_map(|item| innermost(item, at)),
        _ => None,
    }
}

/// Returns the number of days in a date's month, or `None` if the string is not formatted as a date.
fn days_of_month(text: &str) -> Option<u32> {
    let mut parts = text.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, _) = (parts.next()??, parts.next()??, parts.next()??);
    if text.len() != 10 || parts.next().is_some() {
        return None;
    }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => Some(28 + u32::from(leap)),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}
