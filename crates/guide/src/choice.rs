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
#[schemars(rename = "CarrierKind")]
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

/// How the parameters of a token request are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenBody {
    /// As a form.
    #[default]
    Form,
    /// As JSON.
    Json,
    /// In the query.
    Query,
}

/// How something is signed ([RFC 7518, 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
pub enum Algorithm {
    /// HMAC with SHA-1. For signatures over requests only.
    #[serde(rename = "HS1")]
    Hs1,
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
    /// RSA, PKCS #1, with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA, PKCS #1, with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA, PKCS #1, with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSA, PSS, with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// The word in guides, and in the header of a JWT.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs1 => "HS1",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether both sides know the same key.
    pub const fn is_hmac(self) -> bool {
        matches!(self, Self::Hs1 | Self::Hs256 | Self::Hs384 | Self::Hs512)
    }
}

/// How the key of an HMAC is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyEncoding {
    /// As it is: its characters are the key's bytes.
    #[default]
    Text,
    /// In Base64, of either alphabet.
    Base64,
    /// In hexadecimal.
    Hex,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    /// In hexadecimal, small letters.
    #[default]
    Hex,
    /// In Base64.
    Base64,
    /// In Base64 for addresses, without padding.
    Base64url,
}

/// What several lines or a file must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// JSON.
    Json,
    /// PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)): a key, or certificates.
    Pem,
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

/// What the id of an identity stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identifies {
    /// The account at the provider.
    #[default]
    Account,
    /// Only the credential: the provider names no account.
    Credential,
}

/// How a header says when one may ask again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitAs {
    /// In so many seconds.
    #[default]
    Seconds,
    /// At this moment, in seconds since 1970.
    Epoch,
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

impl RefusedBy {
    /// The word in guides.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Type => "type",
            Self::Pattern => "pattern",
            Self::Refuse => "refuse",
            Self::Length => "length",
        }
    }
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
