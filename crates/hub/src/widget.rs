//! Converts a method's fields to the form that StackOne's widget renders.
//!
//! **Invariant:** the form contains no check that the widget performs differently from the server: no patterns for
//! secrets (the widget applies them to its placeholder), no conditions (the widget does not support them), and no
//! number fields (the widget accepts only digits).

use guide::{Accept, Brand, Field, FieldType, Guide, Method, Mistake};
use render::{Context, markdown_prose};
use url::Url;

use crate::connectors::{self, Connector};
use crate::wire::connector::{
    HubAssets, HubConfig, HubField, HubNotice, HubOption, HubSupport, HubValidation,
};

/// The key of the field for choosing the provider's environment. No other field has this key: see
/// [`environment_field`].
pub(crate) const ENVIRONMENT: &str = "environment";

/// Returns a method's form.
pub(crate) fn form(brand: &Brand, public_url: &Url, guide: &Guide, connector: &Connector) -> HubConfig {
    let provider = guide.provider.key.as_str();
    let method = guide.method(&connector.method);
    let context = method.map(|method| Context::new(guide, method, brand));
    let browser = method.is_some_and(|method| method.auth.needs_browser());
    let mut fields: Vec<HubField> = method.and_then(environment_field).into_iter().collect();
    if let (Some(method), Some(context)) = (method, &context) {
        let setup = connectors::setup_fields(method);
        let own = method.fields.iter().filter(|field| !setup.iter().any(|one| one.key == field.key));
        fields.extend(own.map(|field| widget_field(field, context)));
    }
    let warning = method.and_then(|method| method.link.warning.as_ref()).zip(context.as_ref());
    let notices = warning.map(|(prose, context)| HubNotice {
        key: "warning".to_owned(),
        kind: "warning",
        description: markdown_prose(prose, context),
        position: "top",
    });
    HubConfig {
        key: provider.to_owned(),
        name: guide.provider.name.clone(),
        kind: if browser { "oauth2" } else { "custom" },
        grant_type: browser.then_some("authorization_code"),
        config_fields: fields,
        config_notices: notices.into_iter().collect(),
        assets: HubAssets { icon: connectors::icon_url(public_url, provider) },
        support: HubSupport {
            link: format!("{}guides/{provider}/{}", public_url, connector.method),
            description: None,
        },
    }
}

/// Returns the field for choosing an environment; `None` if there is only one environment.
fn environment_field(method: &Method) -> Option<HubField> {
    if method.environments.len() < 2 || method.tells_environment() || method.field(ENVIRONMENT).is_some() {
        return None;
    }
    let options = method.environments.iter();
    let options = options.map(|one| HubOption { label: one.label.clone(), value: one.key.to_string() });
    Some(HubField {
        key: ENVIRONMENT.to_owned(),
        label: method.environment_label.clone(),
        kind: "select",
        required: true,
        options: Some(options.collect()),
        value: method.environments.first().map(|one| one.key.to_string()),
        ..HubField::default()
    })
}

fn widget_field(field: &Field, context: &Context<'_>) -> HubField {
    let kind = match field.kind {
        FieldType::Select | FieldType::Boolean => "select",
        FieldType::Multiline | FieldType::File => "text_area",
        _ if field.secret => "password",
        _ => "text",
    };
    let option = |label: &str, value: &str| HubOption { label: label.to_owned(), value: value.to_owned() };
    let options = match field.kind {
        FieldType::Boolean => vec![option("Yes", "true"), option("No", "false")],
        _ => field.options.iter().map(|one| option(&one.label, &one.value)).collect(),
    };
    HubField {
        key: field.key.to_string(),
        label: field.label.clone(),
        kind,
        // A conditional field is never marked as required, because the widget cannot evaluate the condition. The server
        // checks whether the field is required.
        required: field.required && field.when.is_none(),
        secret: field.secret,
        placeholder: field.placeholder.clone(),
        description: field.description.as_ref().map(|prose| markdown_prose(prose, context)),
        options: (kind == "select").then_some(options),
        value: field.default.clone(),
        validation: validation(field),
        ..HubField::default()
    }
}

/// Returns the pattern that the widget checks before it sends a value; `None` if it checks nothing, as for secrets. If
/// the server rejects a value, the widget clears the whole form, so mistakes should be found before that. The server
/// checks the normalized value but the widget checks the value as typed, so a guide's pattern is not used for a field
/// whose values are normalized.
fn validation(field: &Field) -> Option<HubValidation> {
    if field.secret {
        return None;
    }
    let (pattern, error) = match &field.pattern {
        Some(pattern) if field.accept.is_empty() => {
            (format!("^(?:{})$", pattern.text), field.pattern_says.clone())
        }
        _ if field.kind == FieldType::Email => {
            (email_pattern(field), Some(Mistake::NotEmail.in_field(&field.label).to_string()))
        }
        _ => return None,
    };
    Some(HubValidation { kind: "html-pattern", pattern, error })
}

/// Returns a pattern that matches every value that the server accepts in an email field.
fn email_pattern(field: &Field) -> String {
    let changes_only_space_and_case =
        |accept: &Accept| matches!(accept, Accept::Trim | Accept::Lowercase | Accept::Uppercase);
    let address = if field.accept.iter().all(changes_only_space_and_case) {
        r"\s*[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+\s*"
    } else {
        // The server also removes other parts of the value.
        r".*[^@\s]@[^@\s].*"
    };
    if field.required { format!("^(?:{address})$") } else { format!(r"^(?:{address}|\s*)$") }
}
