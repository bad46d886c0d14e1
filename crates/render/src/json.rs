//! A page as JSON, for programs.
//!
//! The shape is written out by hand, so that renaming something in the tree changes nothing here.
//!
//! **Invariant:** `waystone_page` is raised when something is renamed or taken away; adding leaves it.

use guide::Purpose;
use serde_json::{Value, json};

use crate::href::Picture;
use crate::page::{
    Audience, Block, Content, Field, FormField, Inline, Page, Part, Section, Step, StepLink, Trouble,
};

/// The version of the shape.
const VERSION: u32 = 1;

/// The page as JSON.
pub fn json(page: &Page) -> Value {
    json!({
        "waystone_page": VERSION,
        "provider": { "key": page.provider.key, "name": page.provider.name },
        "method": { "key": page.method.key, "label": page.method.name },
        "audience": match page.audience { Audience::Link => "link", Audience::Setup => "setup" },
        "publisher": {
            "name": page.publisher.name,
            "hub": page.publisher.hub,
            "site": page.publisher.site.as_ref().map(crate::Href::as_str),
            "support": page.publisher.support.as_ref().map(crate::Href::as_str),
        },
        "title": page.title,
        "description": page.description,
        "warning": blocks(&page.warning),
        "actions": list(&page.actions, |action| json!({
            "id": action.id, "label": action.label, "scopes": action.scopes,
        })),
        "parts": list(&page.parts, part),
    })
}

fn part(part: &Part) -> Value {
    let (kind, content) = content(&part.content);
    json!({ "anchor": part.anchor.as_str(), "title": part.title, "kind": kind, "content": content })
}

fn content(content: &Content) -> (&'static str, Value) {
    match content {
        Content::Needs(needs) => ("needs", list(needs, |need| blocks(need))),
        Content::Section(one) => ("section", section(one)),
        Content::Linking(one) => ("linking", section(one)),
        Content::Fields(fields) => ("fields", list(fields, field)),
        Content::Environments(environments) => {
            let one = |one: &crate::Environment| {
                let values: serde_json::Map<String, Value> =
                    one.values.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
                json!({
                    "label": one.label, "host": one.host, "values": values, "description": one.description,
                })
            };
            ("environments", list(environments, one))
        }
        Content::Permissions(permissions) => {
            let one = |one: &crate::Permission| {
                json!({
                    "name": one.name,
                    "description": one.description,
                    "needed_for": one.needed_for,
                    "tried_by": one.tried_by,
                    "without": one.without,
                })
            };
            ("permissions", list(permissions, one))
        }
        Content::Checks { intro, checks } => {
            let request =
                |one: &crate::Request| json!({ "environment": one.environment, "request": one.line });
            let check = |check: &crate::Check| json!({ "label": check.label, "proves": check.proves, "requests": list(&check.requests, request) });
            ("checks", json!({ "intro": inlines(intro), "checks": list(checks, check) }))
        }
        Content::Troubles(troubles) => ("troubles", list(troubles, trouble)),
        Content::Facts(lines) => ("facts", list(lines, |line| inlines(line))),
        Content::Events(events) => {
            let one = |event: &crate::Event| {
                let source = event.source.as_ref().map(crate::Href::as_str);
                json!({ "on": event.on, "what": event.what, "says": event.says, "source": source })
            };
            ("events", list(events, one))
        }
        Content::Sources(sources) => {
            let one = |source: &crate::Source| {
                json!({
                    "claim": source.claim,
                    "source": source.source.as_ref().map(crate::Href::as_str),
                    "checked_on": source.checked_on,
                    "standing": source.standing,
                })
            };
            ("sources", list(sources, one))
        }
    }
}

fn section(section: &Section) -> Value {
    json!({
        "purpose": purpose(section.purpose),
        "scopes": section.scopes,
        "intro": blocks(&section.intro),
        "steps": list(&section.steps, step),
        "closing": blocks(&section.closing),
    })
}

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Obtain => "obtain",
        Purpose::Rotate => "rotate",
        Purpose::Revoke => "revoke",
        Purpose::Reference => "reference",
    }
}

fn step(step: &Step) -> Value {
    json!({
        "anchor": step.anchor.as_str(),
        "title": step.title,
        "scopes": step.scopes,
        "body": blocks(&step.body),
    })
}

fn field(field: &Field) -> Value {
    json!({
        "key": field.key,
        "anchor": field.anchor.as_str(),
        "label": field.label,
        "type": field.kind,
        "kind": crate::wording::kind(field.kind),
        "required": field.required,
        "secret": field.secret,
        "description": blocks(&field.description),
        "format": field.format,
        "example": field.example,
        "default": field.default,
        "options": field.options,
        "only": field.only,
        "found_at": field.found_at.as_ref().map(step_link),
    })
}

fn form_field(field: &FormField) -> Value {
    json!({
        "key": field.key,
        "label": field.label,
        "suffix": field.suffix,
        "type": field.kind,
        "secret": field.secret,
        "placeholder": field.placeholder,
        "options": field.options,
        "environment": field.environment,
    })
}

fn trouble(trouble: &Trouble) -> Value {
    json!({
        "anchor": trouble.anchor.as_str(),
        "outcome": trouble.kind,
        "message": inlines(&trouble.message),
        "fix": inlines(&trouble.fix),
        "fields": trouble.fields,
        "step": trouble.step.as_ref().map(step_link),
        "seen": trouble.seen,
    })
}

fn step_link(step: &StepLink) -> Value {
    json!({ "title": step.title, "anchor": step.anchor.as_ref().map(crate::Anchor::as_str) })
}

fn blocks(list: &[Block]) -> Value {
    self::list(list, |block| match block {
        Block::Paragraph(content) => json!({ "paragraph": inlines(content) }),
        Block::List { first, items } => {
            json!({ "list": self::list(items, |item| blocks(item)), "first": first })
        }
        Block::Code { language, text } => json!({ "code": text, "language": language }),
        Block::Form(fields) => json!({ "form": self::list(fields, form_field) }),
    })
}

fn inlines(list: &[Inline]) -> Value {
    self::list(list, |inline| match inline {
        Inline::Text(text) => json!({ "text": text }),
        Inline::Code(text) => json!({ "code": text }),
        Inline::Strong(content) => json!({ "strong": inlines(content) }),
        Inline::Path(names) => json!({ "path": names }),
        Inline::Emphasis(content) => json!({ "emphasis": inlines(content) }),
        Inline::Placeholder(name) => json!({ "placeholder": name }),
        Inline::Link { href, content } => json!({ "link": href.as_str(), "content": inlines(content) }),
        Inline::Image { source, text } => {
            let key = match source {
                Picture::File(_) => "file",
                Picture::Elsewhere(_) => "image",
            };
            json!({ key: source.as_str(), "text": text })
        }
        Inline::SoftBreak => json!({ "break": "soft" }),
        Inline::HardBreak => json!({ "break": "hard" }),
    })
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    items.iter().map(one).collect()
}
