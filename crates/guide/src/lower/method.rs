//! The meaning of a method.

use crate::code::NOT_RUNNABLE;
use crate::finding::Finding;
use crate::lower::{Lowering, Names};
use crate::model::{Credential, Limits, Method};
use crate::shape::{CheckShape, FieldShape, MethodShape, OwnHostShape, PartShape};
use crate::source::Span;
use crate::spanned::ShortOr;

impl Lowering<'_> {
    pub(crate) fn method(&mut self, shape: &MethodShape, scopes: &[&str]) -> Option<Method> {
        let steps = || {
            let parts: [Option<&PartShape>; 2] = [Some(&shape.link), shape.setup.as_ref()];
            parts.into_iter().flatten().flat_map(|part| &part.sections).flat_map(|section| &section.steps)
        };
        let rules = || shape.checks.iter().flat_map(|check| &check.outcomes).chain(&shape.outcomes);
        let mut names = Names {
            // A derived value is referred to like a field's; that it cannot be run is a finding of its own.
            fields: shape
                .fields
                .iter()
                .map(|field| &field.key)
                .chain(shape.derived.iter().map(|one| &one.key))
                .map(|key| key.value.as_str())
                .collect(),
            steps: steps().map(|step| step.key.value.as_str()).collect(),
            environments: !shape.environments.is_empty(),
            environment_keys: shape.environments.iter().map(|one| one.key.value.as_str()).collect(),
            captures: Vec::new(),
            later_captures: shape.checks.iter().flat_map(captured).collect(),
            rules: rules().map(|rule| rule.key.value.as_str()).collect(),
            choices: shape.fields.iter().flat_map(choices).collect(),
            scopes: scopes.to_vec(),
        };
        self.one_of_a_kind("environment", shape.environments.iter().map(|one| &one.key));
        self.one_of_a_kind("field", shape.fields.iter().map(|field| &field.key));
        self.one_of_a_kind("step", steps().map(|step| &step.key));
        let parts = [Some(&shape.link), shape.setup.as_ref()];
        self.one_of_a_kind(
            "section",
            parts.into_iter().flatten().flat_map(|part| &part.sections).map(|one| &one.key),
        );
        self.one_of_a_kind("check", shape.checks.iter().map(|check| &check.key));
        self.one_of_a_kind("outcome rule", rules().map(|rule| &rule.key));
        self.one_of_a_kind("scenario", shape.scenarios.iter().map(|scenario| &scenario.name));

        let key = self.key(&shape.key);
        let environments: Vec<_> =
            shape.environments.iter().filter_map(|one| self.environment(one)).collect();
        let auth = self.auth(&shape.auth, &names);
        let used =
            auth.templates().iter().flat_map(|template| template.values()).cloned().collect::<Vec<_>>();
        let mut fields = Vec::new();
        for one in &shape.fields {
            if let Some(field) = self.field(one, &used, &names) {
                self.default_of(&field, one);
                self.examples(&field, &environments);
                fields.push(field);
            }
        }
        // Where an address leads can be said only if every part of it was understood.
        let before = self.findings.len();
        for derived in &shape.derived {
            let message = format!(
                "`{}` is derived: that is part of the format, and cannot be run yet",
                derived.key.value
            );
            self.say(Finding::new(&NOT_RUNNABLE, derived.key.span, message));
        }
        let hosts = self.hosts(shape);
        let base_url = self.base_url(&shape.base_url, &names);
        let hosts_span = shape.hosts.first().map_or(shape.base_url.span, host_span);
        if let Some(base_url) = base_url.as_ref().filter(|_| self.findings.len() == before) {
            self.bound(base_url, &environments, &hosts, hosts_span);
        }
        let mut checks = Vec::new();
        for check in &shape.checks {
            checks.extend(self.check(check, &fields, &names));
            names.captures.extend(captured(check));
        }
        let outcomes = shape.outcomes.iter().filter_map(|rule| self.outcome(rule, &fields, &names)).collect();
        let link = self.walkthrough(&shape.link, &names);
        let setup = shape.setup.as_ref().map(|part| self.walkthrough(part, &names));
        let scenarios = shape.scenarios.iter().map(|one| self.scenario(one, &names)).collect();
        let lifecycle = self.lifecycle(&shape.lifecycle);
        self.allowed(&shape.allow);
        Some(Method {
            key: key?,
            label: shape.label.value.clone(),
            description: shape.description.as_ref().map(|text| text.value.clone()),
            environments,
            fields,
            auth,
            base_url: base_url?,
            hosts,
            hosts_span,
            credential: shape.credential.as_ref().map(|credential| Credential {
                expires: credential.expires,
                acts_as: credential.acts_as.as_ref().map(|text| text.value.clone()),
                shown_once: credential.shown_once,
            }),
            limits: shape.limits.as_ref().map(|limits| Limits {
                requests: limits.requests,
                per_seconds: limits.per_seconds,
                counted_per: limits.counted_per.as_ref().map(|text| text.value.clone()),
            }),
            checks,
            outcomes,
            link,
            setup,
            scenarios,
            lifecycle,
            span: shape.key.span,
        })
    }
}

fn captured(check: &CheckShape) -> impl Iterator<Item = &str> {
    check.captures.0.iter().map(|(name, _)| name.value.as_str())
}

fn choices(field: &FieldShape) -> impl Iterator<Item = (&str, &str)> {
    field.options.iter().map(|option| (field.key.value.as_str(), option.value.value.as_str()))
}

fn host_span(host: &ShortOr<OwnHostShape>) -> Span {
    match host {
        ShortOr::Short(text) => text.span,
        ShortOr::Long(own) => own.field.span,
    }
}
