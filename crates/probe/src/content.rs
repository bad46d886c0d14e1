//! A request's body, to which a credential can be added.
//!
//! **Invariant:** a credential changes no other part of a body: the other members of an object and the other parameters
//! of a form keep their text and their order.

use std::fmt;

use guide::BodyTemplate;
use secret::{Secret, SecretBytes};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::encode::{form, form_pairs};
use crate::fill::{FillError, Slot, fill, json};
use crate::inputs::Filling;
use crate::message::Body;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body to which a credential can still be added.
pub(crate) enum Content {
    /// A JSON object: its content type, and the JSON text of each member's name and value.
    Object(String, Vec<(Secret, Secret)>),
    /// A form: its content type, and its encoded parameters.
    Form(String, Vec<SecretBytes>),
    /// A body that is sent unchanged, so no credential can be added.
    Unchanged(Body),
}

impl Content {
    /// An empty form.
    pub(crate) fn empty() -> Self {
        Self::Form(FORM.to_owned(), Vec::new())
    }

    /// Fills in the body of a guide's request.
    pub(crate) fn filled(template: &BodyTemplate, with: &Filling<'_>) -> Result<Self, FillError> {
        match template {
            BodyTemplate::Json(template) => Ok(match json(template, with)? {
                Value::Object(members) => {
                    let text = |value: &Value| Secret::new(value.to_string());
                    let member = |(name, value): (String, Value)| (text(&Value::from(name)), text(&value));
                    Self::Object(JSON.to_owned(), members.into_iter().map(member).collect())
                }
                other => {
                    let bytes = SecretBytes::new(other.to_string());
                    Self::Unchanged(Body { content_type: JSON.to_owned(), bytes })
                }
            }),
            BodyTemplate::Form(pairs) => {
                let mut content = Self::empty();
                for (name, value) in pairs {
                    content.add(name, &fill(value, Slot::Text, with)?);
                }
                Ok(content)
            }
        }
    }

    /// Reads a caller's body: a JSON object or a form. Any other body is sent unchanged.
    pub(crate) fn read(body: Body) -> Self {
        let media_type = body.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let bytes = body.bytes.expose();
        if media_type == JSON || media_type.ends_with("+json") {
            if let Ok(Members(members)) = serde_json::from_slice(bytes) {
                return Self::Object(body.content_type, members);
            }
        } else if media_type == FORM {
            let parameters = bytes.split(|byte| *byte == b'&').filter(|one| !one.is_empty());
            let parameters = parameters.map(SecretBytes::new).collect();
            return Self::Form(body.content_type, parameters);
        }
        Self::Unchanged(body)
    }

    /// Adds a credential. Returns `false` if this body cannot carry one.
    pub(crate) fn add(&mut self, name: &str, value: &Secret) -> bool {
        match self {
            Self::Object(_, members) => {
                let text = |text: &str| Secret::new(Value::from(text).to_string());
                members.push((text(name), text(value.expose())));
                true
            }
            Self::Form(_, parameters) => {
                parameters.push(SecretBytes::new(form([(name, value.expose())])));
                true
            }
            Self::Unchanged(_) => false,
        }
    }

    /// Removes every member and parameter that a provider could read as the credential with this name.
    pub(crate) fn remove(&mut self, name: &str) {
        match self {
            Self::Object(_, members) => members.retain(|(sent, _)| {
                let sent = serde_json::from_str::<String>(sent.expose());
                !sent.is_ok_and(|sent| sent.eq_ignore_ascii_case(name))
            }),
            Self::Form(_, parameters) => {
                let kept = parameters.iter().filter_map(|parameter| without(parameter, name));
                *parameters = kept.collect();
            }
            Self::Unchanged(_) => {}
        }
    }

    /// Returns the body as sent.
    pub(crate) fn body(&self) -> Body {
        match self {
            Self::Object(content_type, members) => {
                let mut text = Secret::from("{");
                for (n, (name, value)) in members.iter().enumerate() {
                    for part in [if n == 0 { "" } else { "," }, name.expose(), ":", value.expose()] {
                        text.push(part);
                    }
                }
                text.push("}");
                Body { content_type: content_type.clone(), bytes: SecretBytes::from(&text) }
            }
            Self::Form(content_type, parameters) => {
                let parameters: Vec<&[u8]> = parameters.iter().map(SecretBytes::expose).collect();
                let bytes = SecretBytes::new(parameters.join(&b'&'));
                Body { content_type: content_type.clone(), bytes }
            }
            Self::Unchanged(body) => body.clone(),
        }
    }
}

/// Returns a form's parameter without the parts that a provider could read as the parameter `name`. `None` if nothing is
/// left. Some servers also separate parameters with `;`.
fn without(parameter: &SecretBytes, name: &str) -> Option<SecretBytes> {
    let is_kept = |part: &&[u8]| !form_pairs(part).iter().any(|(sent, _)| sets_parameter(sent, name));
    let kept: Vec<&[u8]> = parameter.expose().split(|byte| *byte == b';').filter(is_kept).collect();
    (!kept.is_empty()).then(|| SecretBytes::new(kept.join(&b';')))
}

/// Whether a provider could read the parameter `sent` as the parameter `name`: some servers ignore case, and some add
/// the values of `key[]` and `key[0]` to those of `key`.
pub(crate) fn sets_parameter(sent: &str, name: &str) -> bool {
    let base = sent.split('[').next().unwrap_or_default();
    sent.eq_ignore_ascii_case(name) || base.eq_ignore_ascii_case(name)
}

/// The members of a JSON object: the text of each name and value, in order. Several members can have the same name.
struct Members(Vec<(Secret, Secret)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    members.push((Secret::from(name.get()), Secret::from(value.get())));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the content type and the text of a caller's body after the credential `key` has been added.
    fn with_key(content_type: &str, body: &[u8]) -> Option<(String, Vec<u8>)> {
        let body = Body { content_type: content_type.to_owned(), bytes: SecretBytes::new(body) };
        let mut content = Content::read(body);
        content.remove("key");
        let is_added = content.add("key", &Secret::from("a \"b\""));
        let body = content.body();
        is_added.then(|| (body.content_type, body.bytes.expose().to_vec()))
    }

    #[track_caller]
    fn check(content_type: &str, body: &str, expected: Option<&str>) {
        let expected = expected.map(|text| (content_type.to_owned(), text.as_bytes().to_vec()));
        assert_eq!(with_key(content_type, body.as_bytes()), expected, "{content_type} {body}");
    }

    #[test]
    fn json_keeps_its_numbers_names_and_order() {
        let body = r#"{ "b": 12345678901234567890123, "a": 1.10, "a": [1,  2], "Key": 1, "k\u0065y": {}, "\ud800": "\/é" }"#;
        let expected = r#"{"b":12345678901234567890123,"a":1.10,"a":[1,  2],"\ud800":"\/é","key":"a \"b\""}"#;
        for content_type in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.api+json",
            "application/merge-patch+json ;x=y",
        ] {
            check(content_type, body, Some(expected));
        }
        check("application/json", "{}", Some(r#"{"key":"a \"b\""}"#));
    }

    #[test]
    fn forms_keep_their_encoding_and_order() {
        for content_type in
            ["application/x-www-form-urlencoded", "application/X-WWW-form-urlencoded;charset=utf-8"]
        {
            check(
                content_type,
                "b=a%20b&a=%ff&b=+&k%65y=x&key%5B%5D=y&c&&d==",
                Some("b=a%20b&a=%ff&b=+&c&d==&key=a+%22b%22"),
            );
            check(content_type, "", Some("key=a+%22b%22"));
            check(content_type, "key=x;KEY=y", Some("key=a+%22b%22"));
            check(content_type, "x=;key=evil&k%65y[]=z;y=1;&a=1;b=2", Some("x=&y=1;&a=1;b=2&key=a+%22b%22"));
        }
    }

    #[test]
    fn other_bodies_cannot_carry_a_credential() {
        for body in ["[1]", "", "{", "{\"a\":1}x", "\u{feff}{}", "{\"a\":NaN}"] {
            check("application/json", body, None);
        }
        check("text/plain", "{}", None);
        check("application/jsonx", "{}", None);
        check("application/x-www-form-urlencoded2", "a=b", None);
    }

    /// The text of a JSON value that parsers often change.
    fn value() -> impl Strategy<Value = String> {
        let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";
        let text = r#""([a-zé😀 ]|\\u[0-9a-f]{4}|\\[nt/"])*""#;
        let leaf =
            prop_oneof![number.prop_map(String::from), text.prop_map(String::from), Just("null".to_owned())];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(" ,"))),
                prop::collection::vec((r#""[a-d]""#, inner), 0..4).prop_map(|members| {
                    let members: Vec<_> =
                        members.iter().map(|(name, value)| format!("{name} :{value}")).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_credential_changes_no_other_member(
            members in prop::collection::vec((r#""([a-c]|\\u00e[0-9])""#, value()), 0..6),
            space in "[ \n\t]{0,2}",
        ) {
            let joined = |space: &str| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{space}{name}{space}:{space}{value}")).collect();
                members.join(&format!("{space},"))
            };
            let (name, body) = with_key("application/json", format!("{space}{{{}{space}}}", joined(&space)).as_bytes()).expect("an object");
            let comma = if members.is_empty() { "" } else { "," };
            prop_assert_eq!(name, "application/json");
            prop_assert_eq!(String::from_utf8(body), Ok(format!(r#"{{{}{comma}"key":"a \"b\""}}"#, joined(""))));
        }

        #[test]
        fn a_credential_changes_no_other_parameter(parameters in prop::collection::vec("[a-c%+=0-9é;]{1,6}", 0..6)) {
            let body = parameters.join("&");
            let (_, sent) = with_key(FORM, body.as_bytes()).expect("a form");
            let comma = if parameters.is_empty() { "" } else { "&" };
            prop_assert_eq!(String::from_utf8(sent), Ok(format!("{body}{comma}key=a+%22b%22")));
        }
    }
}
