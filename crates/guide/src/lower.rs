//! From shape to meaning: names are looked up, texts are read, contradictions found.
//!
//! Nothing here stops at the first mistake. What cannot be understood is left out of the result, and a finding
//! says so.

mod address;
mod auth;
mod brand;
mod check;
mod condition;
mod derived;
mod exchange;
mod field;
mod method;
mod pattern;
mod prose;
mod request_line;
mod scenario;
mod sign_in;

use std::sync::Arc;

use crate::code::{BAD_ADDRESS, BAD_DATE, BAD_KEY, TAKEN_KEY, UNKNOWN_NAME, UNUSED_ALLOW};
use crate::finding::{Finding, MOST_FINDINGS, quoted};
use crate::key::Key;
use crate::model::{Action, Allow, Evidence, Guide, Lifecycle, Provider, Scope};
use crate::node::{Kind, Node};
use crate::shape::{AllowShape, GuideShape, LifecycleShape, ProviderShape, Text};
use crate::source::{Source, Span};
use crate::template::suggest;

pub(crate) use self::brand::brand;

/// What there is to refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    /// Fields, and the values derived so far.
    pub(crate) values: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environments: bool,
    pub(crate) environment_keys: Vec<&'n str>,
    /// What is captured by then …
    pub(crate) captures: Vec<&'n str>,
    /// … and what is captured only later.
    pub(crate) later_captures: Vec<&'n str>,
    /// What signing in has given by then …
    pub(crate) tokens: Vec<&'n str>,
    /// … and what it gives only later.
    pub(crate) later_tokens: Vec<&'n str>,
    /// Whether something is signed that can be carried.
    pub(crate) assertion: bool,
    /// Further columns of the table of environments.
    pub(crate) environment_values: Vec<&'n str>,
    pub(crate) checks: Vec<&'n str>,
    pub(crate) rules: Vec<&'n str>,
    /// What can be chosen in fields that are choices: field and value.
    pub(crate) choices: Vec<(&'n str, &'n str)>,
    pub(crate) scopes: Vec<&'n str>,
}

/// The reader at work: the text, and what there is to say about it.
pub(crate) struct Lowering<'a> {
    pub(crate) source: &'a Source,
    /// The whole tree, where it is needed to know what stands in what.
    pub(crate) root: &'a Node,
    pub(crate) findings: &'a mut Vec<Finding>,
    pub(crate) allow: Vec<Allow>,
}

/// The meaning of a guide's shape. `digest` is that of the text.
pub(crate) fn guide(
    shape: &GuideShape,
    root: &Node,
    source: &Arc<Source>,
    digest: String,
    findings: &mut Vec<Finding>,
) -> Option<Guide> {
    let mut it = Lowering { source, root, findings, allow: Vec::new() };
    let provider = it.provider(&shape.provider);
    let scope_names: Vec<&str> = shape.scopes.iter().map(|scope| scope.name.value.as_str()).collect();
    it.one_of_a_kind("scope", shape.scopes.iter().map(|scope| &scope.name));
    let scopes = shape
        .scopes
        .iter()
        .map(|scope| Scope {
            name: scope.name.value.clone(),
            description: scope.description.as_ref().map(|text| text.value.clone()),
            includes: it.scopes(&scope.includes, &scope_names),
            span: scope.name.span,
        })
        .collect();
    it.one_of_a_kind("action", shape.actions.iter().map(|action| &action.key));
    let actions = shape
        .actions
        .iter()
        .filter_map(|action| {
            Some(Action {
                key: it.key(&action.key)?,
                label: action.label.value.clone(),
                description: action.description.as_ref().map(|text| text.value.clone()),
                scopes: it.scopes(&action.scopes, &scope_names),
                span: action.key.span,
            })
        })
        .collect();
    it.one_of_a_kind("method", shape.methods.iter().map(|method| &method.key));
    let methods: Vec<_> = shape.methods.iter().filter_map(|method| it.method(method, &scope_names)).collect();
    let evidence = shape
        .evidence
        .iter()
        .map(|fact| {
            it.date(&fact.checked_on);
            if let Some(source) = &fact.source {
                it.address(source);
            }
            Evidence {
                claim: fact.claim.value.clone(),
                source: fact.source.as_ref().map(|text| text.value.clone()),
                checked_on: fact.checked_on.value.clone(),
                standing: fact.standing,
                span: fact.claim.span,
            }
        })
        .collect();
    it.allowed(&shape.allow);
    let allow = it.allow;
    let provider = provider?;
    (!methods.is_empty()).then(|| Guide {
        source: Arc::clone(source),
        digest,
        provider,
        scopes,
        actions,
        methods,
        evidence,
        allow,
    })
}

impl Lowering<'_> {
    pub(crate) fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn provider(&mut self, shape: &ProviderShape) -> Option<Provider> {
        let key = self.key(&shape.key);
        for address in [&shape.homepage, &shape.api_docs].into_iter().flatten() {
            self.address(address);
        }
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        Some(Provider {
            key: key?,
            name: shape.name.value.clone(),
            aliases: shape.aliases.iter().map(|text| text.value.clone()).collect(),
            categories: shape.categories.iter().map(|text| text.value.clone()).collect(),
            icon: text(&shape.icon),
            homepage: text(&shape.homepage),
            api_docs: text(&shape.api_docs),
            lifecycle: self.lifecycle(&shape.lifecycle),
            span: shape.key.span,
        })
    }

    pub(crate) fn lifecycle(&mut self, list: &[LifecycleShape]) -> Vec<Lifecycle> {
        list.iter()
            .map(|event| {
                self.date(&event.on);
                self.address(&event.source);
                Lifecycle {
                    event: event.event,
                    on: event.on.value.clone(),
                    says: event.says.value.clone(),
                    source: event.source.value.clone(),
                    span: event.on.span,
                }
            })
            .collect()
    }

    /// A key as keys are spelled.
    pub(crate) fn key(&mut self, text: &Text) -> Option<Key> {
        self.key_with(text, "-")
    }

    /// The key of a field: its words are joined by underscores.
    pub(crate) fn field_key(&mut self, text: &Text) -> Option<Key> {
        self.key_with(text, "_")
    }

    fn key_with(&mut self, text: &Text, joint: &str) -> Option<Key> {
        let key = Key::parse(&text.value);
        if key.is_none() {
            let message = format!("{} is not spelled as keys are", quoted(&text.value));
            let mut found = Finding::new(&BAD_KEY, text.span, message);
            if let Some(better) = Key::suggestion(&text.value) {
                let better = better.as_str().replace('-', joint);
                found = found.mend(format!("write `{better}`")).fix(text.span, better);
            }
            self.say(found);
        }
        key
    }

    /// Says which keys stand more than once.
    pub(crate) fn one_of_a_kind<'t>(&mut self, kind: &str, keys: impl Iterator<Item = &'t Text>) {
        let mut seen: Vec<&Text> = Vec::new();
        for key in keys {
            match seen.iter().find(|first| first.value == key.value) {
                Some(first) => {
                    let found = Finding::new(
                        &TAKEN_KEY,
                        key.span,
                        format!("another {kind} is called {}", quoted(&key.value)),
                    )
                    .also(first.span, "the first one");
                    self.say(found);
                }
                None => seen.push(key),
            }
        }
    }

    /// A name that must be one of those known.
    pub(crate) fn known(&mut self, text: &Text, kind: &str, known: &[&str]) -> Option<Key> {
        if known.contains(&text.value.as_str()) {
            return Key::parse(&text.value);
        }
        if self.findings.len() <= MOST_FINDINGS && !is_misspelled(&text.value, known) {
            self.say(unknown(text, kind, known));
        }
        None
    }

    pub(crate) fn scopes(&mut self, names: &[Text], known: &[&str]) -> Vec<String> {
        for name in names {
            if !known.contains(&name.value.as_str()) {
                self.say(unknown(name, "scope", known));
            }
        }
        names.iter().map(|name| name.value.clone()).collect()
    }

    pub(crate) fn date(&mut self, text: &Text) {
        let message = match days_of_month(&text.value) {
            Some(days) if text.value[8..].parse().is_ok_and(|day: u32| (1..=days).contains(&day)) => return,
            Some(days) => format!("`{}` is not a day: the month has {days} days", text.value),
            None => format!("{} is not a day of the calendar", quoted(&text.value)),
        };
        self.say(Finding::new(&BAD_DATE, text.span, message));
    }

    pub(crate) fn address(&mut self, text: &Text) {
        let sound = url::Url::parse(&text.value).is_ok_and(|url| url.scheme() == "https" && url.has_host());
        if !sound {
            let found = Finding::new(
                &BAD_ADDRESS,
                text.span,
                format!("{} is not an https address", quoted(&text.value)),
            );
            let rest = text.value.strip_prefix("http://").unwrap_or(&text.value);
            let secure = format!("https://{rest}");
            let is_one = url::Url::parse(&secure)
                .is_ok_and(|url| url.host_str().is_some_and(|host| host.contains('.')));
            self.say(if is_one {
                found
                    .mend(format!("write {}", quoted(&secure)))
                    .fix(text.span, format!("'{}'", secure.replace('\'', "''")))
            } else {
                found.mend("write the whole address, such as `https://example.com/docs`")
            });
        }
    }

    /// Takes in the warnings that a node allows: within it, or everywhere, if it is the guide itself.
    pub(crate) fn allowed(&mut self, list: &[AllowShape]) {
        for allow in list {
            let error = crate::code::pages().any(|page| page.code == allow.code.value);
            if error {
                let message = format!("`{}` is an error, and errors cannot be allowed", allow.code.value);
                let found = Finding::new(&UNUSED_ALLOW, allow.code.span, message);
                self.say(found.mend("mend the error, and remove the line"));
            }
            let within = innermost(self.root, allow.code.span).filter(|node| *node != self.root.span);
            self.allow.push(Allow {
                code: allow.code.value.clone(),
                reason: allow.reason.value.clone(),
                within,
                span: allow.code.span,
            });
        }
    }
}

/// The finding about a name that is none of those known.
fn unknown(text: &Text, kind: &str, known: &[&str]) -> Finding {
    let message = format!("there is no {kind} {}", quoted(&text.value));
    let found = Finding::new(&UNKNOWN_NAME, text.span, message);
    let found =
        if known.is_empty() { found.mend(format!("declare the {kind}, or remove this")) } else { found };
    suggest(found, text.span, &text.value, known)
}

/// Whether a name is meant for a key that is there and misspelled: that was said where the key stands.
pub(crate) fn is_misspelled(name: &str, known: &[&str]) -> bool {
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    known.iter().any(|key| Key::parse(key).is_none() && bare(key) == bare(name))
}

/// The smallest node with an `allow` around a place in it.
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

/// How many days the month of a date has, if that is a month and the rest of the date is digits.
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
