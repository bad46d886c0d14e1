//! Actions and guides in the form that StackOne's SDK reads.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of connectors, each with its actions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionsMetaPaginated {
    /// The connectors on this page, sorted by key.
    pub(crate) data: Vec<ActionsMeta>,
    /// The cursor of the next page, to send as `next`. Null on the last page.
    pub(crate) next: Option<String>,
}

/// A connector: its actions, and the ways to link an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionsMeta {
    /// The provider's key, for example `acme`.
    pub(crate) key: String,
    /// The provider's name, for example `Acme`.
    pub(crate) name: String,
    /// Always null: guides do not describe their provider.
    pub(crate) description: Option<String>,
    /// The URL of the provider's icon.
    pub(crate) icon: String,
    /// The version of the guide: the first 12 characters of its digest.
    pub(crate) version: String,
    /// Always `ga`.
    pub(crate) release_stage: &'static str,
    /// The actions available for linked accounts. Omitted if the request excludes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) actions: Option<Vec<ActionMetaItem>>,
    /// The ways to link an account.
    pub(crate) authentication: Vec<AuthenticationMetaItem>,
    /// The permissions that the provider defines.
    pub(crate) scope_definitions: Vec<ScopeDefinition>,
}

/// An action that can be performed through a linked account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionMetaItem {
    /// The action's id, unique among all connectors, for example `gladly_list-customers`.
    pub(crate) id: String,
    /// The action's label, for example `List customers`.
    pub(crate) label: String,
    /// What the action does.
    pub(crate) description: Option<String>,
    /// Always null, because actions have no schema.
    pub(crate) schema_type: Option<String>,
    /// Always empty, because actions have no tags.
    pub(crate) tags: Vec<String>,
    /// The names of the permissions that the action needs.
    pub(crate) required_scopes: Vec<String>,
}

/// A permission that the provider defines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScopeDefinition {
    /// The permission's name, as the provider writes it, for example `tickets:read`.
    pub(crate) name: String,
    /// What the permission allows.
    pub(crate) description: Option<String>,
    /// The names of the permissions that this permission includes.
    pub(crate) includes: Vec<String>,
}

/// A way to link an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationMetaItem {
    /// The method's key, for example `api-key`.
    pub(crate) key: String,
    /// The method's label, for example `API key`.
    pub(crate) label: String,
    /// `oauth2` if the person signs in to the provider, otherwise `custom`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The names of the permissions that are required to link an account.
    pub(crate) required_scopes: Vec<String>,
    /// The method's guide, and where to find it.
    pub(crate) support: AuthenticationSupport,
}

/// A method's guide, and where to find it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationSupport {
    /// The URL of the guide as a web page.
    pub(crate) link: String,
    /// Always null.
    pub(crate) description: Option<String>,
    /// The guide as data. Omitted unless `include` names `authentication_guides`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guides: Option<AuthenticationGuides>,
}

/// A method's guides, by audience.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuides {
    /// The guide for the person who links an account.
    pub(crate) config: AuthenticationGuide,
    /// The guide for the admin who first sets up the method. Omitted if the method needs no setup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) setup: Option<AuthenticationGuide>,
}

/// A guide as data. Its strings are Markdown; render and sanitize them before you display them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuide {
    /// A warning to show before everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<String>,
    /// The guide's sections, in reading order.
    pub(crate) sections: Vec<AuthenticationGuideSection>,
}

/// A section of a guide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuideSection {
    /// The section's heading.
    pub(crate) title: String,
    /// The text below the heading. May be empty.
    pub(crate) content: String,
    /// A bulleted list that follows the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list: Option<Vec<String>>,
    /// The section's steps, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<Vec<AuthenticationGuideStep>>,
}

/// A step of a guide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuideStep {
    /// What to do, in one line.
    pub(crate) title: String,
    /// How to do it.
    pub(crate) content: String,
}
