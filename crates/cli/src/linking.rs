//! Driving the flow from the command line: the network, the clock, the vault and the person.

pub(crate) mod given;
pub(crate) mod keep;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod talk;
pub(crate) mod wire;
