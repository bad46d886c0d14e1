//! Runs a flow from the command line: provides the network, the clock and the vault, and talks to the person.

pub(crate) mod dialogue;
pub(crate) mod inputs;
pub(crate) mod network;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod store;
