//! Connectors on the wire: what StackOne's widget lists and draws, and what products ask about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What the widget asks first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubSettings {
    /// Flags; none.
    pub(crate) enabled_features: Vec<String>,
    /// The account that is edited, if the session is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) existing_account_id: Option<String>,
}

/// What can be linked in a session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnectors {
    /// One entry for each.
    #[serde(rename = "integrations")]
    pub(crate) connectors: Vec<HubConnector>,
}

/// Something that can be linked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnector {
    /// Whether it can be linked.
    pub(crate) active: bool,
    /// What it is called.
    pub(crate) name: String,
    /// The key of the provider.
    pub(crate) provider: String,
    /// The category.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// One of a kind beside the provider's key: clients tell entries by the two.
    pub(crate) version: String,
    /// The method.
    pub(crate) authentication_config_key: String,
    /// Always `production`.
    pub(crate) environment: &'static str,
    /// Its id.
    pub(crate) integration_id: String,
    /// The provider's icon.
    pub(crate) logo_url: String,
}

/// The form of something that can be linked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubConnectorConfig {
    /// The form.
    pub(crate) config: HubConfig,
    /// Nothing that is used.
    pub(crate) hub_settings: Map<String, Value>,
}

/// A form, as the widget draws it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubConfig {
    /// The key of the provider.
    pub(crate) key: String,
    /// The provider's name.
    pub(crate) name: String,
    /// `custom`, or `oauth2` where the person signs in at the provider.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// `authorization_code`, where the person signs in at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant_type: Option<&'static str>,
    /// What is typed in.
    pub(crate) config_fields: Vec<HubField>,
    /// What is said beside it.
    pub(crate) config_notices: Vec<HubNotice>,
    /// The icon.
    pub(crate) assets: HubAssets,
    /// The guide.
    pub(crate) support: HubSupport,
}

/// The pictures of a form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubAssets {
    /// The provider's icon.
    pub(crate) icon: String,
}

/// Where the guide is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubSupport {
    /// The page.
    pub(crate) link: String,
    /// Not drawn.
    pub(crate) description: Option<String>,
}

/// A field of a form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubField {
    /// The key.
    pub(crate) key: String,
    /// The label.
    pub(crate) label: String,
    /// `text`, `password`, `number`, `select` or `text_area`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// Whether it must be filled in.
    pub(crate) required: bool,
    /// Never: nothing that only shows is a field.
    pub(crate) read_only: bool,
    /// Whether its value must not be seen. Said of every field: one that says nothing is taken for a secret.
    pub(crate) secret: bool,
    /// What stands in it while it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placeholder: Option<String>,
    /// A sentence beside it, as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) options: Option<Vec<HubOption>>,
    /// The value if nothing is typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// What the browser checks; the server checks again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation: Option<HubValidation>,
}

/// Something that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubOption {
    /// What is shown.
    pub(crate) label: String,
    /// What is kept.
    pub(crate) value: String,
}

/// What a browser checks of a value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubValidation {
    /// `html-pattern`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// A regular expression of JavaScript, anchored.
    pub(crate) pattern: String,
    /// What is said where it does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// Something that is said beside a form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubNotice {
    /// The key.
    pub(crate) key: String,
    /// `warning` or `info`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// What is said, as Markdown.
    pub(crate) description: String,
    /// `top` or `bottom`.
    pub(crate) position: &'static str,
}

/// What is typed in, to be linked.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HubAccountBody {
    /// What is linked.
    pub(crate) integration_id: String,
    /// Values by the keys of fields. When editing, what is left out stays.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, TypedValue>)]
    pub(crate) credentials: BTreeMap<String, Value>,
}

/// A value that is typed in. A number, or a yes or no, is taken as it is written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what `HubAccountBody` takes")]
pub(crate) enum TypedValue {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Nothing: as if it were left out.
    Nothing,
}

/// An account that was just linked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HubAccountCreated {
    /// Its id.
    pub(crate) id: String,
    /// The key of the provider.
    pub(crate) provider: String,
}

/// An account, to be edited.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HubAccount {
    /// Its id.
    pub(crate) secure_id: String,
    /// The key of the provider.
    pub(crate) provider: String,
    /// One of a kind beside the provider's key.
    pub(crate) version: String,
    /// The connector profile.
    pub(crate) integration_id: String,
    /// The values that may be seen.
    pub(crate) setup_information: BTreeMap<String, String>,
    /// A mark for each secret that is kept; never a part of one.
    pub(crate) secrets: BTreeMap<String, &'static str>,
    /// The method.
    pub(crate) auth_config_key: String,
    /// Always `production`.
    pub(crate) environment: &'static str,
}

/// A provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorMeta {
    /// Its key.
    pub(crate) provider: String,
    /// Its name.
    pub(crate) provider_name: String,
    /// Its first category.
    pub(crate) category: String,
    /// All its categories.
    pub(crate) categories: Vec<String>,
    /// Whether the project can link it.
    pub(crate) active: bool,
    /// Models of a unified API: none, for there is none here.
    pub(crate) models: Map<String, Value>,
    /// Pictures.
    pub(crate) resources: ConnectorResources,
    /// The ways to link it.
    pub(crate) methods: Vec<ConnectorMethod>,
    /// Which guide is current.
    pub(crate) guide_digest: String,
}

/// Pictures of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorResources {
    /// By use.
    pub(crate) images: ConnectorImages,
}

/// Where the pictures are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorImages {
    /// The icon.
    pub(crate) logo_url: String,
}

/// A way to link a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectorMethod {
    /// Its key.
    pub(crate) key: String,
    /// What it is called.
    pub(crate) label: String,
    /// Whether an admin has to set it up first.
    pub(crate) needs_setup: bool,
    /// Whether the person signs in at the provider.
    pub(crate) needs_browser: bool,
    /// The connector profiles of the project.
    pub(crate) connector_profile_ids: Vec<String>,
}

/// Shows names only: values may be secret.
impl std::fmt::Debug for HubAccountBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HubAccountBody {{ integration_id: {:?}, .. }}", self.integration_id)
    }
}
