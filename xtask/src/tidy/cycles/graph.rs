//! Finds groups of files that import each other in a graph of files and imports.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

/// The imports in a crate: for each file, the files that it imports and the names of the imported items.
pub(super) type Imports<'a> = BTreeMap<&'a Path, BTreeMap<&'a Path, BTreeSet<&'a str>>>;

/// Returns the strongly connected components: groups in which every file reaches every other file.
pub(super) fn groups<'a>(imports: &Imports<'a>) -> BTreeSet<BTreeSet<&'a Path>> {
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (*file, predecessors(imports, file))).collect();
    let reaches = |from: &Path, to: &Path| reached.get(from).is_some_and(|files| files.contains_key(to));
    let group = |file: &&Path| reached[file].keys().copied().filter(|other| reaches(other, file)).collect();
    imports.keys().filter(|file| reaches(file, file)).map(group).collect()
}

/// Returns the shortest cycle in a group, with each file once.
pub(super) fn shortest_cycle<'a>(imports: &Imports<'a>, group: &BTreeSet<&'a Path>) -> Vec<&'a Path> {
    let cycle = |file: &&'a Path| {
        let predecessors = predecessors(imports, file);
        let before = std::iter::successors(predecessors.get(file), |at| predecessors.get(*at)).copied();
        let mut cycle: Vec<_> = before.take_while(|at| at != file).chain([*file]).collect();
        cycle.reverse();
        cycle
    };
    group.iter().map(cycle).min_by_key(Vec::len).unwrap_or_default()
}

/// Returns the files that a file reaches through one or more imports, each with its predecessor on a shortest path.
fn predecessors<'a>(imports: &Imports<'a>, from: &'a Path) -> BTreeMap<&'a Path, &'a Path> {
    let mut predecessors = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(file) = open.pop_front() {
        for next in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if !predecessors.contains_key(next) {
                predecessors.insert(*next, file);
                open.push_back(next);
            }
        }
    }
    predecessors
}
