//! The shape of checks and outcomes: what is asked, and what the answer means.

use schemars::JsonSchema;
use serde::Deserialize;

use super::carrier::CarrierShape;
use super::common::{AllowShape, Names, Text};
use super::forms::{AnyJson, Entries, OneOrMany, Scalar, ShortOr};
use crate::choice::{Identifies, JsonType, Role};
use crate::http::Fault;
use crate::outcome::OutcomeKind;
use crate::spanned::{Spanned, Whole};

/// A request that proves something.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckShape {
    /// The check's key.
    #[schemars(example = &"whoami")]
    pub(crate) key: Text,
    /// What it proves.
    pub(crate) role: Role,
    /// What is shown while it runs.
    #[schemars(example = &"Reading your organization")]
    pub(crate) label: Option<Text>,
    /// What is asked: `GET /path`, or the long form.
    #[schemars(example = &"GET /api/v1/me")]
    pub(crate) request: ShortOr<RequestShape>,
    /// What a good answer looks like. Anything else goes through the outcomes.
    #[serde(default)]
    pub(crate) expect: ExpectShape,
    /// Who was found, for a check with `role: identity`.
    pub(crate) account: Option<AccountShape>,
    /// What is kept of the answer for later requests: a name, and where it stands.
    #[serde(default)]
    pub(crate) captures: Entries<Text>,
    /// What an answer to this check means; looked at before the method's.
    #[serde(default)]
    pub(crate) outcomes: Vec<OutcomeShape>,
    /// The scopes that this check proves. Where scopes are chosen, a check of others is left out.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// Whether linking fails when the check does. One that may fail leaves the account `ok_limited`.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// Where the answer lists the scopes of the credential: a list, or a text with spaces or commas between them.
    /// Checks of single scopes that come after it are then answered without being asked.
    #[schemars(example = &"results.scopes")]
    pub(crate) granted: Option<Text>,
    /// Warnings that are as they should be here.
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
    /// The method and path: `POST /api/v1/session`.
    pub(crate) line: Text,
    /// Query parameters.
    #[serde(default)]
    pub(crate) query: Entries<Text>,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: Entries<Text>,
    /// A JSON body; references may stand in its texts.
    pub(crate) json: Option<Whole<AnyJson>>,
    /// A form body.
    #[serde(default)]
    pub(crate) form: Entries<Text>,
    /// What the path is appended to, where that is not the method's `base_url`. It has to be one of `hosts` too.
    #[schemars(example = &"https://{{ environment.login_host }}")]
    pub(crate) base_url: Option<Text>,
    /// Whether the request is made without the method's authentication, because the provider tells this to
    /// anybody.
    #[serde(default)]
    pub(crate) anonymous: bool,
    /// Whether it may be sent again after a failure, though its method does not say so: a `POST` that only reads.
    #[serde(default)]
    pub(crate) repeatable: bool,
    /// Where credentials stand on this request alone, in place of the method's authentication. A request of a
    /// login has none but these.
    #[serde(default)]
    pub(crate) carries: Vec<CarrierShape>,
}

/// What a good answer looks like: every line must be true.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectShape {
    /// The status, or one of several; any of 200 to 299 if left out.
    #[serde(default)]
    pub(crate) status: OneOrMany<Spanned<u16>>,
    /// What stands in the JSON body, by path: `id`, `user.name`, `items[0].id`.
    #[serde(default)]
    pub(crate) json: Entries<JsonTestShape>,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: Entries<HeaderTestShape>,
    /// Whether the body is JSON.
    pub(crate) is_json: Option<bool>,
}

/// What is asked of a place in a JSON body: every line must be true.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct JsonTestShape {
    /// Whether something stands there. `null` is something.
    pub(crate) exists: Option<bool>,
    /// What kind of value it is.
    pub(crate) r#type: Option<JsonType>,
    /// It is this value.
    pub(crate) equals: Option<Scalar>,
    /// It is one of these values.
    #[serde(default)]
    pub(crate) one_of: Vec<Scalar>,
    /// It is a text that holds this, letters large or small, or a list with an item that is this.
    pub(crate) contains: Option<Text>,
    /// It is an address whose host is not this one.
    pub(crate) host_differs_from: Option<Text>,
}

/// What is asked of a header: every line must be true.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct HeaderTestShape {
    /// Whether it is there.
    pub(crate) exists: Option<bool>,
    /// It is this text.
    pub(crate) equals: Option<Text>,
    /// It holds this text, letters large or small.
    pub(crate) contains: Option<Text>,
}

/// Who was found.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountShape {
    /// What identifies the account at the provider, for good.
    #[schemars(example = &"{{ json.id }}")]
    pub(crate) id: Text,
    /// What people call it.
    #[schemars(example = &"{{ json.name }}")]
    pub(crate) name: Text,
    /// More that is shown before the account is saved: a label, and where it stands.
    #[serde(default)]
    pub(crate) details: Entries<Text>,
    /// What the id stands for. Of a credential's it cannot be told whether a new one belongs to the same account.
    #[serde(default)]
    pub(crate) identifies: Identifies,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutcomeShape {
    /// The rule's key.
    #[schemars(example = &"token-refused")]
    pub(crate) key: Text,
    /// Which answers are meant. Left out only by a rule that words `different_account`.
    pub(crate) when: Option<WhenShape>,
    /// What they mean.
    pub(crate) is: Spanned<OutcomeKind>,
    /// The field to change.
    pub(crate) at_field: Option<Text>,
    /// Other fields that may be the cause as well.
    #[serde(default)]
    pub(crate) or_fields: Vec<Text>,
    /// The step to go back to; left out, the one that obtains the field's value, or else collects it.
    pub(crate) return_to: Option<Text>,
    /// What the person is told, in the provider's terms.
    pub(crate) says: Option<Text>,
    /// What they can do about it, for the message and the troubleshooting section.
    pub(crate) fix: Option<Text>,
    /// Whether the same credentials may be tried in the other environments, if the person agrees, because the
    /// provider answers alike for a wrong credential and for one of another environment.
    #[serde(default)]
    pub(crate) ask_elsewhere: bool,
    /// Warnings that are as they should be here.
    #[serde(default)]
    pub(crate) allow: Vec<AllowShape>,
}

/// Which answers are meant: every line must be true.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct WhenShape {
    /// The status is this, or one of these.
    #[serde(default)]
    pub(crate) status: OneOrMany<Spanned<u16>>,
    /// The status is not one of these.
    #[serde(default)]
    pub(crate) status_not: OneOrMany<Spanned<u16>>,
    /// What stands in headers.
    #[serde(default)]
    pub(crate) headers: Entries<HeaderTestShape>,
    /// What stands in the JSON body, by path.
    #[serde(default)]
    pub(crate) json: Entries<JsonTestShape>,
    /// Whether the body is JSON.
    pub(crate) is_json: Option<bool>,
    /// The request failed in this way, or one of these.
    #[serde(default)]
    pub(crate) fails: OneOrMany<Fault>,
}
