//! Builds the part about problems: one entry for each of the method's outcome rules that describes a problem.
//!
//! **Invariant:** an entry contains the messages that the flow shows, with the names of values in place of the values.

use guide::OutcomeRule;

use super::builder::PageBuilder;
use crate::clean;
use crate::page::{Content, Inline, Part, Trouble};
use crate::wording;

impl PageBuilder<'_> {
    pub(super) fn troubles(&mut self) -> Option<Part> {
        let method = self.method;
        let bad = method.all_outcomes().filter(|rule| !rule.is.is_good());
        let troubles: Vec<Trouble> = bad.map(|rule| self.trouble(rule)).collect();
        (!troubles.is_empty())
            .then(|| self.part("troubleshooting", wording::TROUBLES, Content::Troubles(troubles)))
    }

    fn trouble(&mut self, rule: &OutcomeRule) -> Trouble {
        let provider = &self.guide.provider.name;
        let usual = |text: &str| vec![Inline::Text(clean::line(text))];
        let message = rule.says.as_ref().map_or_else(
            || usual(&rule.is.says().replace("{provider}", provider)),
            |says| self.context.message(says),
        );
        let fix = rule.fix.as_ref().map_or_else(
            || usual(&rule.is.advice(provider, &self.brand.product())),
            |fix| self.context.message(fix),
        );
        let fields = rule.at_field.iter().chain(&rule.or_fields);
        let labels =
            fields.filter_map(|key| self.method.field(key.as_str())).map(|field| clean::line(&field.label));
        let named =
            rule.return_to.as_ref().and_then(|key| self.method.step(key.as_str()).map(|(_, step)| step));
        let made = || rule.at_field.as_ref().and_then(|key| self.method.made_at(key.as_str()));
        Trouble {
            anchor: self.anchors.take(&format!("outcome--{}", rule.key)),
            outcome: rule.is,
            message,
            seen: clean::line(&match &rule.when {
                Some(when) => {
                    wording::seen(when, &self.guide.provider.name, |host| self.context.sentence(host))
                }
                None => wording::seen_by_identity(&self.guide.provider.name),
            }),
            fix,
            fields: labels.collect(),
            step: named.or_else(made).map(|step| self.step_link(step)),
        }
    }
}
