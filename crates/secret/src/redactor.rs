//! Removes known secrets from text that comes from other sources.
//!
//! A provider can repeat a secret in any encoding, and encode the result again: as JSON within JSON, percent-encoded, as
//! HTML. The redactor therefore does not search for encodings of the secret. It searches for the secret in all readings
//! of the text ([`readings`]), and in the parts of the text that are Base64 or hexadecimal ([`layers`]), and replaces the
//! places in the original text. The work is linear in the length of the text.
//!
//! **Limits:** a secret is not found if it is split up, reversed, compressed, converted to another case, encoded more than
//! twice as Base64 or hexadecimal, listed as numbers, escaped to more than [`LONGEST`] bytes per character, or, if it
//! contains characters beyond U+00FF, in UTF-16.

mod layers;
mod needles;
mod readings;

use std::ops::Range;

use self::needles::Needles;
use self::readings::LONGEST;
use crate::value::{Secret, SecretBytes};

/// The text that replaces a secret.
const MARK: &str = "(hidden)";

/// The minimum length, in bytes, of a secret that the redactor replaces. Redacting a two-letter "secret" would hide
/// half of every page.
const SHORTEST: usize = 4;

/// The maximum length of a needle, in bytes. Longer secrets are cut into parts, which limits the work per place.
const PART: usize = 64;

/// The minimum length of a line, in bytes, that is hidden even if the rest of its secret is missing.
const SHORTEST_LINE: usize = 16;

/// How many times a secret can be encoded as Base64 or hexadecimal.
const LAYERS: usize = 2;

/// Removes a set of secrets from text, in every encoding that JSON, URLs, HTML and common programming languages produce,
/// in UTF-16, in Base64 and in hexadecimal, also within each other.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Needles,
}

/// The places of secrets in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The places, in order. They neither overlap nor touch.
    pub hidden: Vec<Range<usize>>,
    /// The place at which a secret could begin that continues after the end of the text. The length of the text if
    /// there is none. If more text follows, searching from this place on finds all secrets that end in it.
    pub open: usize,
}

impl Redactor {
    /// Creates a redactor for these secrets. Ignores secrets that are shorter than four bytes.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let needles = secrets.into_iter().flat_map(|secret| needles_of(secret.expose())).collect();
        Self { needles: Needles::new(needles) }
    }

    /// Replaces every secret in the text with `(hidden)`.
    pub fn redact(&self, text: &str) -> String {
        self.redact_bytes(text.as_bytes())
    }

    /// Replaces every secret with `(hidden)`, and everything that is not UTF-8 with replacement characters. Secrets are
    /// replaced first, because a secret in another charset would not be found afterwards.
    pub fn redact_bytes(&self, bytes: &[u8]) -> String {
        let mut clean = String::new();
        let mut rest = 0;
        for place in self.places(bytes).hidden {
            clean.push_str(&String::from_utf8_lossy(&bytes[rest..place.start]));
            clean.push_str(MARK);
            rest = place.end;
        }
        clean.push_str(&String::from_utf8_lossy(&bytes[rest..]));
        clean
    }

    /// Returns whether the text contains a secret.
    pub fn finds_in(&self, text: &str) -> bool {
        !self.places(text.as_bytes()).hidden.is_empty()
    }

    /// Finds the places of all secrets in the text.
    pub fn places(&self, bytes: &[u8]) -> Places {
        if self.needles.is_empty() {
            return Places { hidden: Vec::new(), open: bytes.len() };
        }
        let mut found = layers::find(bytes, &self.needles, LAYERS);
        found.places.sort_unstable_by_key(|place| place.start);
        // No part of a secret is longer, so what begins earlier is not one.
        let open = found.open.max(bytes.len().saturating_sub(self.needles.longest() * LONGEST * 2));
        let mut open = open - before_character(bytes, open);
        let mut hidden: Vec<Range<usize>> = Vec::new();
        for place in found.places {
            let place = whole_characters(place, bytes);
            // The last character of the secret could continue.
            if place.end == bytes.len() && is_cut(bytes) {
                open = open.min(place.start);
            }
            match hidden.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => hidden.push(place),
            }
        }
        Places { hidden, open }
    }
}

/// Returns the strings to search for.
fn needles_of(secret: &str) -> Vec<SecretBytes> {
    // A provider can drop the line break at the end of a file.
    let trimmed = secret.trim();
    let secret = if trimmed.len() < SHORTEST { secret } else { trimmed };
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let mut needles = parts(secret);
    // The line breaks in a key can be replaced or removed.
    let lines = secret.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let lines = lines.filter(|line| SHORTEST_LINE <= line.len());
    needles.extend(lines.flat_map(parts).filter(|part| has_letters(part.expose())));
    needles
}

/// Returns a string, or its parts if it is long.
fn parts(text: &str) -> Vec<SecretBytes> {
    let text = single_backslashes(text);
    let bytes = text.expose();
    if bytes.len() <= PART {
        return vec![text];
    }
    // The last part overlaps with the one before it, so that no part is short.
    let last = &bytes[bytes.len() - PART..];
    let parts = bytes.chunks_exact(PART).filter(|part| has_letters(part));
    parts.chain([last]).map(SecretBytes::new).collect()
}

/// Replaces every run of backslashes with one backslash, as a run of them also reads as one.
fn single_backslashes(text: &str) -> SecretBytes {
    // The vector has its full capacity from the start, so it never moves and leaves no copy of the secret behind.
    let mut bytes = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        if byte != b'\\' || bytes.last() != Some(&b'\\') {
            bytes.push(byte);
        }
    }
    let single = SecretBytes::new(bytes);
    if single.expose().len() < SHORTEST { SecretBytes::new(text.as_bytes()) } else { single }
}

/// Returns whether a part of a secret is more than spaces or a dividing line.
fn has_letters(part: &[u8]) -> bool {
    part.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

/// Extends a place to whole characters.
fn whole_characters(place: Range<usize>, bytes: &[u8]) -> Range<usize> {
    let start = place.start - before_character(bytes, place.start);
    let last = place.end - before_character(bytes, place.end);
    // If the place does not end within a character, there is nothing to extend.
    let end = if last < place.end { end_of_character(bytes, last) } else { place.end };
    start..end
}

/// Returns how many bytes of a UTF-8 character precede a place. 0 if the place is not within a character.
fn before_character(bytes: &[u8], place: usize) -> usize {
    (1..4_usize.min(place + 1)).find(|back| place < end_of_character(bytes, place - back)).unwrap_or(0)
}

/// Returns the end of the UTF-8 character that begins at a place, as far as the text contains it.
fn end_of_character(bytes: &[u8], place: usize) -> usize {
    let following = bytes[place + 1..].iter().take(length(bytes[place]) - 1);
    place + 1 + following.take_while(|byte| *byte & 0xc0 == 0x80).count()
}

/// Returns the length of the UTF-8 character that begins with a byte, or 1 if no character begins with it.
fn length(first: u8) -> usize {
    match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

/// Returns whether a text ends within a UTF-8 character.
fn is_cut(bytes: &[u8]) -> bool {
    let end = bytes.len();
    (1..4_usize.min(end + 1)).any(|back| {
        let place = end - back;
        back < length(bytes[place]) && end_of_character(bytes, place) == end
    })
}

#[cfg(test)]
mod tests;
