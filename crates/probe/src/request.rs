//! Builds requests from a guide and values.
//!
//! **Invariant:** the same guide and inputs always give the same request, and the guide allows the request's host.

use guide::{BaseUrl, Carries, HostPattern, Key, Method, RequestTemplate};

use crate::assertion::assertion;
use crate::content::Content;
use crate::draft::Draft;
use crate::fill::{FillError, Problem, Slot, fill};
use crate::inputs::{Filling, Inputs};
use crate::message::{Header, Request};

/// Builds the request that a template describes, with its credentials.
pub fn request(
    method: &Method,
    template: &RequestTemplate,
    inputs: &Inputs<'_>,
) -> Result<Request, FillError> {
    let mut templates = template.templates();
    if matches!(template.carries, Carries::AsMethod) {
        templates.extend(method.auth.templates());
    }
    let assertion = assertion(method, templates, inputs)?;
    let with = Filling { assertion: assertion.as_ref(), ..Filling::plain(inputs) };
    let base = template.base.as_ref().unwrap_or(&method.base_url);
    let host = host_of(base, &method.hosts, &with)?;
    let path = base_path(base, &with)? + fill(&template.path, Slot::Path, &with)?.expose();
    let mut draft = Draft::new(method, template.verb, host, base.port, path);
    draft.body = template.body.as_ref().map(|body| Content::filled(body, &with)).transpose()?;
    for (name, value) in &template.query {
        draft.request.query.push((name.clone(), fill(value, Slot::Text, &with)?));
    }
    for (name, value) in &template.headers {
        draft.request.headers.push(Header { name: name.clone(), value: fill(value, Slot::Header, &with)? });
    }
    draft.set_certificate(method, &with)?;
    match &template.carries {
        Carries::Only(carriers) => carriers.iter().try_for_each(|one| draft.carry(one, &with))?,
        Carries::AsMethod => draft.authenticate(method, &with)?,
    }
    Ok(draft.finish())
}

/// Whether the template's path equals `path`. Neither path includes the path of the base address. `None` if a value
/// that the template needs is missing.
pub fn matches_path(template: &RequestTemplate, path: &str, inputs: &Inputs<'_>) -> Option<bool> {
    let filled = fill(&template.path, Slot::Path, &Filling::plain(inputs)).ok()?;
    Some(filled.expose() == path)
}

/// The path of the base address, to which request paths are appended.
pub(crate) fn base_path(base: &BaseUrl, with: &Filling<'_>) -> Result<String, FillError> {
    Ok(fill(&base.path, Slot::Path, with)?.expose().to_owned())
}

/// The host that the method's requests are sent to. It can be displayed before the first request.
pub fn host(method: &Method, inputs: &Inputs<'_>) -> Result<String, FillError> {
    host_of(&method.base_url, &method.hosts, &Filling::plain(inputs))
}

/// The host of a base address, if it is a valid name that one of the patterns allows.
pub(crate) fn host_of(
    base: &BaseUrl,
    hosts: &[HostPattern],
    with: &Filling<'_>,
) -> Result<String, FillError> {
    let host = fill(&base.host, Slot::Host, with)?;
    let host = host.expose().to_owned();
    if !guide::is_host_name(&host) || !hosts.iter().any(|pattern| pattern.matches(&host)) {
        let field = base.host.values().next().cloned();
        return Err(FillError { field, problem: Problem::HostNotAllowed });
    }
    Ok(host)
}

/// The fields whose values determine the host that requests are sent to. If one of these values changes, stored secrets
/// must be entered again.
pub fn host_fields(method: &Method) -> Vec<&Key> {
    method
        .bases()
        .flat_map(|base| base.host.values())
        .filter_map(|key| match method.derived(key.as_str()) {
            Some(derived) => derived.source.as_ref(),
            None => Some(key),
        })
        .collect()
}
