//! The meaning of conditions.

use crate::code::{BAD_CONDITION, UNKNOWN_NAME};
use crate::finding::{Finding, quoted};
use crate::lower::lowering::Lowering;
use crate::model::Condition;
use crate::names::Names;
use crate::names::suggest;
use crate::shape::ConditionShape;
use crate::source::Span;

impl Lowering<'_> {
    /// A condition of the node that stands at `span`.
    pub(crate) fn condition(&mut self, shape: &ConditionShape, names: &Names<'_>, span: Span) -> Condition {
        let environments = shape
            .environment
            .0
            .iter()
            .filter_map(|one| self.known(one, "environment", &names.environment_keys))
            .collect();
        match (&shape.field, shape.is.0.first()) {
            (Some(field), None) => {
                let message = format!("no value of {} is named, so this is never true", quoted(&field.value));
                let found = Finding::new(&BAD_CONDITION, field.span, message);
                self.say(
                    found.mend(format!(
                        "say for which value it holds: `is: …` beside `field: {}`",
                        field.value
                    )),
                );
            }
            (None, Some(value)) => {
                let found = Finding::new(&BAD_CONDITION, value.span, "nothing says whose value this is");
                self.say(found.mend("name the field beside it: `field: …`"));
            }
            (None, None) if shape.environment.0.is_empty() => {
                self.say(Finding::new(&BAD_CONDITION, span, "the `when` of this asks nothing"));
            }
            _ => {}
        }
        let field = shape.field.as_ref().and_then(|field| self.known(field, "field", &names.fields));
        let options: Vec<&str> = match &field {
            Some(key) => names.choices.iter().filter(|(of, _)| key == of).map(|(_, value)| *value).collect(),
            None => Vec::new(),
        };
        for value in
            shape.is.0.iter().filter(|value| !options.is_empty() && !options.contains(&value.value.as_str()))
        {
            let message = format!("{} cannot be chosen there, so this is never true", quoted(&value.value));
            let found = Finding::new(&UNKNOWN_NAME, value.span, message);
            self.say(suggest(found, value.span, &value.value, &options));
        }
        let values = shape.is.0.iter().map(|value| value.value.clone()).collect();
        Condition { environments, field: field.map(|key| (key, values)), span }
    }
}
