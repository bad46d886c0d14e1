//! Lowers scenarios.

use crate::code::BAD_SCENARIO;
use crate::finding::Finding;
use crate::lower::lowering::Lowering;
use crate::model::{Carries, Conclusion, Reply, RequestTemplate, Scenario, Turn};
use crate::names::Names;
use crate::shape::{ResponseShape, ScenarioShape, TurnShape};
use crate::source::Span;

impl Lowering<'_> {
    pub(crate) fn scenario(&mut self, shape: &ScenarioShape, names: &Names<'_>) -> Scenario {
        let environments = &names.environment_keys;
        let given = shape
            .given
            .0
            .iter()
            .filter_map(|(key, value)| Some((self.known(key, "field", &names.fields)?, value.value.clone())))
            .collect();
        let talk = shape.talk.iter().filter_map(|turn| self.turn(turn, names)).collect();
        let then = &shape.then;
        self.talk_or_denial(shape, names);
        Scenario {
            name: shape.name.value.clone(),
            environment: self.known_if(shape.environment.as_ref(), "environment", environments),
            given,
            linked_before: shape.linked_before.clone(),
            agrees: shape.agrees,
            tokens: shape
                .tokens
                .0
                .iter()
                .filter_map(|(name, text)| {
                    Some((self.known(name, "token", &names.tokens)?, text.value.clone()))
                })
                .collect(),
            denied: shape
                .denied
                .0
                .iter()
                .map(|(name, text)| (name.value.clone(), text.value.clone()))
                .collect(),
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            talk,
            then: Conclusion {
                outcome: then.outcome.value,
                rule: self.known_if(then.rule.as_ref(), "outcome rule", &names.rules),
                at_field: self.known_if(then.at_field.as_ref(), "field", &names.fields),
                return_to: self.known_if(then.return_to.as_ref(), "step", &names.steps),
                account: then.account.as_ref().map(|found| (found.id.clone(), found.name.clone())),
                environment: self.known_if(then.environment.as_ref(), "environment", environments),
                missed: self.known_all(&then.missed.0, "check", &names.checks),
                span: then.outcome.span,
            },
            span: shape.name.span,
        }
    }

    /// Reports a scenario that has neither `talk` nor `denied`, or both.
    fn talk_or_denial(&mut self, shape: &ScenarioShape, names: &Names<'_>) {
        let found = |message: &str| Finding::new(&BAD_SCENARIO, shape.name.span, message);
        let is_denied = !shape.denied.0.is_empty();
        if is_denied && !names.redirects {
            let found = found("`denied` requires a method with which people sign in through a browser");
            self.report(found.help("remove `denied`"));
        } else if is_denied && !(shape.talk.is_empty() && shape.tokens.0.is_empty()) {
            let found = found("without access, a scenario has no tokens and sends no requests");
            self.report(found.help("remove `talk` and `tokens`, or remove `denied`"));
        } else if !is_denied && shape.talk.is_empty() {
            self.report(found("this scenario has no requests").help("add the requests to `talk`"));
        }
    }

    fn turn(&mut self, shape: &TurnShape, names: &Names<'_>) -> Option<Turn> {
        let (verb, path) = self.verb_and_path(&shape.request, true)?;
        let reply = match (&shape.response, shape.fails) {
            (Some(response), None) => self.reply(response, shape.request.span),
            (None, Some(fault)) => Reply::Fails(fault),
            (None, None) => {
                let found = Finding::new(
                    &BAD_SCENARIO,
                    shape.request.span,
                    "this turn has neither a `response` nor `fails`",
                );
                self.report(found.help("add a `response`, or `fails` if there is no response"));
                return None;
            }
            (Some(_), Some(_)) => {
                let found = Finding::new(
                    &BAD_SCENARIO,
                    shape.request.span,
                    "this turn has both a `response` and `fails`",
                );
                self.report(found.help("keep either `response` or `fails`"));
                return None;
            }
        };
        let environment = self.known_if(shape.environment.as_ref(), "environment", &names.environment_keys);
        let sends = shape.sends.as_ref().map(|sends| {
            if matches!(&reply, Reply::Fails(fault) if !fault.reaches_provider()) {
                let message = "this request fails before it is sent, so `sends` cannot be tested";
                let found = Finding::new(&BAD_SCENARIO, shape.request.span, message);
                self.report(found.help("remove `sends`"));
            }
            let body = self.body(sends.json.as_ref(), &sends.form, shape.request.span, names);
            RequestTemplate {
                query: self.pairs(&sends.query, false, names),
                headers: self.pairs(&sends.headers, true, names),
                body,
                carries: Carries::Only(Vec::new()),
                span: shape.request.span,
                ..RequestTemplate::literal(verb, path)
            }
        });
        Some(Turn { verb, path: path.to_owned(), environment, sends, reply, span: shape.request.span })
    }
}

impl Lowering<'_> {
    fn reply(&mut self, shape: &ResponseShape, at: Span) -> Reply {
        let bodies = [shape.json.is_some(), shape.html.is_some(), shape.text.is_some()];
        if 1 < bodies.into_iter().filter(|is_there| *is_there).count() {
            let found = Finding::new(&BAD_SCENARIO, at, "the response has more than one body");
            self.report(found.help("keep only one of `json`, `html` and `text`"));
        }
        reply(shape)
    }
}

fn reply(shape: &ResponseShape) -> Reply {
    let mut headers: Vec<(String, String)> = shape
        .headers
        .0
        .iter()
        .map(|(name, value)| (name.value.to_ascii_lowercase(), value.value.clone()))
        .collect();
    let (kind, body) = match (&shape.json, &shape.html, &shape.text) {
        (Some(json), ..) => ("application/json", json.value.to_string()),
        (None, Some(html), _) => ("text/html; charset=utf-8", html.clone()),
        (None, None, Some(text)) => ("text/plain; charset=utf-8", text.clone()),
        (None, None, None) => ("", String::new()),
    };
    if !kind.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Reply::Response { status: shape.status, headers, body }
}
