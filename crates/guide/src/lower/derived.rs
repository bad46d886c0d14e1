//! Lowers derived values.

use crate::code::BAD_FIELD;
use crate::finding::Finding;
use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::model::{Auth, Derived, Field, FieldType, MAX_FILE_LENGTH};
use crate::names::Names;
use crate::shape::{DerivedShape, FieldShape};
use crate::spanned::Spanned;
use crate::template::{Target, Template};

impl Lowering<'_> {
    /// Lowers the derived values. Each value can use the values before it.
    pub(crate) fn derived<'n>(
        &mut self,
        shapes: &'n [DerivedShape],
        fields: &[Field],
        auth: &Auth,
        names: &mut Names<'n>,
    ) -> Vec<Derived> {
        let mut all: Vec<Derived> = Vec::new();
        // A value is derived before anything is signed.
        let assertion = std::mem::take(&mut names.assertion);
        for shape in shapes {
            let from = self.request_text(&shape.from, names);
            let is_secret =
                from.values().any(|key| names.secrets.contains(key)) || has_credential(&from, auth);
            let as_field = as_field(shape, is_secret);
            if let Some(field) = self.field(&as_field, &[], names) {
                // The same text is derived for everyone, so nobody could correct it.
                if from.as_literal().is_some_and(|text| field.keep(text, &[]).is_err()) {
                    let message = format!("`{}` cannot be derived from this text", field.key);
                    let found = Finding::new(&BAD_FIELD, from.span, message);
                    self.report(found.help("refer to a field, such as `{{ value.api_token }}`"));
                }
                let source = from.values().find_map(|key| origin(key, fields, &all));
                let derived = Derived { from, field, says: shape.says.clone(), source };
                self.examples(&derived.field, &[]);
                names.secrets.extend(derived.field.secret.then(|| derived.field.key.clone()));
                all.push(derived);
            }
            names.values.push(&shape.key.value);
        }
        names.assertion = assertion;
        all
    }
}

/// Returns the field from which a value is derived, directly or through other derived values, or `None` if there is no
/// such field.
fn origin(key: &Key, fields: &[Field], derived: &[Derived]) -> Option<Key> {
    if fields.iter().any(|field| field.key == *key) {
        return Some(key.clone());
    }
    derived.iter().find(|one| one.field.key == *key)?.source.clone()
}

/// Returns whether a string contains a token that is a credential.
fn has_credential(from: &Template, auth: &Auth) -> bool {
    from.references().any(|reference| match &reference.target {
        Target::Token(name) => auth.is_credential(name),
        _ => false,
    })
}

/// Converts a derived value to a field, so that it is validated as if someone had entered it.
fn as_field(shape: &DerivedShape, is_secret: bool) -> FieldShape {
    let hidden = is_secret.then_some(Spanned { value: false, span: shape.key.span });
    FieldShape {
        key: shape.key.clone(),
        label: shape.label.clone().unwrap_or_else(|| shape.key.clone()),
        r#type: Spanned { value: FieldType::Multiline, span: shape.key.span },
        required: true,
        public: shape.public.or(hidden),
        accept: shape.accept.clone(),
        pattern: shape.pattern.clone(),
        examples: shape.examples.clone(),
        max_length: u32::try_from(MAX_FILE_LENGTH).ok(),
        ..FieldShape::default()
    }
}
