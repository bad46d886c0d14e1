//! From shape to meaning: names are looked up, texts are read, contradictions found.
//!
//! Nothing here stops at the first mistake. What cannot be understood is left out of the result, and a finding
//! says so.

mod auth;
mod brand;
mod check;
mod field;
mod method;
mod prose;
mod scenario;

use std::sync::Arc;

use crate::code::{BAD_ADDRESS, BAD_DATE, BAD_KEY, TAKEN_KEY, UNKNOWN_NAME, UNUSED_ALLOW};
use crate::finding::Finding;
use crate::key::Key;
use crate::model::{Action, Allow, Evidence, Guide, Lifecycle, Provider, Scope};
use crate::shape::{AllowShape, GuideShape, LifecycleShape, ProviderShape, Text};
use crate::source::{Source, Span};
use crate::template::suggest;

pub(crate) use self::brand::brand;

/// What there is to refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environments: bool,
    pub(crate) environment_keys: Vec<&'n str>,
    pub(crate) captures: Vec<&'n str>,
    pub(crate) scopes: Vec<&'n str>,
}

/// The reader at work: the text, and what there is to say about it.
pub(crate) struct Lowering<'a> {
    pub(crate) source: &'a Source,
    pub(crate) findings: &'a mut Vec<Finding>,
    pub(crate) allow: Vec<Allow>,
}

/// The meaning of a guide's shape. `digest` is that of the text.
pub(crate) fn guide(
    shape: &GuideShape,
    source: &Arc<Source>,
    digest: String,
    findings: &mut Vec<Finding>,
) -> Option<Guide> {
    let mut it = Lowering { source, findings, allow: Vec::new() };
    let provider = it.provider(&shape.provider);
    let scope_names: Vec<&str> = shape.scopes.iter().map(|scope| scope.name.value.as_str()).collect();
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
    it.allowed(&shape.allow, None);
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
        let key = Key::parse(&text.value);
        if key.is_none() {
            let mut found = Finding::new(&BAD_KEY, text.span, format!("`{}` is not spelled as keys are", text.value));
            if let Some(better) = Key::suggestion(&text.value) {
                found = found.mend(format!("write `{better}`")).fix(text.span, better.to_string());
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
                    let found = Finding::new(&TAKEN_KEY, key.span, format!("another {kind} has the key `{}`", key.value))
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
        let found = Finding::new(&UNKNOWN_NAME, text.span, format!("there is no {kind} `{}`", text.value));
        let found = if known.is_empty() { found.mend(format!("no {kind} is declared")) } else { found };
        self.say(suggest(found, &text.value, known));
        None
    }

    pub(crate) fn scopes(&mut self, names: &[Text], known: &[&str]) -> Vec<String> {
        for name in names {
            if !known.contains(&name.value.as_str()) {
                let found = Finding::new(&UNKNOWN_NAME, name.span, format!("there is no scope `{}`", name.value));
                self.say(suggest(found, &name.value, known));
            }
        }
        names.iter().map(|name| name.value.clone()).collect()
    }

    pub(crate) fn date(&mut self, text: &Text) {
        if !is_day(&text.value) {
            self.say(Finding::new(&BAD_DATE, text.span, format!("`{}` is not a day of the calendar", text.value)));
        }
    }

    pub(crate) fn address(&mut self, text: &Text) {
        let sound = url::Url::parse(&text.value).is_ok_and(|url| url.scheme() == "https" && url.has_host());
        if !sound {
            let message = format!("`{}` is not an https address", text.value);
            self.say(Finding::new(&BAD_ADDRESS, text.span, message));
        }
    }

    /// Takes in the warnings that are allowed, within a node or everywhere.
    pub(crate) fn allowed(&mut self, list: &[AllowShape], within: Option<Span>) {
        for allow in list {
            let error = crate::code::pages().any(|page| page.code == allow.code.value);
            if error {
                let message = format!("`{}` is an error, and errors cannot be allowed", allow.code.value);
                self.say(Finding::new(&UNUSED_ALLOW, allow.code.span, message));
            }
            self.allow.push(Allow {
                code: allow.code.value.clone(),
                reason: allow.reason.value.clone(),
                within,
                span: allow.code.span,
            });
        }
    }
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    text.len() == 10 && (1..=days).contains(&day)
}
