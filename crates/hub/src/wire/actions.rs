//! Actions and guides on the wire, as StackOne's SDK reads them.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of connectors, each with its actions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionsMetaPaginated {
    /// The connectors.
    pub(crate) data: Vec<ActionsMeta>,
    /// What to send as `next` for the page after this one; none, where this is the last.
    pub(crate) next: Option<String>,
}

/// A connector: what can be done with its accounts, and how they are linked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionsMeta {
    /// The key of the provider.
    pub(crate) key: String,
    /// The provider's name.
    pub(crate) name: String,
    /// Nothing: guides do not describe their provider.
    pub(crate) description: Option<String>,
    /// The provider's icon.
    pub(crate) icon: String,
    /// Which guide it is: the beginning of its digest.
    pub(crate) version: String,
    /// Always `ga`.
    pub(crate) release_stage: &'static str,
    /// What can be done; left out where the request excludes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) actions: Option<Vec<ActionMetaItem>>,
    /// The ways to link an account.
    pub(crate) authentication: Vec<AuthenticationMetaItem>,
    /// The provider's permissions.
    pub(crate) scope_definitions: Vec<ScopeDefinition>,
}

/// Something that can be done with an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionMetaItem {
    /// Its id, one of a kind among all connectors.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) label: String,
    /// What it does.
    pub(crate) description: Option<String>,
    /// Nothing: actions have no schema here.
    pub(crate) schema_type: Option<String>,
    /// None.
    pub(crate) tags: Vec<String>,
    /// The permissions it needs.
    pub(crate) required_scopes: Vec<String>,
}

/// A permission of the provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScopeDefinition {
    /// As the provider writes it.
    pub(crate) name: String,
    /// What it lets somebody do.
    pub(crate) description: Option<String>,
    /// Those that come with it.
    pub(crate) includes: Vec<String>,
}

/// A way to link an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationMetaItem {
    /// The key of the method.
    pub(crate) key: String,
    /// What it is called.
    pub(crate) label: String,
    /// `custom`, or `oauth2` where the person signs in at the provider.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The permissions without which no account is linked.
    pub(crate) required_scopes: Vec<String>,
    /// Where the guide is, and the guide.
    pub(crate) support: AuthenticationSupport,
}

/// The guide of a method.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationSupport {
    /// The guide as a page.
    pub(crate) link: String,
    /// Nothing.
    pub(crate) description: Option<String>,
    /// The guide itself, where `include` asks for `authentication_guides`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guides: Option<AuthenticationGuides>,
}

/// The guides of a method.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuides {
    /// For who links an account.
    pub(crate) config: AuthenticationGuide,
    /// For the admin who sets the method up first, where that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) setup: Option<AuthenticationGuide>,
}

/// A guide. Texts are Markdown, to be rendered and sanitized by who shows them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuide {
    /// What must be known before anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<String>,
    /// The sections, in order.
    pub(crate) sections: Vec<AuthenticationGuideSection>,
}

/// A section of a guide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuideSection {
    /// The heading.
    pub(crate) title: String,
    /// What stands below it; may be empty.
    pub(crate) content: String,
    /// Points that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list: Option<Vec<String>>,
    /// Steps, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<Vec<AuthenticationGuideStep>>,
}

/// A step of a guide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthenticationGuideStep {
    /// What to do.
    pub(crate) title: String,
    /// How to do it.
    pub(crate) content: String,
}
