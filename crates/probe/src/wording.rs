//! Fills in the messages for a guide's outcomes.
//!
//! **Invariant:** a message never contains a secret.

use guide::{Key, Method, Part, Target, Template};

use crate::case::Case;
use crate::fill::derived;
use crate::inputs::{Filling, Inputs};

/// Fills a message's template. References to secrets are left out.
pub(crate) fn message(template: &Template, case: &Case<'_>) -> String {
    let Case { guide, method, inputs, product, .. } = case;
    let mut out = String::new();
    for part in &template.parts {
        let reference = match part {
            Part::Text(text) => {
                out.push_str(text);
                continue;
            }
            Part::Reference(reference) => reference,
        };
        match &reference.target {
            Target::Value(key) => out.push_str(&public_value(key, method, inputs)),
            Target::Label(key) => out.push_str(method.field(key.as_str()).map_or("", |field| &field.label)),
            Target::Step(key) => out.push_str(method.step(key.as_str()).map_or("", |(_, step)| &step.title)),
            Target::EnvironmentHost => out.push_str(inputs.environment.map_or("", |it| &it.host)),
            Target::EnvironmentLabel => out.push_str(inputs.environment.map_or("", |it| &it.label)),
            Target::EnvironmentValue(name) => {
                out.push_str(inputs.environment.and_then(|one| one.value(name.as_str())).unwrap_or_default());
            }
            Target::ProviderName => out.push_str(&guide.provider.name),
            Target::ProviderKey => out.push_str(guide.provider.key.as_str()),
            Target::MethodLabel => out.push_str(&method.label),
            Target::BrandName | Target::BrandHub => out.push_str(&product.name),
            Target::BrandEgressAddresses => out.push_str(&product.addresses()),
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
            | Target::HubButton => {}
        }
    }
    out
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
