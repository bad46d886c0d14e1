//! Writes the parts of a page as HTML.
//!
//! **Invariant:** no heading level is skipped, and the id of each heading is the anchor of its part.

use super::dialect::{Html, tag_with_id};
use super::inline;
use crate::facts::{self, Fact, Table};
use crate::markup::{Doc, Markup};
use crate::page::{Block, Check, Field, Inline, Part, Section, Trouble};
use crate::part_writer::PartWriter;

pub(super) fn part(doc: &mut Doc<Html>, part: &Part) {
    doc.open(&Markup::syntax("<section").attribute("aria-labelledby", part.anchor.as_str()).raw(">"));
    doc.line(&tag_with_id("<h2", part.anchor.as_str()).text(&part.title).raw("</h2>"));
    doc.content(part);
    doc.close("</section>");
}

impl PartWriter for Doc<Html> {
    fn blocks(&mut self, blocks: &[Block]) {
        inline::blocks(self, blocks);
    }

    fn section(&mut self, section: &Section) {
        self.blocks(&section.intro);
        if !section.steps.is_empty() {
            self.open(&Markup::syntax("<ol class=\"steps\" role=\"list\">"));
            for step in &section.steps {
                self.open(&Markup::syntax("<li>"));
                self.line(&tag_with_id("<h3", step.anchor.as_str()).text(&step.title).raw("</h3>"));
                self.blocks(&step.body);
                self.close("</li>");
            }
            self.close("</ol>");
        }
        self.blocks(&section.closing);
    }

    fn field(&mut self, field: &Field) {
        self.open(&Markup::syntax("<div class=\"field\">"));
        self.line(&tag_with_id("<h3", field.anchor.as_str()).text(&field.label).raw("</h3>"));
        self.blocks(&field.description);
        description_list(self, &facts::of_field(field));
        self.close("</div>");
    }

    fn table(&mut self, part: &Part, table: &Table) {
        // The column names come from the longest row; shorter rows get empty cells at the end.
        let columns: &[Fact] = table
            .rows
            .iter()
            .map(|(_, facts)| facts.as_slice())
            .max_by_key(|facts| facts.len())
            .unwrap_or_default();
        // A frame that scrolls sideways must be reachable by keyboard and have a name. The frame is not a landmark,
        // because the enclosing section is already a landmark with the same name.
        let frame = Markup::syntax("<div class=\"table\" role=\"group\" tabindex=\"0\"");
        self.open(&frame.attribute("aria-labelledby", part.anchor.as_str()).raw(">"));
        // On phones, rows are laid out as blocks, which removes a table's implicit roles, so the roles are explicit.
        self.open(&Markup::syntax("<table role=\"table\">"));
        let cell = "<th scope=\"col\" role=\"columnheader\">";
        let head = Markup::syntax("<thead role=\"rowgroup\"><tr role=\"row\">");
        let head = head.raw(cell).text(&table.first_column).raw("</th>");
        let head = columns.iter().fold(head, |out, fact| out.raw(cell).text(&fact.name).raw("</th>"));
        self.line(&head.raw("</tr></thead>"));
        self.open(&Markup::syntax("<tbody role=\"rowgroup\">"));
        for (name, facts) in &table.rows {
            let row = Markup::syntax("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
            let row = inline::inlines(row, std::slice::from_ref(name)).raw("</th>");
            let row = facts.iter().fold(row, |row, fact| {
                let row = row.raw("<td role=\"cell\"").attribute("data-name", &fact.name).raw(">");
                inline::inlines(row, &fact.content).raw("</td>")
            });
            let row = (facts.len()..columns.len()).fold(row, |row, _| row.raw("<td role=\"cell\"></td>"));
            self.line(&row.raw("</tr>"));
        }
        self.close("</tbody>");
        self.close("</table>");
        self.close("</div>");
    }

    fn checks(&mut self, intro: &[Inline], checks: &[Check]) {
        self.line(&inline::inlines(Markup::syntax("<p>"), intro).raw("</p>"));
        self.open(&Markup::syntax("<ul class=\"checks\">"));
        for check in checks {
            self.open(&Markup::syntax("<li>"));
            let line =
                Markup::syntax("<p><strong>").text(&check.label).raw("</strong>. ").text(&check.proves);
            self.line(&line.raw("</p>"));
            self.list(&facts::of_check(check));
            self.close("</li>");
        }
        self.close("</ul>");
    }

    fn troubles(&mut self, troubles: &[Trouble]) {
        for trouble in troubles {
            self.open(&Markup::syntax("<details").attribute("id", trouble.anchor.as_str()).raw(">"));
            self.line(&inline::inlines(Markup::syntax("<summary>"), &trouble.message).raw("</summary>"));
            description_list(self, &facts::of_trouble(trouble));
            self.close("</details>");
        }
    }

    fn sentences(&mut self, sentences: &[Vec<Inline>]) {
        for sentence in sentences {
            self.line(&inline::inlines(Markup::syntax("<p>"), sentence).raw("</p>"));
        }
    }

    fn list(&mut self, items: &[Vec<Inline>]) {
        self.open(&Markup::syntax("<ul>"));
        for item in items {
            self.line(&inline::inlines(Markup::syntax("<li>"), item).raw("</li>"));
        }
        self.close("</ul>");
    }
}

fn description_list(doc: &mut Doc<Html>, facts: &[Fact]) {
    doc.open(&Markup::syntax("<dl>"));
    for fact in facts {
        doc.open(&Markup::syntax("<div>"));
        doc.line(&Markup::syntax("<dt>").text(&fact.name).raw("</dt>"));
        doc.line(&inline::inlines(Markup::syntax("<dd>"), &fact.content).raw("</dd>"));
        doc.close("</div>");
    }
    doc.close("</dl>");
}
