//! The meaning of a method.

use crate::code::{BAD_ADDRESS, BAD_HOST, NOT_RUNNABLE, UNBOUND_HOST};
use crate::finding::Finding;
use crate::host::HostPattern;
use crate::lower::{Lowering, Names};
use crate::model::{BaseUrl, Condition, Credential, Environment, Limits, Method};
use crate::shape::{ConditionShape, EnvironmentShape, MethodShape, PartShape, Text};
use crate::source::Span;
use crate::spanned::ShortOr;
use crate::template::{Filter, Part, Target, Template, Where, parse};

impl Lowering<'_> {
    pub(crate) fn method(&mut self, shape: &MethodShape, scopes: &[&str]) -> Option<Method> {
        let steps = || {
            let parts: [Option<&PartShape>; 2] = [Some(&shape.link), shape.setup.as_ref()];
            parts.into_iter().flatten().flat_map(|part| &part.sections).flat_map(|section| &section.steps)
        };
        let names = Names {
            fields: shape.fields.iter().map(|field| field.key.value.as_str()).collect(),
            steps: steps().map(|step| step.key.value.as_str()).collect(),
            environments: !shape.environments.is_empty(),
            environment_keys: shape.environments.iter().map(|one| one.key.value.as_str()).collect(),
            captures: shape.checks.iter().flat_map(|check| check.captures.0.iter().map(|(k, _)| k.value.as_str())).collect(),
            scopes: scopes.to_vec(),
        };
        self.one_of_a_kind("environment", shape.environments.iter().map(|one| &one.key));
        self.one_of_a_kind("field", shape.fields.iter().map(|field| &field.key));
        self.one_of_a_kind("step", steps().map(|step| &step.key));
        self.one_of_a_kind("section", shape.link.sections.iter().map(|section| &section.key));
        self.one_of_a_kind("check", shape.checks.iter().map(|check| &check.key));
        let rules = shape.checks.iter().flat_map(|check| &check.outcomes).chain(&shape.outcomes);
        self.one_of_a_kind("outcome", rules.map(|rule| &rule.key));

        let key = self.key(&shape.key);
        let environments: Vec<_> = shape.environments.iter().filter_map(|one| self.environment(one)).collect();
        let auth = self.auth(&shape.auth, &names);
        let used = auth.templates().iter().flat_map(|template| template.values()).cloned().collect::<Vec<_>>();
        let fields: Vec<_> = shape.fields.iter().filter_map(|field| self.field(field, &used, &names)).collect();
        for field in &fields {
            self.examples(field, &environments);
        }
        let hosts = self.hosts(shape);
        let base_url = self.base_url(&shape.base_url, &names);
        if let Some(base_url) = &base_url {
            self.bound(base_url, &environments, &hosts);
        }
        let checks: Vec<_> = shape.checks.iter().filter_map(|check| self.check(check, &fields, &names)).collect();
        let outcomes = shape.outcomes.iter().filter_map(|rule| self.outcome(rule, &fields, &names)).collect();
        let link = self.walkthrough(&shape.link, &names);
        let setup = shape.setup.as_ref().map(|part| self.walkthrough(part, &names));
        let scenarios = shape.scenarios.iter().filter_map(|one| self.scenario(one, &names)).collect();
        let lifecycle = self.lifecycle(&shape.lifecycle);
        self.allowed(&shape.allow, None);
        Some(Method {
            key: key?,
            label: shape.label.value.clone(),
            description: shape.description.as_ref().map(|text| text.value.clone()),
            environments,
            fields,
            auth,
            base_url: base_url?,
            hosts,
            hosts_span: shape.base_url.span,
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

    fn environment(&mut self, shape: &EnvironmentShape) -> Option<Environment> {
        let host = &shape.host;
        match host.value.parse::<HostPattern>() {
            Ok(pattern) if !pattern.is_wild() => {}
            Ok(_) => self.say(Finding::new(&BAD_HOST, host.span, "an environment has a host, not a pattern")),
            Err(why) => self.say(Finding::new(&BAD_HOST, host.span, format!("`{}` is not a host: {why}", host.value))),
        }
        Some(Environment {
            key: self.key(&shape.key)?,
            label: shape.label.value.clone(),
            host: host.value.clone(),
            description: shape.description.as_ref().map(|text| text.value.clone()),
            span: shape.key.span,
        })
    }

    fn hosts(&mut self, shape: &MethodShape) -> Vec<HostPattern> {
        let mut hosts = Vec::new();
        for host in &shape.hosts {
            match host {
                ShortOr::Short(text) => match text.value.parse() {
                    Ok(pattern) => hosts.push(pattern),
                    Err(why) => {
                        let message = format!("`{}` is not a host pattern: {why}", text.value);
                        self.say(Finding::new(&BAD_HOST, text.span, message));
                    }
                },
                ShortOr::Long(own) => {
                    let message = "a customer's own host cannot be linked yet";
                    self.say(Finding::new(&NOT_RUNNABLE, own.field.span, message));
                }
            }
        }
        hosts
    }

    /// The base address, taken apart into host and path.
    fn base_url(&mut self, text: &Text, names: &Names<'_>) -> Option<BaseUrl> {
        let template = parse(&text.value, text.span, Where::Request, names, self.source, self.findings);
        let bad = |message: &str| Finding::new(&BAD_ADDRESS, text.span, message.to_owned());
        let Some(Part::Text(first)) = template.parts.first() else {
            self.say(bad("the base address must begin with `https://`"));
            return None;
        };
        let Some(rest) = first.strip_prefix("https://") else {
            self.say(bad("the base address must begin with `https://`: a secret is never sent in the clear"));
            return None;
        };
        let mut host = Template { parts: Vec::new(), span: text.span };
        let mut path = Template { parts: Vec::new(), span: text.span };
        let mut in_path = false;
        let pieces = std::iter::once(Part::Text(rest.to_owned())).chain(template.parts[1..].iter().cloned());
        for part in pieces {
            match part {
                Part::Text(text) if !in_path => match text.split_once('/') {
                    Some((front, back)) => {
                        push(&mut host, front);
                        push(&mut path, &format!("/{back}"));
                        in_path = true;
                    }
                    None => push(&mut host, &text),
                },
                part if in_path => path.parts.push(part),
                part => host.parts.push(part),
            }
        }
        let mut port = None;
        if let Some(Part::Text(last)) = host.parts.last_mut()
            && let Some((front, digits)) = last.clone().split_once(':') {
                port = digits.parse().ok();
                if port.is_none() {
                    self.say(bad("the port is not a number"));
                }
                *last = front.to_owned();
            }
        let strange = |part: &Part| matches!(part, Part::Text(text) if text.contains(['@', '?', '#', ' ', '\\']));
        if host.parts.iter().chain(&path.parts).any(strange) {
            self.say(bad("a base address is a host and a path; a user, query or fragment has no place in it"));
            return None;
        }
        if host.parts.is_empty() {
            self.say(bad("the base address has no host"));
            return None;
        }
        if let Some(Part::Text(last)) = path.parts.last_mut() {
            *last = last.trim_end_matches('/').to_owned();
        }
        Some(BaseUrl { host, port, path, span: text.span })
    }

    /// Whether the end of the host that no value can change is covered by a pattern, in every environment.
    fn bound(&mut self, base: &BaseUrl, environments: &[Environment], hosts: &[HostPattern]) {
        let choices: Vec<Option<&Environment>> =
            if environments.is_empty() { vec![None] } else { environments.iter().map(Some).collect() };
        for environment in choices {
            let mut end = String::new();
            let mut labels = 0_u8;
            for part in &base.host.parts {
                match part {
                    Part::Text(text) => end.push_str(text),
                    Part::Reference(reference) => if let (Target::EnvironmentHost, Some(environment)) = (&reference.target, environment) { end.push_str(&environment.host) } else {
                        end.push('\u{1}');
                        let several = reference.filters.iter().find_map(|filter| match filter {
                            Filter::HostLabels(n) => Some(*n),
                            _ => None,
                        });
                        labels = labels.max(several.unwrap_or(1));
                    },
                }
            }
            let possible = [end.replace('\u{1}', "a"), end.replace('\u{1}', if labels > 1 { "a.b" } else { "a" })];
            let escapes = possible.iter().find(|host| !hosts.iter().any(|pattern| pattern.matches(host)));
            let free_end = end.rsplit('\u{1}').next().unwrap_or_default();
            let unbound = end.contains('\u{1}') && !free_end.starts_with('.');
            if let Some(host) = escapes.filter(|_| !hosts.is_empty()) {
                let found = Finding::new(&UNBOUND_HOST, base.span, "the base address leads to a host that `hosts` forbids")
                    .label(format!("can become `{host}`"))
                    .mend("add a pattern that covers it to `hosts`, or correct the address");
                self.say(found);
                return;
            }
            if unbound {
                self.say(Finding::new(&UNBOUND_HOST, base.span, "a value can choose the end of the host"));
                return;
            }
        }
    }

    pub(crate) fn condition(&mut self, shape: &ConditionShape, names: &Names<'_>, span: Span) -> Condition {
        let environments = shape
            .environment
            .0
            .iter()
            .filter_map(|one| self.known(one, "environment", &names.environment_keys))
            .collect();
        let field = shape.field.as_ref().and_then(|field| self.known(field, "field", &names.fields));
        let values = shape.is.0.iter().map(|value| value.value.clone()).collect();
        Condition { environments, field: field.map(|key| (key, values)), span }
    }
}

fn push(template: &mut Template, text: &str) {
    if !text.is_empty() {
        template.parts.push(Part::Text(text.to_owned()));
    }
}
