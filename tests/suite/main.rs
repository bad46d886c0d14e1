//! Everything that is tested from outside a crate, in one binary.
//!
//! | module | what it holds together |
//! |---|---|
//! | [`findings`] | bad guides, and what their authors are told |
//! | [`guides`] | good guides, and that nothing is said about them |
//! | [`grades`] | what each grade asks, taken away |
//! | [`hostile`] | texts that were made to do harm: bounded time, and never a panic |
//! | [`language`] | our reader of YAML against another; guides with bytes changed |
//! | [`mutants`] | good guides broken in one way each: ten thousand |
//! | [`scenarios`] | the scenarios of good guides, through the real flow |
//! | [`linking`] | an account linked by the built program: endings, secrets, crashes, a real terminal |
//! | [`hub`] | the Hub with its pages and element, StackOne's widget and SDK, on both databases; killed at every point of a link; two on one database; strangers |
//! | [`linking_pages`] | the pages of the Hub in a browser: parsed, looked at, used |
//! | [`diff`] | two versions of a guide, compared |
//! | [`many`] | many guides at once: rendered into a folder, watched |
//! | [`new`] | guides to begin with |
//! | [`embedding`] | the blocks of `docs/embedding.md`, run against a Hub |
//! | [`authoring`] | the blocks and commands of `docs/authoring.md` |
//! | [`pages`] | outputs against goldens, and read by real parsers |
//! | [`cli`] | help, refusals, formats |
//! | [`schema`] | the JSON Schemas against the reader |
//!
//! How to write, run and bless a case: `tests/README.md`.

mod corpus;
mod waystone;

mod findings;
mod grades;
mod guides;
mod hostile;
mod language;
mod mutants;
mod schema;

mod authoring;
mod cli;
mod diff;
mod embedding;
mod hub;
mod linking;
mod linking_pages;
mod many;
mod new;
mod pages;
mod scenarios;
