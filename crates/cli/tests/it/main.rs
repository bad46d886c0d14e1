//! Tests `waystone serve` and the commands that manage its vault, by running the program.
//!
//! | file | what it tests |
//! |---|---|
//! | `check.rs` | `--check` and invalid settings |
//! | `life.rs` | startup, health, errors, metrics, the log, shutdown |
//! | `limits.rs` | limits on open files and connections |
//! | `projects.rs` | projects and their API keys |
//! | `reload.rs` | guides that change while the Hub is running |
//! | `tls.rs` | TLS with a certificate that is reloaded |
//! | `vault.rs` | backups of the vault and key rotation |
//! | `world.rs` | running the program and sending requests to it |
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod check;
mod life;
#[cfg(target_os = "linux")]
mod limits;
mod projects;
mod reload;
mod tls;
mod vault;
mod world;
