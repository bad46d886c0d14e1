//! Turns fields, checks, problems and other items on a page into named facts.
//!
//! **Invariant:** all writers use the facts from this file, so that every output format states the same facts.

use std::borrow::Cow;

use crate::href::Href;
use crate::page::{Check, Environment, Event, Field, Inline, Permission, Request, Source, StepLink, Trouble};
use crate::wording;

/// A fact and its name, such as "Format".
pub(crate) struct Fact {
    pub(crate) name: Cow<'static, str>,
    pub(crate) content: Vec<Inline>,
}

impl Fact {
    fn text(name: &'static str, text: &str) -> Self {
        Self { name: Cow::Borrowed(name), content: vec![Inline::Text(text.to_owned())] }
    }

    fn code(name: impl Into<Cow<'static, str>>, text: &str) -> Self {
        Self { name: name.into(), content: vec![Inline::Code(text.to_owned())] }
    }

    fn step(name: &'static str, step: &StepLink) -> Self {
        let content = vec![Inline::Text(step.title.clone())];
        let link = match &step.anchor {
            Some(anchor) => vec![Inline::Link { href: Href::to(anchor), content }],
            None => content,
        };
        Self { name: Cow::Borrowed(name), content: link }
    }
}

pub(crate) fn of_field(field: &Field) -> Vec<Fact> {
    let kind = wording::kind_and_secrecy(field.kind, field.secret);
    let mut facts = vec![Fact::text(wording::TYPE, &format!("{kind}, {}", wording::need(field.required)))];
    facts.extend(of_field_but_kind(field));
    facts
}

/// Returns the facts about a field, except its type, for media that show the type separately.
pub(crate) fn of_field_but_kind(field: &Field) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(field.only.iter().map(|only| Fact::text(wording::ONLY, only)));
    facts.extend(field.format.iter().map(|format| Fact::text(wording::FORMAT, format)));
    facts.extend(field.example.iter().map(|example| Fact::code(wording::EXAMPLE, example)));
    facts.extend(field.default.iter().map(|default| Fact::code(wording::DEFAULT, default)));
    if !field.options.is_empty() {
        facts.push(Fact::text(wording::OPTIONS, &field.options.join(", ")));
    }
    facts.extend(field.found_at.iter().map(|step| Fact::step(wording::FOUND_AT, step)));
    facts
}

/// Items of the same kind, each with its facts. Media without tables show the items as lists.
pub(crate) struct Table {
    /// The heading of the column that contains the items' names.
    pub(crate) first_column: String,
    /// The name and facts of each item. A row can omit trailing facts.
    pub(crate) rows: Vec<(Inline, Vec<Fact>)>,
}

pub(crate) fn of_environments(title: &str, list: &[Environment]) -> Table {
    let row = |one: &Environment| (Inline::Text(one.label.clone()), of_environment(one));
    Table { first_column: title.trim_end_matches('s').to_owned(), rows: list.iter().map(row).collect() }
}

pub(crate) fn of_permissions(list: &[Permission]) -> Table {
    let row = |one: &Permission| (Inline::Code(one.name.clone()), of_permission(one));
    Table { first_column: wording::PERMISSION.to_owned(), rows: list.iter().map(row).collect() }
}

fn of_environment(environment: &Environment) -> Vec<Fact> {
    let mut facts = vec![Fact::code(wording::HOST, &environment.host)];
    facts.extend(environment.values.iter().map(|(name, text)| Fact::code(name.clone(), text)));
    facts.extend(environment.description.iter().map(|text| Fact::text(wording::DESCRIPTION, text)));
    facts
}

/// Returns the facts about a permission. Every permission has the same facts, so they can form the columns of a table.
fn of_permission(permission: &Permission) -> Vec<Fact> {
    let fact = |name, text: Option<&str>| Fact::text(name, text.unwrap_or(wording::NOTHING));
    let needed_for = Some(permission.needed_for.join(", ")).filter(|text| !text.is_empty());
    vec![
        fact(wording::ACCESS, permission.description.as_deref()),
        fact(wording::NEEDED_FOR, needed_for.as_deref()),
        fact(wording::TESTED_BY, permission.tried_by.as_deref()),
        fact(wording::WITHOUT_IT, permission.without),
    ]
}

pub(crate) fn of_trouble(trouble: &Trouble) -> Vec<Fact> {
    let mut facts = vec![Fact { name: Cow::Borrowed(wording::FIX), content: trouble.fix.clone() }];
    if !trouble.fields.is_empty() {
        facts.push(Fact::text(wording::LOOK_AT, &trouble.fields.join(", ")));
    }
    facts.extend(trouble.step.iter().map(|step| Fact::step(wording::BACK_TO, step)));
    facts.push(Fact::text(wording::SEEN, &trouble.seen));
    facts
}

/// Returns the requests that a check sends, one line each.
pub(crate) fn of_check(check: &Check) -> Vec<Vec<Inline>> {
    let line = |request: &Request| {
        let code = Inline::Code(request.line.clone());
        match &request.environment {
            Some(name) => vec![Inline::Text(format!("{name}: ")), code],
            None => vec![code],
        }
    };
    check.requests.iter().map(line).collect()
}

pub(crate) fn of_event(event: &Event) -> Vec<Inline> {
    let mut line = vec![Inline::Text(format!("{}, {}: {}", event.on, event.what, event.says))];
    if let Some(href) = &event.source {
        let content = vec![Inline::Text(wording::SOURCE.to_owned())];
        line.extend([Inline::Text(" (".to_owned()), Inline::Link { href: href.clone(), content }]);
        line.push(Inline::Text(")".to_owned()));
    }
    line
}

pub(crate) fn of_source(source: &Source) -> Vec<Inline> {
    let standing = vec![Inline::Text(wording::standing(source.standing, source.source.is_some()).to_owned())];
    let mut line = vec![Inline::Text(format!("{} ", source.claim))];
    match &source.source {
        Some(href) => line.push(Inline::Link { href: href.clone(), content: standing }),
        None => line.extend(standing),
    }
    line.push(Inline::Text(wording::checked_on(&source.checked_on)));
    line
}
