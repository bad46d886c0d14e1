//! The shape of checks and outcomes: requests, and the meaning of their responses.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{AnyJson, Entries, Names, OneOrMany, Scalar, ShortOr, Text};
use super::parts::{AllowShape, CarrierShape};
use crate::choice::{Identifies, JsonType, Role};
use crate::http::Fault;
use crate::model::HeaderTest;
use crate::outcome::OutcomeKind;
use crate::spanned::Spanned;

/// A request that verifies the credentials, the account or a permission.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckShape {
    /// The check's key.
    #[schemars(example = &"whoami")]
    pub(crate) key: Text,
    /// What the check verifies.
    pub(crate) role: Role,
    /// The progress message while the check runs. Default: the key.
    #[schemars(example = &"Reading your organization")]
    pub(crate) label: Option<String>,
    /// The request, as `GET /path` or in the long form.
    #[schemars(example = &"GET /api/v1/me")]
    pub(crate) request: ShortOr<RequestShape>,
    /// The conditions for a successful response. The outcomes determine the meaning of any other response.
    #[serde(default)]
    pub(crate) expect: ExpectShape,
    /// The account that was found. Required for `role: identity`, and not allowed for other roles.
    pub(crate) account: Option<AccountShape>,
    /// Values that later requests use as `capture.NAME`: each name with its JSON path in the response.
    #[serde(default)]
    pub(crate) captures: Entries<Text>,
    /// The outcome rules for responses to this check. These rules are tried before the method's outcomes.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The scopes that this check verifies. If scopes are chosen, checks for other scopes are skipped.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// Whether linking fails if the check fails. If an optional check fails, the account is `ok_limited`.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// The JSON path to the granted scopes in the response. The value can be a list of scopes, or a string that
    /// contains scopes separated by spaces or commas. Later checks for individual scopes then do not need a request.
    #[schemars(example = &"results.scopes")]
    pub(crate) granted: Option<Text>,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

const fn yes() -> bool {
    true
}

/// The long form of a request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestShape {
    /// The HTTP method and path, such as `POST /api/v1/session`.
    pub(crate) line: Text,
    /// The query parameters.
    #[serde(default)]
    pub(crate) query: Entries<Text>,
    /// The headers.
    #[serde(default)]
    pub(crate) headers: Entries<Text>,
    /// A JSON body. Its strings can contain references.
    pub(crate) json: Option<AnyJson>,
    /// A form body.
    #[serde(default)]
    pub(crate) form: Entries<Text>,
    /// The URL to which the path is appended, if it differs from the method's `base_url`. Its host must also be in
    /// `hosts`.
    #[schemars(example = &"https://{{ environment.login_host }}")]
    pub(crate) base_url: Option<Text>,
    /// Whether the request is sent without authentication, because the provider does not require it.
    #[serde(default)]
    pub(crate) anonymous: bool,
    /// Whether the request can be retried even though its HTTP method is not idempotent, such as a `POST` that only
    /// reads.
    #[serde(default)]
    pub(crate) repeatable: bool,
    /// The credentials for this request, which replace the method's authentication. A login request sends no other
    /// credentials.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
}

/// The conditions for a successful response. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectShape {
    /// The status, or a list of possible statuses. Default: any status from 200 to 299.
    #[serde(default)]
    pub(crate) status: OneOrMany<Spanned<u16>>,
    /// Tests for values in the JSON body, by path, such as `id`, `user.name` or `items[0].id`.
    #[serde(default)]
    pub(crate) json: Entries<JsonTestShape>,
    /// Tests for headers, by name.
    #[serde(default)]
    pub(crate) headers: Entries<HeaderTest>,
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`).
    pub(crate) is_json: Option<bool>,
}

/// A test for a value in a JSON body. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct JsonTestShape {
    /// Whether the value must be present (`true`) or absent (`false`). `null` counts as a value.
    pub(crate) exists: Option<bool>,
    /// The type of the value.
    pub(crate) r#type: Option<JsonType>,
    /// The exact value.
    pub(crate) equals: Option<Scalar>,
    /// The allowed values.
    #[serde(default)]
    pub(crate) one_of: Vec<Scalar>,
    /// A string that the value must contain: as a substring, ignoring case, or as an item if the value is a list.
    pub(crate) contains: Option<String>,
    /// A host. The value must be a URL with a different host, or a different host name.
    pub(crate) host_differs_from: Option<Text>,
}

/// The account that an identity check found.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountShape {
    /// The account's permanent id at the provider.
    #[schemars(example = &"{{ json.id }}")]
    pub(crate) id: Text,
    /// The account's display name.
    #[schemars(example = &"{{ json.name }}")]
    pub(crate) name: Text,
    /// Additional details that people see before the account is stored: each label with its value.
    #[serde(default)]
    pub(crate) details: Entries<Text>,
    /// What the id identifies. If it identifies the credential, a new credential cannot be matched to the same account.
    #[serde(default)]
    pub(crate) identifies: Identifies,
}

/// The meaning of a response.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutcomeShape {
    /// The rule's key.
    #[schemars(example = &"token-refused")]
    pub(crate) key: Text,
    /// The responses that the rule matches. Only a rule that provides the wording for `different_account` can omit this
    /// key.
    pub(crate) when: Option<WhenShape>,
    /// The outcome.
    pub(crate) is: Spanned<OutcomeKind>,
    /// The field whose value people have to change.
    pub(crate) at_field: Option<Text>,
    /// Other fields whose values can be the cause.
    #[serde(default)]
    pub(crate) or_fields: Vec<Text>,
    /// The step to which people return. Default: the step that obtains the value of `at_field`, or, if there is none,
    /// the step that collects the value.
    pub(crate) return_to: Option<Text>,
    /// What happened, in the provider's terms. Default: the general message for the outcome.
    pub(crate) says: Option<Text>,
    /// How people can fix the problem. This advice appears in the message and in the troubleshooting section.
    pub(crate) fix: Option<Text>,
    /// Whether to offer to try the same credentials in the other environments. Set this if the provider's response is
    /// the same for a wrong credential and for a credential from another environment.
    #[serde(default)]
    pub(crate) ask_elsewhere: bool,
    /// Warnings to allow here, each with a reason.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// The responses that a rule matches. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct WhenShape {
    /// The status, or a list of possible statuses.
    #[serde(default)]
    pub(crate) status: OneOrMany<Spanned<u16>>,
    /// A status, or a list of statuses, that the response must not have.
    #[serde(default)]
    pub(crate) status_not: OneOrMany<Spanned<u16>>,
    /// Tests for headers, by name.
    #[serde(default)]
    pub(crate) headers: Entries<HeaderTest>,
    /// Tests for values in the JSON body, by path.
    #[serde(default)]
    pub(crate) json: Entries<JsonTestShape>,
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`).
    pub(crate) is_json: Option<bool>,
    /// The fault that occurred instead of a response, or a list of possible faults.
    #[serde(default)]
    pub(crate) fails: OneOrMany<Fault>,
}
