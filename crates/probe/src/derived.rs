//! Values that are derived from other values, so that nobody has to enter them.
//!
//! **Invariant:** a derived value that does not have the required form is reported, never used.

use guide::{Key, Method, Saying};

use crate::fill::{Problem, Slot, derived, fill};
use crate::inputs::{Filling, Inputs, Values};

/// Computes the method's derived values, as far as the inputs allow.
///
/// Also returns the first problem, if any: the field that causes it, and the message to show.
pub fn derived_values(method: &Method, inputs: &Inputs<'_>) -> (Values, Option<(Option<Key>, Saying)>) {
    let with = Filling::plain(inputs);
    let mut values = Values::new();
    let mut problem = None;
    for one in &method.derived {
        match derived(one, &with) {
            Ok(value) => {
                values.insert(one.field.key.clone(), value);
            }
            Err(error) if error.problem == Problem::NotDerivable && problem.is_none() => {
                let says =
                    fill(&one.from, Slot::Text, &with).ok().and_then(|text| one.keep(text.expose()).err());
                problem = Some((error.field, says.map(|refused| refused.says).unwrap_or_default()));
            }
            Err(_) => {}
        }
    }
    (values, problem)
}
