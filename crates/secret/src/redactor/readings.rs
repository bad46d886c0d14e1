//! The ways to read each place in a text whose characters can be escaped.
//!
//! A place always reads as its own byte. Next to a NUL, it also reads as a UTF-16 character. If an escape begins there, the place also reads as the escaped character, up to
//! the end of the escape. The characters of an escape can themselves be escaped: `%5Cu002F` reads as `%`, as `\` up to
//! the end of `%5C`, and as `/` up to the end. The table is filled from right to left, so that every escape finds the
//! readings of the places after it.

mod entities;
mod tail;

use std::ops::{Range, RangeInclusive};

use self::entities::ENTITIES;
use self::tail::open_tail;

/// The maximum number of readings of one place. It limits the depth of nesting that is decoded, and keeps the work
/// linear in the length of the text.
const MOST: usize = 32;

/// The maximum length of an escape, in bytes. The longest escape of JSON is a surrogate pair, which has 12 characters,
/// and `\x{5c}`, which has 6, can replace each of them and then each of its own. Three levels of nesting also turn one
/// backslash into eight, and a needle has at most [`PART`](super::PART) of them.
pub(super) const LONGEST: usize = 512;

/// What a place reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A single byte.
    Byte(u8),
    /// A code point outside ASCII, or one half of a surrogate pair.
    Char(u32),
}

/// One way to read a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// What the place reads as.
    pub(super) unit: Unit,
    /// The first place after it.
    pub(super) end: usize,
}

impl Reading {
    /// Writes the reading as UTF-8. Returns an empty slice for half of a surrogate pair.
    pub(super) fn encoded<'b>(&self, buffer: &'b mut [u8; 4]) -> &'b [u8] {
        match self.unit {
            Unit::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Unit::Char(code) => match char::from_u32(code) {
                Some(ch) => ch.encode_utf8(buffer).as_bytes(),
                None => &[],
            },
        }
    }

    /// Returns the byte, or `None` if the place reads as a character outside ASCII.
    pub(super) fn byte(&self) -> Option<u8> {
        match self.unit {
            Unit::Byte(byte) => Some(byte),
            Unit::Char(_) => None,
        }
    }
}

/// The readings of every place in a text.
pub(super) struct Readings<'t> {
    pub(super) text: &'t [u8],
    /// The place at which an escape begins that more text could complete, or the length of the text.
    pub(super) tail: usize,
    /// For each place, the number of its list, counted from 1, or 0 if it reads only as its own byte. Empty if no place
    /// has a list.
    lists: Vec<u32>,
    /// The end of each list in `decoded`, after a 0. A list begins at the end of the one before it.
    ends: Vec<usize>,
    /// The readings that are not a place's own byte.
    decoded: Vec<Reading>,
}

impl<'t> Readings<'t> {
    /// Reads a text.
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut readings = Self {
            text,
            tail: open_tail(text, LONGEST),
            lists: Vec::new(),
            ends: vec![0],
            decoded: Vec::new(),
        };
        let mut list = Vec::new();
        let mut next = None;
        for (place, byte) in text.iter().enumerate().rev() {
            if (OPENS[usize::from(*byte)] || next == Some(0)) && may_open(*byte, next) {
                readings.decode(place, &mut list);
                if let [_, decoded @ ..] = list.as_slice()
                    && !decoded.is_empty()
                {
                    readings.decoded.extend_from_slice(decoded);
                    readings.lists.resize(text.len(), 0);
                    readings.lists[place] = u32::try_from(readings.ends.len()).unwrap_or(0);
                    readings.ends.push(readings.decoded.len());
                }
            }
            next = Some(*byte);
        }
        readings
    }

    /// Returns all readings of a place, beginning with its own byte. Empty at the end of the text.
    pub(super) fn at(&self, place: usize) -> impl Iterator<Item = Reading> + '_ {
        let end = place + 1;
        let byte = self.text.get(place).copied();
        let own = byte.map(|byte| Reading { unit: Unit::Byte(byte), end });
        // A byte outside ASCII can be Latin-1.
        let latin = byte.filter(|byte| !byte.is_ascii());
        let latin = latin.map(|byte| Reading { unit: Unit::Char(byte.into()), end });
        own.into_iter().chain(latin).chain(self.decoded_at(place).iter().copied())
    }

    /// Returns the readings of a place that are not its own byte.
    fn decoded_at(&self, place: usize) -> &[Reading] {
        match self.lists.get(place) {
            None | Some(0) => &[],
            Some(list) => &self.decoded[self.ends[*list as usize - 1]..self.ends[*list as usize]],
        }
    }

    /// Returns whether an escape, or another character of several bytes, begins at a place.
    pub(super) fn is_escaped(&self, place: usize) -> bool {
        self.lists.get(place).is_some_and(|list| *list != 0)
    }

    /// Returns whether an escape, or another character of several bytes, begins at one of these places.
    pub(super) fn has_escapes(&self, places: Range<usize>) -> bool {
        self.lists.get(places).is_some_and(|lists| lists.iter().any(|list| *list != 0))
    }

    /// Returns the byte at a place that reads only as this byte, which is in ASCII.
    pub(super) fn plain(&self, place: usize) -> Option<u8> {
        self.text.get(place).copied().filter(|byte| byte.is_ascii() && !self.is_escaped(place))
    }

    /// Lists the readings of a place, beginning with its own byte.
    fn decode(&self, place: usize, list: &mut Vec<Reading>) {
        list.clear();
        list.push(Reading { unit: Unit::Byte(self.text[place]), end: place + 1 });
        let mut next = 0;
        while let Some(opener) = list.get(next).copied() {
            next += 1;
            self.opened_by(place, opener, &mut |unit, end| {
                let found = Reading { unit, end };
                if end - place <= LONGEST && list.len() < MOST && !list.contains(&found) {
                    list.push(found);
                }
            });
        }
    }

    /// Finds the readings of the characters and escapes that begin with a reading of this place.
    fn opened_by(&self, place: usize, opener: Reading, found: &mut impl FnMut(Unit, usize)) {
        let end = opener.end;
        match opener.unit {
            Unit::Byte(b'\\') => self.after_backslash(end, found),
            Unit::Byte(b'%') => self.after_percent(end, found),
            Unit::Byte(b'&') => self.entity(end, found),
            Unit::Byte(b'+') => found(Unit::Byte(b' '), end),
            // SQL, CSV and YAML double quotation marks. Both are encoded alike, so they have the same length.
            Unit::Byte(quote @ (b'\'' | b'"')) => {
                let length = end - place;
                self.literal(end, quote)
                    .filter(|it| it - end == length)
                    .for_each(|it| found(Unit::Byte(quote), it));
                // Shells end the quoted text, escape the quotation mark, and begin the quoted text again: `'\''`.
                if quote == b'\'' && self.literal(end, b'\\').next().is_some() {
                    let last = self.literal(end, quote).flat_map(|middle| {
                        self.literal(middle, quote).filter(move |last| last - middle == length)
                    });
                    last.for_each(|last| found(Unit::Byte(quote), last));
                }
            }
            Unit::Char(high @ 0xd800..=0xdbff) => {
                for low in self.at(end) {
                    if let Unit::Char(code @ 0xdc00..=0xdfff) = low.unit {
                        found(Unit::Char(0x1_0000 + ((high - 0xd800) << 10) + (code - 0xdc00)), low.end);
                    }
                }
            }
            Unit::Byte(_) | Unit::Char(_) => {}
        }
        if let Some(character) = self.utf_16(opener) {
            found(character.unit, character.end);
        }
    }

    /// Returns the reading of a UTF-16 character that begins with this reading. Only characters up to U+00FF are read,
    /// because they have a NUL, which other text does not contain.
    fn utf_16(&self, opener: Reading) -> Option<Reading> {
        let Unit::Byte(first) = opener.unit else { return None };
        // Only the text itself is UTF-16. An escaped NUL is a character.
        let second = *self.text.get(opener.end).filter(|_| self.text[opener.end - 1] == first)?;
        let code = match (first, second) {
            (0, code) | (code, 0) if code != 0 => code,
            _ => return None,
        };
        let unit = if code.is_ascii() { Unit::Byte(code) } else { Unit::Char(code.into()) };
        Some(Reading { unit, end: opener.end + 1 })
    }

    fn after_backslash(&self, end: usize, found: &mut impl FnMut(Unit, usize)) {
        // Every level of nesting doubles the backslashes, so a run of them also reads as one.
        if let Some(end) = self.literal(end, b'\\').max() {
            found(Unit::Byte(b'\\'), end);
        }
        self.number(end, 8, 3..=3, &mut |code, end| byte(code, end, found));
        for letter in self.at(end) {
            let (Some(symbol), end) = (letter.byte(), letter.end) else { continue };
            match symbol {
                b'n' => found(Unit::Byte(b'\n'), end),
                b'r' => found(Unit::Byte(b'\r'), end),
                b't' => found(Unit::Byte(b'\t'), end),
                b'b' => found(Unit::Byte(0x08), end),
                b'f' => found(Unit::Byte(0x0c), end),
                b'v' => found(Unit::Byte(0x0b), end),
                b'a' => found(Unit::Byte(0x07), end),
                b'e' => found(Unit::Byte(0x1b), end),
                b'x' => {
                    self.number(end, 16, 2..=2, &mut |code, end| byte(code, end, found));
                    self.braced(end, found);
                }
                b'u' => {
                    self.number(end, 16, 4..=4, &mut |code, end| character(code, end, found));
                    self.braced(end, found);
                }
                b'U' => self.number(end, 16, 8..=8, &mut |code, end| character(code, end, found)),
                b'\\' => {}
                b' ' => found(Unit::Byte(b' '), end),
                symbol if symbol.is_ascii_punctuation() => found(Unit::Byte(symbol), end),
                _ => {}
            }
        }
    }

    fn after_percent(&self, end: usize, found: &mut impl FnMut(Unit, usize)) {
        self.number(end, 16, 2..=2, &mut |code, end| byte(code, end, found));
        for end in self.literal(end, b'u') {
            self.number(end, 16, 4..=4, &mut |code, end| character(code, end, found));
        }
    }

    /// Reads an HTML entity after its `&`.
    fn entity(&self, end: usize, found: &mut impl FnMut(Unit, usize)) {
        let mut ended = |code, end| {
            for end in self.literal(end, b';') {
                character(code, end, found);
            }
        };
        for first in self.at(end) {
            let Some(symbol) = first.byte() else { continue };
            if symbol == b'#' {
                self.number(first.end, 10, 1..=7, &mut ended);
                for end in self.literal(first.end, b'x').chain(self.literal(first.end, b'X')) {
                    self.number(end, 16, 1..=6, &mut ended);
                }
            }
            for (name, ch) in ENTITIES {
                if let Some(rest) = name.as_bytes().strip_prefix(&[symbol]) {
                    self.word(first.end, rest, &mut |end| ended(u32::from(*ch), end));
                }
            }
        }
    }

    /// Reads `{1f600}`.
    fn braced(&self, end: usize, found: &mut impl FnMut(Unit, usize)) {
        for end in self.literal(end, b'{') {
            self.number(end, 16, 1..=6, &mut |code, end| {
                self.literal(end, b'}').for_each(|end| character(code, end, found));
            });
        }
    }

    /// Returns the ends of a place's readings as this byte.
    fn literal(&self, place: usize, byte: u8) -> impl Iterator<Item = usize> + '_ {
        self.at(place).filter(move |reading| reading.unit == Unit::Byte(byte)).map(|reading| reading.end)
    }

    /// Finds the ends of all readings as this word.
    fn word(&self, mut place: usize, mut word: &[u8], found: &mut impl FnMut(usize)) {
        // Most letters are not escaped, so they have only one reading.
        while let (Some(plain), [first, rest @ ..]) = (self.plain(place), word) {
            if plain != *first {
                return;
            }
            (place, word) = (place + 1, rest);
        }
        if word.is_empty() {
            return found(place);
        }
        let ends = word.iter().fold(vec![place], |ends, byte| {
            ends.into_iter().flat_map(|end| self.literal(end, *byte)).take(MOST).collect()
        });
        ends.into_iter().for_each(found);
    }

    /// Finds the numbers that have this many digits, and their ends.
    fn number(
        &self,
        mut place: usize,
        radix: u32,
        digits: RangeInclusive<usize>,
        found: &mut impl FnMut(u32, usize),
    ) {
        let (mut number, mut read) = (0_u32, 0);
        // Most digits are not escaped, so they have only one reading.
        while let Some(plain) = self.plain(place).filter(|_| read < *digits.end()) {
            let Some(digit) = char::from(plain).to_digit(radix) else { return };
            number = number.wrapping_mul(radix).wrapping_add(digit);
            (place, read) = (place + 1, read + 1);
            if digits.contains(&read) {
                found(number, place);
            }
        }
        let mut numbers = Vec::new();
        if read < *digits.end() && place < self.text.len() {
            numbers.push((number, place));
        }
        while !numbers.is_empty() && read < *digits.end() {
            numbers = self.appended(&numbers, radix);
            read += 1;
            if digits.contains(&read) {
                for (number, end) in &numbers {
                    found(*number, *end);
                }
            }
        }
    }

    /// Appends another digit to each number.
    fn appended(&self, numbers: &[(u32, usize)], radix: u32) -> Vec<(u32, usize)> {
        let mut longer = Vec::new();
        for (number, place) in numbers {
            for reading in self.at(*place) {
                let digit = reading.byte().and_then(|byte| char::from(byte).to_digit(radix));
                if let Some(digit) = digit {
                    longer.push((number.wrapping_mul(radix).wrapping_add(digit), reading.end));
                }
            }
        }
        longer.truncate(MOST);
        longer
    }
}

/// For each byte, whether it begins an escape or a UTF-16 character in some texts.
const OPENS: [bool; 256] = {
    let mut opens = [false; 256];
    let mut openers: &[u8] = b"\0\\+%&'\"";
    while let [first, rest @ ..] = openers {
        opens[*first as usize] = true;
        openers = rest;
    }
    opens
};

/// Returns whether an escape can begin with this byte, before the next one.
fn may_open(byte: u8, next: Option<u8>) -> bool {
    // The next character can be escaped too.
    let is_escaped = matches!(next, Some(b'\\' | b'%' | b'&' | b'\0'));
    match byte {
        // UTF-16.
        0 => next.is_some_and(|next| next != 0),
        _ if next == Some(0) => true,
        b'\\' | b'+' => true,
        b'%' => is_escaped || next.is_some_and(|next| next.is_ascii_hexdigit() || next == b'u'),
        b'&' => is_escaped || next.is_some_and(|next| next.is_ascii_alphabetic() || next == b'#'),
        quote @ (b'\'' | b'"') => is_escaped || next == Some(quote),
        _ => false,
    }
}

/// Finds the readings of an escaped byte. A byte outside ASCII can be UTF-8 or Latin-1.
fn byte(code: u32, end: usize, found: &mut impl FnMut(Unit, usize)) {
    if let Ok(byte) = u8::try_from(code) {
        found(Unit::Byte(byte), end);
        if !byte.is_ascii() {
            found(Unit::Char(code), end);
        }
    }
}

/// Finds the reading of an escaped code point.
fn character(code: u32, end: usize, found: &mut impl FnMut(Unit, usize)) {
    match u8::try_from(code) {
        Ok(byte) if byte.is_ascii() => found(Unit::Byte(byte), end),
        _ => found(Unit::Char(code), end),
    }
}
