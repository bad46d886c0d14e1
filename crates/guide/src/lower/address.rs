//! Lowers environments, base URLs and lists of allowed hosts, and checks that a method can send requests only to its
//! allowed hosts.

use crate::code::{BAD_ADDRESS, BAD_HOST, NOT_RUNNABLE, UNBOUND_HOST, UNKNOWN_NAME};
use crate::finding::{Finding, listed, quoted};
use crate::host::{HostPattern, is_host_name};
use crate::http::is_path_part;
use crate::lower::lowering::Lowering;
use crate::model::{BaseUrl, Environment};
use crate::names::Names;
use crate::shape::{EnvironmentShape, MethodShape, ShortOr, Text};
use crate::source::Span;
use crate::template::{Context, Filter, Part, Reference, Target, Template};

/// The placeholder for an entered value in a URL's possible hosts.
const VALUE: char = '\u{1}';

impl Lowering<'_> {
    pub(crate) fn environment(&mut self, shape: &EnvironmentShape, names: &Names<'_>) -> Option<Environment> {
        let host = &shape.host;
        match host.value.parse::<HostPattern>() {
            Ok(pattern) if !pattern.is_wild() => {}
            Ok(pattern) => {
                let found = Finding::new(&BAD_HOST, host.span, "an environment needs a host, not a pattern");
                let literal = pattern.suffix();
                self.report(found.help(format!("write `{literal}`")).unsafe_fix(host.span, literal));
            }
            Err(why) => self.report(bad_host(host, "host", &why.to_string())),
        }
        Some(Environment {
            key: self.key(&shape.key)?,
            label: shape.label.clone(),
            host: host.value.clone(),
            description: shape.description.clone(),
            values: shape
                .values
                .0
                .iter()
                .filter_map(|(name, text)| Some((self.key(name)?, text.value.clone())))
                .collect(),
            told_by: shape.told_by.as_ref().and_then(|told| {
                let field = self.known(&told.field, "field", &names.fields)?;
                Some((field, told.prefix.0.clone()))
            }),
            span: shape.key.span,
        })
    }

    /// Reports environments that do not define a value that another environment defines.
    pub(crate) fn columns(&mut self, environments: &[Environment]) {
        for (n, name) in environments
            .iter()
            .enumerate()
            .flat_map(|(n, one)| one.values.iter().map(move |(name, _)| (n, name)))
        {
            let first = environments.iter().position(|one| one.value(name.as_str()).is_some());
            let lacking = environments.iter().find(|one| one.value(name.as_str()).is_none());
            if let (true, Some(lacking)) = (first == Some(n), lacking) {
                let message =
                    format!("the environment `{}` has no `{name}`, but other environments do", lacking.key);
                let found = Finding::new(&UNKNOWN_NAME, lacking.span, message);
                self.report(found.help(format!("add `{name}` to its `values`")));
            }
        }
    }

    pub(crate) fn hosts(&mut self, shape: &MethodShape) -> Vec<HostPattern> {
        let mut hosts = Vec::new();
        for host in &shape.hosts {
            match host {
                ShortOr::Short(text) => match text.value.parse() {
                    Ok(pattern) => hosts.push(pattern),
                    Err(why) => self.report(bad_host(text, "host pattern", &format!("{why}"))),
                },
                ShortOr::Long(own) => {
                    let message = "customer-specific hosts are not supported yet";
                    let found = Finding::new(&NOT_RUNNABLE, own.field.span, message);
                    self.report(found.help("list the hosts for now, or watch the changelog"));
                }
            }
        }
        hosts
    }

    /// Splits a base URL into host, port and path.
    pub(crate) fn base_url(&mut self, text: &Text, names: &Names<'_>) -> Option<BaseUrl> {
        let before = self.findings.len();
        let template = self.template(text, Context::Request, names);
        let is_whole = self.findings.len() == before;
        let bad = |message: &str| Finding::new(&BAD_ADDRESS, text.span, message.to_owned());
        let first = match template.parts.first() {
            Some(Part::Text(first)) => first.as_str(),
            _ => "",
        };
        let Some(rest) = first.strip_prefix("https://") else {
            self.report(not_https(text));
            return None;
        };
        let (mut host, mut path) = split(rest, &template);
        let mut port = None;
        if let Some(Part::Text(last)) = host.parts.last_mut()
            && let Some((front, digits)) = last.clone().split_once(':')
        {
            port = digits.parse().ok().filter(|port| *port != 0);
            if port.is_none() {
                self.report(
                    bad("the port is not a number from 1 to 65535")
                        .help("write a port such as `:8443`, or remove it"),
                );
            }
            front.clone_into(last);
        }
        let strange =
            |part: &Part| matches!(part, Part::Text(text) if text.contains(['@', '?', '#', ' ', '\\']));
        if host.parts.iter().chain(&path.parts).any(strange) {
            let found = bad("a base URL can have only a host, a port and a path");
            self.report(
                found.help(
                    "remove the user, query or fragment; query parameters belong in a request's `query`",
                ),
            );
            return None;
        }
        if host.parts.is_empty() {
            // A reference that could not be parsed is missing from the template and has already been reported.
            if is_whole {
                self.report(
                    bad("the base URL has no host").help("write `https://` followed by the API's host"),
                );
            }
            return None;
        }
        let has_capitals =
            |part: &Part| matches!(part, Part::Text(text) if text.chars().any(char::is_uppercase));
        if host.parts.iter().any(has_capitals) {
            self.report(bad("a host must be in lowercase").help("write the host in lowercase"));
        }
        if let Some(Part::Text(last)) = path.parts.last_mut() {
            *last = last.trim_end_matches('/').to_owned();
        }
        self.literal_path(&path);
        Some(BaseUrl { host, port, path, span: text.span })
    }

    /// Checks that the base URL's host matches an allowed host pattern in every environment, whatever values people
    /// enter.
    pub(crate) fn bound(
        &mut self,
        base: &BaseUrl,
        environments: &[Environment],
        hosts: &[HostPattern],
        hosts_span: Span,
    ) {
        self.path_values(&base.path, environments);
        let is_for_hosts = |filter: &Filter| matches!(filter, Filter::HostLabels(_) | Filter::Lowercase);
        let is_address = |one: &Reference| {
            use Target::{Capture, EnvironmentHost, EnvironmentValue, Token, Value};
            matches!(one.target, Value(_) | EnvironmentHost | EnvironmentValue(_) | Capture(_) | Token(_))
        };
        if let Some(reference) = base.host.references().find(|one| !is_address(one)) {
            let message = format!("`{}` cannot be part of a host", reference.target);
            self.report(Finding::new(&BAD_ADDRESS, reference.span, message).help("remove the reference"));
            return;
        }
        let strange = base.host.references().find(|one| !one.filters.iter().all(is_for_hosts));
        if let Some(reference) = strange {
            let found =
                Finding::new(&BAD_ADDRESS, reference.span, "the result of this filter is not part of a host");
            self.report(
                found.help("remove the filter; only `lowercase` and `host_labels` can be used in a host"),
            );
            return;
        }
        let sound = |one: &&Environment| one.host.parse::<HostPattern>().is_ok_and(|host| !host.is_wild());
        let choices: Vec<Option<&Environment>> = if environments.is_empty() {
            vec![None]
        } else {
            environments.iter().filter(sound).map(Some).collect()
        };
        for environment in choices {
            let (host, labels) = possible(base, environment);
            if host.contains('/') {
                let message = "an environment's value would add a path to the host";
                let found = Finding::new(&BAD_ADDRESS, base.span, message);
                let advice =
                    "write `/` between the host and the reference, and the value without its first slash";
                self.report(found.help(advice));
                return;
            }
            let free_end = host.rsplit(VALUE).next().unwrap_or_default();
            let is_bound = free_end.split_once('.').is_some_and(|(_, rest)| rest.contains('.'));
            if host.contains(VALUE) && !is_bound {
                let found = Finding::new(
                    &UNBOUND_HOST,
                    base.span,
                    "an entered value could determine where requests are sent",
                );
                let advice = "end the host with at least two literal labels, such as `https://{{ value.slug }}.example.com`";
                self.report(found.help(advice));
                return;
            }
            let shown =
                [host.replace(VALUE, "a"), host.replace(VALUE, &["a", "b", "c", "d"][..labels].join("."))];
            let escapes = shown.iter().find(|host| !hosts.iter().any(|pattern| pattern.matches(host)));
            if let Some(shown) = escapes {
                let patterns: Vec<String> = hosts.iter().map(ToString::to_string).collect();
                let is_fixed = !host.contains(VALUE);
                let label = if is_fixed { format!("is `{shown}`") } else { format!("can become `{shown}`") };
                let cover = match (is_fixed, labels) {
                    (true, _) => shown.clone(),
                    (false, 1) => format!("*{free_end}"),
                    (false, _) => format!("**{free_end}"),
                };
                let found = Finding::new(
                    &UNBOUND_HOST,
                    base.span,
                    "the base URL points to a host that is not in `hosts`",
                )
                .label(label)
                .also(hosts_span, format!("allows {}", listed(patterns.iter().map(String::as_str))))
                .help(format!("add `{cover}` to `hosts`, or correct the URL"));
                self.report(found);
                return;
            }
            if let Some(shown) = shown.iter().find(|host| !is_host_name(host)) {
                let message = format!("{} is not a host name", quoted(shown));
                let found = Finding::new(&BAD_ADDRESS, base.span, message);
                self.report(found.help("write the host as it appears in the address bar of a browser"));
                return;
            }
        }
    }

    /// Reports an environment whose value cannot be part of a path that refers to the value.
    pub(crate) fn path_values(&mut self, path: &Template, environments: &[Environment]) {
        let names = path.references().filter_map(|reference| match &reference.target {
            Target::EnvironmentValue(name) => Some(name),
            _ => None,
        });
        for name in names {
            let is_bad =
                |one: &&Environment| one.value(name.as_str()).is_some_and(|value| !is_path_part(value));
            if let Some(one) = environments.iter().find(is_bad) {
                let message = format!("`{name}` of the environment `{}` cannot be part of a path", one.key);
                let found = Finding::new(&BAD_ADDRESS, one.span, message).also(path.span, "is used here");
                self.report(found.help("write one or more path segments, such as `api` or `eu/api`"));
            }
        }
    }
}

fn bad_host(text: &Text, kind: &str, why: &str) -> Finding {
    let found = Finding::new(&BAD_HOST, text.span, format!("{} is not a {kind}: {why}", quoted(&text.value)));
    let bare = text.value.split_once("://").map_or(text.value.as_str(), |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#', ':']).next().unwrap_or(bare).to_lowercase();
    if bare != text.value && bare.parse::<HostPattern>().is_ok() {
        return found.help(format!("write `{bare}`")).fix(text.span, format!("'{bare}'"));
    }
    found
}

fn not_https(text: &Text) -> Finding {
    let found = Finding::new(&BAD_ADDRESS, text.span, "the base URL does not begin with `https://`");
    let rest = text.value.strip_prefix("http://");
    let found = if rest.is_some() { found.label("would send secrets unencrypted") } else { found };
    match rest.unwrap_or(&text.value) {
        rest if rest.contains("://") || rest.is_empty() => {
            found.help("write `https://` followed by the API's host")
        }
        rest => {
            let secure = format!("https://{rest}");
            found.help(format!("write {}", quoted(&secure))).fix(text.span, format!("'{secure}'"))
        }
    }
}

/// Splits a URL into host and path. `first` is the URL's first literal part, without the scheme.
fn split(first: &str, template: &Template) -> (Template, Template) {
    let mut host = Template { parts: Vec::new(), span: template.span };
    let mut path = Template { parts: Vec::new(), span: template.span };
    let mut in_path = false;
    let pieces = std::iter::once(Part::Text(first.to_owned())).chain(template.parts[1..].iter().cloned());
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
    (host, path)
}

fn push(template: &mut Template, text: &str) {
    if !text.is_empty() {
        template.parts.push(Part::Text(text.to_owned()));
    }
}

/// Returns the base URL's host in an environment, with `VALUE` in place of each entered value, and the maximum number
/// of host name labels in an entered value.
fn possible(base: &BaseUrl, environment: Option<&Environment>) -> (String, usize) {
    let mut host = String::new();
    let mut labels = 1;
    for part in &base.host.parts {
        match part {
            Part::Text(text) => host.push_str(text),
            Part::Reference(reference) => match (&reference.target, environment) {
                (Target::EnvironmentHost, Some(environment)) => host.push_str(&environment.host),
                (Target::EnvironmentValue(name), Some(environment)) => {
                    host.push_str(environment.value(name.as_str()).unwrap_or_default());
                }
                _ => {
                    host.push(VALUE);
                    let several = reference.filters.iter().find_map(|filter| match filter {
                        Filter::HostLabels(n) => Some(usize::from(*n)),
                        _ => None,
                    });
                    labels = labels.max(several.unwrap_or(1));
                }
            },
        }
    }
    (host, labels)
}
