//! The enumerations in the guide format.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a dated event announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleEvent {
    /// The API or method is introduced.
    Introduced,
    /// The behavior of the API or method changes.
    Changed,
    /// The API or method still works but should no longer be used.
    Deprecated,
    /// The API or method stops working.
    Sunset,
}

/// The kind of evidence for a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The provider's documentation states the fact.
    #[default]
    Documented,
    /// Someone observed the fact with a real account.
    Observed,
    /// The guide assumes the fact without a source.
    Assumed,
}

/// When a credential expires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// The lifetime is unknown.
    #[default]
    Unknown,
    /// The credential does not expire.
    Never,
    /// The credential expires this many days after its creation.
    Days(u32),
    /// The credential expires this many days after its last use.
    IdleDays(u32),
}

/// The part of a request that carries a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CarrierKind")]
pub enum Carrier {
    /// A header.
    Header,
    /// A query parameter. The query appears in access logs, so use it only if the provider requires it.
    Query,
    /// A cookie.
    Cookie,
    /// A member of the body.
    Body,
}

/// How an OAuth token is obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    /// The person signs in on the provider's page in a browser.
    AuthorizationCode,
    /// The client authenticates as itself, without a user.
    ClientCredentials,
    /// The person enters a user name and password.
    Password,
    /// The person enters a code on another device. Waystone does not support this grant yet.
    DeviceCode,
}

/// How an OAuth client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientAuth {
    /// With HTTP Basic authentication.
    Basic,
    /// With `client_id` and `client_secret` in the body.
    Post,
    /// With a signed assertion.
    PrivateKeyJwt,
    /// Without authentication: a public client.
    None,
}

/// How a token request sends its parameters.
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

/// A signing algorithm ([RFC 7518, 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037)).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema, strum::IntoStaticStr,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum Algorithm {
    /// HMAC with SHA-1. Allowed only for request signatures.
    Hs1,
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA PKCS #1 with SHA-256.
    Rs256,
    /// RSA PKCS #1 with SHA-384.
    Rs384,
    /// RSA PKCS #1 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    #[strum(serialize = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Returns the algorithm's name in guides and in JWT headers.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether the algorithm is an HMAC, which uses a shared key.
    pub const fn is_hmac(self) -> bool {
        matches!(self, Self::Hs1 | Self::Hs256 | Self::Hs384 | Self::Hs512)
    }
}

/// The encoding of an HMAC key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyEncoding {
    /// Plain text: the key is its UTF-8 bytes.
    #[default]
    Text,
    /// Base64, standard or URL-safe.
    Base64,
    /// Hexadecimal.
    Hex,
}

/// The encoding of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    /// Lowercase hexadecimal.
    #[default]
    Hex,
    /// Base64.
    Base64,
    /// URL-safe Base64 without padding.
    Base64url,
}

/// The format of a `multiline` or `file` value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// A JSON object.
    Json,
    /// PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)), such as a key or certificates.
    Pem,
}

/// How spaces in a secret are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spaces {
    /// A secret with spaces is rejected, because keys and tokens contain none.
    #[default]
    Refuse,
    /// Spaces are part of the secret, as in a password.
    Keep,
    /// Spaces are removed, because the provider shows the secret in groups of characters, such as an app password.
    Remove,
}

/// What a check verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The account to which the credentials belong.
    Identity,
    /// The provider accepts the credentials.
    Authenticate,
    /// The account has a permission.
    Capability,
}

/// What an account's id identifies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identifies {
    /// The account at the provider.
    #[default]
    Account,
    /// The credential itself, because the provider does not identify the account.
    Credential,
}

/// How to read the header that specifies when to retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitAs {
    /// The number of seconds to wait.
    #[default]
    Seconds,
    /// The time to retry, as a Unix timestamp in seconds.
    Epoch,
}

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A string.
    String,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
    /// `null`.
    Null,
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A single line of text.
    #[default]
    Text,
    /// An email address.
    Email,
    /// An `https://` URL.
    Url,
    /// A host name.
    Host,
    /// A single line of text that is never shown, such as a token, a key or a password.
    Secret,
    /// A whole number.
    Number,
    /// One of several choices.
    Select,
    /// Multiple lines of text.
    Multiline,
    /// The contents of a text file, such as a private key.
    File,
    /// Yes or no.
    Boolean,
}

/// The rule that rejects a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RefusedBy {
    /// A required value is missing.
    Required,
    /// The value does not match the field's type.
    Type,
    /// The value does not match the pattern.
    Pattern,
    /// The value matches a common mistake listed in `refuse`.
    Refuse,
    /// The value is too long.
    Length,
}

/// The purpose of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// How to obtain the credentials.
    #[default]
    Obtain,
    /// How to replace the credential.
    Rotate,
    /// How to revoke the credential.
    Revoke,
    /// Additional information.
    Reference,
}
