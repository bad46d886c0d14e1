//! Checking guides and writing what was found.

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
    /// Checks all of them, several at once, and writes what there is to say in their order. A guide is forgotten as
    /// soon as it is written, so that memory does not grow with their number.
    pub(super) fn all(&self, places: &[Place], out: &Out) -> (Count, Option<Failure>) {
        let (mut count, mut mended, mut failure) = (Count::default(), 0, None);
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
                mended += edits;
                if let Some((key, report)) = &piece.grade {
                    grades.push((key.clone(), report.to_string(), report.grade));
                }
                // Formats that are one document are written when all of it is there.
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
                if mended > 0 {
                    out.say(&format!("made {mended} {}", if mended == 1 { "edit" } else { "edits" }));
                }
                say_grades(&grades, out);
                // All is not well where something could not be read.
                if failure.is_none() || count != Count::default() {
                    out.say(&summary(read, count, out));
                }
            }
        }
        (count, failure)
    }

    /// Checks one guide; gives what there is to say, and how many edits were made.
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
        return format!("{} {files} {guides}, nothing to say", out.ink(Ink::Good, "✓"));
    }
    format!("{files} {guides}: {}, {}", number(count.errors, "error"), number(count.warnings, "warning"))
}
