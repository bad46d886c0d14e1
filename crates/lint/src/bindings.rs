//! Relates fields to the steps and requests that use them, and finds steps that the same person can see.

use std::collections::BTreeSet;

use guide::{Accept, Condition, Field, Key, Method, Purpose, Section, Step, Template, Walkthrough};

use crate::conditions::{compatible, field_of};
use crate::texts;

/// A step that leads to the credentials, with its section.
#[derive(Clone, Copy)]
pub(crate) struct Stop<'g> {
    pub(crate) section: &'g Section,
    pub(crate) step: &'g Step,
}

impl<'g> Stop<'g> {
    /// The conditions under which the step is shown: the section's condition and the step's own.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &'g Condition> {
        self.section.when.iter().chain(&self.step.when)
    }

    /// Whether the same person can see both steps, that is, whether both steps' conditions can hold at the same time.
    pub(crate) fn can_meet(&self, other: &Self) -> bool {
        self.conditions().all(|condition| other.conditions().all(|second| compatible(condition, second)))
    }
}

/// The steps of the link and setup guides that lead to the credentials. The remaining steps are shown after linking and
/// cannot collect anything.
pub(crate) fn stops(method: &Method) -> impl Iterator<Item = Stop<'_>> {
    texts::parts(method)
        .flat_map(Walkthrough::steps)
        .filter(|(section, _)| section.purpose == Purpose::Obtain)
        .map(|(section, step)| Stop { section, step })
}

/// The steps that collect a field.
pub(crate) fn collecting<'g>(method: &'g Method, field: &Key) -> Vec<Stop<'g>> {
    stops(method).filter(|stop| stop.step.collects.contains(field)).collect()
}

/// Returns whether only the setup guide collects a field, so that an admin enters its value.
pub(crate) fn is_only_in_setup(method: &Method, field: &Key) -> bool {
    let mut setup = method.setup.iter().flat_map(Walkthrough::steps);
    setup.any(|(_, step)| step.collects.contains(field)) && method.collected_at(field.as_str()).is_none()
}

/// The steps that obtain a field's value.
pub(crate) fn obtaining<'g>(method: &'g Method, field: &Key) -> Vec<Stop<'g>> {
    stops(method).filter(|stop| stop.step.obtains.contains(field)).collect()
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

/// The fields that conditions test.
pub(crate) fn tested(method: &Method) -> impl Iterator<Item = &Key> {
    let of_sections = texts::sections(method).flat_map(|section| &section.when);
    let of_steps = texts::steps(method).flat_map(|step| &step.when);
    let of_fields = method.fields.iter().flat_map(|field| &field.when);
    of_sections.chain(of_steps).chain(of_fields).filter_map(field_of)
}

/// Whether a field changes its input in a way that needs an example. Trimming whitespace needs no example.
pub(crate) fn changes_input(field: &Field) -> bool {
    field.accept.iter().any(|accept| *accept != Accept::Trim)
}
