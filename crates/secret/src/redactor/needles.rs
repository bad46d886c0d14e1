//! The strings that a redactor searches for, and the search for them in all readings of a text.

use std::ops::Range;

use zeroize::Zeroizing;

use super::readings::{LONGEST, Reading, Readings, Unit};
use crate::value::SecretBytes;

/// The places that a search found.
pub(super) struct Found {
    /// The places of the needles, which can overlap.
    pub(super) places: Vec<Range<usize>>,
    /// The place from which more text could complete a needle, or the length of the text.
    pub(super) open: usize,
}

/// A set of strings to search for, sorted, so that those with the same prefix are next to each other.
#[derive(Clone, Default)]
pub(super) struct Needles {
    sorted: Vec<SecretBytes>,
    /// For each byte, whether a needle begins with it, or with the character that it is in Latin-1.
    firsts: Zeroizing<Vec<bool>>,
    /// For each pair of bytes, whether a needle begins with it.
    starts: Zeroizing<Vec<bool>>,
}

/// The needles whose first `depth` bytes have been read, beginning at `start`.
#[derive(Clone, Copy)]
struct Candidate {
    low: usize,
    high: usize,
    depth: usize,
    start: usize,
}

impl Needles {
    /// Sorts the needles and removes duplicates.
    pub(super) fn new(mut needles: Vec<SecretBytes>) -> Self {
        needles.retain(|needle| !needle.is_empty());
        needles.sort_by(|a, b| a.expose().cmp(b.expose()));
        needles.dedup_by(|a, b| a.expose() == b.expose());
        let mut firsts = Zeroizing::new(vec![false; 1 << 8]);
        let mut starts = Zeroizing::new(vec![false; 1 << 16]);
        for needle in &needles {
            firsts[usize::from(needle.expose()[0])] = true;
            // Only two lead bytes begin the characters from U+0080 to U+00FF.
            match needle.expose() {
                [0xc2, second, ..] => firsts[usize::from(*second)] = true,
                [0xc3, second, ..] => firsts[usize::from(*second | 0x40)] = true,
                _ => {}
            }
            match needle.expose() {
                [first, second, ..] => starts[pair(*first, *second)] = true,
                [first] => (0..=255).for_each(|second| starts[pair(*first, second)] = true),
                [] => {}
            }
        }
        Self { sorted: needles, firsts, starts }
    }

    /// Returns whether there is nothing to search for.
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns the length of the shortest needle, or `None` if there are no needles.
    pub(super) fn shortest(&self) -> Option<usize> {
        self.sorted.iter().map(|needle| needle.expose().len()).min()
    }

    /// Returns the length of the longest needle, or 0 if there are no needles.
    pub(super) fn longest(&self) -> usize {
        self.sorted.iter().map(|needle| needle.expose().len()).max().unwrap_or(0)
    }

    /// Finds the needles in all readings of a text.
    ///
    /// Candidates wait at the place at which they continue. Of several candidates that have read the same bytes, only
    /// the one with the earliest start is kept, so the work per place is limited by the needles, not by the text.
    pub(super) fn find(&self, readings: &Readings<'_>) -> Found {
        let length = readings.text.len();
        let tail = readings.tail;
        let mut found = Found { places: Vec::new(), open: tail };
        if self.is_empty() {
            return found;
        }
        let mut buffer = [0; 4];
        let mut waiting = Waiting::new(length);
        let mut candidates = Vec::new();
        let mut place = 0;
        loop {
            if waiting.is_empty() {
                place = self.next_start(readings, place, tail);
            }
            if place == length {
                break;
            }
            waiting.take(place, &mut candidates);
            if tail <= place {
                let earliest = candidates.iter().map(|it| it.start).min();
                found.open = found.open.min(earliest.unwrap_or(length));
            }
            if self.can_start(readings, place, tail) {
                candidates.push(Candidate { low: 0, high: self.sorted.len(), depth: 0, start: place });
            }
            if !candidates.is_empty() {
                for reading in readings.at(place) {
                    for candidate in &candidates {
                        let Some(read) = self.read(*candidate, reading.encoded(&mut buffer)) else {
                            continue;
                        };
                        let (is_complete, rest) = self.split(read);
                        if is_complete && !is_followed_by_nul(&read, &reading, readings.text) {
                            found.places.push(read.start..reading.end);
                            if reading.end == length && may_grow(readings.text) {
                                found.open = found.open.min(read.start);
                            }
                        }
                        if let Some(rest) = rest {
                            waiting.add(reading.end, rest);
                        }
                    }
                }
            }
            place += 1;
        }
        found.open = found.open.min(waiting.earliest().unwrap_or(length));
        found
    }

    /// Returns the first place from `place` on at which a needle can begin, or the length of the text.
    fn next_start(&self, readings: &Readings<'_>, place: usize, tail: usize) -> usize {
        (place..readings.text.len())
            .find(|place| self.can_start(readings, *place, tail))
            .unwrap_or(readings.text.len())
    }

    /// Returns whether a needle can begin at this place. From `tail` on, more text could complete an escape.
    fn can_start(&self, readings: &Readings<'_>, place: usize, tail: usize) -> bool {
        if tail <= place {
            return true;
        }
        if readings.is_escaped(place) {
            return readings.at(place).any(|reading| match reading.unit {
                Unit::Byte(byte) => self.firsts[usize::from(byte)],
                Unit::Char(code) => u8::try_from(code).is_err() || self.firsts[code as usize],
            });
        }
        let byte = readings.text[place];
        let next = place + 1;
        self.firsts[usize::from(byte)]
            && (tail <= next
                || !byte.is_ascii()
                || readings.plain(next).is_none_or(|next| self.starts[pair(byte, next)]))
    }

    /// Returns the needles that continue with these bytes.
    fn read(&self, candidate: Candidate, bytes: &[u8]) -> Option<Candidate> {
        let Candidate { mut low, mut high, mut depth, start } = candidate;
        for byte in bytes {
            let range = &self.sorted[low..high];
            let at = |needle: &SecretBytes| needle.expose().get(depth).copied();
            let first = range.partition_point(|needle| at(needle) < Some(*byte));
            let last = range.partition_point(|needle| at(needle) <= Some(*byte));
            (low, high, depth) = (low + first, low + last, depth + 1);
        }
        (low < high && !bytes.is_empty()).then_some(Candidate { low, high, depth, start })
    }

    /// Returns whether one of the needles has been read completely, and the candidates that have not.
    fn split(&self, candidate: Candidate) -> (bool, Option<Candidate>) {
        // The needles are distinct and sorted, so only the first can be complete.
        let is_complete = self.sorted[candidate.low].expose().len() == candidate.depth;
        let low = candidate.low + usize::from(is_complete);
        (is_complete, (low < candidate.high).then_some(Candidate { low, ..candidate }))
    }
}

/// Returns whether the last character of a needle is only UTF-16 because a NUL follows, unlike the first.
fn is_followed_by_nul(needle: &Candidate, last: &Reading, text: &[u8]) -> bool {
    let is_utf_16 = text[needle.start] == 0 || text.get(needle.start + 1) == Some(&0);
    text[last.end - 1] == 0 && last.unit != Unit::Byte(0) && !is_utf_16
}

/// Returns whether the last character of a text could become longer: the first of two quotation marks, or part of a
/// UTF-16 character.
fn may_grow(text: &[u8]) -> bool {
    matches!(text, [.., b'\'' | b'"' | 0] | [.., 0, _])
}

/// Returns the index of a pair of bytes.
fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// The candidates that wait for the places at which they continue.
struct Waiting {
    /// The candidates, by the last bits of the place, which is at most [`LONGEST`] bytes ahead. Empty until a candidate
    /// waits.
    slots: Vec<Vec<Candidate>>,
    /// The number of slots, a power of two.
    size: usize,
    /// The number of candidates.
    number: usize,
}

impl Waiting {
    /// Prepares for the candidates in a text of this length.
    fn new(length: usize) -> Self {
        let size = (length.min(LONGEST) + 1).next_power_of_two();
        Self { slots: Vec::new(), size, number: 0 }
    }

    fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Replaces `candidates` with those that wait for this place.
    fn take(&mut self, place: usize, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        if let Some(slot) = self.slots.get_mut(place & (self.size - 1)) {
            std::mem::swap(slot, candidates);
            self.number -= candidates.len();
        }
    }

    /// Adds a candidate unless one with an earlier start has read the same bytes.
    fn add(&mut self, place: usize, candidate: Candidate) {
        self.slots.resize_with(self.size, Vec::new);
        let slot = &mut self.slots[place & (self.size - 1)];
        let same = slot.iter_mut().find(|it| it.low == candidate.low && it.depth == candidate.depth);
        match same {
            Some(same) => same.start = same.start.min(candidate.start),
            None => {
                slot.push(candidate);
                self.number += 1;
            }
        }
    }

    /// Returns the earliest start of all candidates.
    fn earliest(&self) -> Option<usize> {
        self.slots.iter().flatten().map(|candidate| candidate.start).min()
    }
}
