//! The strings that a redactor searches for, and the search for them in all readings of a text.

use std::collections::BTreeMap;
use std::ops::Range;

use zeroize::Zeroizing;

use super::readings::Readings;
use crate::value::SecretBytes;

/// The places that a search found.
pub(super) struct Found {
    /// The places of the needles, which can overlap.
    pub(super) places: Vec<Range<usize>>,
    /// The place at which a needle begins that more text could complete, or the length of the text.
    pub(super) open: usize,
}

/// A set of strings to search for, sorted, so that those with the same prefix are next to each other.
#[derive(Clone, Default)]
pub(super) struct Needles {
    sorted: Vec<SecretBytes>,
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
        let mut starts = Zeroizing::new(vec![false; 1 << 16]);
        for needle in &needles {
            match needle.expose() {
                [first, second, ..] => starts[pair(*first, *second)] = true,
                [first] => (0..=255).for_each(|second| starts[pair(*first, second)] = true),
                [] => {}
            }
        }
        Self { sorted: needles, starts }
    }

    /// Returns the length of the shortest needle, or `None` if there are no needles.
    pub(super) fn shortest(&self) -> Option<usize> {
        self.sorted.iter().map(|needle| needle.expose().len()).min()
    }

    /// Finds the needles in all readings of a text.
    ///
    /// Candidates wait at the place at which they continue. Of several candidates that have read the same bytes, only
    /// the one with the earliest start is kept, so the work per place is limited by the needles, not by the text.
    pub(super) fn find(&self, readings: &Readings<'_>) -> Found {
        let length = readings.text.len();
        let mut waiting: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
        let mut next = usize::MAX;
        let tail = readings.open_tail();
        let mut found = Found { places: Vec::new(), open: tail };
        if self.sorted.is_empty() {
            return found;
        }
        let mut buffer = [0; 4];
        let mut candidates = Vec::new();
        for place in 0..length {
            if place != next && !self.can_start(readings, place, tail) {
                continue;
            }
            candidates.clear();
            candidates.extend(waiting.remove(&place).into_iter().flatten());
            if tail <= place {
                let earliest = candidates.iter().map(|it| it.start).min();
                found.open = found.open.min(earliest.unwrap_or(length));
            }
            candidates.push(Candidate { low: 0, high: self.sorted.len(), depth: 0, start: place });
            for reading in readings.at(place) {
                for candidate in &candidates {
                    let Some(read) = self.read(*candidate, reading.encoded(&mut buffer)) else { continue };
                    let (is_complete, rest) = self.split(read);
                    if is_complete {
                        found.places.push(read.start..reading.end);
                    }
                    if let Some(rest) = rest {
                        keep(waiting.entry(reading.end).or_default(), rest);
                    }
                }
            }
            next = waiting.first_key_value().map_or(usize::MAX, |(place, _)| *place);
        }
        let unfinished = waiting.values().flatten().map(|candidate| candidate.start).min();
        found.open = found.open.min(unfinished.unwrap_or(length));
        found
    }

    /// Returns whether a needle can begin at this place. From `tail` on, more text could complete an escape.
    fn can_start(&self, readings: &Readings<'_>, place: usize, tail: usize) -> bool {
        let next = place + 1;
        if tail <= next || !readings.is_plain(place) || !readings.is_plain(next) {
            return true;
        }
        self.starts[pair(readings.text[place], readings.text[next])]
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

/// Returns the index of a pair of bytes.
fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// Adds a candidate unless one with an earlier start has read the same bytes.
fn keep(list: &mut Vec<Candidate>, candidate: Candidate) {
    let same = list.iter_mut().find(|it| it.low == candidate.low && it.depth == candidate.depth);
    match same {
        Some(same) => same.start = same.start.min(candidate.start),
        None => list.push(candidate),
    }
}
