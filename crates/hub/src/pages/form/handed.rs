//! Steps that were handed to another person, as the form knows them.

use serde::Serialize;

/// A step that was handed over.
#[derive(Clone, Copy, Debug)]
pub struct HandedStep<'a> {
    /// The step's key.
    pub step: &'a str,
    /// How it stands.
    pub state: Handing,
}

/// How a step that was handed over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Handing {
    /// Nothing came yet.
    Waiting,
    /// Everything came.
    Received,
    /// The link is past its time.
    Expired,
}
