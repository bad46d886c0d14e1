//! A change between two versions of a guide, and the list to which comparisons add changes.

use std::fmt;

use guide::Span;

/// What a change means for accounts linked with the old version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// The accounts lack a value, or their values are used in a different way. They must be linked again.
    Relink,
    /// The accounts stay linked, but requests or the meaning of their answers changed. They should be checked again.
    Recheck,
    /// The accounts are not affected. An option was added, or one that no account needs was removed.
    Offer,
    /// The accounts are not affected. Only texts changed.
    Words,
}

impl Impact {
    /// All impacts, from the most severe to the least severe.
    pub const ALL: [Self; 4] = [Self::Relink, Self::Recheck, Self::Offer, Self::Words];

    /// The impact's name in JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relink => "relink",
            Self::Recheck => "recheck",
            Self::Offer => "offer",
            Self::Words => "words",
        }
    }

    /// The heading under which changes with this impact are listed.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Relink => "Linked accounts must be linked again",
            Self::Recheck => "Linked accounts should be checked again",
            Self::Offer => "Linked accounts are not affected; what is asked for changes",
            Self::Words => "Linked accounts are not affected; only texts change",
        }
    }

    /// The part of a version number to increase, as in [semantic versioning](https://semver.org).
    pub const fn version_part(self) -> &'static str {
        match self {
            Self::Relink => "major",
            Self::Recheck | Self::Offer => "minor",
            Self::Words => "patch",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A difference between two versions of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the change means for accounts linked with the old version.
    pub impact: Impact,
    /// What changed, on one line without a full stop: "the required field `region` was added".
    pub what: String,
    /// The old value. `None` if it does not fit on one line.
    pub before: Option<String>,
    /// The new value. `None` if it does not fit on one line.
    pub after: Option<String>,
    /// The span in the old version. `None` if the item is new.
    pub old: Option<Span>,
    /// The span in the new version. `None` if the item was removed.
    pub new: Option<Span>,
}

/// The changes found so far.
pub(super) struct Changes(pub(super) Vec<Change>);

impl Changes {
    /// Adds a change without spans and returns it, so that the caller can set them.
    pub(super) fn add(&mut self, impact: Impact, what: String) -> &mut Change {
        self.0.push(Change { impact, what, before: None, after: None, old: None, new: None });
        self.0.last_mut().expect("one was just added")
    }

    /// Compares an item that both versions have; `spans` are those in the old and the new version.
    pub(super) fn at(&mut self, spans: (Span, Span)) -> Comparison<'_> {
        Comparison { changes: self, spans }
    }
}

/// The comparison of one item in its old and new version.
pub(super) struct Comparison<'c> {
    changes: &'c mut Changes,
    spans: (Span, Span),
}

impl Comparison<'_> {
    /// Adds a change of the item.
    pub(super) fn add(&mut self, impact: Impact, what: String) -> &mut Change {
        let change = self.changes.add(impact, what);
        (change.old, change.new) = (Some(self.spans.0), Some(self.spans.1));
        change
    }

    /// Adds a change with the old and the new value if they differ.
    pub(super) fn differ(&mut self, impact: Impact, what: &str, was: &str, is: &str) {
        let or_nothing = |text: &str| Some(if text.is_empty() { "nothing" } else { text }.to_owned());
        if was != is {
            let change = self.add(impact, format!("{what} changed"));
            (change.before, change.after) = (or_nothing(was), or_nothing(is));
        }
    }

    /// Adds a change of a text if the versions differ. Texts are too long to be shown on one line.
    pub(super) fn differ_words(&mut self, what: &str, was: Option<&str>, is: Option<&str>) {
        if was != is {
            self.add(Impact::Words, format!("{what} changed"));
        }
    }
}

impl Change {
    /// Sets the span in the old version, for an item that was removed.
    pub(super) fn was_at(&mut self, old: Span) {
        self.old = Some(old);
    }

    /// Sets the span in the new version, for an item that was added.
    pub(super) fn is_at(&mut self, new: Span) {
        self.new = Some(new);
    }
}

/// The items of two lists, matched by key. `kept` holds the old and the new version of each item in both lists.
pub(super) struct Pairs<'a, T> {
    pub(super) added: Vec<&'a T>,
    pub(super) removed: Vec<&'a T>,
    pub(super) kept: Vec<(&'a T, &'a T)>,
}

pub(super) fn pair<'a, T>(old: &'a [T], new: &'a [T], key: impl Fn(&T) -> &str) -> Pairs<'a, T> {
    let find = |list: &'a [T], wanted: &T| list.iter().find(|one| key(one) == key(wanted));
    Pairs {
        added: new.iter().filter(|one| find(old, one).is_none()).collect(),
        removed: old.iter().filter(|one| find(new, one).is_none()).collect(),
        kept: new.iter().filter_map(|one| Some((find(old, one)?, one))).collect(),
    }
}
