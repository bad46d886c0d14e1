//! Which steps and fields belong together, and which steps the same person can see.

use std::collections::BTreeSet;

use guide::{Condition, Key, Method, Purpose, Section, Step, Template, Walkthrough};

use crate::texts::parts;

/// A step that leads to the credentials, with its section.
#[derive(Clone, Copy)]
pub(crate) struct Stop<'g> {
    pub(crate) section: &'g Section,
    pub(crate) step: &'g Step,
}

impl Stop<'_> {
    /// Whether the same person can see both steps, that is, whether none of their conditions exclude each other.
    pub(crate) fn can_meet(&self, other: &Self) -> bool {
        let mine = [&self.section.when, &self.step.when].into_iter().flatten();
        mine.clone()
            .all(|a| [&other.section.when, &other.step.when].into_iter().flatten().all(|b| compatible(a, b)))
    }
}

/// The steps of the link and setup guides that lead to the credentials. The remaining steps are shown after linking and
/// cannot collect anything.
pub(crate) fn stops(method: &Method) -> impl Iterator<Item = Stop<'_>> {
    parts(method)
        .flat_map(Walkthrough::steps)
        .filter(|(section, _)| section.purpose == Purpose::Obtain)
        .map(|(section, step)| Stop { section, step })
}

/// The steps that collect a field.
pub(crate) fn collecting<'g>(method: &'g Method, field: &Key) -> Vec<Stop<'g>> {
    stops(method).filter(|stop| stop.step.collects.contains(field)).collect()
}

/// The steps that obtain a field's value.
pub(crate) fn obtaining<'g>(method: &'g Method, field: &Key) -> Vec<Stop<'g>> {
    stops(method).filter(|stop| stop.step.obtains.contains(field)).collect()
}

fn compatible(a: &Condition, b: &Condition) -> bool {
    let environments = a.environments.is_empty()
        || b.environments.is_empty()
        || a.environments.iter().any(|key| b.environments.contains(key));
    let values = match (&a.field, &b.field) {
        (Some((one, these)), Some((other, those))) if one == other => {
            these.iter().any(|value| those.contains(value))
        }
        _ => true,
    };
    environments && values
}

/// All templates that requests are built from: URLs, authentication and contents.
pub(crate) fn templates(method: &Method) -> Vec<&Template> {
    let mut templates = vec![&method.base_url.host, &method.base_url.path];
    templates.extend(method.auth.templates());
    templates.extend(method.asks().flat_map(|check| check.request.templates()));
    templates
}

/// The fields that a value comes from: the field itself, or the source fields of a derived value.
pub(crate) fn origins<'g>(method: &'g Method, key: &'g Key) -> Vec<&'g Key> {
    match method.derived(key.as_str()) {
        Some(derived) => derived.from.values().flat_map(|key| origins(method, key)).collect(),
        None => vec![key],
    }
}

/// The fields whose values appear in a request.
pub(crate) fn requested(method: &Method) -> BTreeSet<Key> {
    let keys = templates(method).into_iter().flat_map(Template::values);
    keys.flat_map(|key| origins(method, key)).cloned().collect()
}

/// The fields that conditions test, with the values they test for.
pub(crate) fn conditions(method: &Method) -> Vec<(&Key, &[String])> {
    let sections = || parts(method).flat_map(|part| &part.sections);
    let of_sections = sections().filter_map(|section| section.when.as_ref());
    let of_steps = sections().flat_map(|section| &section.steps).filter_map(|step| step.when.as_ref());
    let of_fields = method.fields.iter().filter_map(|field| field.when.as_ref());
    let all = of_sections.chain(of_steps).chain(of_fields);
    all.filter_map(|when| when.field.as_ref()).map(|(key, values)| (key, values.as_slice())).collect()
}
