//! The ways to read each place in a text whose characters can be escaped.
//!
//! A place always reads as its own byte. Next to a NUL, it also reads as a UTF-16 character. If an escape begins there, the place also reads as the escaped character, up to
//! the end of the escape. The characters of an escape can themselves be escaped: `%5Cu002F` reads as `%`, as `\` up to
//! the end of `%5C`, and as `/` up to the end. The table is filled from right to left, so that every escape finds the
//! readings of the places after it.

mod entities;

use self::entities::ENTITIES;

/// The maximum number of readings of one place. It limits the depth of nesting that is decoded, and keeps the work
/// linear in the length of the text.
const MOST: usize = 32;

/// The maximum number of bytes that the end of a text can need to become a complete escape.
const LONGEST_TAIL: usize = 160;

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
    /// For each place, the number of its list in `decoded`, counted from 1, or 0 if it reads only as its own byte.
    lists: Vec<u32>,
    /// The readings that are not a place's own byte.
    decoded: Vec<Vec<Reading>>,
}

impl<'t> Readings<'t> {
    /// Reads a text.
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut readings = Self { text, lists: vec![0; text.len()], decoded: Vec::new() };
        for place in (0..text.len()).rev().filter(|place| may_open(text, *place)) {
            let decoded = readings.decoded_at(place);
            if !decoded.is_empty() {
                readings.decoded.push(decoded);
                readings.lists[place] = u32::try_from(readings.decoded.len()).unwrap_or(0);
            }
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
        let list = self.lists.get(place).and_then(|list| self.decoded.get((*list as usize).checked_sub(1)?));
        own.into_iter().chain(latin).chain(list.into_iter().flatten().copied())
    }

    /// Returns whether a place reads only as its own byte, which is in ASCII.
    pub(super) fn is_plain(&self, place: usize) -> bool {
        self.text[place].is_ascii() && self.lists[place] == 0
    }

    /// Returns the place at which an escape begins that more text could complete, or the length of the text.
    pub(super) fn open_tail(&self) -> usize {
        let length = self.text.len();
        let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"\\%&#;{}\0".contains(byte);
        let inside = self.text.iter().rev().take(LONGEST_TAIL).take_while(|byte| is_inside(byte)).count();
        let tail = &self.text[length - inside..];
        let first = tail.iter().position(|byte| b"\\%&".contains(byte));
        // In UTF-16, the NUL can come first.
        let first = first.map(|first| if tail[..first].ends_with(b"\0") { first - 1 } else { first });
        let is_cut = tail.ends_with(b"\0");
        first.map_or(length - usize::from(is_cut), |first| length - inside + first)
    }

    fn decoded_at(&self, place: usize) -> Vec<Reading> {
        let mut list = vec![Reading { unit: Unit::Byte(self.text[place]), end: place + 1 }];
        let mut next = 0;
        while let Some(opener) = list.get(next).copied() {
            next += 1;
            for found in self.opened_by(opener) {
                if list.len() < MOST && !list.contains(&found) {
                    list.push(found);
                }
            }
        }
        list.split_off(1)
    }

    /// Returns the readings of the characters and escapes that begin with this reading.
    fn opened_by(&self, opener: Reading) -> Vec<Reading> {
        let mut found = self.escaped_by(opener);
        found.extend(self.utf_16(opener));
        found
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

    /// Returns the readings of the escapes that begin with this reading.
    fn escaped_by(&self, opener: Reading) -> Vec<Reading> {
        let end = opener.end;
        match opener.unit {
            Unit::Byte(b'\\') => self.after_backslash(end),
            Unit::Byte(b'%') => self.after_percent(end),
            Unit::Byte(b'&') => self.entity(end),
            Unit::Byte(b'+') => vec![Reading { unit: Unit::Byte(b' '), end }],
            // SQL, CSV and YAML double quotation marks.
            Unit::Byte(quote @ (b'\'' | b'"')) => {
                self.literal(end, quote).map(|end| Reading { unit: Unit::Byte(quote), end }).collect()
            }
            Unit::Char(high @ 0xd800..=0xdbff) => {
                let lows = self.at(end).filter_map(|low| match low.unit {
                    Unit::Char(code @ 0xdc00..=0xdfff) => Some((code, low.end)),
                    Unit::Char(_) | Unit::Byte(_) => None,
                });
                let joined = |low| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                lows.map(|(low, end)| Reading { unit: Unit::Char(joined(low)), end }).collect()
            }
            Unit::Byte(_) | Unit::Char(_) => Vec::new(),
        }
    }

    fn after_backslash(&self, end: usize) -> Vec<Reading> {
        let mut found = Vec::new();
        // Every level of nesting doubles the backslashes, so a run of them also reads as one.
        if let Some(end) = self.literal(end, b'\\').max() {
            found.push(Reading { unit: Unit::Byte(b'\\'), end });
        }
        found.extend(bytes(self.number(end, 8, 3)));
        for letter in self.at(end) {
            let Some(byte) = letter.byte() else { continue };
            let plain = |byte| vec![Reading { unit: Unit::Byte(byte), end: letter.end }];
            found.extend(match byte {
                b'n' => plain(b'\n'),
                b'r' => plain(b'\r'),
                b't' => plain(b'\t'),
                b'b' => plain(0x08),
                b'f' => plain(0x0c),
                b'v' => plain(0x0b),
                b'a' => plain(0x07),
                b'e' => plain(0x1b),
                b'x' => [bytes(self.hex(letter.end, 2)), chars(self.braced(letter.end))].concat(),
                b'u' => chars(self.hex(letter.end, 4).into_iter().chain(self.braced(letter.end))),
                b'U' => chars(self.hex(letter.end, 8)),
                b'\\' => Vec::new(),
                b' ' => plain(b' '),
                byte if byte.is_ascii_punctuation() => plain(byte),
                _ => Vec::new(),
            });
        }
        found
    }

    fn after_percent(&self, end: usize) -> Vec<Reading> {
        let mut found = bytes(self.hex(end, 2));
        for end in self.literal(end, b'u') {
            found.extend(chars(self.hex(end, 4)));
        }
        found
    }

    /// Reads an HTML entity after its `&`.
    fn entity(&self, end: usize) -> Vec<Reading> {
        let mut codes = Vec::new();
        for end in self.literal(end, b'#') {
            codes.extend(self.digits(end, 10, 7));
            let hex = self.literal(end, b'x').chain(self.literal(end, b'X'));
            codes.extend(hex.flat_map(|end| self.digits(end, 16, 6)));
        }
        let named = |(name, ch): &(&str, char)| {
            let code = u32::from(*ch);
            self.word(end, name).into_iter().map(move |end| (code, end))
        };
        codes.extend(ENTITIES.iter().flat_map(named));
        chars(codes.into_iter().flat_map(|(code, end)| self.literal(end, b';').map(move |end| (code, end))))
    }

    /// Reads `{1f600}`.
    fn braced(&self, end: usize) -> Vec<(u32, usize)> {
        let digits = self.literal(end, b'{').flat_map(|end| self.digits(end, 16, 6));
        digits.flat_map(|(code, end)| self.literal(end, b'}').map(move |end| (code, end))).collect()
    }

    /// Returns the ends of a place's readings as this byte.
    fn literal(&self, place: usize, byte: u8) -> impl Iterator<Item = usize> + '_ {
        self.at(place).filter(move |reading| reading.unit == Unit::Byte(byte)).map(|reading| reading.end)
    }

    /// Returns the ends of all readings as this word.
    fn word(&self, place: usize, word: &str) -> Vec<usize> {
        word.bytes().fold(vec![place], |ends, byte| {
            ends.into_iter().flat_map(|end| self.literal(end, byte)).take(MOST).collect()
        })
    }

    /// Reads a hexadecimal number with exactly this many digits.
    fn hex(&self, place: usize, count: usize) -> Vec<(u32, usize)> {
        self.number(place, 16, count)
    }

    /// Reads a number with exactly this many digits.
    fn number(&self, place: usize, radix: u32, count: usize) -> Vec<(u32, usize)> {
        (0..count).fold(vec![(0, place)], |numbers, _| self.appended(&numbers, radix))
    }

    /// Reads a number with at least one digit and at most this many. Returns all possible ends.
    fn digits(&self, place: usize, radix: u32, most: usize) -> Vec<(u32, usize)> {
        let mut all = Vec::new();
        let mut numbers = vec![(0, place)];
        for _ in 0..most {
            numbers = self.appended(&numbers, radix);
            all.extend_from_slice(&numbers);
        }
        all
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

/// Returns whether an escape can begin at this place.
fn may_open(text: &[u8], place: usize) -> bool {
    let next = text.get(place + 1).copied();
    // The next character can be escaped too.
    let is_escaped = matches!(next, Some(b'\\' | b'%' | b'&' | b'\0'));
    match text[place] {
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

/// Returns the readings of escaped bytes. A byte outside ASCII can be UTF-8 or Latin-1.
fn bytes(codes: impl IntoIterator<Item = (u32, usize)>) -> Vec<Reading> {
    let mut found = Vec::new();
    for (code, end) in codes {
        let Ok(byte) = u8::try_from(code) else { continue };
        found.push(Reading { unit: Unit::Byte(byte), end });
        if !byte.is_ascii() {
            found.push(Reading { unit: Unit::Char(code), end });
        }
    }
    found
}

/// Returns the readings of escaped code points.
fn chars(codes: impl IntoIterator<Item = (u32, usize)>) -> Vec<Reading> {
    let unit = |code: u32| match u8::try_from(code) {
        Ok(byte) if byte.is_ascii() => Unit::Byte(byte),
        _ => Unit::Char(code),
    };
    codes.into_iter().map(|(code, end)| Reading { unit: unit(code), end }).collect()
}
