//! Steps that were handed to another person, as the form knows them.

use serde::Serialize;

/// A step that was handed over.
#[derive(Clone, Copy, Debug)]
pub struct HandedStep<'a> {
    /// The step's key.
    pub step: &'a str,
    /// The state of the handoff.
    pub state: Handing,
}

/// The state of a step that was handed off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Handing {
    /// No values have arrived yet.
    Waiting,
    /// All values have arrived.
    Received,
    /// The link has expired.
    Expired,
}
