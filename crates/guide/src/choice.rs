//! The small choices of the format: words that stand in a guide and mean the same everywhere.

use schemars::JsonSchema;
use serde::Deserialize;

/// What kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleEvent {
    /// It begins to exist.
    Introduced,
    /// It works otherwise than before.
    Changed,
    /// It works, and should not be chosen any more.
    Deprecated,
    /// It stops working.
    Sunset,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The provider's own documentation says so.
    #[default]
    Documented,
    /// Somebody saw it with a real account.
    Observed,
    /// Nobody says so; the guide takes it to be so.
    Assumed,
}

/// When a credential stops working by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// Not known.
    #[default]
    Unknown,
    /// It works until somebody revokes it.
    Never,
    /// So many days after it was made.
    Days(u32),
    /// So many days after it was last used.
    IdleDays(u32),
}

/// Where a key stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A header.
    Header,
    /// The query; it will stand in access logs, so only where a provider forces it.
    Query,
    /// A cookie.
    Cookie,
    /// A member of the body.
    Body,
}

/// How an OAuth token is come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    /// The person signs in at the provider.
    AuthorizationCode,
    /// The client itself.
    ClientCredentials,
    /// Username and password.
    Password,
    /// A code typed on another device.
    DeviceCode,
}

/// How an OAuth client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientAuth {
    /// HTTP Basic.
    Basic,
    /// In the body.
    Post,
    /// A signed assertion.
    PrivateKeyJwt,
    /// Not at all.
    None,
}

/// What a check proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who this is.
    Identity,
    /// That the credentials are taken.
    Authenticate,
    /// That something may be done.
    Capability,
}

/// What kind of JSON value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A text.
    String,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A list.
    Array,
    /// An object.
    Object,
    /// `null`.
    Null,
}

/// What kind of value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line of text.
    Text,
    /// An email address.
    Email,
    /// An https address.
    Url,
    /// A host name.
    Host,
    /// One line that is never shown: a token, a key, a password.
    Secret,
    /// A whole number.
    Number,
    /// One of several choices.
    Select,
    /// Several lines.
    Multiline,
    /// A file's text: a key, a service account.
    File,
    /// Yes or no.
    Boolean,
}

/// Which rule turns a value away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedBy {
    /// Nothing was typed where something must be.
    Required,
    /// It is not of the field's type.
    Type,
    /// It does not look as the pattern says.
    Pattern,
    /// It is a mistake that `refuse` names.
    Refuse,
    /// It is longer than allowed.
    Length,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Leads to the credentials.
    #[default]
    Obtain,
    /// How to replace the credential.
    Rotate,
    /// How to take it back.
    Revoke,
    /// Good to know.
    Reference,
}
