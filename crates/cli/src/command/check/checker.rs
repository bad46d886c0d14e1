//! Checking guides and writing the findings.

use super::fixes;
use crate::failure::Failure;
use crate::findings::{Checked, Count, Format, Piece, piece, whole};
use crate::guides::Place;
use crate::out::{Ink, Out};
use crate::parallel;

/// The most guides whose grades are listed one by one. Of more, the grades are counted.
const MOST_GRADES: usize = 30;

/// How guides are checked.
pub(super) struct Checker<'a> {
    /// The day to compare dates with, as YYYY-MM-DD.
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
        let (mut count, mut fixed, mut failure) = (Count::default(), 0, None);
        let mut read = 0;
        let mut grades = Vec::new();
        let mut kept = Vec::new();
        parallel::in_order(
            places,
            |place| self.one(place),
            |result| {
                let (piece, edits) = match result {
                    Ok(done) => done,
                    Err(error) => {
                        failure.get_or_insert(error);
                        return;
                    }
                };
                read += 1;
                count += piece.count;
                fixed += edits;
                if let Some((key, report)) = &piece.grade {
                    grades.push((key.clone(), report.to_string(), report.grade));
                }
                // Formats that are a single document are written at the end.
                match self.format {
                    Format::Text | Format::Github => out.data(&piece.text),
                    Format::Json | Format::Sarif => kept.push(piece),
                }
            },
        );
        match self.format {
            Format::Json | Format::Sarif => out.data(&whole(self.format, read, &kept)),
            Format::Github => {}
            Format::Text => {
                if fixed > 0 {
                    out.say(&format!("applied {fixed} {}", if fixed == 1 { "fix" } else { "fixes" }));
                }
                say_grades(&grades, out);
                // Without findings, a file that could not be read must not look like success.
                if failure.is_none() || count != Count::default() {
                    out.say(&summary(read, count, out));
                }
            }
        }
        (count, failure)
    }

    /// Checks one guide. Returns the findings and the number of fixes that were applied.
    pub(super) fn one(&self, place: &Place) -> Result<(Piece, usize), Failure> {
        let read;
        let (entry, edits) = match place {
            Place::Shipped(entry) => (&**entry, 0),
            Place::File(path) => {
                let mut entry =
                    catalog::read_guide_file(path).map_err(|error| Failure::environment(&error))?;
                let edits = if self.fix { fixes::apply(&mut entry, self.today)? } else { 0 };
                read = entry;
                (&read, edits)
            }
        };
        let findings = lint::check(entry, Some(self.today));
        let grade = lint::grade(entry, &findings, Some(self.today));
        Ok((piece(Checked { entry, findings, grade }, self.format, self.color), edits))
    }
}

fn say_grades(grades: &[(String, String, lint::Grade)], out: &Out) {
    if grades.len() <= MOST_GRADES {
        for (key, report, _) in grades {
            out.say(&format!("{key}: {report}"));
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
    out.say(&format!("grades: {}", counts.join(", ")));
}

pub(super) fn summary(files: usize, count: Count, out: &Out) -> String {
    let guides = if files == 1 { "guide" } else { "guides" };
    let number = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    if count == Count::default() {
        return format!("{} {files} {guides}, no findings", out.ink(Ink::Good, "✓"));
    }
    format!("{files} {guides}: {}, {}", number(count.errors, "error"), number(count.warnings, "warning"))
}
