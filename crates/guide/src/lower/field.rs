//! Lowers fields.

use crate::code::{BAD_FIELD, FALSE_EXAMPLE, PUBLIC_SECRET, SECRET_CASE};
use crate::finding::{Finding, quoted};
use crate::host::HostPattern;
use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::model::{
    Accept, Choice, Environment, Example, Field, FieldType, MAX_FILE_LENGTH, MAX_LENGTH, Refuse,
};
use crate::names::Names;
use crate::shape::{AcceptShape, ExampleShape, FieldShape};
use crate::spanned::Spanned;
use crate::template::Context;

/// Words in a field's key that mark the field as secret.
const SECRET_WORDS: &[&str] =
    &["token", "secret", "password", "passwd", "passphrase", "apikey", "key", "pat"];

/// Returns the default maximum length of a value of this type, in characters.
const fn longest(kind: FieldType) -> usize {
    match kind {
        FieldType::File | FieldType::Multiline => MAX_FILE_LENGTH,
        _ => MAX_LENGTH,
    }
}

/// Returns whether a field's key suggests that the field is secret.
fn looks_secret(key: &str) -> bool {
    key.split(['_', '-']).any(|word| SECRET_WORDS.contains(&word))
        && !["_id", "_sid"].iter().any(|end| key.ends_with(end))
}

impl Lowering<'_> {
    pub(crate) fn field(
        &mut self,
        shape: &FieldShape,
        used_by_auth: &[Key],
        names: &Names<'_>,
    ) -> Option<Field> {
        let key = self.field_key(&shape.key)?;
        let kind = shape.r#type.value;
        let public = shape.public.as_ref();
        let is_public = public.is_some_and(|public| public.value);
        if let Some(public) = public.filter(|_| is_public)
            && (kind == FieldType::Secret || looks_secret(key.as_str()))
        {
            let message = format!("`{key}` is a secret and cannot be public");
            self.report(Finding::new(&PUBLIC_SECRET, public.span, message));
        }
        let secret = kind == FieldType::Secret
            || matches!(public, Some(public) if !public.value)
            || (!is_public && (used_by_auth.contains(&key) || looks_secret(key.as_str())));
        self.options(shape);
        self.bounds(shape);
        if let (Some(says), None) = (&shape.pattern_says, &shape.pattern) {
            let found = Finding::new(&BAD_FIELD, says.span, "`pattern_says` requires a `pattern`");
            self.report(found.help("add the `pattern`, or remove `pattern_says`"));
        }
        let accept = shape.accept.iter().map(|accept| self.accept(accept, shape, secret, names)).collect();
        let pattern = shape.pattern.as_ref().and_then(|text| self.pattern(text));
        let refuse = shape
            .refuse
            .iter()
            .map(|refuse| {
                if refuse.prefix.is_none() && refuse.contains.is_none() {
                    let found = Finding::new(
                        &BAD_FIELD,
                        refuse.says.span,
                        "this rule does not specify which values it rejects",
                    );
                    self.report(found.help("add a `prefix` or `contains`, such as `prefix: 'Bearer '`"));
                }
                Refuse {
                    prefix: refuse.prefix.clone(),
                    contains: refuse.contains.clone(),
                    says: refuse.says.value.clone(),
                }
            })
            .collect();
        let examples = shape.examples.iter().filter_map(|example| self.example(example, names)).collect();
        let when = shape.when.as_ref().map(|when| self.condition(when, names, shape.key.span));
        let description = shape.description.as_ref().map(|text| self.prose(text, Context::Prose, names));
        self.allowed(&shape.allow);
        Some(Field {
            key,
            label: self.label(&shape.label),
            label_span: shape.label.span,
            kind,
            required: shape.required,
            secret,
            description,
            placeholder: shape.placeholder.clone(),
            default: shape.default.as_ref().map(|text| text.value.clone()),
            accept,
            pattern,
            pattern_says: shape.pattern_says.as_ref().map(|text| text.value.clone()),
            refuse,
            examples,
            options: shape
                .options
                .iter()
                .map(|option| Choice { value: option.value.value.clone(), label: self.label(&option.label) })
                .collect(),
            when,
            max_length: shape.max_length.map_or(longest(kind), |n| n as usize),
            range: (shape.min, shape.max),
            holds: shape.holds.map(|holds| holds.value),
            spaces: shape.spaces.map(|spaces| spaces.value).unwrap_or_default(),
            span: shape.key.span,
        })
    }

    fn options(&mut self, shape: &FieldShape) {
        if (shape.r#type.value == FieldType::Select) == shape.options.is_empty() {
            let (message, advice) = if shape.options.is_empty() {
                ("a `select` needs `options`", "add `options: [{ value: eu, label: Europe }, …]`")
            } else {
                ("only a `select` can have `options`", "write `type: select`, or remove `options`")
            };
            self.report(Finding::new(&BAD_FIELD, shape.r#type.span, message).help(advice));
        }
        self.unique("option", shape.options.iter().map(|option| &option.value));
    }

    /// Reports settings that do not apply to the field's type, and empty ranges.
    fn bounds(&mut self, shape: &FieldShape) {
        let (kind, at) = (shape.r#type.value, shape.r#type.span);
        if (shape.min.is_some() || shape.max.is_some()) && kind != FieldType::Number {
            let found = Finding::new(&BAD_FIELD, at, "only a `number` can have `min` and `max`");
            self.report(found.help("write `type: number`, or remove `min` and `max`"));
        }
        if shape.min.zip(shape.max).is_some_and(|(min, max)| max < min) {
            let found = Finding::new(&BAD_FIELD, at, "`min` is greater than `max`");
            self.report(found.help("swap the two values"));
        }
        if let Some(spaces) = shape.spaces.filter(|_| kind != FieldType::Secret) {
            let found = Finding::new(&BAD_FIELD, spaces.span, "only a `secret` can have `spaces`");
            self.report(found.help("write `type: secret`, or remove `spaces`"));
        }
        if let Some(holds) = shape.holds.filter(|_| !matches!(kind, FieldType::Multiline | FieldType::File)) {
            let found = Finding::new(&BAD_FIELD, holds.span, "only `multiline` and `file` can have `holds`");
            self.report(found.help("write `type: multiline` or `type: file`, or remove `holds`"));
        }
    }

    fn accept(
        &mut self,
        spanned: &Spanned<AcceptShape>,
        field: &FieldShape,
        secret: bool,
        names: &Names<'_>,
    ) -> Accept {
        let shape = &spanned.value;
        if secret && matches!(shape, AcceptShape::Lowercase | AcceptShape::Uppercase) {
            let message = format!("this would change the case of the secret {}", quoted(&field.key.value));
            self.report(Finding::new(&SECRET_CASE, spanned.span, message));
        }
        match shape {
            AcceptShape::Trim => Accept::Trim,
            AcceptShape::Lowercase => Accept::Lowercase,
            AcceptShape::Uppercase => Accept::Uppercase,
            AcceptShape::Digits => Accept::Digits,
            AcceptShape::HostLabelOf(text) if text.value == "environment" => {
                if names.environment_keys.is_empty() {
                    let message = "`host_label_of: environment` needs environments, but this method has none";
                    self.report(Finding::new(&BAD_FIELD, text.span, message));
                }
                Accept::LabelOfEnvironment
            }
            AcceptShape::HostLabelOf(text) => {
                if text.value.parse::<HostPattern>().is_err() {
                    let message = format!("{} is neither `environment` nor a host", quoted(&text.value));
                    self.report(Finding::new(&BAD_FIELD, text.span, message));
                }
                Accept::LabelOf(text.value.clone())
            }
            AcceptShape::Host => Accept::Host,
            AcceptShape::PathSegment(n) => Accept::PathSegment((*n).max(1) as usize),
            AcceptShape::StripPrefix(text) => Accept::StripPrefix(text.value.clone()),
            AcceptShape::StripSuffix(text) => Accept::StripSuffix(text.value.clone()),
            AcceptShape::BeforeFirst(text) => Accept::BeforeFirst(text.value.clone()),
            AcceptShape::AfterLast(text) => Accept::AfterLast(text.value.clone()),
            AcceptShape::Json(text) => match self.path(&text.value, text.span) {
                Some(path) => Accept::Json(path),
                None => Accept::Trim,
            },
        }
    }

    fn example(&mut self, shape: &ExampleShape, names: &Names<'_>) -> Option<Example> {
        let environment = self.known_if(shape.environment.as_ref(), "environment", &names.environment_keys);
        let then = match (&shape.becomes, &shape.refused) {
            (Some(text), None) => Ok(text.value.clone()),
            (None, Some(by)) => Err(by.value),
            _ => {
                let message = match shape.becomes {
                    Some(_) => "this example has both `becomes` and `refused`",
                    None => "this example has no result",
                };
                let found = Finding::new(&FALSE_EXAMPLE, shape.typed.span, message);
                self.report(found.help("add either `becomes` or `refused`"));
                return None;
            }
        };
        Some(Example { typed: shape.typed.value.clone(), then, environment, span: shape.typed.span })
    }

    /// Validates a field's default as if someone had entered it.
    pub(crate) fn default_of(&mut self, field: &Field, shape: &FieldShape) {
        let Some(default) = &shape.default else { return };
        if let Err(refused) = field.judge(&default.value) {
            let message = format!("the default of `{}` is rejected by its `{}`", field.key, refused.by);
            let found =
                Finding::new(&BAD_FIELD, default.span, message).label(format!("message: {}", refused.says));
            self.report(found.help("correct the default, or the rule that rejects it"));
        }
    }

    /// Runs a field's examples, and reports each example that does not produce its expected result.
    pub(crate) fn examples(&mut self, field: &Field, environments: &[Environment]) {
        for example in &field.examples {
            let kept = field.keep(&example.typed, environments);
            let outcome = match (&example.then, &kept) {
                (Ok(expected), Ok(kept)) if *expected == kept.value => match &example.environment {
                    Some(expected) if kept.environment.as_ref() != Some(expected) => Some(format!(
                        "the address belongs to {}",
                        kept.environment.as_ref().map_or("no environment", Key::as_str)
                    )),
                    _ => None,
                },
                (Ok(_), Ok(kept)) => Some(format!("becomes {}", quoted(&kept.value))),
                (Err(_), Ok(kept)) => Some(format!("is accepted and becomes {}", quoted(&kept.value))),
                (Err(expected), Err(refused)) if *expected == refused.by => None,
                (_, Err(refused)) => Some(format!("is rejected by `{}`", refused.by)),
            };
            if let Some(outcome) = outcome {
                let message = format!("an example for `{}` produces a different result", field.key);
                self.report(Finding::new(&FALSE_EXAMPLE, example.span, message).label(outcome));
            }
        }
    }
}
