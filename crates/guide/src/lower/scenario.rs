//! Lowers scenarios.

use crate::code::BAD_SCENARIO;
use crate::finding::Finding;
use crate::lower::lowering::Lowering;
use crate::model::{Conclusion, Reply, Scenario, Turn};
use crate::names::Names;
use crate::shape::{ResponseShape, ScenarioShape, Text, TurnShape};
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
        let environment = |it: &mut Self, text: &Option<Text>| {
            text.as_ref().and_then(|text| it.known(text, "environment", environments))
        };
        Scenario {
            name: shape.name.value.clone(),
            environment: environment(self, &shape.environment),
            given,
            linked_before: shape.linked_before.as_ref().map(|text| text.value.clone()),
            agrees: shape.agrees,
            tokens: shape
                .tokens
                .0
                .iter()
                .filter_map(|(name, text)| {
                    Some((self.known(name, "token", &names.tokens)?, text.value.clone()))
                })
                .collect(),
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            talk,
            then: Conclusion {
                outcome: then.outcome.value,
                rule: then.rule.as_ref().and_then(|text| self.known(text, "outcome rule", &names.rules)),
                at_field: then.at_field.as_ref().and_then(|text| self.known(text, "field", &names.fields)),
                return_to: then.return_to.as_ref().and_then(|text| self.known(text, "step", &names.steps)),
                account: then.account.as_ref().map(|found| {
                    (found.id.value.clone(), found.name.as_ref().map(|name| name.value.clone()))
                }),
                environment: environment(self, &then.environment),
                missed: then
                    .missed
                    .0
                    .iter()
                    .filter_map(|text| self.known(text, "check", &names.checks))
                    .collect(),
                span: then.outcome.span,
            },
            span: shape.name.span,
        }
    }

    fn turn(&mut self, shape: &TurnShape, names: &Names<'_>) -> Option<Turn> {
        let (verb, path) = self.verb_and_path(&shape.request, true)?;
        let reply = match (&shape.response, shape.fails) {
            (Some(response), None) => self.reply(response, shape.request.span),
            (None, Some(fault)) => Reply::Fails(fault),
            (None, None) => {
                let found = Finding::new(&BAD_SCENARIO, shape.request.span, "this turn has no answer");
                self.report(found.help("add a `response`, or `fails` if there is no response"));
                return None;
            }
            (Some(_), Some(_)) => {
                let found = Finding::new(
                    &BAD_SCENARIO,
                    shape.request.span,
                    "this turn has both a `response` and `fails`",
                );
                self.report(found.help("keep only one of them"));
                return None;
            }
        };
        let environment = shape
            .environment
            .as_ref()
            .and_then(|text| self.known(text, "environment", &names.environment_keys));
        Some(Turn { verb, path: path.to_owned(), environment, reply, span: shape.request.span })
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
        (Some(json), ..) => ("application/json", json.0.to_string()),
        (None, Some(html), _) => ("text/html; charset=utf-8", html.value.clone()),
        (None, None, Some(text)) => ("text/plain; charset=utf-8", text.value.clone()),
        (None, None, None) => ("", String::new()),
    };
    if !kind.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Reply::Response { status: shape.status, headers, body }
}
