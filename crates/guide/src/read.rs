//! Reads a file: turns its text into a value and findings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::brand::Brand;
use crate::code::{TOO_LARGE, TOO_MANY, UNREADABLE, WRONG_TYPE};
use crate::finding::{Finding, MOST_FINDINGS};
use crate::lower::{self, Lowering};
use crate::model::Guide;
use crate::node::{Kind, Node};
use crate::page::Severity;
use crate::product::Product;
use crate::schema::{self, Form, Repair};
use crate::shape::{BrandShape, GuideShape};
use crate::source::{Source, Span};
use crate::yaml;

/// The result of reading a file.
#[derive(Debug)]
pub struct Reading<T> {
    /// The file's name and text.
    pub source: Arc<Source>,
    /// Whether the file could be parsed. If not, the findings are about the first mistakes only, because the rest of the
    /// file is unknown.
    pub is_parsed: bool,
    /// The valid parts of the file, even if there are errors. `None` if the file cannot be interpreted at all.
    pub value: Option<T>,
    /// The findings, ordered by their location in the text.
    pub findings: Vec<Finding>,
}

impl<T> Reading<T> {
    /// Returns the value, if no finding is an error.
    pub fn usable(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| !self.has_errors())
    }

    /// Returns the value, or the whole reading if any finding is an error.
    pub fn into_usable(self) -> Result<T, Self> {
        let has_errors = self.has_errors();
        match self.value {
            Some(value) if !has_errors => Ok(value),
            value => Err(Self { value, ..self }),
        }
    }

    /// Returns whether any finding is an error, in which case the file cannot be used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity() == Severity::Error)
    }
}

/// Reads a guide for any product: its titles and labels say "your product" where they refer to the product. Never fails:
/// mistakes become findings.
pub fn read(name: &str, bytes: &[u8]) -> Reading<Guide> {
    read_for(name, bytes, &Product::named("your product"))
}

/// Reads a guide for a product, whose names its titles and labels can contain. Never fails: mistakes become findings.
pub fn read_for(name: &str, bytes: &[u8], product: &Product) -> Reading<Guide> {
    read_as(name, bytes, &schema::GUIDE, |shape: GuideShape, root, source, findings| {
        lower::guide(&shape, Lowering::new(root, source, product, findings), digest(bytes))
    })
}

impl Guide {
    /// Returns the guide with a product's names in its titles and labels. The guide must have no errors.
    pub fn for_product(&self, product: &Product) -> Cow<'_, Self> {
        if self.product.as_ref().is_none_or(|own| own == product) {
            return Cow::Borrowed(self);
        }
        let text = self.source.file_with(&self.source.text);
        read_for(&self.source.name, text.as_bytes(), product).value.map_or(Cow::Borrowed(self), Cow::Owned)
    }
}

/// Reads a brand file. Never fails: mistakes become findings.
pub fn read_brand(name: &str, bytes: &[u8]) -> Reading<Brand> {
    read_as(name, bytes, &schema::BRAND, |shape: BrandShape, root, source, findings| {
        Some(lower::brand(&shape, Lowering::new(root, source, &Product::default(), findings)))
    })
}

/// Reads a file of another type. Its text and shape are checked like those of a guide. `lower` turns the shape into the
/// result.
///
/// If the file has schema errors but can be deserialized into the shape, `lower` is still called, so the author sees
/// all mistakes at once.
pub fn read_form<S: for<'de> Deserialize<'de>, T>(
    name: &str,
    bytes: &[u8],
    form: &Form,
    lower: impl FnOnce(S, &Source, &mut Vec<Finding>) -> Option<T>,
) -> Reading<T> {
    read_as(name, bytes, form, |shape: S, _, source, findings| lower(shape, source, findings))
}

fn read_as<S: for<'de> Deserialize<'de>, T>(
    name: &str,
    bytes: &[u8],
    form: &Form,
    lower: impl FnOnce(S, &Node, &Arc<Source>, &mut Vec<Finding>) -> Option<T>,
) -> Reading<T> {
    let (text, found) = decode(bytes);
    let source = Arc::new(Source::new(name, text));
    let mut findings: Vec<Finding> = found.into_iter().collect();
    let tree = if findings.is_empty() { yaml::load(&source, &mut findings) } else { None };
    let is_parsed = tree.is_some();
    let value = tree.and_then(|mut root| {
        if let Some(found) = schema::another_file(form, &root, &source) {
            findings.push(found);
            return None;
        }
        let is_valid = match schema::check(form, &root, &source, &mut findings) {
            Some(repairs) => {
                // A misspelled word is reported once, and the rest of the file is read as if the word were correct.
                repair(&mut root, &repairs);
                schema::is_valid(form, &root)
            }
            None => true,
        };
        if !is_valid && form.is_read_whole {
            return None;
        }
        match S::deserialize(&root) {
            Ok(shape) => lower(shape, &root, &source, &mut findings),
            // The findings from the schema already describe the mistake.
            Err(_) if !is_valid => None,
            Err(error) => {
                let span = source.first_line(error.span.unwrap_or_default());
                findings.push(Finding::new(&WRONG_TYPE, span, error.message));
                None
            }
        }
    });
    Reading { source, is_parsed, value, findings: in_order(findings) }
}

/// Decodes a file. If there is a finding, the text is used only to display the finding.
fn decode(bytes: &[u8]) -> (String, Option<Finding>) {
    // Avoids copying a file that is rejected because of its size.
    if bytes.len() > yaml::MAX_BYTES {
        let message = format!("the file is larger than {} MiB", yaml::MAX_BYTES >> 20);
        return (String::new(), Some(Finding::new(&TOO_LARGE, Span::new(0, 0), message)));
    }
    if let Some(text) = decode_utf16(bytes) {
        let found = Finding::new(&UNREADABLE, Span::new(0, 0), "the file is UTF-16, not UTF-8");
        return (text, Some(found.help("save the file as UTF-8 (some editors call UTF-16 “Unicode”)")));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let (at, byte) = (error.valid_up_to(), bytes[error.valid_up_to()]);
            let mut found = Finding::new(
                &UNREADABLE,
                Span::new(at, at),
                format!("the byte 0x{byte:02x} is not valid UTF-8"),
            );
            if byte >= 0xa0 {
                found = found.label(format!("this byte is `{}` in Latin-1", char::from(byte)));
            }
            (String::from_utf8_lossy(bytes).into_owned(), Some(found))
        }
    }
}

/// Decodes a UTF-16 file, which has a byte-order mark or begins with alternating null bytes. Returns `None` for other
/// files.
fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let (is_little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (true, bytes),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => (false, bytes),
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    };
    Some(char::decode_utf16(rest.chunks_exact(2).map(unit)).map(|ch| ch.unwrap_or('\u{fffd}')).collect())
}

/// Sorts findings by location, removes duplicates and limits their number.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
    findings.dedup();
    if findings.len() > MOST_FINDINGS {
        findings.truncate(MOST_FINDINGS);
        let span = findings.last().map_or(Span::default(), |last| last.span);
        let message = format!("only the first {MOST_FINDINGS} findings are shown");
        findings.push(Finding::new(&TOO_MANY, span, message));
    }
    findings
}

/// Applies repairs to the tree. Repairs are keyed by the location of a key or value.
fn repair(node: &mut Node, repairs: &BTreeMap<Span, Repair>) {
    match repairs.get(&node.span) {
        Some(Repair::Become(kind)) => node.kind = kind.clone(),
        _ => match &mut node.kind {
            Kind::Mapping(entries) => {
                entries.retain(|entry| repairs.get(&entry.key_span) != Some(&Repair::Remove));
                for entry in entries {
                    if let Some(Repair::Rename(right)) = repairs.get(&entry.key_span) {
                        entry.key.clone_from(right);
                    }
                    repair(&mut entry.value, repairs);
                }
            }
            Kind::Sequence(items) => items.iter_mut().for_each(|item| repair(item, repairs)),
            _ => {}
        },
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
