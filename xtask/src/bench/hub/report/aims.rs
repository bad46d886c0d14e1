//! What was aimed at, and whether it is met.

use super::{growth, kib, name, part};
use crate::bench::aims::{Aim, aim, table};
use crate::bench::figures::{count, memory, number, time};
use crate::bench::hub::database::Kind;
use crate::bench::hub::links::{Linked, Rate};
use crate::bench::hub::{Run, Sized};

/// The section of the page.
pub(super) fn section(run: &Run) -> String {
    table(vec![
        linking(
            run,
            "The request that links is answered at least a quarter as often as the bare handler's",
            |linked| &linked.alone,
        ),
        linking(run, "A whole link, which is five requests, is made at least a tenth as often", |linked| {
            &linked.whole
        }),
        slowest(run),
        list(run),
        growing(run),
        starting(run),
        resting(run),
    ])
}

fn linking(run: &Run, what: &str, of: fn(&Linked) -> &Rate) -> Aim {
    let least = if what.contains("tenth") { 0.1 } else { 0.25 };
    let parts: Vec<f64> = run.links.iter().map(|linked| part(linked, of)).collect();
    let seen: Vec<String> = run
        .links
        .iter()
        .zip(&parts)
        .map(|(linked, part)| format!("{}× on {}", number(*part), linked.kind.name()))
        .collect();
    let met = parts.iter().all(|part| least <= *part);
    aim(what, (!seen.is_empty()).then(|| (seen.join(", "), met)))
}

/// The smallest and the largest database of a kind.
fn ends(run: &Run, kind: Kind) -> Option<(&Sized, &Sized)> {
    let mut sizes = run.sizes.iter().filter(|size| size.kind == kind);
    let first = sizes.next()?;
    Some((first, sizes.next_back()?))
}

fn slowest(run: &Run) -> Aim {
    let largest: Vec<&Sized> = Kind::ALL.iter().filter_map(|kind| Some(ends(run, *kind)?.1)).collect();
    let seen: Vec<(String, f64)> = largest
        .iter()
        .filter_map(|size| {
            let times = |at: usize| size.endpoints[at].times.percentile(99);
            let most = (0..size.endpoints.len()).max_by(|a, b| times(*a).total_cmp(&times(*b)))?;
            let text =
                format!("{} on {} ({})", time(times(most)), size.kind.name(), name(&size.endpoints[most]));
            Some((text, times(most)))
        })
        .collect();
    let met = seen.iter().all(|(_, seconds)| *seconds <= 0.05);
    let accounts = largest.first().map_or(0, |size| size.accounts);
    let text: Vec<String> = seen.into_iter().map(|(text, _)| text).collect();
    let what =
        format!("With {} accounts 99 of 100 answers of every endpoint take at most 50 ms", count(accounts));
    aim(&what, (!text.is_empty()).then(|| (format!("the longest is {}", text.join(", ")), met)))
}

fn list(run: &Run) -> Aim {
    let mut met = true;
    let seen: Vec<String> = Kind::ALL
        .iter()
        .filter_map(|kind| {
            let (few, many) = ends(run, *kind)?;
            let (few, many) = (few.endpoints.first()?, many.endpoints.first()?);
            met &= growth(few, many) <= 1.5;
            let median = |one: &super::Answered| time(one.times.percentile(50));
            Some(format!("{}, then {} on {}", median(few), median(many), kind.name()))
        })
        .collect();
    let what =
        "The first page of the list of accounts takes no longer (1.5 times at most) with many accounts";
    aim(what, (!seen.is_empty()).then(|| (seen.join("; "), met)))
}

fn growing(run: &Run) -> Aim {
    let mut seen = Vec::new();
    for kind in Kind::ALL {
        let Some((few, many)) = ends(run, kind) else { continue };
        for (few, many) in few.endpoints.iter().zip(&many.endpoints) {
            if growth(few, many) > super::GROWS {
                seen.push(format!("{} on {}: {}×", name(few), kind.name(), number(growth(few, many))));
            }
        }
    }
    let met = seen.is_empty();
    let text = if met { "none does".to_owned() } else { seen.join("; ") };
    aim("No endpoint takes more than twice as long (p50) with many accounts as with few", Some((text, met)))
}

fn starting(run: &Run) -> Aim {
    let seen = run.starts.last().map(|start| (time(start.longest), start.longest < 1.0));
    aim("With 1 000 guides the Hub is ready in under a second", seen)
}

fn resting(run: &Run) -> Aim {
    let seen = run.starts.last().map(|start| (memory(kib(start.memory)), kib(start.memory) < 100.0 * 1024.0));
    aim("With 1 000 guides the Hub has less than 100 MiB at rest", seen)
}
