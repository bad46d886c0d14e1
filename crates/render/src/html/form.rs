//! Draws a picture of the form from its fields, so that the picture is never out of date.
//!
//! **Invariant:** every input has a label, and no input can be filled in or submitted.

use guide::FieldType;

use super::dialect::Html;
use crate::markup::{Doc, Markup};
use crate::page::FormField;
use crate::wording;

/// Writes a picture of the form with these fields.
pub(super) fn figure(doc: &mut Doc<Html>, fields: &[FormField]) {
    doc.open(&Markup::syntax("<figure class=\"form\">"));
    doc.line(&Markup::syntax("<figcaption>").text(wording::FORM).raw("</figcaption>"));
    doc.open(&Markup::syntax("<ul>"));
    for field in fields {
        doc.open(&Markup::syntax("<li>"));
        label(doc, field);
        input(doc, field);
        doc.close("</li>");
    }
    doc.close("</ul>");
    doc.close("</figure>");
}

fn id(field: &FormField) -> String {
    // Keys in a guide never contain two hyphens in a row, so no key collides with these ids. The environment's id has a
    // different form, because a field can also have the key `environment`.
    if field.environment { "form--chosen--environment".to_owned() } else { format!("form--{}", field.key) }
}

fn label(doc: &mut Doc<Html>, field: &FormField) {
    let line = Markup::syntax("<label").attribute("for", &id(field)).raw(">").text(&field.label);
    let line = match &field.suffix {
        Some(suffix) => line.raw(" <span>").text(suffix).raw("</span>"),
        None => line,
    };
    doc.line(&line.raw("</label>"));
}

fn input(doc: &mut Doc<Html>, field: &FormField) {
    let start = |tag: &'static str| Markup::syntax(tag).attribute("id", &id(field)).raw(" disabled");
    let placeholder = field.placeholder.as_deref();
    match field.field_type {
        FieldType::Select => {
            doc.line(&start("<select").raw("><option>").text(wording::CHOOSE).raw("</option></select>"));
        }
        FieldType::Multiline => {
            let tag = start("<textarea").attribute("placeholder", placeholder.unwrap_or_default());
            doc.line(&tag.raw(" rows=\"3\"></textarea>"));
        }
        FieldType::Boolean => doc.line(&start("<input type=\"checkbox\"").raw(">")),
        FieldType::File => doc.line(&start("<input type=\"file\"").raw(">")),
        _ => {
            let hidden = if field.secret { Some(wording::HIDDEN) } else { None };
            let tag = start("<input type=\"text\"");
            let tag = match placeholder.or(hidden) {
                Some(text) => tag.attribute("placeholder", text),
                None => tag,
            };
            doc.line(&tag.raw(">"));
        }
    }
}
