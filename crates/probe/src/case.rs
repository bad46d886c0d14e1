//! The context in which an answer is judged.

use guide::{Check, Guide, Method};

use crate::inputs::Inputs;

/// Everything that a verdict is based on, except the answer.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The method that the check belongs to.
    pub method: &'a Method,
    /// The check that the answer belongs to.
    pub check: &'a Check,
    /// The inputs that the check's request was built from.
    pub inputs: Inputs<'a>,
    /// The product's name, which messages can contain.
    pub brand: &'a str,
}
