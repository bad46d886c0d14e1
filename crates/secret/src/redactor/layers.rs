//! The search in the Base64 and hexadecimal parts of a text, and in the parts of those.

use std::ops::Range;

use zeroize::Zeroizing;

use super::needles::{Found, Needles};
use super::readings::Readings;

/// The maximum length of what separates two symbols, in bytes: a line break in which each character is an escape.
const LONGEST_GAP: usize = 16;

/// An encoding of bytes in printable symbols.
#[derive(Clone, Copy)]
enum Alphabet {
    /// Base64, in the standard and the URL-safe alphabet.
    Base64,
    /// Hexadecimal digits.
    Hex,
}

/// A symbol and its place in the text, which is longer than a byte if the symbol is escaped.
struct Symbol {
    value: u8,
    place: Range<usize>,
}

/// Finds the needles in a text, and in the parts that are encoded up to this many times.
pub(super) fn find(text: &[u8], needles: &Needles, layers: usize) -> Found {
    let readings = Readings::new(text);
    let mut found = needles.find(&readings);
    let Some(shortest) = needles.shortest().filter(|_| 0 < layers) else { return found };
    for alphabet in [Alphabet::Base64, Alphabet::Hex] {
        // A shorter run cannot contain a needle, unless more text follows.
        let least = (shortest * 8).div_ceil(alphabet.bits());
        for run in alphabet.runs(&readings, least) {
            let is_open = alphabet.reaches_end(&run, text);
            let is_cut = run.last().is_some_and(|symbol| symbol.place.end == text.len());
            // The encoded bytes can begin anywhere in the run, because it includes the adjacent letters.
            for offset in 0..alphabet.group().min(run.len()) {
                let run = &run[offset..];
                let bytes = alphabet.decoded(run);
                let inner = find(&bytes, needles, layers - 1);
                let symbol = |byte: usize| byte * 8 / alphabet.bits();
                for place in inner.places {
                    let last = (place.end * 8 - 1) / alphabet.bits();
                    found.places.push(run[symbol(place.start)].place.start..run[last].place.end);
                }
                // Lines break between whole groups, so a needle that has not begun before a line break begins after it.
                let may_go_on = is_cut || is_open && inner.open < bytes.len();
                if let Some(open) = run.get(symbol(inner.open)).filter(|_| may_go_on) {
                    found.open = found.open.min(open.place.start);
                }
            }
        }
    }
    found
}

impl Alphabet {
    /// Returns how many bits a symbol encodes.
    const fn bits(self) -> usize {
        match self {
            Self::Base64 => 6,
            Self::Hex => 4,
        }
    }

    /// Returns how many symbols encode a whole number of bytes.
    const fn group(self) -> usize {
        match self {
            Self::Base64 => 4,
            Self::Hex => 2,
        }
    }

    fn value(self, byte: u8) -> Option<u8> {
        match (self, byte) {
            (Self::Base64, b'A'..=b'Z') => Some(byte - b'A'),
            (Self::Base64, b'a'..=b'z') => Some(byte - b'a' + 26),
            (Self::Base64, b'0'..=b'9') => Some(byte - b'0' + 52),
            (Self::Base64, b'+' | b'-') => Some(62),
            (Self::Base64, b'/' | b'_') => Some(63),
            (Self::Hex, b'0'..=b'9') => Some(byte - b'0'),
            (Self::Hex, b'a'..=b'f') => Some(byte - b'a' + 10),
            (Self::Hex, b'A'..=b'F') => Some(byte - b'A' + 10),
            _ => None,
        }
    }

    /// Returns the runs in a text that have at least this many symbols or reach its end. A run continues after a line
    /// break, because long lines are wrapped.
    fn runs(self, readings: &Readings<'_>, least: usize) -> Vec<Vec<Symbol>> {
        let length = readings.text.len();
        let is_long = |run: &Vec<Symbol>| least <= run.len() || self.reaches_end(run, readings.text);
        let mut runs = Vec::new();
        let mut start = 0;
        for stretch in readings.text.split(|byte| self.ends_run(*byte)) {
            let end = start + stretch.len();
            if least <= stretch.len() || end == length {
                runs.extend(self.runs_in(readings, start..end).into_iter().filter(is_long));
            }
            start = end + 1;
        }
        runs
    }

    /// Returns whether more text could continue a run: nothing follows its last symbol except for a line break, or part of
    /// an escape or of a UTF-16 character.
    fn reaches_end(self, run: &[Symbol], text: &[u8]) -> bool {
        let Some(last) = run.last() else { return false };
        let rest = &text[last.place.end..];
        rest.len() <= LONGEST_GAP && !rest.iter().any(|byte| self.ends_run(*byte))
    }

    /// Returns whether a byte is neither a symbol, nor part of an escape or of a UTF-16 character, nor a line break.
    fn ends_run(self, byte: u8) -> bool {
        let continues = byte.is_ascii_alphanumeric() || b"\\%&#;{}\r\n\0".contains(&byte);
        !continues && self.value(byte).is_none()
    }

    fn runs_in(self, readings: &Readings<'_>, stretch: Range<usize>) -> Vec<Vec<Symbol>> {
        let mut runs = Vec::new();
        let mut run: Vec<Symbol> = Vec::new();
        let mut place = stretch.start;
        while place < stretch.end {
            let symbol = readings.at(place).find_map(|reading| {
                let value = self.value(reading.byte()?)?;
                Some(Symbol { value, place: place..reading.end })
            });
            if let Some(symbol) = symbol {
                place = symbol.place.end;
                run.push(symbol);
                continue;
            }
            let line_break = readings.at(place).find(|reading| matches!(reading.byte(), Some(b'\r' | b'\n')));
            match line_break {
                Some(line_break) if !run.is_empty() => place = line_break.end,
                _ => {
                    place += 1;
                    if !run.is_empty() {
                        runs.push(std::mem::take(&mut run));
                    }
                }
            }
        }
        runs.push(run);
        runs
    }

    /// Decodes symbols. Bits that do not fill a byte are dropped.
    fn decoded(self, symbols: &[Symbol]) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(symbols.len() * self.bits() / 8));
        let (mut buffer, mut filled) = (0_u32, 0);
        for symbol in symbols {
            buffer = (buffer << self.bits() | u32::from(symbol.value)) & 0xffff;
            filled += self.bits();
            if 8 <= filled {
                filled -= 8;
                bytes.push((buffer >> filled & 0xff) as u8);
            }
        }
        bytes
    }
}
