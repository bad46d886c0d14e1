//! The reference parts of a page: checks, permissions, the credential, limits, events and sources.
//!
//! **Invariant:** a request is shown as it is sent, but with names in place of values, so that no secret is shown.

use guide::{BaseUrl, Carries, RequestTemplate};

use super::builder::PageBuilder;
use crate::clean;
use crate::href::Href;
use crate::page::{Check, Content, Event, Inline, Part, Permission, Request, Source};
use crate::text::Context;
use crate::wording;

/// The largest number of environments for which the page lists a request once per environment.
const MOST_LINES: usize = 3;

impl PageBuilder<'_> {
    pub(super) fn checks(&mut self) -> Option<Part> {
        let one = |check: &guide::Check| Check {
            label: clean::line(&check.label),
            proves: wording::proves(check.role, check.required, is_anonymous(&check.request)),
            requests: self.requests(&check.request),
        };
        let refresh = self.method.auth.sign_in.iter().flat_map(|sign_in| &sign_in.refresh);
        // The page omits requests that refresh tokens, which linking rarely sends.
        let is_refresh = |check: &&guide::Check| refresh.clone().any(|step| step.check.key == check.key);
        let checks: Vec<Check> = self.method.asks().filter(|check| !is_refresh(check)).map(one).collect();
        let intro =
            wording::checks_intro(&self.brand.name, &self.guide.provider.name, !self.own_fields().is_empty());
        let intro = vec![Inline::Text(clean::line(&intro))];
        (!checks.is_empty()).then(|| self.part("checks", wording::CHECKS, Content::Checks { intro, checks }))
    }

    fn requests(&self, request: &RequestTemplate) -> Vec<Request> {
        let base = request.base.as_ref().unwrap_or(&self.method.base_url);
        let mut list: Vec<Request> = Vec::new();
        for environment in &self.method.environments {
            let here = self.context.in_environment(environment);
            let name = clean::line(&environment.label);
            list.push(Request { environment: Some(name), line: request_line(request, base, &here) });
        }
        let plain = request_line(request, base, &self.context);
        let alike = list.iter().all(|one| one.line == plain);
        // With many environments, readers find the hosts in the environments table.
        if list.len() > MOST_LINES {
            return vec![Request { environment: None, line: plain }];
        }
        if alike || list.len() == 1 {
            return vec![Request { environment: None, line: list.pop().map_or(plain, |one| one.line) }];
        }
        list
    }

    /// Builds the part about the permissions that the page covers, each with the actions that need it and the check
    /// that tests it. Returns `None` if there are no such permissions.
    pub(super) fn permissions(&mut self, covered: Option<&[String]>) -> Option<Part> {
        let one = |scope: &guide::Scope| {
            let needs = |scopes: &[String]| scopes.contains(&scope.name);
            let actions = self.guide.actions.iter().filter(|action| needs(&action.scopes));
            let check = self.method.checks.iter().find(|check| needs(&check.scopes));
            Permission {
                name: clean::line(&scope.name),
                description: scope.description.as_deref().map(clean::line),
                needed_for: actions.map(|action| clean::line(&action.label)).collect(),
                without: check.map(|check| {
                    if check.required { wording::NOT_LINKED_WITHOUT } else { wording::LIMITED_WITHOUT }
                }),
                tried_by: check.map(|check| clean::line(&check.label)),
            }
        };
        let is_covered = |scope: &&guide::Scope| covered.is_none_or(|covered| covered.contains(&scope.name));
        let list: Vec<Permission> = self.guide.scopes.iter().filter(is_covered).map(one).collect();
        (!list.is_empty()).then(|| self.part("permissions", wording::PERMISSIONS, Content::Permissions(list)))
    }

    pub(super) fn credential(&mut self) -> Option<Part> {
        let credential = self.method.credential.as_ref()?;
        let mut facts: Vec<String> = wording::expires(credential.expires).into_iter().collect();
        facts.extend(credential.acts_as.as_deref().map(wording::acts_as));
        if credential.shown_once {
            facts.push(wording::shown_once(&self.guide.provider.name));
        }
        (!facts.is_empty()).then(|| self.part("credential", wording::CREDENTIAL, sentences(&facts)))
    }

    pub(super) fn limits(&mut self) -> Option<Part> {
        let limits = self.method.limits.as_ref()?;
        let facts = [wording::limits(limits, &self.guide.provider.name)];
        Some(self.part("limits", wording::LIMITS, sentences(&facts)))
    }

    pub(super) fn events(&mut self) -> Option<Part> {
        let one = |event: &guide::Lifecycle| Event {
            on: clean::line(&event.on),
            what: wording::event(event.event),
            says: clean::line(&event.says),
            source: Href::parse(&event.source),
        };
        let mut events: Vec<Event> =
            self.guide.provider.lifecycle.iter().chain(&self.method.lifecycle).map(one).collect();
        events.sort_by(|a, b| a.on.cmp(&b.on));
        (!events.is_empty()).then(|| self.part("dates", wording::EVENTS, Content::Events(events)))
    }

    pub(super) fn sources(&mut self) -> Option<Part> {
        let one = |fact: &guide::Evidence| Source {
            claim: clean::line(&fact.claim),
            source: fact.source.as_deref().and_then(Href::parse),
            checked_on: clean::line(&fact.checked_on),
            standing: fact.standing,
        };
        let sources: Vec<Source> = self.guide.evidence.iter().map(one).collect();
        (!sources.is_empty()).then(|| self.part("sources", wording::SOURCES, Content::Sources(sources)))
    }
}

/// Returns whether a request carries nothing that identifies the account.
fn is_anonymous(request: &RequestTemplate) -> bool {
    let has_no_values = request.body.is_none() && request.query.is_empty();
    has_no_values && matches!(&request.carries, Carries::Only(carriers) if carriers.is_empty())
}

fn sentences(list: &[String]) -> Content {
    Content::Facts(list.iter().map(|text| vec![Inline::Text(clean::line(text))]).collect())
}

fn request_line(request: &RequestTemplate, base: &BaseUrl, context: &Context<'_>) -> String {
    let port = base.port.map(|port| format!(":{port}")).unwrap_or_default();
    let query: Vec<String> =
        request.query.iter().map(|(name, value)| format!("{name}={}", context.code(value))).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let (host, base_path, path) =
        (context.code(&base.host), context.code(&base.path), context.code(&request.path));
    clean::line(&format!("{} https://{host}{port}{base_path}{path}{query}", request.verb))
}
