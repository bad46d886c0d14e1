//! Lowers titles and labels, which are plain text everywhere: replaces their references with names.
//!
//! **Invariant:** a label contains no other label, and no title contains a title, so each is complete when it is read.

use crate::lower::lowering::Lowering;
use crate::names::Names;
use crate::shape::Text;
use crate::template::{Context, Part};

impl Lowering<'_> {
    /// Returns the title of a section or step.
    pub(crate) fn title(&mut self, text: &Text, names: &Names<'_>) -> String {
        self.named_text(text, Context::Title, names)
    }

    /// Returns a label.
    pub(crate) fn label(&mut self, text: &Text) -> String {
        self.named_text(text, Context::Label, &Names::default())
    }

    fn named_text(&mut self, text: &Text, context: Context, names: &Names<'_>) -> String {
        if !text.value.contains("{{") {
            return text.value.clone();
        }
        let mut out = String::new();
        for part in self.template(text, context, names).parts {
            match part {
                Part::Text(text) => out.push_str(&text),
                Part::Reference(reference) => out.push_str(&self.named.text(&reference.target, names)),
            }
        }
        out
    }
}
