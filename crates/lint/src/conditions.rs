//! Decides whether several conditions can hold at the same time.

use guide::{Condition, Key, Method};

/// Returns the first two conditions that contradict each other, or `None` if there are none. Considers the conditions
/// in `all` and the conditions of the fields that they test.
pub(crate) fn clash<'g>(
    method: &'g Method,
    all: impl IntoIterator<Item = &'g Condition>,
) -> Option<(&'g Condition, &'g Condition)> {
    let all = method.with_conditions_of_fields(all);
    all.iter().enumerate().find_map(|(n, second)| {
        let first = all[..n].iter().find(|first| !compatible(first, second))?;
        Some((*first, *second))
    })
}

/// The field that a condition tests.
pub(crate) fn field_of(condition: &Condition) -> Option<&Key> {
    condition.field.as_ref().map(|(key, _)| key)
}

/// Whether two conditions can hold at the same time.
pub(crate) fn compatible(a: &Condition, b: &Condition) -> bool {
    let environments = a.environments.is_empty()
        || b.environments.is_empty()
        || a.environments.iter().any(|key| b.environments.contains(key));
    let values = match (&a.field, &b.field) {
        (Some((key, values)), Some((other, allowed))) if key == other => {
            values.iter().any(|value| allowed.contains(value))
        }
        _ => true,
    };
    environments && values
}
