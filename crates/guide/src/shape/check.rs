//! Shapes for checks and outcomes: requests, and the meaning of their responses.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{AnyJson, Entries, Names, OneOrMany, Scalar, ShortOr, Text};
use super::parts::{AllowShape, CaptureShape, CarrierShape};
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
    pub(crate) label: Option<Text>,
    /// The request, as `GET /path` or in the long form.
    #[schemars(example = &"GET /api/v1/me")]
    pub(crate) request: ShortOr<RequestShape>,
    /// The conditions for a successful response. The outcome rules determine the meaning of any other response.
    #[serde(default)]
    pub(crate) expect: ExpectShape,
    /// The account that the response describes. Required for `role: identity`, and not allowed for other roles.
    pub(crate) account: Option<AccountShape>,
    /// Response values that later requests can use as `capture.NAME`: a name and a JSON path for each, or the long form.
    #[serde(default)]
    pub(crate) captures: Entries<ShortOr<CaptureShape>>,
    /// The outcome rules for responses to this check. These rules are tried before the method's outcomes.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The scopes that this check verifies. If only some scopes are chosen, checks for other scopes are skipped.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// Whether linking fails if the check fails. If an optional check fails, the outcome is `ok_limited`.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// The JSON path to the granted scopes in the response. The value can be a list of scopes, or a string that
    /// contains scopes separated by spaces or commas. A later `capability` check that has `scopes` then sends a request
    /// only if the check is required and one of its scopes was not granted.
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
    /// A JSON body. Strings in the body can contain references.
    pub(crate) json: Option<AnyJson>,
    /// A form body.
    #[serde(default)]
    pub(crate) form: Entries<Text>,
    /// The base URL for this request, if it differs from the method's `base_url`. Its host must also be listed in
    /// `hosts`.
    #[schemars(example = &"https://{{ environment.login_host }}")]
    pub(crate) base_url: Option<Text>,
    /// Whether the request is sent without authentication because the provider does not require any.
    #[serde(default)]
    pub(crate) anonymous: bool,
    /// Whether the request can be retried even though its HTTP method is not idempotent, such as a `POST` that only
    /// reads data.
    #[serde(default)]
    pub(crate) repeatable: bool,
    /// The credentials for this request, which replace the method's authentication. A login request sends only these
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
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`). Truncated JSON is neither.
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
    /// The exact value. Numbers are equal if they have the same value, such as `5` and `5.0`. Write a number of more than 64
    /// bits in quotes.
    pub(crate) equals: Option<Scalar>,
    /// The allowed values.
    #[serde(default)]
    pub(crate) one_of: Vec<Scalar>,
    /// A string that the value must contain: as a substring, ignoring case, or as an item if the value is a list.
    pub(crate) contains: Option<String>,
    /// A host. The value must be a URL or a host name, and its host must differ from this host.
    pub(crate) host_differs_from: Option<Text>,
}

/// The account that an identity check finds.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountShape {
    /// The account's permanent id at the provider.
    #[schemars(example = &"{{ json.id }}")]
    pub(crate) id: Text,
    /// The account's display name.
    #[schemars(example = &"{{ json.name }}")]
    pub(crate) name: Text,
    /// Additional details that people see before the account is stored: a label and a value for each.
    #[serde(default)]
    pub(crate) details: Entries<Text>,
    /// What the id identifies. If the id identifies the credential, Waystone cannot tell whether a new credential is
    /// for the same account.
    #[serde(default)]
    pub(crate) identifies: Identifies,
}

/// A rule that determines the meaning of a response.
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
    /// Other fields whose values might be the cause.
    #[serde(default)]
    pub(crate) or_fields: Vec<Text>,
    /// The step that people return to. Default: the step that obtains the value of `at_field` or, if there is none, the
    /// step that collects it.
    pub(crate) return_to: Option<Text>,
    /// What happened, in the provider's terms. Default: the outcome's general message.
    pub(crate) says: Option<Text>,
    /// How people can fix the problem. This advice appears in the message and in the troubleshooting section.
    pub(crate) fix: Option<Text>,
    /// Whether to offer to try the same credentials in the other environments. Set this if the provider returns the
    /// same response for an incorrect credential and for a credential from another environment.
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
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`). Truncated JSON is neither.
    pub(crate) is_json: Option<bool>,
    /// The fault that occurred instead of a response, or a list of possible faults.
    #[serde(default)]
    pub(crate) fails: OneOrMany<Fault>,
}
