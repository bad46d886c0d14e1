//! The parts of a page as HTML.
//!
//! **Invariant:** headings descend one level at a time, and the id of each is the anchor of what it heads.

use super::{Html, inline, tag_with_id};
use crate::facts::{self, Fact};
use crate::markup::{Doc, Markup};
use crate::page::{Check, Content, Environment, Field, Inline, Part, Permission, Section, Step, Trouble};
use crate::wording;

pub(super) fn part(doc: &mut Doc<Html>, part: &Part) {
    doc.open(&Markup::syntax("<section").attribute("aria-labelledby", part.anchor.as_str()).raw(">"));
    doc.line(&tag_with_id("<h2", part.anchor.as_str()).text(&part.title).raw("</h2>"));
    match &part.content {
        Content::Needs(needs) => {
            inline::blocks(doc, &[crate::page::Block::List { first: None, items: needs.clone() }]);
        }
        Content::Section(section) | Content::Linking(section) => write_section(doc, section),
        Content::Fields(fields) => fields.iter().for_each(|one| field(doc, one)),
        Content::Environments(list) => environments(doc, part, list),
        Content::Permissions(list) => permissions(doc, part, list),
        Content::Checks { intro, checks } => {
            doc.line(&inline::inlines(Markup::syntax("<p>"), intro).raw("</p>"));
            doc.open(&Markup::syntax("<ul class=\"checks\">"));
            for one in checks {
                check(doc, one);
            }
            doc.close("</ul>");
        }
        Content::Troubles(troubles) => troubles.iter().for_each(|one| trouble(doc, one)),
        Content::Facts(lines) => {
            for line in lines {
                doc.line(&inline::inlines(Markup::syntax("<p>"), line).raw("</p>"));
            }
        }
        Content::Events(events) => list(doc, &events.iter().map(facts::of_event).collect::<Vec<_>>()),
        Content::Sources(sources) => list(doc, &sources.iter().map(facts::of_source).collect::<Vec<_>>()),
    }
    doc.close("</section>");
}

fn write_section(doc: &mut Doc<Html>, section: &Section) {
    inline::blocks(doc, &section.intro);
    if !section.steps.is_empty() {
        doc.open(&Markup::syntax("<ol class=\"steps\" role=\"list\">"));
        for one in &section.steps {
            doc.open(&Markup::syntax("<li>"));
            step(doc, one);
            doc.close("</li>");
        }
        doc.close("</ol>");
    }
    inline::blocks(doc, &section.closing);
}

pub(super) fn step(doc: &mut Doc<Html>, step: &Step) {
    doc.line(&tag_with_id("<h3", step.anchor.as_str()).text(&step.title).raw("</h3>"));
    inline::blocks(doc, &step.body);
}

fn field(doc: &mut Doc<Html>, field: &Field) {
    doc.open(&Markup::syntax("<div class=\"field\">"));
    doc.line(&tag_with_id("<h3", field.anchor.as_str()).text(&field.label).raw("</h3>"));
    inline::blocks(doc, &field.description);
    named(doc, &facts::of_field(field));
    doc.close("</div>");
}

fn trouble(doc: &mut Doc<Html>, trouble: &Trouble) {
    doc.open(&Markup::syntax("<details").attribute("id", trouble.anchor.as_str()).raw(">"));
    doc.line(&inline::inlines(Markup::syntax("<summary>"), &trouble.message).raw("</summary>"));
    named(doc, &facts::of_trouble(trouble));
    doc.close("</details>");
}

/// Facts as a description list.
fn named(doc: &mut Doc<Html>, facts: &[Fact]) {
    doc.open(&Markup::syntax("<dl>"));
    for fact in facts {
        doc.open(&Markup::syntax("<div>"));
        doc.line(&Markup::syntax("<dt>").text(&fact.name).raw("</dt>"));
        doc.line(&inline::inlines(Markup::syntax("<dd>"), &fact.content).raw("</dd>"));
        doc.close("</div>");
    }
    doc.close("</dl>");
}

fn environments(doc: &mut Doc<Html>, part: &Part, list: &[Environment]) {
    let rows: Vec<(&str, Vec<Fact>)> =
        list.iter().map(|one| (one.label.as_str(), facts::of_environment(one))).collect();
    // Where only some are described, the others have an empty cell.
    let columns = rows.iter().map(|(_, facts)| facts).max_by_key(|facts| facts.len());
    let columns: Vec<String> =
        columns.into_iter().flatten().map(|fact| fact.name.clone().into_owned()).collect();
    let first = part.title.trim_end_matches('s');
    table(doc, part, first, &columns, &rows, false);
}

fn permissions(doc: &mut Doc<Html>, part: &Part, list: &[Permission]) {
    let rows: Vec<(&str, Vec<Fact>)> =
        list.iter().map(|one| (one.name.as_str(), facts::of_permission(one))).collect();
    let columns: Option<Vec<String>> =
        rows.first().map(|(_, facts)| facts.iter().map(|fact| fact.name.clone().into_owned()).collect());
    table(doc, part, wording::PERMISSION, &columns.unwrap_or_default(), &rows, true);
}

/// A table whose first column names what the others are about.
fn table(
    doc: &mut Doc<Html>,
    part: &Part,
    first: &str,
    columns: &[String],
    rows: &[(&str, Vec<Fact>)],
    as_code: bool,
) {
    // What can be scrolled sideways can be reached with the keyboard, and has a name. It is no landmark: the section
    // around it is one, of the same name.
    let frame = Markup::syntax("<div class=\"table\" role=\"group\" tabindex=\"0\"");
    doc.open(&frame.attribute("aria-labelledby", part.anchor.as_str()).raw(">"));
    // The roles are said, because a phone lays the rows out as blocks, and a table laid out so is none any more.
    doc.open(&Markup::syntax("<table role=\"table\">"));
    let cell = "<th scope=\"col\" role=\"columnheader\">";
    let head =
        Markup::syntax("<thead role=\"rowgroup\"><tr role=\"row\">").raw(cell).text(first).raw("</th>");
    let head = columns.iter().fold(head, |out, name| out.raw(cell).text(name).raw("</th>"));
    doc.line(&head.raw("</tr></thead>"));
    doc.open(&Markup::syntax("<tbody role=\"rowgroup\">"));
    for (name, facts) in rows {
        let row = Markup::syntax("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
        let row = if as_code { row.raw("<code>").text(name).raw("</code>") } else { row.text(name) };
        let row = facts.iter().fold(row.raw("</th>"), |row, fact| {
            let row = row.raw("<td role=\"cell\"").attribute("data-name", &fact.name).raw(">");
            inline::inlines(row, &fact.content).raw("</td>")
        });
        let row = (facts.len()..columns.len()).fold(row, |row, _| row.raw("<td role=\"cell\"></td>"));
        doc.line(&row.raw("</tr>"));
    }
    doc.close("</tbody>");
    doc.close("</table>");
    doc.close("</div>");
}

fn check(doc: &mut Doc<Html>, check: &Check) {
    doc.open(&Markup::syntax("<li>"));
    let line = Markup::syntax("<p><strong>").text(&check.label).raw("</strong>. ").text(&check.proves);
    doc.line(&line.raw("</p>"));
    list(doc, &facts::of_check(check));
    doc.close("</li>");
}

fn list(doc: &mut Doc<Html>, lines: &[Vec<Inline>]) {
    doc.open(&Markup::syntax("<ul>"));
    for line in lines {
        doc.line(&inline::inlines(Markup::syntax("<li>"), line).raw("</li>"));
    }
    doc.close("</ul>");
}
