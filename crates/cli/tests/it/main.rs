//! `waystone serve` as a program: started, asked, told, and stopped; and its vault seen to.
//!
//! | file | what it shows |
//! |---|---|
//! | `check.rs` | `--check`, and what is wrong with settings |
//! | `life.rs` | start, health, errors, numbers, the log, the end |
//! | `projects.rs` | projects and their keys |
//! | `reload.rs` | guides that change while it serves |
//! | `tls.rs` | its own certificate |
//! | `vault.rs` | copies of the vault, and its key rotated |
//! | `world.rs` | the program, and who asks it |
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod life;
mod projects;
mod reload;
mod tls;
mod vault;
mod world;
