//! Determines which source sets a value. A flag takes precedence over a variable, and a variable over the settings
//! file.
//!
//! **Invariant:** each setting gets its whole value from a single source; lists from several sources are not merged.

use std::collections::BTreeMap;
use std::path::Path;

use guide::{CodePage, Finding, Source, Span};

use super::findings::{NOT_A_VALUE, SECRET_IN_FILE};
use super::setting::{SetBy, Setting, Syntax};
use super::sources::{Problem, Sources};

/// The values in the settings file, by key.
pub(crate) type FileValues = BTreeMap<&'static str, Vec<(String, Span)>>;

/// One setting's values as strings, from the source that sets it.
#[derive(Clone)]
pub(crate) struct Chosen {
    /// One string, or one string for each value in a list.
    pub(super) texts: Vec<String>,
    /// The location of each string, if the source is the settings file.
    spans: Vec<Span>,
    /// The source.
    pub(super) set_by: SetBy,
}

impl Chosen {
    /// Returns the settings file's folder; `None` if the file is not the source. Relative paths in the file are
    /// resolved against this folder.
    pub(super) fn folder(&self) -> Option<&Path> {
        match &self.set_by {
            SetBy::File { name, .. } => Path::new(name).parent(),
            SetBy::Flag(_) | SetBy::Variable(_) | SetBy::Default => None,
        }
    }
}

/// Reads each setting from its source, and collects problems.
pub(crate) struct Resolver<'a> {
    settings: &'static [Setting],
    sources: &'a Sources,
    file: FileValues,
    text: Option<&'a Source>,
    /// The findings about the file.
    pub(super) findings: Vec<Finding>,
    /// The problems with flags and variables.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Resolver<'a> {
    /// Creates a resolver. If there is a settings file, `file` contains its values, and `text` is its content.
    pub(super) fn new(
        settings: &'static [Setting],
        sources: &'a Sources,
        file: FileValues,
        text: Option<&'a Source>,
    ) -> Self {
        Self { settings, sources, file, text, findings: Vec::new(), problems: Vec::new() }
    }

    /// Returns the setting with this key.
    ///
    /// # Panics
    ///
    /// Panics if there is no such setting. This cannot happen, because keys come from the table.
    pub(super) fn setting(&self, key: &str) -> &'static Setting {
        self.settings.iter().find(|setting| setting.key == key).expect("the key is in the table")
    }

    /// Returns the setting's values from the source with the highest precedence. Returns `None` if no source sets the
    /// setting, so that the default applies. Empty variables are ignored.
    pub(super) fn chosen(&self, key: &'static str) -> Option<Chosen> {
        let setting = self.setting(key);
        if let Some(texts) = self.sources.flags.get(key) {
            let texts = match setting.syntax {
                Syntax::Words => texts.iter().flat_map(|text| words(text)).collect(),
                _ => texts.clone(),
            };
            let set_by = SetBy::Flag(format!("--{}", setting.flag().unwrap_or_default()));
            return Some(Chosen { texts, spans: Vec::new(), set_by });
        }
        let name = setting.variable();
        if let Some(text) = self.variable(&name) {
            let texts = match setting.syntax {
                Syntax::List => {
                    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                    parts.map(str::to_owned).collect()
                }
                Syntax::Words => words(text),
                Syntax::Single | Syntax::NoFlag | Syntax::VariableOnly => vec![text.to_owned()],
            };
            return Some(Chosen { texts, spans: Vec::new(), set_by: SetBy::Variable(name) });
        }
        let text = self.text?;
        let (texts, spans): (_, Vec<Span>) = self.file.get(key)?.iter().cloned().unzip();
        let place = text.place(spans.first()?.start);
        let set_by = SetBy::File { name: text.name.clone(), line: place.line, column: place.column };
        Some(Chosen { texts, spans, set_by })
    }

    /// Returns the value of an environment variable; `None` if it is not set or is empty.
    pub(super) fn variable(&self, name: &str) -> Option<&'a str> {
        self.sources.variables.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Reports that a string is not a valid value for its setting. `index` is the string's position in `chosen`.
    pub(super) fn not_a_value(&mut self, key: &str, chosen: &Chosen, index: usize, expected: &str) {
        let message = format!("`{key}` cannot have this value");
        self.report_at(&NOT_A_VALUE, (chosen, index), message, format!("write {expected}"));
    }

    /// Reports that a value is the vault's key, which does not belong in its setting. `index` is the value's position in
    /// `chosen`.
    pub(super) fn misplaced_key(&mut self, key: &str, chosen: &Chosen, index: usize) {
        let message = format!("`{key}` contains the vault's key itself");
        let help = "move the key to a file that only the Hub can read, and set `key.file` to the file's path";
        self.report_at(&SECRET_IN_FILE, (chosen, index), message, help.to_owned());
    }

    /// Reports a problem with a setting's value, if the setting is set.
    pub(super) fn report(
        &mut self,
        code: &'static CodePage,
        key: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if let Some(chosen) = self.chosen(key) {
            self.report_at(code, (&chosen, 0), message.into(), help.into());
        }
    }

    /// Reports that the settings file contains a secret, if the file sets `key`. `instead` is the key of the setting
    /// that can name a separate file for the secret.
    pub(super) fn secret_in_file(&mut self, key: &'static str, instead: &str) {
        let Some((_, span)) = self.file.get(key).and_then(|values| values.first()) else { return };
        let variable = self.setting(key).variable();
        let name = instead.rsplit('.').next().unwrap_or(instead);
        let found = Finding::new(&SECRET_IN_FILE, *span, format!("`{key}` contains a password"));
        self.findings.push(found.help(format!(
            "move the whole value to a separate file and point to it with `{name}: …`, or set {variable}"
        )));
    }

    /// Returns the locations of the values in the file whose settings may contain a secret.
    pub(super) fn secret_spans(&self) -> Vec<Span> {
        let is_secret = |setting: &&Setting| matches!(setting.syntax, Syntax::NoFlag | Syntax::VariableOnly);
        let hidden = self.settings.iter().filter(is_secret);
        hidden.filter_map(|setting| self.file.get(setting.key)).flatten().map(|(_, span)| *span).collect()
    }

    /// Reports variables whose names are likely misspellings of a setting's variable.
    pub(super) fn misspelled_variables(&mut self) {
        let known: Vec<String> = self.settings.iter().map(Setting::variable).collect();
        for name in self.sources.variables.keys().filter(|name| name.starts_with("WAYSTONE_")) {
            let is_known = known.contains(name) || name == "WAYSTONE_CONFIG";
            if is_known || name.starts_with("WAYSTONE_FIELD_") {
                continue;
            }
            if let Some(meant) = guide::nearest(name, known.iter().map(String::as_str)) {
                self.problems.push(Problem {
                    set_by: SetBy::Variable(name.clone()),
                    message: "there is no such setting".to_owned(),
                    help: format!("did you mean `{meant}`?"),
                });
            }
        }
    }

    /// Reports a finding if the value is in the settings file, and otherwise a problem with the flag or variable.
    fn report_at(&mut self, code: &'static CodePage, at: (&Chosen, usize), message: String, help: String) {
        let (chosen, index) = at;
        match chosen.spans.get(index) {
            Some(span) => self.findings.push(Finding::new(code, *span, message).help(help)),
            None => self.problems.push(Problem { set_by: chosen.set_by.clone(), message, help }),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
