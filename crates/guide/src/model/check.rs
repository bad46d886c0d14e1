//! Checks, outcome rules and scenarios: requests, the meaning of responses, and conversations that test both.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::choice::{Identifies, JsonType, Role};
use crate::http::{Fault, Verb};
use crate::json::Json;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::carrier::CarrierUse;
use crate::model::environment::BaseUrl;
use crate::outcome::OutcomeKind;
use crate::source::Span;
use crate::template::Template;

/// A request that verifies the credentials, the account or a permission.
#[derive(Clone, Debug)]
pub struct Check {
    /// The key, unique within its method.
    pub key: Key,
    /// What the check verifies.
    pub role: Role,
    /// The progress message shown while the check runs.
    pub label: String,
    /// The request.
    pub request: RequestTemplate,
    /// The conditions for a successful response.
    pub expect: Expect,
    /// For an identity check, the account that the response describes.
    pub account: Option<AccountTemplate>,
    /// The response values that later requests use.
    pub captures: Vec<Capture>,
    /// The outcome rules for responses to this check. These rules are tried before the method's rules.
    pub outcomes: Vec<OutcomeRule>,
    /// The scopes that the check verifies.
    pub scopes: Vec<String>,
    /// Whether linking fails if the check fails.
    pub required: bool,
    /// The path to the granted scopes in the response, if the response lists them.
    pub granted: Option<JsonPath>,
    /// Whether errors have the form that OAuth defines
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub speaks_oauth: bool,
    /// The location in the source.
    pub span: Span,
}

/// A response value that later requests use.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The name that references use.
    pub name: Key,
    /// The value's path in the JSON body.
    pub path: JsonPath,
    /// Whether a response without this value is a failure.
    pub required: bool,
}

/// A request that can contain references.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    /// The HTTP method.
    pub verb: Verb,
    /// The path, beginning with a slash.
    pub path: Template,
    /// The query parameters.
    pub query: Vec<(String, Template)>,
    /// The headers, with names in lowercase.
    pub headers: Vec<(String, Template)>,
    /// The body, if the request has one.
    pub body: Option<BodyTemplate>,
    /// The URL to which the path is appended. If `None`, the method's base URL is used.
    pub base: Option<BaseUrl>,
    /// The credentials that the request carries.
    pub carries: Carries,
    /// Whether the request can be retried.
    pub repeatable: bool,
    /// The location in the source.
    pub span: Span,
}

/// The credentials that a request carries.
#[derive(Clone, Debug)]
pub enum Carries {
    /// The method's authentication.
    AsMethod,
    /// Only these credentials. The list can be empty.
    Only(Vec<CarrierUse>),
}

impl RequestTemplate {
    /// Creates a request that has a literal path and uses the method's authentication.
    pub fn literal(verb: Verb, path: &str) -> Self {
        Self {
            verb,
            path: Template::literal(path),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            base: None,
            carries: Carries::AsMethod,
            repeatable: verb.is_idempotent(),
            span: Span::default(),
        }
    }

    /// Returns all templates in the request, except for those in the method's authentication.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.base.iter().flat_map(|base| [&base.host, &base.path]).collect();
        all.push(&self.path);
        all.extend(self.contents());
        all
    }

    /// Returns all templates in the query, headers, body and the request's own credentials, but not in the base URL or
    /// path.
    pub fn contents(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> =
            self.query.iter().chain(&self.headers).map(|(_, value)| value).collect();
        match &self.body {
            Some(BodyTemplate::Json(json)) => json.templates(&mut all),
            Some(BodyTemplate::Form(form)) => all.extend(form.iter().map(|(_, value)| value)),
            None => {}
        }
        if let Carries::Only(carriers) = &self.carries {
            all.extend(carriers.iter().flat_map(CarrierUse::templates));
        }
        all
    }
}

impl JsonTemplate {
    /// Adds all templates in the JSON value to `all`.
    pub fn templates<'t>(&'t self, all: &mut Vec<&'t Template>) {
        match self {
            Self::Text(template) => all.push(template),
            Self::Array(list) => list.iter().for_each(|item| item.templates(all)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.templates(all)),
            Self::Plain(_) => {}
        }
    }
}

/// A body that can contain references.
#[derive(Clone, Debug)]
pub enum BodyTemplate {
    /// JSON.
    Json(JsonTemplate),
    /// A form, as name-value pairs.
    Form(Vec<(String, Template)>),
}

/// JSON whose strings can contain references.
#[derive(Clone, Debug)]
pub enum JsonTemplate {
    /// A string.
    Text(Template),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
    /// Any other value.
    Plain(Value),
}

/// The conditions for a successful response. Every condition must hold.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The possible statuses. If the list is empty, any status from 200 to 299 matches.
    pub status: Vec<u16>,
    /// Tests for values in the JSON body.
    pub json: Vec<(JsonPath, JsonTest)>,
    /// Tests for headers, with names in lowercase.
    pub headers: Vec<(String, HeaderTest)>,
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`). Truncated JSON is neither. `None` if both are
    /// accepted.
    pub is_json: Option<bool>,
}

impl Expect {
    /// Returns whether a status is expected: it is in the list or, if the list is empty, indicates success.
    pub fn allows(&self, status: u16) -> bool {
        if self.status.is_empty() { (200..300).contains(&status) } else { self.status.contains(&status) }
    }
}

/// A test for a value in a JSON body. Every condition must hold.
#[derive(Clone, Debug, Default)]
pub struct JsonTest {
    /// Whether the value must be present (`true`) or absent (`false`). `None` if both are accepted.
    pub exists: Option<bool>,
    /// The type of the value. `None` if any type is accepted.
    pub kind: Option<JsonType>,
    /// The possible values. If the list is empty, any value matches.
    pub one_of: Vec<Json>,
    /// A string that the value must contain: as a substring (ignoring case) or, if the value is a list, as an item.
    pub contains: Option<String>,
    /// A host. The value must be a different host name, or a URL with a different host.
    pub host_differs_from: Option<Template>,
}

/// A test for a header. Every condition must hold. If the header was sent several times, they must hold for one of its
/// values, or for all of them, joined by commas.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HeaderTestShape", extend("minProperties" = 1))]
pub struct HeaderTest {
    /// Whether the header must be present (`true`) or absent (`false`).
    pub exists: Option<bool>,
    /// The exact value.
    pub equals: Option<String>,
    /// A substring that the value must contain, ignoring case.
    pub contains: Option<String>,
}

/// The account that an identity check finds.
#[derive(Clone, Debug)]
pub struct AccountTemplate {
    /// The account's permanent id.
    pub id: Template,
    /// The account's name.
    pub name: Template,
    /// Additional details to show, by label.
    pub details: Vec<(String, Template)>,
    /// What the id identifies.
    pub identifies: Identifies,
}

/// A rule that maps responses to an outcome.
#[derive(Clone, Debug)]
pub struct OutcomeRule {
    /// The key.
    pub key: Key,
    /// The responses that the rule matches. `None` for a rule that provides only the wording for `different_account`.
    pub when: Option<When>,
    /// The outcome.
    pub is: OutcomeKind,
    /// The field whose value people have to change.
    pub at_field: Option<Key>,
    /// Other fields whose values could be the cause.
    pub or_fields: Vec<Key>,
    /// The step to which people return, if the guide specifies one.
    pub return_to: Option<Key>,
    /// What happened. `None` for the outcome's default message.
    pub says: Option<Template>,
    /// What people can do. `None` for the outcome's default advice.
    pub fix: Option<Template>,
    /// Whether to offer to try the credentials in the other environments.
    pub ask_elsewhere: bool,
    /// The location in the source.
    pub span: Span,
}

/// The responses that a rule matches. Every condition must hold.
#[derive(Clone, Debug, Default)]
pub struct When {
    /// The possible statuses. If the list is empty, any status matches.
    pub status: Vec<u16>,
    /// The statuses that the response must not have.
    pub status_not: Vec<u16>,
    /// Tests for headers, with names in lowercase.
    pub headers: Vec<(String, HeaderTest)>,
    /// Tests for values in the JSON body.
    pub json: Vec<(JsonPath, JsonTest)>,
    /// Whether the body must be JSON (`true`) or must not be JSON (`false`). Truncated JSON is neither. `None` if both are
    /// accepted.
    pub is_json: Option<bool>,
    /// The faults, one of which must occur instead of a response. If the list is empty, the rule matches only if there
    /// is a response.
    pub fails: Vec<Fault>,
}

/// A conversation with the provider.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What happens, in a few words.
    pub name: String,
    /// The chosen environment. `None` for the first environment.
    pub environment: Option<Key>,
    /// The entered values, by field.
    pub given: Vec<(Key, String)>,
    /// The id of the previously linked account.
    pub linked_before: Option<String>,
    /// Whether the person agrees to try other environments.
    pub agrees: bool,
    /// The tokens obtained by signing in with a browser.
    pub tokens: Vec<(Key, String)>,
    /// The parameters with which the provider redirects the browser back instead of granting access. Empty if it grants
    /// access.
    pub denied: Vec<(String, String)>,
    /// The chosen scopes. If the list is empty, all scopes are chosen.
    pub scopes: Vec<String>,
    /// The requests and their responses, in order.
    pub talk: Vec<Turn>,
    /// The expected result.
    pub then: Conclusion,
    /// The location in the source.
    pub span: Span,
}

/// A request and its response.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The HTTP method.
    pub verb: Verb,
    /// The path as sent.
    pub path: String,
    /// The environment that receives the request. `None` for the scenario's environment.
    pub environment: Option<Key>,
    /// What the request must contain: query parameters, headers, and parts of the body. `None` if the scenario does not
    /// say. The other members are those of a request that sends nothing.
    pub sends: Option<RequestTemplate>,
    /// The response or failure.
    pub reply: Reply,
    /// The location in the source.
    pub span: Span,
}

/// The response to a request, or the fault that occurs instead.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A response.
    Response {
        /// The HTTP status.
        status: u16,
        /// The headers, with names in lowercase. The headers include a content type if there is a body.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// A fault occurs instead of a response.
    Fails(Fault),
}

/// The expected result of a scenario.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The expected outcome.
    pub outcome: OutcomeKind,
    /// The key of the outcome rule that must match.
    pub rule: Option<Key>,
    /// The field whose value people have to change.
    pub at_field: Option<Key>,
    /// The step to which people must return.
    pub return_to: Option<Key>,
    /// The id and name of the expected account.
    pub account: Option<(String, Option<String>)>,
    /// The environment to which the credentials belong.
    pub environment: Option<Key>,
    /// The optional checks that must fail.
    pub missed: Vec<Key>,
    /// The location in the source.
    pub span: Span,
}
