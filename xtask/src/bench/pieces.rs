//! What the pieces of the work cost by themselves: the program `crates/cli/examples/pieces.rs`, and its figures.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::corpus::Corpus;

/// Seconds of CPU time of each piece, in the order in which they are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces(Vec<(String, f64)>);

impl Pieces {
    /// Each piece with its seconds.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, seconds)| (name.as_str(), *seconds))
    }

    /// Seconds of some pieces together.
    pub(super) fn sum(&self, names: &[&str]) -> f64 {
        self.iter().filter(|(name, _)| names.contains(name)).map(|(_, seconds)| seconds).sum()
    }
}

/// Runs the program, each piece for so many seconds.
pub(super) fn measure(program: &Path, corpus: &Corpus, seconds: f64) -> Result<Pieces> {
    let out = Command::new(program)
        .arg(&corpus.folder)
        .arg(seconds.to_string())
        .output()
        .context("the program of the pieces cannot be run")?;
    if !out.status.success() {
        bail!("the program of the pieces failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    parse(&String::from_utf8_lossy(&out.stdout))
}

/// The figures in the program's JSON, which are nanoseconds.
fn parse(text: &str) -> Result<Pieces> {
    let value: Value = serde_json::from_str(text).context("the figures are no JSON")?;
    let figures = value.as_object().context("the figures have no names")?;
    let seconds = |(name, value): (&String, &Value)| {
        let nanoseconds = value.as_f64().with_context(|| format!("`{name}` is no number"))?;
        Ok((name.clone(), nanoseconds / 1e9))
    };
    Ok(Pieces(figures.iter().map(seconds).collect::<Result<_>>()?))
}

#[cfg(test)]
pub(super) use tests::sample;

#[cfg(test)]
mod tests {
    use super::{Pieces, parse};

    /// Figures for tests.
    pub(in crate::bench) fn sample() -> Pieces {
        parse("{\"read\": 200000, \"check\": 50000, \"page\": 20000, \"mdx\": 10000}").expect("figures")
    }

    #[test]
    fn pieces_keep_their_order_and_add_up() {
        let pieces = sample();
        let names: Vec<&str> = pieces.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["read", "check", "page", "mdx"]);
        assert!((pieces.sum(&["page", "mdx"]) - 30e-6).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_number_is_named() {
        let error = parse("{\"read\": \"fast\"}").expect_err("no figures");
        assert_eq!(error.to_string(), "`read` is no number");
    }
}
