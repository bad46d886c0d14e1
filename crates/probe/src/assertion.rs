//! JSON Web Tokens that show who asks.

use guide::{Assertion, Target, Template};
use secret::{Secret, SecretBytes};
use serde_json::{Map, Value};

use crate::fill::{FillError, Filling, Landing, Problem, fill};
use crate::request::json;
use crate::sign::{jwt, key_bytes};

/// The token, signed for this moment.
pub(crate) fn assertion(assertion: &Assertion, with: &Filling<'_>) -> Result<Secret, FillError> {
    // What is signed cannot hold itself.
    let with = Filling { assertion: None, ..*with };
    let mut header = Map::new();
    header.insert("alg".to_owned(), assertion.algorithm.as_str().into());
    header.insert("typ".to_owned(), "JWT".into());
    for (name, text) in &assertion.header {
        header.insert(name.clone(), fill(text, Landing::Text, &with)?.expose().into());
    }
    let mut claims = Map::new();
    for (name, value) in &assertion.claims {
        claims.insert(name.clone(), json(value, &with)?);
    }
    let now = with.inputs.moment.unix();
    claims.entry("iat").or_insert_with(|| now.into());
    claims.entry("exp").or_insert_with(|| (now + i64::from(assertion.lifetime)).into());
    let key = key(&assertion.key, assertion, &with)?;
    jwt(assertion.algorithm, &key, &Value::Object(header), &Value::Object(claims))
        .map_err(|_| no_key(&assertion.key, &with))
}

fn key(template: &Template, assertion: &Assertion, with: &Filling<'_>) -> Result<SecretBytes, FillError> {
    let text = fill(template, Landing::Text, with)?;
    if assertion.algorithm.is_hmac() {
        return key_bytes(&text, assertion.key_encoding).map_err(|_| no_key(template, with));
    }
    Ok(SecretBytes::from(&text))
}

/// The field whose value, or what is computed from it, is no key.
pub(crate) fn no_key(template: &Template, with: &Filling<'_>) -> FillError {
    let field = template.references().find_map(|reference| match &reference.target {
        Target::Value(key) => {
            let derived = with.inputs.derived.iter().find(|one| one.field.key == *key);
            derived.map_or_else(|| Some(key.clone()), |one| one.source.clone())
        }
        _ => None,
    });
    FillError { field, problem: Problem::NotAKey }
}
