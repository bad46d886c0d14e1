//! How long every endpoint takes, where one request is sent after the other.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::programs::Programs;
use super::rows::{BESIDE, ROWS, Row};
use super::world::World;
use crate::bench::figures::Times;

/// What is described, with the status of success: method and path, in the order of the description.
pub(super) type Described = Vec<(String, u16)>;

/// How long the requests of a row took.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) operation: &'static str,
    pub(super) which: &'static str,
    pub(super) times: Times,
}

/// How much is measured of each row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    /// Seconds at most.
    pub(super) seconds: f64,
    /// Requests at most.
    pub(super) requests: usize,
}

/// The operations of an OpenAPI document.
pub(super) fn described(document: &Value) -> Result<Described> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().context("the description has no paths")? {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let responses = operation["responses"].as_object().context("an operation has no responses")?;
            let statuses = responses.keys().filter_map(|status| status.parse().ok());
            let success = statuses.filter(|status| (200..300).contains(status)).min();
            let name = format!("{} {path}", method.to_uppercase());
            all.push((name.clone(), success.with_context(|| format!("{name} has no success"))?));
        }
    }
    Ok(all)
}

/// That everything described is measured, and nothing is measured that is not there.
pub(super) fn covered(described: &Described, rows: &[Row]) -> Result<()> {
    let missing: Vec<&str> = described
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !rows.iter().any(|row| row.operation == *name))
        .collect();
    if !missing.is_empty() {
        bail!(
            "`cargo xtask bench hub` has no request for {}: add a row to xtask/src/bench/hub/rows.rs",
            missing.join(", ")
        );
    }
    for row in rows {
        status(described, row)?;
    }
    Ok(())
}

/// The status that is success.
fn status(described: &Described, row: &Row) -> Result<u16> {
    let beside = BESIDE.iter().find(|(name, _)| *name == row.operation).map(|(_, status)| *status);
    let described = described.iter().find(|(name, _)| name == row.operation).map(|(_, status)| *status);
    described.or(beside).with_context(|| {
        format!("{} is not described: take its row out of xtask/src/bench/hub/rows.rs", row.operation)
    })
}

/// Measures all rows.
pub(super) fn measure(
    programs: &Programs,
    world: &World,
    described: &Described,
    amount: Amount,
) -> Result<Vec<Answered>> {
    covered(described, ROWS)?;
    let mut answered = Vec::new();
    for row in ROWS {
        let failed = || format!("{} cannot be measured", row.operation);
        let requests = (row.requests)(world).with_context(failed)?;
        let expect = status(described, row)?;
        // A first one that does not count: statements are prepared, pages are read.
        let warm = if row.once { 1 } else { requests.len().min(20) };
        let lines = |requests: &mut dyn Iterator<Item = &super::client::Request>| {
            let lines: Vec<String> = requests.map(|request| request.line(expect)).collect();
            format!("\"{}\"\n{}", world.address, lines.join("\n"))
        };
        let seconds = amount.seconds.to_string();
        let load = |lines: &str| programs.load(&["send", "once", "1", &seconds], lines).with_context(failed);
        load(&lines(&mut requests.iter().take(warm)))?;
        let times = if row.once {
            load(&lines(&mut requests.iter().skip(warm).take(amount.requests)))?
        } else {
            load(&lines(&mut requests.iter().cycle().take(amount.requests)))?
        };
        if times.count() == 0 {
            bail!("{} cannot be measured: there is nothing to ask", row.operation);
        }
        answered.push(Answered { operation: row.operation, which: row.which, times });
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{covered, described};
    use crate::bench::hub::rows::ROWS;

    #[test]
    fn every_operation_that_the_hub_describes_is_measured() {
        let document = serde_json::to_value(hub::openapi()).expect("a description");
        covered(&described(&document).expect("operations"), ROWS).expect("all are measured");
    }

    #[test]
    fn an_operation_without_a_request_is_named() {
        let document = json!({ "paths": { "/new": { "put": { "responses": { "201": {}, "204": {}, "default": {} } } } } });
        let described = described(&document).expect("operations");
        assert_eq!(described, [("PUT /new".to_owned(), 201)]);
        let error = covered(&described, &[]).expect_err("it is missing");
        let expected =
            "`cargo xtask bench hub` has no request for PUT /new: add a row to xtask/src/bench/hub/rows.rs";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_row_that_is_not_described_any_more_is_named() {
        let error = covered(&Vec::new(), &ROWS[..1]).expect_err("it is gone");
        assert!(error.to_string().starts_with("GET /accounts is not described"), "{error}");
    }
}
