//! JSON Web Tokens that authenticate the client.

use guide::{Assertion, Method, Target, Template};
use secret::Secret;
use serde_json::Map;

use crate::fill::{FillError, Slot, fill, invalid_key, json};
use crate::inputs::{Filling, Inputs};
use crate::sign::{jwt, key_bytes};

/// Signs the method's assertion, or returns `None` if no template refers to it.
pub(crate) fn assertion<'t>(
    method: &Method,
    templates: impl IntoIterator<Item = &'t Template>,
    inputs: &Inputs<'_>,
) -> Result<Option<Secret>, FillError> {
    let Some(assertion) = &method.auth.assertion else { return Ok(None) };
    let mut references = templates.into_iter().flat_map(Template::references);
    let is_used = references.any(|reference| matches!(reference.target, Target::Assertion));
    is_used.then(|| signed(assertion, inputs)).transpose()
}

fn signed(assertion: &Assertion, inputs: &Inputs<'_>) -> Result<Secret, FillError> {
    let with = Filling::plain(inputs);
    let mut header = Map::new();
    header.insert("alg".to_owned(), assertion.algorithm.as_str().into());
    header.insert("typ".to_owned(), "JWT".into());
    for (name, text) in &assertion.header {
        header.insert(name.clone(), fill(text, Slot::Text, &with)?.expose().into());
    }
    let mut claims = Map::new();
    for (name, value) in &assertion.claims {
        claims.insert(name.clone(), json(value, &with)?);
    }
    let now = inputs.moment.unix();
    claims.entry("iat").or_insert_with(|| now.into());
    claims.entry("exp").or_insert_with(|| (now + i64::from(assertion.lifetime)).into());
    let key = fill(&assertion.key, Slot::Text, &with)?;
    key_bytes(assertion.algorithm, &key, assertion.key_encoding)
        .and_then(|key| jwt(assertion.algorithm, &key, &header.into(), &claims.into()))
        .map_err(|_| invalid_key(&assertion.key, &with))
}
