//! Which of those who spoke is heard: a flag, else the environment, else the file.
//!
//! **Invariant:** one voice is heard for each setting, whole; lists of several voices are not put together.

use std::collections::BTreeMap;
use std::path::PathBuf;

use guide::{CodePage, Finding, Source, Span};

use super::parse::Wanted;
use super::table::{SETTINGS, Said, Setting};
use super::trouble::{NOT_A_VALUE, NOT_TOGETHER, SECRET_IN_FILE};
use super::{Given, Problem, Set, SetBy};

/// What the file says, by key.
pub(super) type InFile = BTreeMap<&'static str, Vec<(String, Span)>>;

/// What one voice said of one setting.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) texts: Vec<String>,
    /// Where each of them stands, if in the file.
    spans: Vec<Span>,
    pub(super) set_by: SetBy,
}

/// Hears what was said, and collects what was wrong with it.
pub(super) struct Picker<'a> {
    given: &'a Given,
    file: InFile,
    source: Option<&'a Source>,
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Picker<'a> {
    pub(super) fn new(given: &'a Given, file: InFile, source: Option<&'a Source>) -> Self {
        Self { given, file, source, findings: Vec::new(), problems: Vec::new() }
    }

    /// What is heard of a setting. An empty variable says nothing.
    pub(super) fn heard(&self, key: &'static str) -> Option<Heard> {
        let setting = Setting::find(key)?;
        if let Some(texts) = self.given.flags.get(key) {
            let flag = setting.flag().unwrap_or_default();
            let texts = match setting.said {
                Said::Words => texts.iter().flat_map(|text| words(text)).collect(),
                _ => texts.clone(),
            };
            return Some(Heard { texts, spans: Vec::new(), set_by: SetBy::Flag(format!("--{flag}")) });
        }
        let name = setting.variable();
        if let Some(text) = self.variable(&name) {
            let texts = match setting.said {
                Said::Often => {
                    text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
                }
                Said::Words => words(text),
                Said::Once | Said::Unseen | Said::Environment => vec![text.to_owned()],
            };
            return Some(Heard { texts, spans: Vec::new(), set_by: SetBy::Env(name) });
        }
        let entries = self.file.get(key)?;
        let source = self.source?;
        let place = source.place(entries.first()?.1.start);
        Some(Heard {
            texts: entries.iter().map(|(text, _)| text.clone()).collect(),
            spans: entries.iter().map(|(_, span)| *span).collect(),
            set_by: SetBy::File { name: source.name.clone(), line: place.line, column: place.column },
        })
    }

    /// The value of a setting that is said once.
    pub(super) fn one<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Wanted>,
        default: T,
    ) -> Set<T> {
        match self.maybe(key, parse) {
            Set { value: Some(value), set_by } => Set { value, set_by },
            Set { value: None, set_by } => Set { value: default, set_by },
        }
    }

    /// The value of a setting that need not be said.
    pub(super) fn maybe<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Wanted>,
    ) -> Set<Option<T>> {
        let all = self.many(key, parse);
        Set { value: all.value.into_iter().next(), set_by: all.set_by }
    }

    /// The values of a setting that is said often.
    pub(super) fn many<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Wanted>,
    ) -> Set<Vec<T>> {
        let Some(heard) = self.heard(key) else { return Set { value: Vec::new(), set_by: SetBy::Default } };
        let mut value = Vec::new();
        for (n, text) in heard.texts.iter().enumerate() {
            match parse(text) {
                Ok(one) => value.push(one),
                Err(wanted) => self.blame(
                    &NOT_A_VALUE,
                    &heard,
                    n,
                    format!("`{key}` has a value that it cannot have"),
                    format!("write {wanted}"),
                ),
            }
        }
        Set { value, set_by: heard.set_by }
    }

    /// A path. In the file it is from the file's folder, as people mean it who move the two together.
    pub(super) fn path(&mut self, key: &'static str) -> Set<Option<PathBuf>> {
        let Set { value, set_by } = self.paths(key);
        Set { value: value.into_iter().next(), set_by }
    }

    /// Paths, alike.
    pub(super) fn paths(&mut self, key: &'static str) -> Set<Vec<PathBuf>> {
        let all =
            self.many(
                key,
                |text| {
                    if text.is_empty() { Err("a path".to_owned()) } else { Ok(PathBuf::from(text)) }
                },
            );
        let folder = match &all.set_by {
            SetBy::File { name, .. } => PathBuf::from(name).parent().map(PathBuf::from),
            SetBy::Flag(_) | SetBy::Env(_) | SetBy::Default => None,
        };
        all.map(|paths| {
            let near = |path: PathBuf| folder.as_ref().map_or(path.clone(), |folder| folder.join(&path));
            paths.into_iter().map(near).collect()
        })
    }

    /// Says that two settings cannot both be, or that one lacks the other; at the place of the first.
    pub(super) fn contradiction(&mut self, key: &'static str, message: String, help: String) {
        if let Some(heard) = self.heard(key) {
            self.blame(&NOT_TOGETHER, &heard, 0, message, help);
        }
    }

    /// Says that a secret stands in the file, if it does.
    pub(super) fn secret_in_file(&mut self, key: &'static str, file: &str) {
        let Some(entry) = self.file.get(key).and_then(|entries| entries.first()) else { return };
        let variable = Setting::find(key).map(Setting::variable).unwrap_or_default();
        let found = Finding::new(&SECRET_IN_FILE, entry.1, format!("`{key}` holds a password"));
        self.findings.push(found.mend(format!(
            "write the whole of it into a file and name that: `{}: …`; or set {variable}",
            file.rsplit('.').next().unwrap_or(file)
        )));
    }

    /// Where the file has what may hold a secret.
    pub(super) fn places_of_secrets(&self) -> Vec<Span> {
        let unseen = SETTINGS.iter().filter(|setting| setting.said == Said::Unseen);
        unseen.filter_map(|setting| self.file.get(setting.key)).flatten().map(|(_, span)| *span).collect()
    }

    /// A variable that says something.
    pub(super) fn variable(&self, name: &str) -> Option<&'a str> {
        self.given.env.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Puts what is wrong where it was said.
    pub(super) fn blame(
        &mut self,
        code: &'static CodePage,
        heard: &Heard,
        nth: usize,
        message: String,
        help: String,
    ) {
        match heard.spans.get(nth) {
            Some(span) => self.findings.push(Finding::new(code, *span, message).mend(help)),
            None => self.problems.push(Problem { set_by: heard.set_by.clone(), message, help }),
        }
    }

    /// Variables that look like settings and are none, with the one that is meant.
    pub(super) fn misspelled_variables(&mut self) {
        const OTHERS: &[&str] = &["WAYSTONE_CONFIG", "WAYSTONE_CA_FILE"];
        let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
        for name in self.given.env.keys().filter(|name| name.starts_with("WAYSTONE_")) {
            if known.contains(name) || OTHERS.contains(&name.as_str()) || name.starts_with("WAYSTONE_FIELD_")
            {
                continue;
            }
            if let Some(meant) = guide::nearest(name, known.iter().map(String::as_str)) {
                self.problems.push(Problem {
                    set_by: SetBy::Env(name.clone()),
                    message: "there is no such setting".to_owned(),
                    help: format!("did you mean `{meant}`?"),
                });
            }
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
