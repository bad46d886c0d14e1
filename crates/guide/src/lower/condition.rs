//! Lowers conditions.

use crate::code::{BAD_CONDITION, UNKNOWN_NAME};
use crate::finding::{Finding, quoted};
use crate::lower::lowering::Lowering;
use crate::model::Condition;
use crate::names::{Names, suggest};
use crate::shape::ConditionShape;
use crate::source::Span;

impl Lowering<'_> {
    /// Lowers the condition for the node at `span`.
    pub(crate) fn condition(&mut self, shape: &ConditionShape, names: &Names<'_>, span: Span) -> Condition {
        let environments = self.known_all(&shape.environment.0, "environment", &names.environment_keys);
        match (&shape.field, shape.is.0.first()) {
            (Some(field), None) => {
                let message = format!(
                    "this condition names the field {} but no value, so it is never true",
                    quoted(&field.value)
                );
                let found = Finding::new(&BAD_CONDITION, field.span, message);
                self.report(found.help(format!("add the value: `is: …` next to `field: {}`", field.value)));
            }
            (None, Some(value)) => {
                let found =
                    Finding::new(&BAD_CONDITION, value.span, "this condition specifies a value but no field");
                self.report(found.help("add the field: `field: …` next to `is`"));
            }
            (None, None) if shape.environment.0.is_empty() => {
                self.report(Finding::new(&BAD_CONDITION, span, "this `when` is empty"));
            }
            _ => {}
        }
        let field = self.known_if(shape.field.as_ref(), "field", &names.fields);
        let options: Vec<&str> = match &field {
            Some(key) => names.choices.iter().filter(|(of, _)| key == of).map(|(_, value)| *value).collect(),
            None => Vec::new(),
        };
        for value in
            shape.is.0.iter().filter(|value| !options.is_empty() && !options.contains(&value.value.as_str()))
        {
            let message =
                format!("{} is not an option of the field, so this is never true", quoted(&value.value));
            let found = Finding::new(&UNKNOWN_NAME, value.span, message);
            self.report(suggest(found, value.span, &value.value, &options));
        }
        let values = shape.is.0.iter().map(|value| value.value.clone()).collect();
        Condition { environments, field: field.map(|key| (key, values)), span }
    }
}
