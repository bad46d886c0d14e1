//! Text in, guide and findings out.

use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::brand::Brand;
use crate::code::{UNREADABLE, WRONG_TYPE};
use crate::finding::{Finding, Severity};
use crate::lower;
use crate::model::Guide;
use crate::node::{Kind, Node};
use crate::schema;
use crate::shape::{BrandShape, GuideShape};
use crate::source::{Source, Span};
use crate::yaml;

/// What became of a text.
#[derive(Debug)]
pub struct Reading<T> {
    /// The text.
    pub source: Arc<Source>,
    /// What was understood; there may be errors beside it.
    pub value: Option<T>,
    /// What there is to say, in the order of the text.
    pub findings: Vec<Finding>,
}

impl<T> Reading<T> {
    /// What was read, if it can be used: there is no error.
    pub fn usable(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| !self.has_errors())
    }

    /// The same, taken out.
    pub fn into_usable(self) -> Result<T, Self> {
        if self.has_errors() {
            return Err(self);
        }
        match self.value {
            Some(value) => Ok(value),
            None => Err(Self { value: None, ..self }),
        }
    }

    /// Whether something is wrong that keeps it from being used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity() == Severity::Error)
    }
}

/// Reads a guide. Never fails: what is wrong becomes findings.
pub fn read(name: &str, bytes: &[u8]) -> Reading<Guide> {
    read_as(name, bytes, schema::Kind::Guide, |shape: &GuideShape, source, findings| {
        lower::guide(shape, source, digest(bytes), findings)
    })
}

/// Reads a brand file.
pub fn read_brand(name: &str, bytes: &[u8]) -> Reading<Brand> {
    read_as(name, bytes, schema::Kind::Brand, |shape: &BrandShape, source, findings| {
        Some(lower::brand(shape, source, findings))
    })
}

fn read_as<S: for<'de> Deserialize<'de>, T>(
    name: &str,
    bytes: &[u8],
    kind: schema::Kind,
    lower: impl FnOnce(&S, &Arc<Source>, &mut Vec<Finding>) -> Option<T>,
) -> Reading<T> {
    let mut findings = Vec::new();
    // A file that is far too large is not copied only to be refused.
    let bytes = &bytes[..bytes.len().min(yaml::MAX_BYTES + 1)];
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) if bytes.len() > yaml::MAX_BYTES => "",
        Err(error) => {
            let at = error.valid_up_to();
            let source = Source::new(name, String::from_utf8_lossy(bytes));
            let message = match bytes {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, not UTF-8".to_owned(),
                _ => format!("the byte 0x{:02x} is not UTF-8", bytes[at]),
            };
            findings.push(Finding::new(&UNREADABLE, Span::new(at, at), message));
            return Reading { source: Arc::new(source), value: None, findings };
        }
    };
    if bytes.len() > yaml::MAX_BYTES {
        let message = format!("the file is larger than {} bytes", yaml::MAX_BYTES);
        findings.push(Finding::new(&crate::code::TOO_LARGE, Span::new(0, 0), message));
        return Reading { source: Arc::new(Source::new(name, "")), value: None, findings };
    }
    let source = Arc::new(Source::new(name, text));
    let value = yaml::load(&source, &mut findings).and_then(|mut root| {
        schema::check(kind, &root, &source, &mut findings);
        if !findings.is_empty() {
            // Keys that are not of the format are named once, and then out of the way of the rest.
            let unknown: Vec<Span> = findings
                .iter()
                .filter(|finding| finding.code.code == crate::code::UNKNOWN_KEY.code)
                .map(|finding| finding.span)
                .collect();
            prune(&mut root, &unknown);
            let mut rest = Vec::new();
            schema::check(kind, &root, &source, &mut rest);
            if !rest.is_empty() {
                return None;
            }
        }
        match S::deserialize(&root) {
            Ok(shape) => lower(&shape, &source, &mut findings),
            Err(error) => {
                let span = source.first_line(error.span.unwrap_or_default());
                findings.push(Finding::new(&WRONG_TYPE, span, error.message));
                None
            }
        }
    });
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
    findings.dedup();
    Reading { source, value, findings }
}

/// Takes the entries with these keys' places out of the tree.
fn prune(node: &mut Node, keys: &[Span]) {
    match &mut node.kind {
        Kind::Mapping(entries) => {
            entries.retain(|entry| !keys.contains(&entry.key_span));
            entries.iter_mut().for_each(|entry| prune(&mut entry.value, keys));
        }
        Kind::Sequence(items) => items.iter_mut().for_each(|item| prune(item, keys)),
        _ => {}
    }
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
