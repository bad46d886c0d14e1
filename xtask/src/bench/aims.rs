//! What was aimed at, and whether it is met: a table that each page begins with.

use super::figures;

/// Something that was aimed at.
#[derive(Debug)]
pub(super) struct Aim {
    what: String,
    seen: String,
    met: Option<bool>,
}

/// An aim, with what was seen and whether that is enough; nothing, where it was not measured.
pub(super) fn aim(what: &str, seen: Option<(String, bool)>) -> Aim {
    let (seen, met) = seen.map_or(("–".to_owned(), None), |(seen, met)| (seen, Some(met)));
    Aim { what: what.to_owned(), seen, met }
}

/// The section of a page.
pub(super) fn table(aims: Vec<Aim>) -> String {
    let rows: Vec<Vec<String>> = aims
        .into_iter()
        .map(|aim| {
            let met = match aim.met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "not measured",
            };
            vec![aim.what, aim.seen, met.to_owned()]
        })
        .collect();
    format!("## Aims\n\n{}", figures::table(3, &["aim", "seen", "met"], &rows))
}
