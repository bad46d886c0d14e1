//! Which steps and fields belong together, and which steps can both be seen by one person.

use std::collections::BTreeSet;

use guide::{Condition, Key, Method, Purpose, Section, Step, Template, Walkthrough};

use crate::texts::parts;

/// A step at which values are typed in or made, with its section.
#[derive(Clone, Copy)]
pub(crate) struct Stop<'g> {
    /// The section.
    pub(crate) section: &'g Section,
    /// The step.
    pub(crate) step: &'g Step,
}

impl Stop<'_> {
    /// Whether one person can see both: no condition of the one excludes one of the other.
    pub(crate) fn can_meet(&self, other: &Self) -> bool {
        let mine = [&self.section.when, &self.step.when].into_iter().flatten();
        mine.clone()
            .all(|a| [&other.section.when, &other.step.when].into_iter().flatten().all(|b| compatible(a, b)))
    }
}

/// The steps of both guides that lead to the credentials: the others are read after linking, and ask nothing.
pub(crate) fn stops(method: &Method) -> impl Iterator<Item = Stop<'_>> {
    parts(method)
        .flat_map(Walkthrough::steps)
        .filter(|(section, _)| section.purpose == Purpose::Obtain)
        .map(|(section, step)| Stop { section, step })
}

/// The steps at which a field is typed in.
pub(crate) fn collecting<'g>(method: &'g Method, field: &Key) -> Vec<Stop<'g>> {
    stops(method).filter(|stop| stop.step.collects.contains(field)).collect()
}

/// The steps at which a field's value is made.
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

/// What requests are made from: their addresses, their authentication, their contents.
pub(crate) fn templates(method: &Method) -> Vec<&Template> {
    let mut templates = vec![&method.base_url.host, &method.base_url.path];
    templates.extend(method.auth.templates());
    templates.extend(method.asks().flat_map(|check| check.request.templates()));
    templates
}

/// The keys of the fields that a value is made from: the field itself, or those that a computed value comes from.
pub(crate) fn origins<'g>(method: &'g Method, key: &'g Key) -> Vec<&'g Key> {
    match method.derived(key.as_str()) {
        Some(derived) => derived.from.values().flat_map(|key| origins(method, key)).collect(),
        None => vec![key],
    }
}

/// The fields whose values some request takes.
pub(crate) fn requested(method: &Method) -> BTreeSet<Key> {
    let keys = templates(method).into_iter().flat_map(Template::values);
    keys.flat_map(|key| origins(method, key)).cloned().collect()
}

/// The fields on whose values something depends, with those values.
pub(crate) fn conditions(method: &Method) -> Vec<(&Key, &[String])> {
    let sections = || parts(method).flat_map(|part| &part.sections);
    let of_sections = sections().filter_map(|section| section.when.as_ref());
    let of_steps = sections().flat_map(|section| &section.steps).filter_map(|step| step.when.as_ref());
    let of_fields = method.fields.iter().filter_map(|field| field.when.as_ref());
    let all = of_sections.chain(of_steps).chain(of_fields);
    all.filter_map(|when| when.field.as_ref()).map(|(key, values)| (key, values.as_slice())).collect()
}
