//! Lowers derived values.

use crate::code::FALSE_EXAMPLE;
use crate::finding::Finding;
use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::model::{Derived, Field, FieldType, MAX_FILE_LENGTH};
use crate::names::Names;
use crate::shape::{DerivedShape, FieldShape};
use crate::spanned::Spanned;

impl Lowering<'_> {
    /// Lowers the derived values. Each can use those before it.
    pub(crate) fn derived<'n>(
        &mut self,
        shapes: &'n [DerivedShape],
        fields: &[Field],
        names: &mut Names<'n>,
    ) -> Vec<Derived> {
        let mut all: Vec<Derived> = Vec::new();
        for shape in shapes {
            let from = self.request_text(&shape.from, names);
            let is_secret = from.values().any(|key| {
                fields
                    .iter()
                    .chain(all.iter().map(|one| &one.field))
                    .any(|field| field.key == *key && field.secret)
            });
            let as_field = as_field(shape, is_secret);
            if let Some(field) = self.field(&as_field, &[], names) {
                let source = from.values().find_map(|key| origin(key, fields, &all));
                let derived =
                    Derived { from, field, says: shape.says.as_ref().map(|text| text.value.clone()), source };
                self.derived_examples(&derived);
                all.push(derived);
            }
            names.values.push(&shape.key.value);
        }
        all
    }

    fn derived_examples(&mut self, derived: &Derived) {
        for example in &derived.field.examples {
            let outcome = match (&example.then, derived.keep(&example.typed)) {
                (Ok(wanted), Ok(kept)) if *wanted == kept => continue,
                (_, Ok(kept)) => format!("becomes `{kept}`"),
                (Err(wanted), Err(refused)) if *wanted == refused.by => continue,
                (_, Err(refused)) => format!("is rejected by `{}`", refused.by.as_str()),
            };
            let message = format!("the example of `{}` has a different result", derived.field.key);
            self.report(Finding::new(&FALSE_EXAMPLE, example.span, message).label(outcome));
        }
    }
}

/// The field from which a value is derived, directly or through other derived values.
fn origin(key: &Key, fields: &[Field], derived: &[Derived]) -> Option<Key> {
    if fields.iter().any(|field| field.key == *key) {
        return Some(key.clone());
    }
    derived.iter().find(|one| one.field.key == *key)?.source.clone()
}

/// A derived value as a field, so that it is validated as if someone had entered it.
fn as_field(shape: &DerivedShape, is_secret: bool) -> FieldShape {
    let hidden = is_secret.then_some(Spanned { value: false, span: shape.key.span });
    FieldShape {
        key: shape.key.clone(),
        label: shape.label.clone().unwrap_or_else(|| shape.key.clone()),
        r#type: Spanned { value: FieldType::Multiline, span: shape.key.span },
        required: true,
        public: shape.public.or(hidden),
        description: None,
        placeholder: None,
        default: None,
        accept: shape.accept.clone(),
        pattern: shape.pattern.clone(),
        pattern_says: None,
        refuse: Vec::new(),
        examples: shape.examples.clone(),
        options: Vec::new(),
        when: None,
        max_length: u32::try_from(MAX_FILE_LENGTH).ok(),
        min: None,
        max: None,
        holds: None,
        allow: Vec::new(),
    }
}
