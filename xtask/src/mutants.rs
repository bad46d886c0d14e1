//! `cargo xtask mutants`: changes the core's code with cargo-mutants, one change at a time, and requires that the fast
//! tests of the crate that contains the change fail.
//!
//! A crate's fast tests are its unit tests and its `tests/it`. The tests of other crates do not count, because the core
//! must be safe to change without running the whole suite. The build and the results are stored in the target directory.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::command::{cargo, output};
use crate::postgres;
use crate::tree::{read, target};

/// The version of cargo-mutants with which the shares were measured. Other versions create other mutants.
const VERSION: &str = "27.1.0";

/// The minimum percentage of a crate's viable mutants that its tests must catch.
const SHARE: f64 = 95.0;

/// A crate of the core.
struct Core {
    name: &'static str,
    /// The files that are changed, relative to the crate's `src`. Empty for all files.
    files: &'static [&'static str],
    /// Whether the tests need a PostgreSQL server.
    needs_postgres: bool,
    /// Mutants that no fast test can catch.
    excluded: &'static [Excluded],
}

/// Mutants that are not tested.
struct Excluded {
    /// A regular expression that matches the mutants' names.
    mutants: &'static str,
    /// Why no fast test can catch them. Never empty.
    reason: &'static str,
}

/// The core, lowest layer first: the code that decides what is sent to a provider, what is stored, and what a person is
/// told about it.
const CORE: &[Core] = &[
    Core {
        name: "secret",
        files: &[],
        needs_postgres: false,
        excluded: &[
            Excluded {
                mutants: "in Secret::push",
                reason: "the string is the same; only copies of it in memory that no test can see differ",
            },
            Excluded {
                mutants: r"layers.rs:\d+:31: replace \* with [+/] in find|Alphabet::ends_run -> bool with false",
                reason: "the condition only avoids work that finds nothing",
            },
            Excluded {
                mutants: r"shortest -> Option<usize> with Some|can_start -> bool with true|(in|replace) pair",
                reason: "the condition only avoids work that finds nothing",
            },
            Excluded {
                mutants: r"Readings<'t>::plain -> Option<u8> with None|may_open -> bool with true",
                reason: "the condition only avoids work that finds nothing",
            },
            Excluded {
                mutants: r"replace < with <= in Alphabet::for_each_run_in|guard !run.*is_empty\(\).* with true in Alphabet",
                reason: "an empty run, or one symbol more before a run, decodes to the same secrets",
            },
            Excluded {
                mutants: r"replace \| with \^ in Alphabet::decoded",
                reason: "the bits have been cleared, so both operators set them",
            },
            Excluded {
                mutants: r"delete field low from struct Candidate expression in Needles::split",
                reason: "the complete needle has no byte with which it could continue",
            },
            Excluded {
                mutants: r"replace (&& with \|\||< with <=) in Readings<'t>::decode$",
                reason: "the limit of readings is only reached by text that no encoder produces",
            },
            Excluded {
                mutants: r"delete match arm b'\\\\' in Readings<'t>::after_backslash",
                reason: "a run of backslashes already reads as one",
            },
        ],
    },
    Core {
        name: "probe",
        files: &[],
        needs_postgres: false,
        excluded: &[
            Excluded {
                mutants: r"replace \| with \^ in Moment::format_nonce",
                reason: "the bits have been cleared, so both operators set them",
            },
            Excluded {
                mutants: "replace < with <= in header_matches",
                reason: "a single value is the same as its combination",
            },
            Excluded {
                mutants: r"match guard !(one\.)?field\.secret with true in public_value",
                reason: "a guide whose message refers to a secret is not valid; this is the second barrier",
            },
            Excluded {
                mutants: "MembersVisitor>::expecting",
                reason: "the error with this text is discarded",
            },
        ],
    },
    Core {
        name: "vault",
        files: &["crash.rs", "envelope.rs", "key.rs", "keys.rs", "seal.rs", "sealed.rs"],
        needs_postgres: true,
        excluded: &[],
    },
    Core {
        name: "egress",
        files: &[
            "address.rs",
            "host.rs",
            "incoming.rs",
            "origin.rs",
            "outgoing.rs",
            "policy.rs",
            "proxy.rs",
            "refusal.rs",
            "resolve.rs",
            "upstream.rs",
        ],
        needs_postgres: false,
        excluded: &[],
    },
    Core { name: "link", files: &[], needs_postgres: false, excluded: &[] },
    Core { name: "driver", files: &[], needs_postgres: false, excluded: &[] },
];

/// Tests the crate that the arguments name, or the whole core: `[--shard K/N] [CRATE]`.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (shard, rest) = match arguments {
        ["--shard", shard, rest @ ..] => (Some(*shard), rest),
        rest => (None, rest),
    };
    let chosen: Vec<&Core> = match rest {
        [] => CORE.iter().collect(),
        [name] => CORE.iter().filter(|core| core.name == *name).collect(),
        _ => Vec::new(),
    };
    if chosen.is_empty() {
        let names: Vec<&str> = CORE.iter().map(|core| core.name).collect();
        bail!("unknown crate; the crates of the core are {}", names.join(", "));
    }
    check_installed()?;
    let mut failed = Vec::new();
    for core in chosen {
        if !core.test(shard)? {
            failed.push(core.name);
        }
    }
    ensure!(failed.is_empty(), "too many mutants of {} were missed; write tests for them", failed.join(", "));
    Ok(())
}

fn check_installed() -> Result<()> {
    let hint = || format!("install cargo-mutants: cargo install --locked cargo-mutants@{VERSION}");
    let found = output(&mut cargo(&["mutants", "--version"])).with_context(hint)?;
    if !found.ends_with(VERSION) {
        println!("found {found} instead of {VERSION}, so the shares can differ");
    }
    Ok(())
}

impl Core {
    /// Tests the crate's mutants and prints the missed ones. Returns whether enough mutants were caught.
    fn test(&self, shard: Option<&str>) -> Result<bool> {
        let folder = target().join("mutants").join(self.name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        // `--tests` includes unit tests and `tests/it`, but no doctests.
        let mut mutants =
            cargo(&["mutants", "--no-config", "--package", self.name, "--cargo-test-arg=--tests"]);
        mutants.arg("--output").arg(&folder);
        mutants.args(self.files.iter().map(|file| format!("--file=crates/{}/src/{file}", self.name)));
        mutants.args(self.excluded.iter().map(|excluded| format!("--exclude-re={}", excluded.mutants)));
        mutants.args(shard.map(|shard| format!("--shard={shard}")));
        // The runs share a target directory, so that dependencies are built once. Backtraces are not needed.
        mutants
            .env("CARGO_TARGET_DIR", target().join("mutants/build"))
            .env("CARGO_PROFILE_DEV_DEBUG", "false");
        let server = self.needs_postgres.then(|| postgres::Server::start(false)).transpose()?;
        mutants.envs(server.iter().map(|server| (postgres::VARIABLE, server.url())));
        let status = mutants.status().context("cannot run cargo-mutants")?;
        // 2: mutants were missed; 3: a mutant's tests did not end.
        ensure!(matches!(status.code(), Some(0 | 2 | 3)), "cargo-mutants failed with {status}");
        let outcomes = Outcomes::read(&folder.join("mutants.out/outcomes.json"))?;
        println!("{}: {}", self.name, outcomes.summary());
        for excluded in self.excluded {
            println!("  not tested: {} ({})", excluded.mutants, excluded.reason);
        }
        outcomes.missed.iter().for_each(|name| println!("  missed: {name}"));
        Ok(SHARE <= outcomes.share())
    }
}

/// The results of a crate's mutants. A mutant is viable if it compiles.
struct Outcomes {
    caught: usize,
    /// The names of the mutants that no test noticed.
    missed: Vec<String>,
}

impl Outcomes {
    fn read(file: &Path) -> Result<Self> {
        let report: Value = serde_json::from_str(&read(file)?)?;
        let outcomes = report["outcomes"].as_array().context("the report has no outcomes")?;
        let named = |kind: &'static str| {
            outcomes.iter().filter(move |outcome| outcome["summary"] == kind).map(|outcome| {
                outcome["scenario"]["Mutant"]["name"].as_str().unwrap_or("a mutant without a name").to_owned()
            })
        };
        // Tests that do not end also show that something is wrong.
        let caught = named("CaughtMutant").count() + named("Timeout").count();
        Ok(Self { caught, missed: named("MissedMutant").collect() })
    }

    /// Returns the percentage of viable mutants that were caught.
    #[expect(clippy::cast_precision_loss, reason = "there are only a few hundred mutants")]
    fn share(&self) -> f64 {
        let viable = self.caught + self.missed.len();
        if viable == 0 { 100.0 } else { self.caught as f64 * 100.0 / viable as f64 }
    }

    fn summary(&self) -> String {
        let viable = self.caught + self.missed.len();
        format!("{} of {viable} viable mutants caught ({:.1} %)", self.caught, self.share())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::root;

    #[test]
    fn every_file_and_every_reason_exists() {
        for core in CORE {
            let source = root().join("crates").join(core.name).join("src");
            assert!(source.is_dir(), "{}", core.name);
            for file in core.files {
                assert!(source.join(file).is_file(), "{}: {file}", core.name);
            }
            for excluded in core.excluded {
                assert!(!excluded.reason.is_empty(), "{}: {}", core.name, excluded.mutants);
            }
        }
    }

    #[test]
    fn a_test_that_does_not_end_catches_its_mutant_and_one_that_does_not_compile_is_not_viable() {
        let outcome = |summary: &str, name: &str| serde_json::json!({ "summary": summary, "scenario": { "Mutant": { "name": name } } });
        let outcomes = [
            serde_json::json!({ "summary": "Success", "scenario": "Baseline" }),
            outcome("CaughtMutant", "one"),
            outcome("Timeout", "two"),
            outcome("Unviable", "three"),
            outcome("MissedMutant", "four"),
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("outcomes.json");
        fs::write(&file, serde_json::json!({ "outcomes": outcomes }).to_string()).expect("a file");
        let outcomes = Outcomes::read(&file).expect("a report");
        assert_eq!(outcomes.missed, ["four"]);
        assert_eq!(outcomes.summary(), "2 of 3 viable mutants caught (66.7 %)");
    }
}
