//! Traverses a part's content for all semantic writers.
//!
//! **Invariant:** semantic writers match on the kind of content only in this file, so that none of them can omit a
//! kind.

use crate::facts::{self, Table};
use crate::page::{Block, Check, Content, Field, Inline, Part, Section, Trouble};

/// Writes a part's content in one medium.
pub(crate) trait PartWriter {
    fn blocks(&mut self, blocks: &[Block]);
    fn section(&mut self, section: &Section);
    fn field(&mut self, field: &Field);
    fn table(&mut self, part: &Part, table: &Table);
    fn checks(&mut self, intro: &[Inline], checks: &[Check]);
    fn troubles(&mut self, troubles: &[Trouble]);
    /// Writes sentences that belong together, such as the facts about a credential.
    fn sentences(&mut self, sentences: &[Vec<Inline>]);
    /// Writes sentences that are independent of one another.
    fn list(&mut self, items: &[Vec<Inline>]);

    /// Writes everything below a part's heading.
    fn content(&mut self, part: &Part) {
        match &part.content {
            Content::Needs(needs) => self.blocks(&[Block::List { first: None, items: needs.clone() }]),
            Content::Section(section) | Content::Linking(section) => self.section(section),
            Content::Fields(fields) => fields.iter().for_each(|field| self.field(field)),
            Content::Environments(list) => self.table(part, &facts::of_environments(&part.title, list)),
            Content::Permissions(list) => self.table(part, &facts::of_permissions(list)),
            Content::Checks { intro, checks } => self.checks(intro, checks),
            Content::Troubles(troubles) => self.troubles(troubles),
            Content::Facts(sentences) => self.sentences(sentences),
            Content::Events(events) => self.list(&events.iter().map(facts::of_event).collect::<Vec<_>>()),
            Content::Sources(sources) => {
                self.list(&sources.iter().map(facts::of_source).collect::<Vec<_>>());
            }
        }
    }
}
