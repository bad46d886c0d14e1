//! Lowers checks and outcome rules.

use serde_json::Value;

use crate::code::{BAD_CHECK, MISPLACED_REFERENCE};
use crate::finding::{Finding, quoted};
use crate::http::Verb;
use crate::json::Json;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::lower::request_line::bad_line;
use crate::model::{
    AccountTemplate, BodyTemplate, Capture, Carries, Check, Expect, HeaderTest, JsonTemplate, JsonTest,
    OutcomeRule, RequestTemplate, Role, When,
};
use crate::names::Names;
use crate::outcome::OutcomeKind;
use crate::shape::{
    AnyJson, CaptureShape, CheckShape, Entries, ExpectShape, JsonTestShape, OneOrMany, OutcomeShape,
    RequestShape, ShortOr, Text, WhenShape,
};
use crate::source::{Braces, Span};
use crate::spanned::Spanned;
use crate::template::{Context, Target, Template, json_path};

impl Lowering<'_> {
    pub(crate) fn check(&mut self, shape: &CheckShape, names: &Names<'_>) -> Option<Check> {
        let key = self.key(&shape.key);
        match &shape.account {
            None if shape.role == Role::Identity => {
                let found = Finding::new(&BAD_CHECK, shape.key.span, "an identity check needs an `account`");
                self.report(found.help(
                    "specify the account: `account: { id: '{{ json.id }}', name: '{{ json.name }}' }`",
                ));
            }
            Some(account) if shape.role != Role::Identity => {
                let found =
                    Finding::new(&BAD_CHECK, account.id.span, "only an identity check can have an `account`");
                self.report(found.help("write `role: identity`, or remove `account`"));
            }
            _ => {}
        }
        let request = match &shape.request {
            ShortOr::Short(line) => self.request_line(line, names),
            ShortOr::Long(long) => self.request(long, names),
        };
        let account = shape.account.as_ref().map(|account| AccountTemplate {
            id: self.account_text(&account.id, names),
            name: self.account_text(&account.name, names),
            details: account
                .details
                .0
                .iter()
                .map(|(label, text)| (label.value.clone(), self.account_text(text, names)))
                .collect(),
            identifies: account.identifies,
        });
        let captures = self.captures(&shape.captures);
        let expect = self.expect(&shape.expect, names);
        let outcomes = shape.outcomes.iter().filter_map(|rule| self.outcome(rule, names)).collect();
        self.allowed(&shape.allow);
        let label = shape.label.as_ref().map(|text| self.label(text));
        let key = key?;
        let label = label.unwrap_or_else(|| key.as_str().replace(['-', '_'], " "));
        Some(Check {
            label,
            key,
            role: shape.role,
            request: request?,
            expect,
            account,
            captures,
            outcomes,
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            required: shape.required,
            granted: shape.granted.as_ref().and_then(|path| self.path(&path.value, path.span)),
            speaks_oauth: false,
            span: shape.key.span,
        })
    }

    pub(crate) fn expect(&mut self, shape: &ExpectShape, names: &Names<'_>) -> Expect {
        Expect {
            status: self.statuses(&shape.status),
            json: self.json_tests(&shape.json, names),
            headers: header_tests(&shape.headers),
            is_json: shape.is_json,
        }
    }

    /// Parses the account's id, its name or a detail, and reports its references to secrets.
    fn account_text(&mut self, text: &Text, names: &Names<'_>) -> Template {
        let template = self.template(text, Context::Answer, names);
        for (key, span) in secrets_in(&template, names) {
            let message =
                format!("`{key}` is secret, but accounts are shown with their id, name and details");
            let found = Finding::new(&MISPLACED_REFERENCE, span, message).label("stored as plain text");
            self.report(
                found.help(
                    "use a value in the response, such as `{{ json.id }}`, or a value that is not secret",
                ),
            );
        }
        template
    }

    /// Parses a request line such as `GET /path`. `turn` is true if the line is part of a scenario turn.
    pub(crate) fn verb_and_path<'t>(&mut self, line: &'t Text, turn: bool) -> Option<(Verb, &'t str)> {
        let (verb, path) = line.value.split_once(' ').unwrap_or((&line.value, ""));
        let verb = verb.parse().ok();
        let path = path.trim();
        let sound = path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\']);
        if let (Some(verb), true) = (verb, sound) {
            return Some((verb, path));
        }
        self.report(bad_line(line, turn));
        None
    }

    pub(crate) fn request_line(&mut self, line: &Text, names: &Names<'_>) -> Option<RequestTemplate> {
        let (verb, path) = self.verb_and_path(line, false)?;
        self.templates.push(line.span);
        let path = self.reader(Context::Request, names).template(path, line.span);
        Some(RequestTemplate { path, span: line.span, ..RequestTemplate::literal(verb, "") })
    }

    pub(crate) fn request(&mut self, shape: &RequestShape, names: &Names<'_>) -> Option<RequestTemplate> {
        let mut request = self.request_line(&shape.line, names)?;
        request.query = self.pairs(&shape.query, false, names);
        request.headers = self.pairs(&shape.headers, true, names);
        request.body = self.body(shape.json.as_ref(), &shape.form, shape.line.span, names);
        request.repeatable |= shape.repeatable;
        request.base = shape.base_url.as_ref().and_then(|text| self.base_url(text, names));
        if shape.anonymous && !shape.carries.is_empty() {
            let found =
                Finding::new(&BAD_CHECK, shape.line.span, "an `anonymous` request cannot have `carries`");
            self.report(found.help("keep either `anonymous` or `carries`"));
        }
        if shape.anonymous || !shape.carries.is_empty() {
            request.carries = Carries::Only(self.carriers(&shape.carries, Context::Request, names));
        }
        Some(request)
    }

    /// Lowers a body, and reports a request with two bodies at `at`.
    pub(crate) fn body(
        &mut self,
        json: Option<&AnyJson>,
        form: &Entries<Text>,
        at: Span,
        names: &Names<'_>,
    ) -> Option<BodyTemplate> {
        if json.is_some() && !form.0.is_empty() {
            let found = Finding::new(&BAD_CHECK, at, "this request has two bodies");
            self.report(found.help("keep either `json` or `form`"));
        }
        match json {
            Some(json) => {
                let mut places = Braces::new(self.source, json.span);
                Some(BodyTemplate::Json(self.json_template(&json.value, json.span, &mut places, names)))
            }
            None if !form.0.is_empty() => Some(BodyTemplate::Form(self.pairs(form, false, names))),
            None => None,
        }
    }

    pub(crate) fn pairs(
        &mut self,
        entries: &Entries<Text>,
        header: bool,
        names: &Names<'_>,
    ) -> Vec<(String, Template)> {
        let mut pairs = Vec::new();
        for (name, text) in &entries.0 {
            if let Some(name) = self.sent_name(name, header) {
                pairs.push((name, self.request_text(text, names)));
            }
        }
        pairs
    }

    pub(crate) fn json_template(
        &mut self,
        value: &Value,
        span: Span,
        braces: &mut Braces<'_>,
        names: &Names<'_>,
    ) -> JsonTemplate {
        match value {
            Value::String(text) => {
                self.templates.push(span);
                JsonTemplate::Text(self.reader(Context::Request, names).next_template(text, span, braces))
            }
            Value::Array(list) => JsonTemplate::Array(
                list.iter().map(|value| self.json_template(value, span, braces, names)).collect(),
            ),
            Value::Object(map) => {
                let members = map.iter();
                let member = |(name, value): (&String, &Value)| {
                    (name.clone(), self.json_template(value, span, braces, names))
                };
                JsonTemplate::Object(members.map(member).collect())
            }
            plain => JsonTemplate::Plain(plain.clone()),
        }
    }

    pub(crate) fn captures(&mut self, entries: &Entries<ShortOr<CaptureShape>>) -> Vec<Capture> {
        let mut captures = Vec::new();
        for (name, shape) in &entries.0 {
            let (path, required) = match shape {
                ShortOr::Short(path) => (path, true),
                ShortOr::Long(long) => (&long.at, long.required),
            };
            if let (Some(name), Some(path)) = (self.key(name), self.path(&path.value, path.span)) {
                captures.push(Capture { name, path, required });
            }
        }
        captures
    }

    pub(crate) fn path(&mut self, text: &str, span: Span) -> Option<JsonPath> {
        json_path(text.strip_prefix("json.").unwrap_or(text), span, self.findings)
    }

    fn json_tests(
        &mut self,
        entries: &Entries<JsonTestShape>,
        names: &Names<'_>,
    ) -> Vec<(JsonPath, JsonTest)> {
        let mut tests = Vec::new();
        for (path, shape) in &entries.0 {
            let Some(found) = self.path(&path.value, path.span) else { continue };
            let one_of: Vec<Json> =
                shape.one_of.iter().chain(&shape.equals).map(|scalar| Json::from(&scalar.0)).collect();
            let texts = one_of.iter().filter_map(Json::as_str);
            let texts = texts.chain(shape.contains.as_deref());
            if let Some(text) = texts.into_iter().find(|text| is_like_a_reference(text)) {
                let message = format!("{} would be compared literally", quoted(text));
                let found = Finding::new(&MISPLACED_REFERENCE, path.span, message);
                self.report(
                    found.help("write the literal value; only `host_differs_from` can contain references"),
                );
            }
            if one_of.is_empty() && *shape == JsonTestShape::default() {
                let found = Finding::new(&BAD_CHECK, path.span, "this test is empty");
                self.report(found.help(
                    "add a condition, such as `exists: true`; to test for `null`, write `type: 'null'`",
                ));
            }
            let host = shape.host_differs_from.as_ref().map(|text| self.request_text(text, names));
            tests.push((
                found,
                JsonTest {
                    exists: shape.exists,
                    kind: shape.r#type,
                    one_of,
                    contains: shape.contains.clone(),
                    host_differs_from: host,
                },
            ));
        }
        tests
    }

    pub(crate) fn outcome(&mut self, shape: &OutcomeShape, names: &Names<'_>) -> Option<OutcomeRule> {
        let key = self.key(&shape.key);
        let says = shape.says.as_ref().map(|text| self.message(text, names));
        let fix = shape.fix.as_ref().map(|text| self.message(text, names));
        let when = shape.when.as_ref().map(|when| self.when(when, names));
        if when.is_none() && shape.is.value != OutcomeKind::DifferentAccount {
            let message = format!("{} has no `when`", quoted(&shape.key.value));
            let found = Finding::new(&BAD_CHECK, shape.key.span, message);
            self.report(found.help("add a condition, such as `when: { status: 403 }`"));
            return None;
        }
        let at_field = self.known_if(shape.at_field.as_ref(), "field", &names.fields);
        let or_fields = self.known_all(&shape.or_fields, "field", &names.fields);
        let return_to = self.known_if(shape.return_to.as_ref(), "step", &names.steps);
        self.contradictions(shape, &when.clone().unwrap_or_default(), names);
        self.allowed(&shape.allow);
        Some(OutcomeRule {
            key: key?,
            when,
            is: shape.is.value,
            at_field,
            or_fields,
            return_to,
            says,
            fix,
            ask_elsewhere: shape.ask_elsewhere,
            span: shape.key.span,
        })
    }

    /// Reports contradictions within a rule.
    fn contradictions(&mut self, shape: &OutcomeShape, when: &When, names: &Names<'_>) {
        let rule = &shape.key.value;
        let needs_response = !when.status.is_empty()
            || !when.status_not.is_empty()
            || !when.json.is_empty()
            || !when.headers.is_empty()
            || when.is_json.is_some();
        if !when.fails.is_empty() && needs_response {
            let message = format!("{} matches both a failed request and a response", quoted(rule));
            let found = Finding::new(&BAD_CHECK, shape.key.span, message);
            self.report(found.help("a failed request has no status, headers or body; split the rule in two"));
        }
        if let Some(field) = shape.at_field.as_ref().filter(|_| shape.is.value.is_transient()) {
            let message = format!("`{}` is temporary and cannot be attributed to a field", shape.is.value);
            let found = Finding::new(&BAD_CHECK, field.span, message)
                .also(shape.is.span, "temporary: the entered values are not the cause");
            self.report(found.help("remove `at_field`; otherwise, people would change a correct value"));
        }
        if shape.ask_elsewhere && names.environment_keys.len() < 2 {
            let message = format!("{} has `ask_elsewhere`, but there is no other environment", quoted(rule));
            let found = Finding::new(&BAD_CHECK, shape.key.span, message);
            self.report(found.help("remove `ask_elsewhere`, or declare another environment"));
        }
    }

    /// Returns the statuses, and reports those that are not between 100 and 599.
    fn statuses(&mut self, list: &OneOrMany<Spanned<u16>>) -> Vec<u16> {
        for status in list.0.iter().filter(|status| !(100..600).contains(&status.value)) {
            let message = format!("`{}` is not an HTTP status", status.value);
            self.report(
                Finding::new(&BAD_CHECK, status.span, message).help("write a number from 100 to 599"),
            );
        }
        list.0.iter().map(|status| status.value).collect()
    }

    /// Parses a message to the person who links an account, and reports its references to secrets.
    fn message(&mut self, text: &Text, names: &Names<'_>) -> Template {
        let template = self.template(text, Context::Message, names);
        for (key, span) in secrets_in(&template, names) {
            let message = format!("`{key}` is secret, but a message would show it");
            let found = Finding::new(&MISPLACED_REFERENCE, span, message);
            // Only fields have labels.
            self.report(if names.fields.contains(&key.as_str()) {
                found.help(format!("refer to the field's label instead: `{{{{ label.{key} }}}}`"))
            } else {
                found.help("refer to the label of the field that it is derived from")
            });
        }
        template
    }

    fn when(&mut self, shape: &WhenShape, names: &Names<'_>) -> When {
        When {
            status: self.statuses(&shape.status),
            status_not: self.statuses(&shape.status_not),
            headers: header_tests(&shape.headers),
            json: self.json_tests(&shape.json, names),
            is_json: shape.is_json,
            fails: shape.fails.0.clone(),
        }
    }
}

/// Returns the secrets that a template refers to, and the locations of the references.
fn secrets_in(template: &Template, names: &Names<'_>) -> Vec<(Key, Span)> {
    let references = template.references().filter_map(|reference| match &reference.target {
        Target::Value(key) if names.secrets.contains(key) => Some((key.clone(), reference.span)),
        _ => None,
    });
    references.collect()
}

/// Returns whether a string appears to contain a reference.
fn is_like_a_reference(text: &str) -> bool {
    let inner = text.split_once("{{").and_then(|(_, rest)| rest.split_once("}}"));
    inner.is_some_and(|(inner, _)| {
        inner.trim().starts_with(|ch: char| ch.is_ascii_lowercase()) && inner.contains('.')
    })
}

fn header_tests(entries: &Entries<HeaderTest>) -> Vec<(String, HeaderTest)> {
    entries.0.iter().map(|(name, test)| (name.value.to_ascii_lowercase(), test.clone())).collect()
}
