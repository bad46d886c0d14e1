//! Values that are computed and never asked.
//!
//! **Invariant:** what does not look as it must is told, and nothing is made of it.

use guide::Method;

use crate::fill::{Filling, Inputs, Landing, Problem, derived, fill};

/// What is computed from these values, as far as it can be; and the first that does not look as it must: what the
/// person is told, and the field at fault.
pub fn computed(
    method: &Method,
    inputs: &Inputs<'_>,
) -> (crate::Values, Option<(Option<guide::Key>, guide::Saying)>) {
    let with = Filling::plain(inputs);
    let mut values = crate::Values::new();
    let mut problem = None;
    for one in &method.derived {
        match derived(one, &with) {
            Ok(value) => {
                values.insert(one.field.key.clone(), value);
            }
            Err(error) if error.problem == Problem::NotDerivable && problem.is_none() => {
                let says =
                    fill(&one.from, Landing::Text, &with).ok().and_then(|text| one.keep(text.expose()).err());
                problem = Some((error.field, says.map(|refused| refused.says).unwrap_or_default()));
            }
            Err(_) => {}
        }
    }
    (values, problem)
}
