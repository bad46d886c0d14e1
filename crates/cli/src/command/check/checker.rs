//! Checks guides and writes the findings.

use std::sync::Arc;

use super::fixes;
use crate::failure::Failure;
use crate::findings::{Checked, Count, Format, Piece, document, piece};
use crate::guides::Place;
use crate::out::{self, Ink, Out};
use crate::parallel;

/// The maximum number of guides whose grades are listed individually. If there are more guides, the number of guides
/// with each grade is shown instead.
const MAX_GRADES: usize = 30;

/// The options for checking guides.
pub(super) struct Checker<'a> {
    /// The date to treat as today, as YYYY-MM-DD.
    pub(super) today: &'a str,
    pub(super) format: Format,
    pub(super) color: bool,
    /// Whether to apply automatic fixes.
    pub(super) fix: bool,
}

impl Checker<'_> {
    /// Checks the guides in parallel and writes the findings in order. A guide is dropped as soon as its findings are
    /// written, so that memory use does not grow with the number of guides.
    pub(super) fn all(&self, places: &[Place], out: &Out) -> (Count, Option<Failure>) {
        let (mut counts, mut fixed, mut failure) = (Vec::new(), 0, None);
        let mut grades = Vec::new();
        let mut kept = Vec::new();
        let mut take = |(piece, edits): (Piece, usize)| {
            counts.push(piece.count);
            fixed += edits;
            if let Some((key, report)) = &piece.grade {
                grades.push((key.clone(), report.to_string(), report.grade));
            }
            // JSON and SARIF are single documents, so they are written after all guides have been checked.
            match self.format {
                Format::Text | Format::Github => out.data(&piece.text),
                Format::Json | Format::Sarif => kept.push(piece),
            }
        };
        let work = |place: &Place| self.one(place);
        parallel::in_order(places, work, |result| match result {
            Ok(checked) => take(checked),
            Err(error) => _ = failure.get_or_insert(error),
        });
        let files = counts.len();
        let count = counts.into_iter().sum();
        match self.format {
            Format::Json | Format::Sarif => out.data(&document(self.format, files, &kept)),
            Format::Github => {}
            Format::Text => {
                if fixed > 0 {
                    out.message(&format!("applied {fixed} {}", if fixed == 1 { "fix" } else { "fixes" }));
                }
                report_grades(&grades, out);
                // If a file could not be read and there are no findings, the summary is omitted, because it would look
                // like success.
                if failure.is_none() || count != Count::default() {
                    out.message(&summary(files, count, out));
                }
            }
        }
        (count, failure)
    }

    /// Checks one guide. Returns the findings and the number of fixes that were applied.
    pub(super) fn one(&self, place: &Place) -> Result<(Piece, usize), Failure> {
        let (entry, edits) = match place {
            Place::File(path) if self.fix => {
                let mut entry = catalog::read_guide_file(path)?;
                let edits = fixes::apply(&mut entry, self.today)?;
                (Arc::new(entry), edits)
            }
            _ => (place.read()?, 0),
        };
        let findings = lint::check(&entry, Some(self.today));
        let grade = lint::grade(&entry, &findings, Some(self.today));
        Ok((piece(Checked { entry: &entry, findings, grade }, self.format, self.color), edits))
    }
}

fn report_grades(grades: &[(String, String, lint::Grade)], out: &Out) {
    if grades.len() <= MAX_GRADES {
        for (key, report, _) in grades {
            out.message(&format!("{key}: {report}"));
        }
        return;
    }
    let counts: Vec<String> = lint::Grade::ALL
        .into_iter()
        .rev()
        .map(|grade| (grades.iter().filter(|(_, _, one)| *one == grade).count(), grade))
        .filter(|(count, _)| *count > 0)
        .map(|(count, grade)| format!("{count} {grade}"))
        .collect();
    out.message(&format!("grades: {}", counts.join(", ")));
}

pub(super) fn summary(files: usize, count: Count, out: &Out) -> String {
    let guides = out::count(files, "guide");
    if count == Count::default() {
        return format!("{} {guides}, no findings", out.ink(Ink::Good, "✓"));
    }
    format!("{guides}: {}, {}", out::count(count.errors, "error"), out::count(count.warnings, "warning"))
}
