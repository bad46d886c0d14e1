//! The context in which a response is judged.

use guide::{Check, Guide, Method, Product};

use crate::inputs::Inputs;

/// Everything that a verdict is based on, except the response.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The check's method.
    pub method: &'a Method,
    /// The check whose response is judged.
    pub check: &'a Check,
    /// The inputs that the check's request was built from.
    pub inputs: Inputs<'a>,
    /// The product, which messages can refer to.
    pub product: &'a Product,
}
