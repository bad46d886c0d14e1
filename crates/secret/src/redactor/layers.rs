//! The search in the Base64 and hexadecimal parts of a text, and in the parts of those.

use std::ops::Range;

use zeroize::Zeroizing;

use super::needles::{Found, Needles};
use super::readings::{LONGEST, Readings};

/// The maximum length of what separates two symbols, in bytes: a line break in which each character is an escape.
const LONGEST_GAP: usize = 2 * LONGEST;

/// An encoding of bytes in printable symbols.
#[derive(Clone, Copy)]
enum Alphabet {
    /// Base64, in the standard and the URL-safe alphabet.
    Base64,
    /// Hexadecimal digits.
    Hex,
}

/// The symbols of one run.
#[derive(Default)]
struct Run {
    /// The symbols' values.
    values: Vec<u8>,
    /// The places of the symbols, in order.
    stretches: Vec<Stretch>,
    /// Whether more text could continue the run: nothing follows its last symbol except for a line break, or part of an
    /// escape or of a UTF-16 character.
    is_open: bool,
}

/// Adjacent symbols of the same length.
struct Stretch {
    /// The index of the first symbol.
    first: usize,
    /// The place of the first symbol.
    place: usize,
    /// The length of a symbol, in bytes, which is more than 1 if the symbols are escaped.
    length: usize,
}

/// Finds the needles in a text, and in the parts that are encoded up to this many times.
pub(super) fn find(text: &[u8], needles: &Needles, layers: usize) -> Found {
    let readings = Readings::new(text);
    let mut found = needles.find(&readings);
    let Some(shortest) = needles.shortest().filter(|_| 0 < layers) else { return found };
    for alphabet in [Alphabet::Base64, Alphabet::Hex] {
        // A shorter run cannot contain a needle, unless more text follows.
        let least = (shortest * 8).div_ceil(alphabet.bits());
        alphabet.for_each_run(&readings, least, |run| {
            let inner = alphabet.find_in(run, readings.tail, needles, layers - 1);
            found.places.extend(inner.places);
            found.open = found.open.min(inner.open);
        });
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

    /// Returns what each byte means in the alphabet.
    const fn meanings(self) -> &'static [u8; 256] {
        match self {
            Self::Base64 => &BASE64,
            Self::Hex => &HEX,
        }
    }

    fn value(self, byte: u8) -> Option<u8> {
        let meaning = self.meanings()[usize::from(byte)];
        (meaning < CONTINUES).then_some(meaning)
    }

    /// Returns whether a byte is neither a symbol, nor part of an escape or of a UTF-16 character, nor a line break.
    fn ends_run(self, byte: u8) -> bool {
        self.meanings()[usize::from(byte)] == ENDS
    }

    /// Finds the needles in the bytes that a run encodes. The readings of the text change from `tail` on if more text
    /// follows. `open` is `usize::MAX` if no needle is open.
    fn find_in(self, run: &Run, tail: usize, needles: &Needles, layers: usize) -> Found {
        let mut found = Found { places: Vec::new(), open: usize::MAX };
        let is_cut = run.is_open && tail <= run.end();
        let known = run.symbols_before(tail);
        // The encoded bytes can begin anywhere in the run, because it includes the adjacent letters.
        for offset in 0..self.group().min(run.values.len()) {
            let mut bytes = self.decoded(&run.values[offset..]);
            let mut inner = find(&bytes, needles, layers);
            let symbol = |bit: usize| offset + bit / self.bits();
            for place in inner.places {
                let (first, last) = (symbol(place.start * 8), symbol(place.end * 8 - 1));
                found.places.push(run.place(first).start..run.place(last).end);
            }
            if is_cut && known < run.values.len() {
                bytes = self.decoded(run.values.get(offset..known).unwrap_or_default());
                inner.open = find(&bytes, needles, layers).open;
            }
            // Lines break between whole groups, so a needle that has not begun before a line break begins after it.
            let may_go_on = is_cut || run.is_open && inner.open < bytes.len();
            let open = symbol(inner.open * 8);
            if may_go_on && open < known {
                // The needle can begin within a symbol, which can only be decoded as part of a whole group.
                let group = run.place((open + 1).saturating_sub(self.group()));
                found.open = found.open.min(group.start);
            }
        }
        found
    }

    /// Calls `each` with the runs in a text that have at least this many symbols or reach its end. A run continues after
    /// a line break, because long lines are wrapped.
    fn for_each_run(self, readings: &Readings<'_>, least: usize, mut each: impl FnMut(&Run)) {
        let text = readings.text;
        let mut start = 0;
        // A part of the text without bytes that end a run must be long too, so most bytes need not be looked at.
        while let Some(window) = text.get(start..start + least) {
            if let Some(last) = window.iter().rposition(|byte| self.ends_run(*byte)) {
                start += last + 1;
                continue;
            }
            let rest = text[start + least..].iter().position(|byte| self.ends_run(*byte));
            let end = rest.map_or(text.len(), |rest| start + least + rest);
            self.for_each_run_in(readings, start..end, least, &mut each);
            start = end + 1;
        }
        let rest = text.get(start..).unwrap_or_default();
        start += rest.iter().rposition(|byte| self.ends_run(*byte)).map_or(0, |last| last + 1);
        if start < text.len() {
            self.for_each_run_in(readings, start..text.len(), least, &mut each);
        }
    }

    fn for_each_run_in(
        self,
        readings: &Readings<'_>,
        part: Range<usize>,
        least: usize,
        each: &mut impl FnMut(&Run),
    ) {
        let is_last = part.end == readings.text.len();
        // The run ends before this place, unless more text changes how it reads.
        let mut finish = |run: &mut Run, place: usize| {
            run.is_open = is_last && readings.tail <= place;
            if least <= run.values.len() || run.is_open && !run.values.is_empty() {
                each(run);
            }
            run.clear();
        };
        let mut run = Run::default();
        let mut place = part.start;
        while place < part.end {
            if run.values.is_empty() {
                place = self.skip(readings, place..part.end, least);
            }
            if let Some(value) = self.value(readings.text[place]) {
                run.push(value, place..place + 1);
                place += 1;
                continue;
            }
            // The first of several readings is the one with the fewest assumptions.
            let read = readings.at(place).find_map(|reading| {
                let byte = reading.byte()?;
                let value = self.value(byte);
                (value.is_some() || matches!(byte, b'\r' | b'\n')).then_some((value, reading.end))
            });
            match read {
                Some((Some(value), end)) => {
                    run.push(value, place..end);
                    place = end;
                }
                Some((None, end)) if !run.values.is_empty() && end - run.end() <= LONGEST_GAP => place = end,
                _ => {
                    finish(&mut run, place);
                    place += 1;
                }
            }
        }
        finish(&mut run, part.end);
    }

    /// Skips places at which no run with at least this many symbols can begin, because it would be interrupted.
    fn skip(self, readings: &Readings<'_>, part: Range<usize>, least: usize) -> usize {
        let mut start = part.start;
        let is_other = |byte: &u8| self.value(*byte).is_none() && !matches!(byte, b'\r' | b'\n');
        while start + least <= part.end {
            let last = readings.text[start..start + least].iter().rposition(is_other);
            match last.map(|last| start + last + 1) {
                // A byte can be part of an escape.
                Some(next) if !readings.has_escapes(start..next) => start = next,
                _ => break,
            }
        }
        start.min(part.end - 1)
    }

    /// Decodes symbols. Bits that do not fill a byte are dropped.
    fn decoded(self, values: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(values.len() * self.bits() / 8));
        let joined = |group: &[u8]| {
            group.iter().fold(0_u32, |joined, value| joined << self.bits() | u32::from(*value))
        };
        let groups = values.chunks_exact(self.group());
        let rest = groups.remainder();
        match self {
            Self::Base64 => {
                groups.for_each(|group| bytes.extend_from_slice(&joined(group).to_be_bytes()[1..]));
            }
            Self::Hex => groups.for_each(|group| bytes.extend_from_slice(&joined(group).to_be_bytes()[3..])),
        }
        let whole = rest.len() * self.bits() / 8;
        let aligned = joined(rest) << (u32::BITS as usize - rest.len() * self.bits()).min(31);
        bytes.extend_from_slice(&aligned.to_be_bytes()[..whole]);
        bytes
    }
}

impl Run {
    /// Appends a symbol.
    fn push(&mut self, value: u8, place: Range<usize>) {
        let is_next = |last: &Stretch| {
            last.length == place.len()
                && last.place + (self.values.len() - last.first) * last.length == place.start
        };
        if !self.stretches.last().is_some_and(is_next) {
            let first = self.values.len();
            self.stretches.push(Stretch { first, place: place.start, length: place.len() });
        }
        self.values.push(value);
    }

    /// Removes all symbols.
    fn clear(&mut self) {
        self.values.clear();
        self.stretches.clear();
    }

    /// Returns the place of a symbol.
    fn place(&self, symbol: usize) -> Range<usize> {
        let after = self.stretches.partition_point(|stretch| stretch.first <= symbol);
        let stretch = &self.stretches[after - 1];
        let start = stretch.place + (symbol - stretch.first) * stretch.length;
        start..start + stretch.length
    }

    /// Returns how many symbols begin before a place.
    fn symbols_before(&self, place: usize) -> usize {
        let after = self.stretches.partition_point(|stretch| stretch.place < place);
        let next = self.stretches.get(after).map_or(self.values.len(), |stretch| stretch.first);
        match after.checked_sub(1).map(|last| &self.stretches[last]) {
            Some(last) => next.min(last.first + (place - last.place).div_ceil(last.length)),
            None => 0,
        }
    }

    /// Returns the end of the last symbol, or 0 if there is none.
    fn end(&self) -> usize {
        self.values.len().checked_sub(1).map_or(0, |last| self.place(last).end)
    }
}

/// The meaning of a byte that continues a run but is no symbol: part of an escape, of a UTF-16 character, or of a line
/// break. Lower meanings are the values of symbols.
const CONTINUES: u8 = 0xfe;

/// The meaning of a byte that ends a run.
const ENDS: u8 = 0xff;

static BASE64: [u8; 256] = {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    with_symbols(with_symbols(with_symbols(continuing(), letters, 0), b"+/", 62), b"-_", 62)
};

static HEX: [u8; 256] =
    with_symbols(with_symbols(with_symbols(continuing(), b"0123456789", 0), b"abcdef", 10), b"ABCDEF", 10);

/// Returns the meanings of bytes in an alphabet without symbols.
const fn continuing() -> [u8; 256] {
    let escapes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\\%&#;{}\r\n\0";
    let mut meanings = [ENDS; 256];
    let mut rest: &[u8] = escapes;
    while let [first, others @ ..] = rest {
        meanings[*first as usize] = CONTINUES;
        rest = others;
    }
    meanings
}

/// Returns the meanings with these symbols, whose values begin with `value`.
const fn with_symbols(mut meanings: [u8; 256], mut symbols: &[u8], mut value: u8) -> [u8; 256] {
    while let [first, others @ ..] = symbols {
        meanings[*first as usize] = value;
        (symbols, value) = (others, value + 1);
    }
    meanings
}
