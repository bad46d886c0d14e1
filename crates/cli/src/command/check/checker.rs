//! Checks guides and writes the findings.

use std::path::Path;
use std::sync::Arc;

use catalog::Entry;
use guide::{Applicability, Finding, Severity, Source};
use similar::TextDiff;

use super::fixes;
use crate::failure::{Failure, cannot};
use crate::file::replace;
use crate::findings::{Checked, Count, Format, Piece, document, piece};
use crate::guides::Place;
use crate::out::{self, Ink, Out};
use crate::parallel;
use crate::scenarios;

/// The maximum number of guides whose grades are listed individually. If there are more guides, the number of guides
/// with each grade is shown instead.
const MAX_GRADES: usize = 30;

/// The options for checking guides.
pub(super) struct Checker<'a> {
    /// The date to treat as today, as YYYY-MM-DD.
    pub(super) today: &'a str,
    pub(super) format: Format,
    pub(super) color: bool,
    pub(super) mode: Mode,
    /// Whether to run the scenarios of guides without errors.
    pub(super) runs_scenarios: bool,
}

/// What to do with the fixes that findings offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Only report the findings.
    Report,
    /// Apply the fixes up to this level.
    Fix(Applicability),
    /// Show the fixes up to this level as a diff.
    Diff(Applicability),
}

/// The result of checking several guides.
pub(super) struct Total {
    pub(super) count: Count,
    /// The number of fixes that were applied or shown.
    pub(super) edits: usize,
    /// The first failure. The other guides are still checked.
    pub(super) failure: Option<Failure>,
}

/// The result of checking one guide.
pub(super) struct CheckedGuide {
    pub(super) piece: Piece,
    /// The fixes, for standard error. Empty if there are none.
    pub(super) notes: String,
    /// The number of fixes that were applied or shown.
    edits: usize,
    /// The number of fixes that are guesses, and that were not applied or shown.
    guesses: usize,
}

impl Checker<'_> {
    /// Checks the guides in parallel and writes the findings in order. A guide is dropped as soon as its findings are
    /// written, so that memory use does not grow with the number of guides.
    pub(super) fn all(&self, places: &[Place], out: &Out) -> Total {
        let (mut counts, mut edits, mut guesses, mut failure) = (Vec::new(), 0, 0, None);
        let mut grades = Vec::new();
        let mut kept = Vec::new();
        let mut take = |checked: CheckedGuide| {
            let piece = checked.piece;
            counts.push(piece.count);
            edits += checked.edits;
            guesses += checked.guesses;
            if let Some((key, report)) = &piece.grade {
                grades.push((key.clone(), report.to_string(), report.grade));
            }
            if !checked.notes.is_empty() {
                out.message(checked.notes.trim_end());
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
        if let Some(summary) = edited(self.mode, edits, guesses) {
            out.message(&summary);
        }
        match self.format {
            Format::Json | Format::Sarif => out.data(&document(self.format, files, &kept)),
            Format::Text if !matches!(self.mode, Mode::Diff(_)) => {
                self.report_grades(&grades, out);
                // If a file could not be read and there are no findings, the summary is omitted, because it would look
                // like success.
                if failure.is_none() || count != Count::default() {
                    out.message(&summary(files, count, out));
                }
            }
            Format::Text | Format::Github => {}
        }
        Total { count, edits, failure }
    }

    /// Checks one guide, and applies its fixes or shows them as a diff.
    pub(super) fn one(&self, place: &Place) -> Result<CheckedGuide, Failure> {
        match (self.mode, place) {
            (Mode::Report, _) | (_, Place::Shipped(_)) => {
                let entry = place.read()?;
                let findings = lint::check(&entry, Some(self.today));
                let piece = self.piece(&entry, findings)?;
                Ok(CheckedGuide { piece, notes: String::new(), edits: 0, guesses: 0 })
            }
            (Mode::Fix(level), Place::File(path)) => {
                let fixed = fixes::apply(catalog::read_guide_file(path)?, self.today, level);
                if !fixed.edits.is_empty() {
                    let source = &fixed.entry.reading.source;
                    let path = Path::new(&source.name);
                    replace(path, &source.file_with(&source.text)).map_err(cannot("write", path))?;
                }
                Ok(CheckedGuide {
                    notes: fixed.notes(),
                    edits: fixed.edits.len(),
                    guesses: fixed.guesses(),
                    piece: self.piece(&fixed.entry, fixed.findings)?,
                })
            }
            (Mode::Diff(level), Place::File(path)) => {
                let entry = catalog::read_guide_file(path)?;
                let before = Arc::clone(&entry.reading.source);
                let fixed = fixes::apply(entry, self.today, level);
                let (notes, edits, guesses) = (fixed.notes_on_dropped(), fixed.edits.len(), fixed.guesses());
                let diff = diff(&before, &fixed.entry.reading.source);
                let mut piece = self.piece(&fixed.entry, fixed.findings)?;
                piece.text = diff;
                Ok(CheckedGuide { piece, notes, edits, guesses })
            }
        }
    }

    /// Runs the scenarios if there are no errors so far and they are wanted, and formats all findings.
    fn piece(&self, entry: &Entry, mut findings: Vec<Finding>) -> Result<Piece, Failure> {
        let has_errors = findings.iter().any(|finding| finding.severity() == Severity::Error);
        if let Some(guide) = entry.guide().filter(|_| self.runs_scenarios && !has_errors) {
            findings.extend(scenarios::findings(&Arc::new(guide.clone()))?);
            lint::sort(&mut findings);
        }
        let mut grade = lint::grade(entry, &findings, Some(self.today));
        if let Some(report) = &mut grade {
            report.is_tested = self.runs_scenarios;
        }
        Ok(piece(Checked { entry, findings, grade }, self.format, self.color))
    }

    /// Reports the grades: one per line, or their number if there are many guides.
    fn report_grades(&self, grades: &[(String, String, lint::Grade)], out: &Out) {
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
        let condition = if self.runs_scenarios { "" } else { " (if the scenarios pass)" };
        out.message(&format!("grades{condition}: {}", counts.join(", ")));
    }
}

/// Returns the differences between two versions of a file as a unified diff. Empty if there are none.
fn diff(before: &Source, after: &Source) -> String {
    let diff = TextDiff::from_lines(&before.text, &after.text);
    diff.unified_diff().header(&before.name, &after.name).to_string()
}

/// Summarizes the fixes. Returns `None` if no fixes were wanted or available.
fn edited(mode: Mode, edits: usize, guesses: usize) -> Option<String> {
    let fixes = |n: usize| if n == 1 { "1 fix".to_owned() } else { format!("{n} fixes") };
    let (verb, level, apply) = match mode {
        Mode::Report => return None,
        Mode::Fix(level) => ("applied", level, ", `--fix --unsafe-fixes` applies"),
        Mode::Diff(level) => ("would apply", level, ""),
    };
    let done = (edits > 0).then(|| format!("{verb} {}", fixes(edits)));
    let left = (guesses > 0 && level == Applicability::Safe).then(|| {
        let (are, them) = if guesses == 1 { ("is a guess", "it") } else { ("are guesses", "them") };
        let apply = if apply.is_empty() { String::new() } else { format!("{apply} {them}") };
        format!("{} {are}: `--diff --unsafe-fixes` shows {them}{apply}", fixes(guesses))
    });
    let parts: Vec<String> = done.into_iter().chain(left).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

pub(super) fn summary(files: usize, count: Count, out: &Out) -> String {
    let guides = out::count(files, "guide");
    if count == Count::default() {
        return format!("{} {guides}, no findings", out.ink(Ink::Good, "✓"));
    }
    format!("{guides}: {}, {}", out::count(count.errors, "error"), out::count(count.warnings, "warning"))
}
