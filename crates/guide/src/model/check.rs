//! Checks, outcomes and scenarios: what is asked, what answers mean, and written conversations.

use serde_json::Value;

use crate::choice::{Identifies, JsonType, Role};
use crate::http::{Fault, Verb};
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::carrier::CarrierUse;
use crate::model::environment::BaseUrl;
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
    pub captures: Vec<Capture>,
    /// What an answer to this check means.
    pub outcomes: Vec<OutcomeRule>,
    /// The scopes it proves.
    pub scopes: Vec<String>,
    /// Whether linking fails when it does.
    pub required: bool,
    /// Where the answer lists the scopes of the credential.
    pub granted: Option<JsonPath>,
    /// Whether errors are told as OAuth tells them
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub speaks_oauth: bool,
    /// Where it stands.
    pub span: Span,
}

/// Something that is kept of an answer.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The name.
    pub name: Key,
    /// Where it stands in the body.
    pub path: JsonPath,
    /// Whether an answer without it is not a good one.
    pub required: bool,
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
    /// What the path is appended to, where that is not the method's.
    pub base: Option<BaseUrl>,
    /// What it carries.
    pub carries: Carries,
    /// Whether sending it again does no harm.
    pub repeatable: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a request carries to show who asks.
#[derive(Clone, Debug)]
pub enum Carries {
    /// The method's authentication.
    AsMethod,
    /// These, and nothing else.
    Only(Vec<CarrierUse>),
}

impl RequestTemplate {
    /// A request for a path as it is sent, with the method's authentication.
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

    /// The templates it is made of, but for the method's authentication.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.base.iter().flat_map(|base| [&base.host, &base.path]).collect();
        all.push(&self.path);
        all.extend(self.contents());
        all
    }

    /// The templates of what is sent to its address.
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
    /// Adds the templates it is made of.
    pub fn templates<'t>(&'t self, all: &mut Vec<&'t Template>) {
        match self {
            Self::Text(template) => all.push(template),
            Self::Array(list) => list.iter().for_each(|item| item.templates(all)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.templates(all)),
            Self::Plain(_) => {}
        }
    }
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
    /// Whether the body is JSON.
    pub is_json: Option<bool>,
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
    /// A text that holds this, letters large or small, or a list with an item that is this.
    pub contains: Option<String>,
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
    /// What the id stands for.
    pub identifies: Identifies,
}

/// What an answer means.
#[derive(Clone, Debug)]
pub struct OutcomeRule {
    /// The key.
    pub key: Key,
    /// Which answers are meant; none, by a rule that only words a `different_account`.
    pub when: Option<When>,
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
    /// The tokens that signing in in a browser gave.
    pub tokens: Vec<(Key, String)>,
    /// The scopes that are wanted; all, if empty.
    pub scopes: Vec<String>,
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
    /// The checks that may fail, and did.
    pub missed: Vec<Key>,
    /// Where it stands.
    pub span: Span,
}
