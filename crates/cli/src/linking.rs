//! Running a flow from the command line: the network, the clock, the vault and the person.

pub(crate) mod dialogue;
pub(crate) mod inputs;
pub(crate) mod network;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod store;
