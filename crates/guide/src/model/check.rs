//! Checks, outcomes and scenarios: what is asked, what answers mean, and written conversations.

use serde_json::Value;

use crate::http::{Fault, Verb};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::{JsonType, Role};
use crate::outcome::OutcomeKind;
use crate::source::Span;
use crate::template::Template;

/// A request that proves something.
#[derive(Clone, Debug)]
pub struct Check {
    /// The key.
    pub key: Key,
    /// What it proves.
    pub role: Role,
    /// What is shown while it runs.
    pub label: String,
    /// What is asked.
    pub request: RequestTemplate,
    /// What a good answer looks like.
    pub expect: Expect,
    /// Who was found.
    pub account: Option<AccountTemplate>,
    /// What is kept of the answer.
    pub captures: Vec<(Key, JsonPath)>,
    /// What an answer to this check means.
    pub outcomes: Vec<OutcomeRule>,
    /// The scopes it proves.
    pub scopes: Vec<String>,
    /// Whether linking fails when it does.
    pub required: bool,
    /// Where it stands.
    pub span: Span,
}

/// A request with references in it.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    /// The method.
    pub verb: Verb,
    /// The path, beginning with a slash.
    pub path: Template,
    /// Query parameters.
    pub query: Vec<(String, Template)>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Option<BodyTemplate>,
    /// Where it stands.
    pub span: Span,
}

/// A body with references in it.
#[derive(Clone, Debug)]
pub enum BodyTemplate {
    /// JSON.
    Json(JsonTemplate),
    /// A form.
    Form(Vec<(String, Template)>),
}

/// JSON with references in its texts.
#[derive(Clone, Debug)]
pub enum JsonTemplate {
    /// A text.
    Text(Template),
    /// A list.
    Array(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
    /// Anything else, as it is.
    Plain(Value),
}

/// What a good answer looks like: every part must be true.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The status is one of these; any of 200 to 299, if empty.
    pub status: Vec<u16>,
    /// What stands in the body.
    pub json: Vec<(JsonPath, JsonTest)>,
    /// What stands in headers, names in lower case.
    pub headers: Vec<(String, HeaderTest)>,
}

/// What is asked of a place in a JSON body: every part must be true.
#[derive(Clone, Debug, Default)]
pub struct JsonTest {
    /// Whether something stands there.
    pub exists: Option<bool>,
    /// What kind of value.
    pub kind: Option<JsonType>,
    /// One of these values; any, if empty.
    pub one_of: Vec<Value>,
    /// An address whose host is not this one.
    pub host_differs_from: Option<Template>,
}

/// What is asked of a header: every part must be true.
#[derive(Clone, Debug, Default)]
pub struct HeaderTest {
    /// Whether it is there.
    pub exists: Option<bool>,
    /// It is this text.
    pub equals: Option<String>,
    /// It holds this text, letters large or small.
    pub contains: Option<String>,
}

/// Who was found.
#[derive(Clone, Debug)]
pub struct AccountTemplate {
    /// What identifies the account.
    pub id: Template,
    /// What people call it.
    pub name: Template,
    /// More to show, by label.
    pub details: Vec<(String, Template)>,
}

/// What an answer means.
#[derive(Clone, Debug)]
pub struct OutcomeRule {
    /// The key.
    pub key: Key,
    /// Which answers are meant.
    pub when: When,
    /// What they mean.
    pub is: OutcomeKind,
    /// The field to change.
    pub at_field: Option<Key>,
    /// Other fields that may be the cause.
    pub or_fields: Vec<Key>,
    /// The step to go back to, as the guide says it.
    pub return_to: Option<Key>,
    /// What the person is told.
    pub says: Option<Template>,
    /// What they can do.
    pub fix: Option<Template>,
    /// Whether other environments may be asked, if the person agrees.
    pub ask_elsewhere: bool,
    /// Where it stands.
    pub span: Span,
}

/// Which answers are meant: every part must be true.
#[derive(Clone, Debug, Default)]
pub struct When {
    /// The status is one of these.
    pub status: Vec<u16>,
    /// The status is none of these.
    pub status_not: Vec<u16>,
    /// What stands in headers, names in lower case.
    pub headers: Vec<(String, HeaderTest)>,
    /// What stands in the body.
    pub json: Vec<(JsonPath, JsonTest)>,
    /// Whether the body is JSON.
    pub is_json: Option<bool>,
    /// The request failed in one of these ways.
    pub fails: Vec<Fault>,
}

/// A written conversation.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What happens.
    pub name: String,
    /// The environment chosen.
    pub environment: Option<Key>,
    /// What is typed, by field.
    pub given: Vec<(Key, String)>,
    /// The id of the account linked before.
    pub linked_before: Option<String>,
    /// Whether the person agrees to try other environments.
    pub agrees: bool,
    /// What is asked and answered.
    pub talk: Vec<Turn>,
    /// What must be concluded.
    pub then: Conclusion,
    /// Where it stands.
    pub span: Span,
}

/// A request and what comes back.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The method.
    pub verb: Verb,
    /// The path, as sent.
    pub path: String,
    /// The environment asked, where it is not the scenario's.
    pub environment: Option<Key>,
    /// What comes back.
    pub reply: Reply,
    /// Where it stands.
    pub span: Span,
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A response.
    Response {
        /// The status.
        status: u16,
        /// The headers, names in lower case; with a content type if there is a body.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// A failure.
    Fails(Fault),
}

/// What must be concluded.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// The rule that says so.
    pub rule: Option<Key>,
    /// The field to change.
    pub at_field: Option<Key>,
    /// The step to go back to.
    pub return_to: Option<Key>,
    /// The account's id and name.
    pub account: Option<(String, Option<String>)>,
    /// The environment to which the credentials belong.
    pub environment: Option<Key>,
    /// Where it stands.
    pub span: Span,
}
