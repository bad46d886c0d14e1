//! Facts, checks and sentences as lists: the same in Markdown and MDX.
//!
//! **Invariant:** an item is one line, with one level of items below it at most.

use super::{Blocks, CommonMark, Flavor, Places};
use crate::facts::{self, Fact};
use crate::markup::{Doc, Markup};
use crate::page::{Check, Inline};

impl<F: Flavor, P: Places> Blocks<'_, F, P> {
    /// Named facts, an item each.
    pub(crate) fn facts(&mut self, facts: &[Fact]) {
        for fact in facts {
            let line = self.inlines(Markup::of(&fact.name).raw(": "), &fact.content);
            self.line_item(&line);
        }
    }

    /// An item with facts below it.
    pub(crate) fn item_with_facts(&mut self, title: &[Inline], facts: &[Fact]) {
        let title = self.inlines(Markup::new(), &[Inline::Strong(title.to_vec())]);
        self.item_of(&Markup::syntax("- "), |inner| {
            inner.doc.line(&title);
            inner.facts(facts);
        });
    }

    /// A check: what it proves, and below it what is sent.
    pub(crate) fn check(&mut self, check: &Check) {
        let title = [Inline::Strong(vec![Inline::Text(check.label.clone())])];
        let line = self.inlines(Markup::new(), &title).raw(". ").text(&check.proves);
        let requests = facts::of_check(check);
        self.item_of(&Markup::syntax("- "), |inner| {
            inner.doc.line(&line);
            inner.lines(&requests);
        });
    }

    /// Sentences, an item each.
    pub(crate) fn lines(&mut self, lines: &[Vec<Inline>]) {
        for line in lines {
            let line = self.inlines(Markup::new(), line);
            self.line_item(&line);
        }
    }

    /// An item whose content is written by a writer like this one.
    pub(crate) fn item_of(&mut self, mark: &Markup<CommonMark<F>>, content: impl FnOnce(&mut Self)) {
        let mut outer = std::mem::replace(&mut self.doc, Doc::new());
        outer.item(mark, |doc| {
            self.doc = std::mem::replace(doc, Doc::new());
            content(self);
            *doc = std::mem::replace(&mut self.doc, Doc::new());
        });
        self.doc = outer;
    }

    fn line_item(&mut self, line: &Markup<CommonMark<F>>) {
        self.doc.item(&Markup::syntax("- "), |doc| doc.line(line));
    }
}
