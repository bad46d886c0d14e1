//! All tests that exercise Waystone from outside its crates, in one binary.
//!
//! | module | what it tests |
//! |---|---|
//! | [`findings`] | guides with one mistake each, and the findings that report them |
//! | [`guides`] | good guides, which have no findings |
//! | [`grades`] | the criteria of each grade |
//! | [`hostile`] | hostile input, which takes bounded time and never causes a panic |
//! | [`language`] | our YAML reader compared with another parser, and guides with changed bytes |
//! | [`mutants`] | ten thousand good guides with one random change each |
//! | [`constants`] | good guides with strings that cannot be sent everywhere |
//! | [`scenarios`] | the scenarios of good guides, run with the real flow |
//! | [`linking`] | linking with the built program: outcomes, secrets, crashes, and a real terminal |
//! | [`hub`] | the Hub on both databases: pages, element, StackOne's widget and SDK, crashes, replicas, attacks |
//! | [`titles`] | references in titles and labels: pages, terminal, Hub, API |
//! | [`linking_pages`] | the Hub's pages in a browser: markup, appearance, use |
//! | [`diff`] | the comparison of two versions of a guide |
//! | [`many`] | many guides at once: rendering into a folder, and watching |
//! | [`new`] | new guides |
//! | [`embedding`] | the blocks in `docs/embedding.md`, run against a Hub |
//! | [`authoring`] | the blocks and commands in `docs/authoring.md` |
//! | [`pages`] | rendered pages, compared with goldens and read by real parsers |
//! | [`cli`] | help, errors, output formats |
//! | [`sarif`] | the SARIF output of `waystone check` |
//! | [`fixes`] | the edits that `check --fix` makes and `check --diff` shows |
//! | [`schema`] | the JSON Schemas compared with the reader |
//!
//! `tests/README.md` explains how to write, run and update cases.

mod corpus;
mod waystone;

mod constants;
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
mod fixes;
mod hub;
mod linking;
mod linking_pages;
mod many;
mod new;
mod pages;
mod sarif;
mod scenarios;
mod titles;
