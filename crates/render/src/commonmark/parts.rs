//! Writes the parts of a page in `CommonMark`.
//!
//! **Invariant:** an item in a list of facts is one line, with at most one level of items below it.

use super::blocks::Blocks;
use super::dialect::Flavor;
use crate::facts::{self, Fact, Table};
use crate::markup::Markup;
use crate::page::{Block, Check, Field, Inline, Part, Section, Trouble};
use crate::part_writer::PartWriter;

/// The parts that Markdown and MDX write differently.
pub(crate) trait Components: Flavor + Sized {
    fn section(out: &mut Blocks<'_, Self>, section: &Section);
    fn field(out: &mut Blocks<'_, Self>, field: &Field);
    fn troubles(out: &mut Blocks<'_, Self>, troubles: &[Trouble]);
}

impl<F: Flavor> Blocks<'_, F> {
    /// Writes an item for each fact.
    pub(crate) fn facts(&mut self, facts: &[Fact]) {
        for fact in facts {
            let line = self.inlines(Markup::of(&fact.name).raw(": "), &fact.content);
            self.line_item(&line);
        }
    }

    /// Writes an item with facts below it.
    pub(crate) fn item_with_facts(&mut self, title: &[Inline], facts: &[Fact]) {
        let title = self.inlines(Markup::new(), &[Inline::Strong(title.to_vec())]);
        self.item(&Markup::syntax("- "), |inner| {
            inner.doc.line(&title);
            inner.facts(facts);
        });
    }
}

impl<F: Components> PartWriter for Blocks<'_, F> {
    fn blocks(&mut self, blocks: &[Block]) {
        self.write(blocks);
    }

    fn section(&mut self, section: &Section) {
        F::section(self, section);
    }

    fn field(&mut self, field: &Field) {
        F::field(self, field);
    }

    fn table(&mut self, _: &Part, table: &Table) {
        for (name, facts) in &table.rows {
            self.item_with_facts(std::slice::from_ref(name), facts);
        }
    }

    fn checks(&mut self, intro: &[Inline], checks: &[Check]) {
        let line = self.inlines(Markup::new(), intro);
        self.doc.line(&line);
        self.doc.gap();
        for check in checks {
            let title = [Inline::Strong(vec![Inline::Text(check.label.clone())])];
            let line = self.inlines(Markup::new(), &title).raw(". ").text(&check.proves);
            self.item(&Markup::syntax("- "), |inner| {
                inner.doc.line(&line);
                inner.list(&facts::of_check(check));
            });
        }
    }

    fn troubles(&mut self, troubles: &[Trouble]) {
        F::troubles(self, troubles);
    }

    fn sentences(&mut self, sentences: &[Vec<Inline>]) {
        self.list(sentences);
    }

    fn list(&mut self, items: &[Vec<Inline>]) {
        for item in items {
            let line = self.inlines(Markup::new(), item);
            self.line_item(&line);
        }
    }
}
