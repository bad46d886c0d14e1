//! Fills in the messages for a guide's outcomes.
//!
//! **Invariant:** a message never contains a secret.

use std::borrow::Cow;

use guide::{Key, Method, Part, Saying, SayingPart, Target, Template};

use crate::case::Case;
use crate::fill::derived;
use crate::inputs::{Filling, Inputs};

/// Fills a message's template. References to secrets are left out.
pub(crate) fn message(template: &Template, case: &Case<'_>) -> Saying {
    let texts: Vec<(Cow<'_, str>, bool)> = template.parts.iter().map(|part| filled(part, case)).collect();
    let parts = texts.iter().map(|(text, is_label)| match is_label {
        true => SayingPart::Label(text),
        false => SayingPart::Text(text),
    });
    parts.collect()
}

/// Fills one part of a message, and returns whether the part is a field's label.
fn filled<'t>(part: &'t Part, case: &Case<'t>) -> (Cow<'t, str>, bool) {
    let Case { guide, method, inputs, product, .. } = case;
    let reference = match part {
        Part::Text(text) => return (text.into(), false),
        Part::Reference(reference) => reference,
    };
    let text = match &reference.target {
        Target::Value(key) => public_value(key, method, inputs).into(),
        Target::Label(key) => {
            return (method.field(key.as_str()).map_or("", |field| &field.label).into(), true);
        }
        Target::Step(key) => method.step(key.as_str()).map_or("", |(_, step)| &step.title).into(),
        Target::EnvironmentHost => inputs.environment.map_or("", |it| &it.host).into(),
        Target::EnvironmentLabel => inputs.environment.map_or("", |it| &it.label).into(),
        Target::EnvironmentValue(name) => {
            inputs.environment.and_then(|one| one.value(name.as_str())).unwrap_or_default().into()
        }
        Target::ProviderName => guide.provider.name.as_str().into(),
        Target::ProviderKey => guide.provider.key.as_str().into(),
        Target::MethodLabel => method.label.as_str().into(),
        Target::BrandName => product.name.as_str().into(),
        Target::BrandHub => product.hub.as_str().into(),
        Target::BrandEgressAddresses => product.addresses().into(),
        Target::BrandSupportUrl
        | Target::BrandSiteUrl
        | Target::Json(_)
        | Target::Capture(_)
        | Target::Token(_)
        | Target::Assertion
        | Target::Request(_)
        | Target::Now(_)
        | Target::Random(_)
        | Target::RedirectUri
        | Target::HubButton => "".into(),
    };
    (text, false)
}

/// The value of a field or a derived value, or an empty string if the value is secret.
fn public_value(key: &Key, method: &Method, inputs: &Inputs<'_>) -> String {
    let value = match (method.field(key.as_str()), method.derived(key.as_str())) {
        (Some(field), _) if !field.secret => inputs.value(key),
        (None, Some(one)) if !one.field.secret => derived(one, &Filling::plain(inputs)).ok(),
        _ => None,
    };
    value.map(|value| value.expose().to_owned()).unwrap_or_default()
}
