//! Connectors as StackOne's widget renders them, and as products read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The settings that the widget reads when it opens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubSettings {
    /// The widget's feature flags. Always empty.
    pub(crate) enabled_features: Vec<String>,
    /// The id of the account to edit. Omitted if the session links a new account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) existing_account_id: Option<String>,
}

/// The connectors that the session can link accounts with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnectors {
    /// One entry per connector.
    #[serde(rename = "integrations")]
    pub(crate) connectors: Vec<HubConnector>,
}

/// A connector in the widget's list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnector {
    /// Whether an account can be linked with the connector.
    pub(crate) active: bool,
    /// The connector's name.
    pub(crate) name: String,
    /// The provider's key, for example `acme`.
    pub(crate) provider: String,
    /// The provider's category, for example `ticketing`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Unique per provider: clients identify an entry by its `provider` and `version`.
    pub(crate) version: String,
    /// The method's key, for example `api-key`.
    pub(crate) authentication_config_key: String,
    /// Always `production`.
    pub(crate) environment: &'static str,
    /// The connector's id, to send when linking an account.
    pub(crate) integration_id: String,
    /// The URL of the provider's icon.
    pub(crate) logo_url: String,
}

/// A connector's form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnectorConfig {
    /// The form itself.
    pub(crate) config: HubConfig,
    /// Always empty.
    pub(crate) hub_settings: Map<String, Value>,
}

/// A form, as the widget renders it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubConfig {
    /// The provider's key.
    pub(crate) key: String,
    /// The provider's name.
    pub(crate) name: String,
    /// `oauth2` if the person signs in to the provider, otherwise `custom`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// `authorization_code` if the person signs in to the provider, otherwise omitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant_type: Option<&'static str>,
    /// The fields that the person fills in, in order.
    pub(crate) config_fields: Vec<HubField>,
    /// The notices shown with the form.
    pub(crate) config_notices: Vec<HubNotice>,
    /// The images shown with the form.
    pub(crate) assets: HubAssets,
    /// Where to find the guide.
    pub(crate) support: HubSupport,
}

/// A form's images.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubAssets {
    /// The URL of the provider's icon.
    pub(crate) icon: String,
}

/// Where to find the guide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubSupport {
    /// The URL of the guide as a web page.
    pub(crate) link: String,
    /// Always null, because the widget does not show a description.
    pub(crate) description: Option<String>,
}

/// A field of a form.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubField {
    /// The field's key.
    pub(crate) key: String,
    /// The field's label.
    pub(crate) label: String,
    /// The kind of input: `text`, `password`, `number`, `select` or `text_area`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// Whether the field must be filled in.
    pub(crate) required: bool,
    /// Always false.
    pub(crate) read_only: bool,
    /// Whether the value is secret. Must be set on every field, because the widget treats a field without this member
    /// as secret.
    pub(crate) secret: bool,
    /// The placeholder shown while the field is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placeholder: Option<String>,
    /// A hint shown with the field, as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The options of a `select` field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) options: Option<Vec<HubOption>>,
    /// The default value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// The pattern that the browser checks the value against. The server checks the value again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation: Option<HubValidation>,
}

/// An option of a `select` field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubOption {
    /// The text shown to the person.
    pub(crate) label: String,
    /// The value that the widget sends.
    pub(crate) value: String,
}

/// A check that the browser performs on a value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubValidation {
    /// Always `html-pattern`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// An anchored JavaScript regular expression.
    pub(crate) pattern: String,
    /// The message shown if the value does not match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// A notice shown with a form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubNotice {
    /// The notice's key.
    pub(crate) key: String,
    /// The severity: `warning` or `info`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The notice's text, as Markdown.
    pub(crate) description: String,
    /// Where the notice is shown: at the `top` or the `bottom` of the form.
    pub(crate) position: &'static str,
}

/// The values that a person entered to link or edit an account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HubAccountBody {
    /// The id of the connector to link.
    pub(crate) integration_id: String,
    /// The values by field key. When an account is edited, omitted fields keep their values.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, TypedValue>)]
    pub(crate) credentials: BTreeMap<String, Box<RawValue>>,
}

/// A value that a person entered. Numbers and booleans are stored as strings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only describes the values in `HubAccountBody`")]
pub(crate) enum TypedValue {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
    /// Null, which has the same effect as omitting the field.
    Nothing,
}

/// An account that was just linked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubAccountCreated {
    /// The account's id.
    pub(crate) id: String,
    /// The provider's key.
    pub(crate) provider: String,
}

/// A linked account, as the widget reads it for editing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubAccount {
    /// The account's id.
    pub(crate) secure_id: String,
    /// The provider's key.
    pub(crate) provider: String,
    /// The connector's version, as in the list of connectors.
    pub(crate) version: String,
    /// The id of the connector profile that the account was linked with.
    pub(crate) integration_id: String,
    /// The non-secret values, by field key.
    pub(crate) setup_information: BTreeMap<String, String>,
    /// A fixed marker for each stored secret, by field key. It never contains any part of the secret.
    pub(crate) secrets: BTreeMap<String, &'static str>,
    /// The method's key.
    pub(crate) auth_config_key: String,
    /// Always `production`.
    pub(crate) environment: &'static str,
}

/// A provider, and the ways to link an account at the provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorMeta {
    /// The provider's key, for example `acme`.
    pub(crate) provider: String,
    /// The provider's name, for example `Acme`.
    pub(crate) provider_name: String,
    /// The provider's first category, for example `ticketing`; `other` if it has none.
    pub(crate) category: String,
    /// All of the provider's categories.
    pub(crate) categories: Vec<String>,
    /// Whether the project can link accounts at this provider.
    pub(crate) active: bool,
    /// Unified API models. Always empty, because the Hub has no unified API.
    pub(crate) models: Map<String, Value>,
    /// The provider's images.
    pub(crate) resources: ConnectorResources,
    /// The ways to link an account at this provider.
    pub(crate) methods: Vec<ConnectorMethod>,
    /// The digest of the provider's current guide (SHA-256, hexadecimal).
    pub(crate) guide_digest: String,
}

/// A provider's images.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorResources {
    /// The URLs of the images.
    pub(crate) images: ConnectorImages,
}

/// The URLs of a provider's images.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorImages {
    /// The URL of the provider's icon.
    pub(crate) logo_url: String,
}

/// A way to link an account at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorMethod {
    /// The method's key, for example `api-key`.
    pub(crate) key: String,
    /// The method's label, for example `API key`.
    pub(crate) label: String,
    /// Whether an admin must set up the method in a connector profile before accounts can be linked.
    pub(crate) needs_setup: bool,
    /// Whether the person signs in to the provider in a browser.
    pub(crate) needs_browser: bool,
    /// The ids of the project's connector profiles for this method.
    pub(crate) connector_profile_ids: Vec<String>,
}

/// The debug output omits the values, which may be secret.
impl std::fmt::Debug for HubAccountBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HubAccountBody {{ integration_id: {:?}, .. }}", self.integration_id)
    }
}
