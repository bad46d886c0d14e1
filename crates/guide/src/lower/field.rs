//! The meaning of fields.

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::code::{BAD_FIELD, BAD_PATTERN, FALSE_EXAMPLE, NOT_RUNNABLE, PUBLIC_SECRET, SECRET_CASE};
use crate::finding::Finding;
use crate::key::Key;
use crate::lower::{Lowering, Names};
use crate::model::{Accept, Choice, Environment, Example, Field, FieldType, MAX_LENGTH, Pattern, Refuse, RefusedBy};
use crate::shape::{AcceptShape, ExampleShape, FieldShape, Text};
use crate::template::Where;

/// Words that make a name a secret's.
const SECRET_WORDS: &[&str] = &["token", "secret", "password", "passwd", "passphrase", "apikey", "key", "pat"];

/// Whether a field's key says that it holds a secret.
fn looks_secret(key: &str) -> bool {
    key.split(['_', '-']).any(|word| SECRET_WORDS.contains(&word)) && !key.ends_with("_id")
}

impl Lowering<'_> {
    pub(crate) fn field(&mut self, shape: &FieldShape, used_by_auth: &[Key], names: &Names<'_>) -> Option<Field> {
        let key = self.key(&shape.key)?;
        let kind = shape.r#type.value;
        let public = shape.public.as_ref();
        let is_public = public.is_some_and(|public| public.value);
        if let Some(public) = public.filter(|_| is_public)
            && (kind == FieldType::Secret || looks_secret(key.as_str())) {
                let message = format!("`{key}` is plainly a secret, and cannot be public");
                self.say(Finding::new(&PUBLIC_SECRET, public.span, message));
            }
        let secret = kind == FieldType::Secret
            || matches!(public, Some(public) if !public.value)
            || (!is_public && (used_by_auth.contains(&key) || looks_secret(key.as_str())));
        if kind == FieldType::File {
            self.say(Finding::new(&NOT_RUNNABLE, shape.r#type.span, "a file cannot be asked for yet"));
        }
        if (kind == FieldType::Select) == shape.options.is_empty() {
            let message = if shape.options.is_empty() {
                "a `select` needs `options`"
            } else {
                "only a `select` has `options`"
            };
            self.say(Finding::new(&BAD_FIELD, shape.r#type.span, message));
        }
        if shape.pattern_says.is_some() && shape.pattern.is_none() {
            self.say(Finding::new(&BAD_FIELD, shape.key.span, "`pattern_says` needs a `pattern` to put into words"));
        }
        let accept = shape.accept.iter().map(|accept| self.accept(accept, shape, secret, names)).collect();
        let pattern = shape.pattern.as_ref().and_then(|text| self.pattern(text));
        let refuse = shape
            .refuse
            .iter()
            .map(|refuse| {
                if refuse.prefix.is_none() && refuse.contains.is_none() {
                    self.say(Finding::new(&BAD_FIELD, refuse.says.span, "`refuse` needs a `prefix` or `contains`"));
                }
                Refuse {
                    prefix: refuse.prefix.as_ref().map(|text| text.value.clone()),
                    contains: refuse.contains.as_ref().map(|text| text.value.clone()),
                    says: refuse.says.value.clone(),
                }
            })
            .collect();
        let examples = shape.examples.iter().filter_map(|example| self.example(example, names)).collect();
        let when = shape.when.as_ref().map(|when| self.condition(when, names, shape.key.span));
        let description = shape.description.as_ref().map(|text| self.prose(text, Where::Prose, names));
        self.allowed(&shape.allow, Some(shape.key.span));
        Some(Field {
            key,
            label: shape.label.value.clone(),
            label_span: shape.label.span,
            kind,
            required: shape.required,
            secret,
            description,
            placeholder: shape.placeholder.as_ref().map(|text| text.value.clone()),
            default: shape.default.as_ref().map(|text| text.value.clone()),
            accept,
            pattern,
            pattern_says: shape.pattern_says.as_ref().map(|text| text.value.clone()),
            refuse,
            examples,
            options: shape
                .options
                .iter()
                .map(|option| Choice { value: option.value.value.clone(), label: option.label.value.clone() })
                .collect(),
            when,
            max_length: shape.max_length.map_or(MAX_LENGTH, |n| n as usize),
            span: shape.key.span,
        })
    }

    fn accept(&mut self, shape: &AcceptShape, field: &FieldShape, secret: bool, names: &Names<'_>) -> Accept {
        if secret && matches!(shape, AcceptShape::Lowercase | AcceptShape::Uppercase) {
            let message = format!("the case of the secret `{}` would be changed", field.key.value);
            self.say(Finding::new(&SECRET_CASE, field.key.span, message));
        }
        match shape {
            AcceptShape::Trim => Accept::Trim,
            AcceptShape::Lowercase => Accept::Lowercase,
            AcceptShape::Uppercase => Accept::Uppercase,
            AcceptShape::Digits => Accept::Digits,
            AcceptShape::HostLabelOf(text) if text.value == "environment" => {
                if !names.environments {
                    let message = "this method has no environments whose hosts could be looked for";
                    self.say(Finding::new(&BAD_FIELD, text.span, message));
                }
                Accept::LabelOfEnvironment
            }
            AcceptShape::HostLabelOf(text) => {
                if text.value.parse::<crate::HostPattern>().is_err() {
                    let message = format!("`{}` is neither `environment` nor a host", text.value);
                    self.say(Finding::new(&BAD_FIELD, text.span, message));
                }
                Accept::LabelOf(text.value.clone())
            }
            AcceptShape::Host => Accept::Host,
            AcceptShape::PathSegment(n) => Accept::PathSegment((*n).max(1) as usize),
            AcceptShape::StripPrefix(text) => Accept::StripPrefix(text.value.clone()),
            AcceptShape::StripSuffix(text) => Accept::StripSuffix(text.value.clone()),
        }
    }

    fn pattern(&mut self, text: &Text) -> Option<Pattern> {
        let bad = |message: String| Finding::new(&BAD_PATTERN, text.span, message);
        let foreign = ["(?", "\\A", "\\z", "\\p", "\\P", "\\b", "\\B", "\\k", "[[:", "&&", "--", "~~"];
        if text.value.starts_with('^') || text.value.ends_with('$') {
            let bare = text.value.trim_start_matches('^').trim_end_matches('$');
            let found = bad("a pattern is matched from end to end; it has no `^` and `$`".to_owned())
                .mend(format!("write '{bare}'"));
            self.say(found.fix(text.span, format!("'{bare}'")));
            return None;
        }
        if let Some(part) = foreign.iter().find(|part| text.value.contains(**part)) {
            self.say(bad(format!("`{part}` does not mean the same in every browser")));
            return None;
        }
        match regex_syntax::Parser::new().parse(&text.value) {
            Err(error) => {
                let reason = match &error {
                    regex_syntax::Error::Parse(error) => error.kind().to_string(),
                    regex_syntax::Error::Translate(error) => error.kind().to_string(),
                    _ => "it cannot be read".to_owned(),
                };
                self.say(bad(format!("the pattern cannot be read: {reason}")));
                return None;
            }
            Ok(hir) if has_anchor(&hir) => {
                self.say(bad("anchors inside a pattern never match: it is matched from end to end".to_owned()));
                return None;
            }
            Ok(_) => {}
        }
        if let Ok(regex) = Regex::new(&format!("^(?:{})$", text.value)) { Some(Pattern { text: text.value.clone(), regex }) } else {
            self.say(bad("the pattern needs too much memory".to_owned()));
            None
        }
    }

    fn example(&mut self, shape: &ExampleShape, names: &Names<'_>) -> Option<Example> {
        let environment =
            shape.environment.as_ref().and_then(|text| self.known(text, "environment", &names.environment_keys));
        let then = match (&shape.becomes, &shape.refused) {
            (Some(text), None) => Ok(text.value.clone()),
            (None, Some(by)) => Err(by.value),
            _ => {
                let message = "an example says what the text `becomes`, or by what it is `refused`: one of the two";
                self.say(Finding::new(&FALSE_EXAMPLE, shape.typed.span, message));
                return None;
            }
        };
        Some(Example { typed: shape.typed.value.clone(), then, environment, span: shape.typed.span })
    }

    /// Runs a field's examples.
    pub(crate) fn examples(&mut self, field: &Field, environments: &[Environment]) {
        for example in &field.examples {
            let kept = field.keep(&example.typed, environments);
            let outcome = match (&example.then, &kept) {
                (Ok(wanted), Ok(kept)) if *wanted == kept.value => match &example.environment {
                    Some(wanted) if kept.environment.as_ref() != Some(wanted) => {
                        Some(format!("the address shows {}", kept.environment.as_ref().map_or("no environment", Key::as_str)))
                    }
                    _ => None,
                },
                (Ok(_), Ok(kept)) => Some(format!("becomes `{}`", kept.value)),
                (Ok(_), Err(refused)) => Some(format!("is refused by `{}`", word(refused.by))),
                (Err(_), Ok(kept)) => Some(format!("is accepted, and becomes `{}`", kept.value)),
                (Err(wanted), Err(refused)) if *wanted == refused.by => None,
                (Err(_), Err(refused)) => Some(format!("is refused by `{}`", word(refused.by))),
            };
            if let Some(outcome) = outcome {
                let message = format!("the example of `{}` does not turn out as it says", field.key);
                self.say(Finding::new(&FALSE_EXAMPLE, example.span, message).label(outcome));
            }
        }
    }
}

fn has_anchor(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(_) => true,
        HirKind::Repetition(repetition) => has_anchor(&repetition.sub),
        HirKind::Capture(capture) => has_anchor(&capture.sub),
        HirKind::Concat(list) | HirKind::Alternation(list) => list.iter().any(has_anchor),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Unicode(_) | Class::Bytes(_)) => false,
    }
}

/// The word in guides.
fn word(by: RefusedBy) -> &'static str {
    match by {
        RefusedBy::Required => "required",
        RefusedBy::Type => "type",
        RefusedBy::Pattern => "pattern",
        RefusedBy::Refuse => "refuse",
        RefusedBy::Length => "length",
    }
}
