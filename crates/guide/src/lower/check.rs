//! The meaning of checks and outcomes.

use serde_json::Value;

use crate::code::{BAD_ADDRESS, BAD_CHECK, BAD_PATH, MISPLACED_REFERENCE};
use crate::finding::Finding;
use crate::http::Verb;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::lower::{Lowering, Names};
use crate::model::{
    AccountTemplate, BodyTemplate, Check, Expect, Field, HeaderTest, JsonTemplate, JsonTest, OutcomeRule,
    RequestTemplate, Role, When,
};
use crate::shape::{CheckShape, HeaderTestShape, JsonTestShape, OutcomeShape, RequestShape, Text, WhenShape};
use crate::source::Span;
use crate::spanned::{Entries, ShortOr};
use crate::template::{Target, Template, Where, parse};

impl Lowering<'_> {
    pub(crate) fn check(&mut self, shape: &CheckShape, fields: &[Field], names: &Names<'_>) -> Option<Check> {
        let key = self.key(&shape.key);
        if (shape.role == Role::Identity) != shape.account.is_some() {
            let message = if shape.account.is_none() {
                "a check with `role: identity` says in `account` who was found"
            } else {
                "only a check with `role: identity` has an `account`"
            };
            self.say(Finding::new(&BAD_CHECK, shape.key.span, message));
        }
        let request = match &shape.request {
            ShortOr::Short(line) => self.request_line(line, names),
            ShortOr::Long(long) => self.request(long, names),
        };
        let account = shape.account.as_ref().map(|account| AccountTemplate {
            id: self.answer_text(&account.id, names),
            name: self.answer_text(&account.name, names),
            details: account
                .details
                .0
                .iter()
                .map(|(label, text)| (label.value.clone(), self.answer_text(text, names)))
                .collect(),
        });
        let captures = shape
            .captures
            .0
            .iter()
            .filter_map(|(name, path)| Some((self.key(name)?, self.path(&path.value, path.span)?)))
            .collect();
        let expect = Expect {
            status: shape.expect.status.0.clone(),
            json: self.json_tests(&shape.expect.json, names),
            headers: header_tests(&shape.expect.headers),
        };
        let outcomes = shape.outcomes.iter().filter_map(|rule| self.outcome(rule, fields, names)).collect();
        self.allowed(&shape.allow, Some(shape.key.span));
        let key = key?;
        Some(Check {
            label: shape.label.as_ref().map_or_else(|| key.as_str().replace(['-', '_'], " "), |text| text.value.clone()),
            key,
            role: shape.role,
            request: request?,
            expect,
            account,
            captures,
            outcomes,
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            required: shape.required,
            span: shape.key.span,
        })
    }

    fn answer_text(&mut self, text: &Text, names: &Names<'_>) -> Template {
        parse(&text.value, text.span, Where::Answer, names, self.source, self.findings)
    }

    /// `GET /path`.
    pub(crate) fn verb_and_path<'t>(&mut self, line: &'t Text) -> Option<(Verb, &'t str)> {
        let (verb, path) = line.value.split_once(' ').unwrap_or((&line.value, ""));
        let verb = Verb::ALL.into_iter().find(|known| known.as_str() == verb);
        let path = path.trim();
        let sound = path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\']);
        if let (Some(verb), true) = (verb, sound) {
            return Some((verb, path));
        }
        let message = format!("`{}` is not a request line", line.value);
        let found = Finding::new(&BAD_ADDRESS, line.span, message);
        self.say(found.mend("write a method and a path, such as `GET /api/v1/me`; a query goes under `query`"));
        None
    }

    fn request_line(&mut self, line: &Text, names: &Names<'_>) -> Option<RequestTemplate> {
        let (verb, path) = self.verb_and_path(line)?;
        let path = parse(path, line.span, Where::Request, names, self.source, self.findings);
        Some(RequestTemplate { verb, path, query: Vec::new(), headers: Vec::new(), body: None, span: line.span })
    }

    fn request(&mut self, shape: &RequestShape, names: &Names<'_>) -> Option<RequestTemplate> {
        let mut request = self.request_line(&shape.line, names)?;
        request.query = self.pairs(&shape.query, false, names);
        request.headers = self.pairs(&shape.headers, true, names);
        request.body = match &shape.json {
            Some(json) => Some(BodyTemplate::Json(self.json_template(&json.value.0, json.span, names))),
            None if !shape.form.0.is_empty() => Some(BodyTemplate::Form(self.pairs(&shape.form, false, names))),
            None => None,
        };
        if shape.json.is_some() && !shape.form.0.is_empty() {
            self.say(Finding::new(&BAD_CHECK, shape.line.span, "a request has one body: `json` or `form`"));
        }
        Some(request)
    }

    fn pairs(&mut self, entries: &Entries<Text>, header: bool, names: &Names<'_>) -> Vec<(String, Template)> {
        let mut pairs = Vec::new();
        for (name, text) in &entries.0 {
            if let Some(name) = self.parameter_name(name, header) {
                pairs.push((name, self.request_text(text, names)));
            }
        }
        pairs
    }

    fn json_template(&mut self, value: &Value, span: Span, names: &Names<'_>) -> JsonTemplate {
        match value {
            Value::String(text) => {
                JsonTemplate::Text(parse(text, span, Where::Request, names, self.source, self.findings))
            }
            Value::Array(list) => {
                JsonTemplate::Array(list.iter().map(|value| self.json_template(value, span, names)).collect())
            }
            Value::Object(map) => JsonTemplate::Object(
                map.iter().map(|(name, value)| (name.clone(), self.json_template(value, span, names))).collect(),
            ),
            plain => JsonTemplate::Plain(plain.clone()),
        }
    }

    fn path(&mut self, text: &str, span: Span) -> Option<JsonPath> {
        let path = JsonPath::parse(text.strip_prefix("json.").unwrap_or(text));
        if path.is_none() {
            self.say(Finding::new(&BAD_PATH, span, format!("`{text}` is not a path into a JSON body")));
        }
        path
    }

    fn json_tests(&mut self, entries: &Entries<JsonTestShape>, names: &Names<'_>) -> Vec<(JsonPath, JsonTest)> {
        let mut tests = Vec::new();
        for (path, shape) in &entries.0 {
            let Some(found) = self.path(&path.value, path.span) else { continue };
            let mut one_of: Vec<Value> = shape.one_of.iter().map(|scalar| scalar.0.clone()).collect();
            one_of.extend(shape.equals.iter().map(|scalar| scalar.0.clone()));
            let host = shape.host_differs_from.as_ref().map(|text| self.request_text(text, names));
            tests.push((found, JsonTest { exists: shape.exists, kind: shape.r#type, one_of, host_differs_from: host }));
        }
        tests
    }

    pub(crate) fn outcome(&mut self, shape: &OutcomeShape, fields: &[Field], names: &Names<'_>) -> Option<OutcomeRule> {
        let key = self.key(&shape.key);
        let says = shape.says.as_ref().map(|text| self.message(text, fields, names));
        let fix = shape.fix.as_ref().map(|text| self.message(text, fields, names));
        let when = self.when(&shape.when, names);
        let at_field = shape.at_field.as_ref().and_then(|text| self.known(text, "field", &names.fields));
        let or_fields: Vec<Key> =
            shape.or_fields.iter().filter_map(|text| self.known(text, "field", &names.fields)).collect();
        let return_to = shape.return_to.as_ref().and_then(|text| self.known(text, "step", &names.steps));
        if !when.fails.is_empty() && (!when.status.is_empty() || !when.json.is_empty() || !when.headers.is_empty()) {
            let message = "a request that fails has no answer: `fails` cannot stand beside `status`, `headers` or `json`";
            self.say(Finding::new(&BAD_CHECK, shape.key.span, message));
        }
        if shape.ask_elsewhere && names.environment_keys.len() < 2 {
            self.say(Finding::new(&BAD_CHECK, shape.key.span, "there is no other environment to ask"));
        }
        self.allowed(&shape.allow, Some(shape.key.span));
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

    /// A message about an attempt: no secret may be put into it.
    fn message(&mut self, text: &Text, fields: &[Field], names: &Names<'_>) -> Template {
        let template = parse(&text.value, text.span, Where::Message, names, self.source, self.findings);
        for reference in template.references() {
            let Target::Value(key) = &reference.target else { continue };
            if fields.iter().any(|field| field.key == *key && field.secret) {
                let message = format!("`{key}` is a secret, and a message would show it");
                let found = Finding::new(&MISPLACED_REFERENCE, reference.span, message);
                self.findings.push(found.mend(format!("name the field instead: `label.{key}`")));
            }
        }
        template
    }

    fn when(&mut self, shape: &WhenShape, names: &Names<'_>) -> When {
        When {
            status: shape.status.0.clone(),
            status_not: shape.status_not.0.clone(),
            headers: header_tests(&shape.headers),
            json: self.json_tests(&shape.json, names),
            is_json: shape.is_json,
            fails: shape.fails.0.clone(),
        }
    }
}

fn header_tests(entries: &Entries<HeaderTestShape>) -> Vec<(String, HeaderTest)> {
    entries
        .0
        .iter()
        .map(|(name, shape)| {
            let test = HeaderTest {
                exists: shape.exists,
                equals: shape.equals.as_ref().map(|text| text.value.clone()),
                contains: shape.contains.as_ref().map(|text| text.value.clone()),
            };
            (name.value.to_ascii_lowercase(), test)
        })
        .collect()
}
