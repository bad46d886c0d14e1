//! Groups of files that import each other, in a graph of files and imports.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The imports of a crate: from one file to another, with the names that are imported.
pub(super) type Imports = BTreeMap<(usize, usize), BTreeSet<String>>;

/// The groups of files each of which reaches all others of its group, the largest group first.
pub(super) fn groups(imports: &Imports) -> Vec<BTreeSet<usize>> {
    let files: BTreeSet<usize> = imports.keys().flat_map(|(from, to)| [*from, *to]).collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        files.iter().map(|file| (*file, distances(imports, *file).into_keys().collect())).collect();
    let groups: BTreeSet<BTreeSet<usize>> = files
        .iter()
        .filter(|file| reached[file].contains(file))
        .map(|file| reached[file].iter().copied().filter(|other| reached[other].contains(file)).collect())
        .collect();
    let mut groups: Vec<BTreeSet<usize>> = groups.into_iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

/// The shortest way from a file of a group back to itself: each file once.
pub(super) fn shortest_cycle(imports: &Imports, group: &BTreeSet<usize>) -> Vec<usize> {
    let cycle = |file: &usize| {
        let ways = distances(imports, *file);
        let mut cycle = vec![*file];
        let mut at = ways[file];
        while at != *file {
            cycle.push(at);
            at = ways[&at];
        }
        cycle[1..].reverse();
        cycle
    };
    group.iter().map(cycle).min_by_key(Vec::len).unwrap_or_default()
}

/// The files that a file reaches by one import or more, each with the file before it on a shortest way.
fn distances(imports: &Imports, from: usize) -> BTreeMap<usize, usize> {
    let mut before = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(file) = open.pop_front() {
        for (_, next) in imports.range((file, 0)..=(file, usize::MAX)).map(|(edge, _)| edge) {
            if !before.contains_key(next) {
                before.insert(*next, file);
                open.push_back(*next);
            }
        }
    }
    before
}
