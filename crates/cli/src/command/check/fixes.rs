//! The fixes that `waystone check --fix` applies and `waystone check --diff` shows.
//!
//! **Invariant:** no edit makes a guide worse. After each edit, the guide is checked again. An edit whose finding remains,
//! or that adds errors, is dropped and reported.

use std::cmp::Reverse;

use catalog::Entry;
use guide::{Applicability, Edit, Finding, Severity, Source, Span};

/// The maximum number of edits to try in a guide. Edits that undo each other could otherwise go on forever.
const MOST_EDITS: usize = 1000;

/// A guide with fixes applied, and what was done to it.
pub(super) struct Fixed {
    /// The guide after the edits. Its file has not been written.
    pub(super) entry: Entry,
    /// The findings that remain.
    pub(super) findings: Vec<Finding>,
    /// The edits, in the order in which they were applied.
    pub(super) edits: Vec<Change>,
    /// The edits that were dropped because they would have made the guide worse.
    pub(super) dropped: Vec<Change>,
}

/// An edit, as it is shown to the author.
pub(super) struct Change {
    /// The line number, counted from 1.
    pub(super) line: usize,
    /// The finding's code and name.
    pub(super) finding: String,
    /// The lines before the edit.
    pub(super) before: String,
    /// The lines after the edit.
    pub(super) after: String,
}

impl Fixed {
    /// Describes all edits, for the author.
    pub(super) fn notes(&self) -> String {
        let name = &self.entry.reading.source.name;
        let edits = self.edits.iter().map(|change| change.note(name, "fixed"));
        edits.collect::<String>() + &self.notes_on_dropped()
    }

    /// Describes the edits that were dropped, for the author.
    pub(super) fn notes_on_dropped(&self) -> String {
        let name = &self.entry.reading.source.name;
        let why = "not fixed, because this edit would not solve the problem:";
        self.dropped.iter().map(|change| change.note(name, why)).collect()
    }

    /// Returns the number of unsafe edits that remain.
    pub(super) fn guesses(&self) -> usize {
        let edits = self.findings.iter().filter_map(|finding| finding.fix.as_ref());
        edits.filter(|edit| edit.applicability == Applicability::Unsafe).count()
    }
}

impl Change {
    /// Describes the edit in a few lines. Each line of text has a mark that says whether it is old or new.
    fn note(&self, file: &str, what: &str) -> String {
        let marked = |mark: char, text: &str| -> String {
            text.lines().map(|line| format!("  {mark} {}\n", line.trim_end())).collect()
        };
        let (before, after) = (marked('-', &self.before), marked('+', &self.after));
        format!("{file}:{}: {what} {}\n{before}{after}", self.line, self.finding)
    }
}

/// Applies a guide's edits up to this level, one at a time, and checks the guide after each of them.
pub(super) fn apply(entry: Entry, today: &str, level: Applicability) -> Fixed {
    let mut state = State::new(entry, today);
    let (mut edits, mut dropped) = (Vec::new(), Vec::new());
    let mut refused: Vec<Edit> = Vec::new();
    for _ in 0..MOST_EDITS {
        let Some((finding, edit)) = state.next(level, |edit| !refused.contains(edit)) else { break };
        match state.improved(finding, edit, level) {
            Ok((next, applied)) => {
                for (edit, change) in applied {
                    for refused in &mut refused {
                        refused.span = moved(refused.span, &edit);
                    }
                    edits.push(change);
                }
                state = next;
            }
            Err(change) => {
                refused.push(edit.clone());
                dropped.push(change);
            }
        }
    }
    Fixed { entry: state.entry, findings: state.findings, edits, dropped }
}

/// A guide and its findings.
struct State<'a> {
    entry: Entry,
    findings: Vec<Finding>,
    today: &'a str,
}

impl<'a> State<'a> {
    fn new(entry: Entry, today: &'a str) -> Self {
        let findings = lint::check(&entry, Some(today));
        Self { entry, findings, today }
    }

    fn source(&self) -> &Source {
        &self.entry.reading.source
    }

    /// Returns the first finding with an edit that is allowed.
    fn next(&self, level: Applicability, is_wanted: impl Fn(&Edit) -> bool) -> Option<(&Finding, &Edit)> {
        self.findings.iter().find_map(|finding| {
            let edit = finding.fix.as_ref()?;
            (edit.applicability <= level && is_wanted(edit)).then_some((finding, edit))
        })
    }

    /// Returns the edited guide and the edits applied. If the edit does not improve the guide, the error is the change
    /// that it would have made.
    ///
    /// A syntax error hides the mistakes after it. If the file still cannot be parsed after the edit, the edits for the
    /// next mistakes are added, and together they must make the file readable.
    fn improved(
        &self,
        finding: &Finding,
        edit: &Edit,
        level: Applicability,
    ) -> Result<(Self, Vec<(Edit, Change)>), Change> {
        let mut applied = vec![(edit.clone(), self.change(finding, edit))];
        let mut next = self.with(edit);
        while !next.entry.reading.is_parsed {
            let end = applied.last().map_or(0, |(edit, _)| edit.span.start + edit.text.len());
            let Some((finding, edit)) = next.next(level, |edit| edit.span.start >= end) else { break };
            applied.push((edit.clone(), next.change(finding, edit)));
            next = next.with(edit);
        }
        if next.entry.reading.is_parsed
            && next.health() >= self.health()
            && !self.remains(finding, edit, &next)
        {
            Ok((next, applied))
        } else {
            Err(applied.swap_remove(0).1)
        }
    }

    /// Returns the guide after this edit.
    fn with(&self, edit: &Edit) -> Self {
        let mut text = self.source().text.clone();
        text.replace_range(edit.span.range(), &edit.text);
        let file = self.source().file_with(&text);
        let mut entry = Entry::new(&self.entry.folder, &self.source().name, file.as_bytes());
        entry.assets.clone_from(&self.entry.assets);
        Self::new(entry, self.today)
    }

    /// Returns how usable the guide is; greater is better. A guide that can be read further than before is better even
    /// with more errors, because those errors were hidden.
    fn health(&self) -> (bool, bool, bool, Reverse<usize>) {
        let reading = &self.entry.reading;
        let errors = self.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        (reading.is_parsed, reading.value.is_some(), !reading.has_errors(), Reverse(errors))
    }

    /// Returns whether a finding remains after its edit.
    fn remains(&self, finding: &Finding, edit: &Edit, next: &Self) -> bool {
        let place = moved(finding.span, edit).start;
        let is_same = |other: &&Finding| other.code == finding.code;
        let is_there = next.findings.iter().filter(is_same).any(|other| other.span.start == place);
        // There can be another finding of the same kind right after the edit.
        is_there
            && self.findings.iter().filter(is_same).count() <= next.findings.iter().filter(is_same).count()
    }

    fn change(&self, finding: &Finding, edit: &Edit) -> Change {
        let text = &self.source().text;
        let (start, end) = (self.source().line(edit.span.start).start, self.source().line(edit.span.end).end);
        let after = format!("{}{}{}", &text[start..edit.span.start], edit.text, &text[edit.span.end..end]);
        Change {
            line: self.source().place(edit.span.start).line,
            finding: format!("{} ({})", finding.code.code, finding.code.name),
            before: text[start..end].trim().to_owned(),
            after: after.trim().to_owned(),
        }
    }
}

/// Returns the location of a span after an edit.
fn moved(span: Span, edit: &Edit) -> Span {
    let moved = |at: usize| {
        if at < edit.span.end || at == edit.span.start {
            at
        } else {
            at - edit.span.end + edit.span.start + edit.text.len()
        }
    };
    Span::new(moved(span.start), moved(span.end))
}
