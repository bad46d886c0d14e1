//! `waystone check`: everything that is wrong with guides.

mod mend;
mod watch;

use jiff::Timestamp;

use self::mend::mend;
use crate::args::{CheckArgs, Common};
use crate::failure::{FOUND, Failure};
use crate::findings::{Checked, Count, Format, Piece, piece, whole};
use crate::guides::{self, Place};
use crate::out::{Ink, Out};
use crate::parallel;

/// Of more guides than this the grades are counted, and not told one by one.
const MOST_GRADES: usize = 30;

pub(crate) fn run(common: &Common, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    let today = today(args)?;
    if args.fix && args.paths.is_empty() {
        return Err(Failure::usage("--fix needs paths: the guides that ship cannot be changed"));
    }
    let checker = Checker { today: &today, format: args.format, color: out.color, fix: args.fix };
    if args.watch {
        return watch::run(&checker, args, out);
    }
    let places = guides::places(common, &args.paths)?;
    let (count, failure) = checker.all(&places, out);
    if let Some(failure) = failure {
        return Err(failure);
    }
    let failed = count.errors > 0 || (args.deny.is_some() && count.warnings > 0);
    Ok(if failed { FOUND } else { 0 })
}

fn today(args: &CheckArgs) -> Result<String, Failure> {
    let Some(day) = &args.today else { return Ok(Timestamp::now().to_string()[..10].to_owned()) };
    let date: Result<jiff::civil::Date, _> = day.parse();
    match date {
        Ok(_) => Ok(day.clone()),
        Err(_) => Err(Failure::usage(format!("--today `{day}` is not a date")).help("write YYYY-MM-DD")),
    }
}

/// How guides are checked.
pub(super) struct Checker<'a> {
    today: &'a str,
    format: Format,
    color: bool,
    fix: bool,
}

impl Checker<'_> {
    /// Checks all of them, several at once, and writes what there is to say in their order. A guide is forgotten as
    /// soon as it is written, so that memory does not grow with their number.
    fn all(&self, places: &[Place], out: &Out) -> (Count, Option<Failure>) {
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
    fn one(&self, place: &Place) -> Result<(Piece, usize), Failure> {
        let read;
        let (entry, edits) = match place {
            Place::Shipped(entry) => (&**entry, 0),
            Place::File(path) => {
                let mut entry =
                    catalog::read_guide_file(path).map_err(|error| Failure::environment(&error))?;
                let edits = if self.fix { mend(&mut entry, self.today)? } else { 0 };
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

fn summary(files: usize, count: Count, out: &Out) -> String {
    let guides = if files == 1 { "guide" } else { "guides" };
    let number = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    if count == Count::default() {
        return format!("{} {files} {guides}, nothing to say", out.ink(Ink::Good, "✓"));
    }
    format!("{files} {guides}: {}, {}", number(count.errors, "error"), number(count.warnings, "warning"))
}
