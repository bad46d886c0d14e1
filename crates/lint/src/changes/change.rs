//! A change between two versions of a guide, and the list to which comparisons add changes.

use guide::Span;

/// What a change means for accounts linked with the old version. JSON and the command line use the lowercase name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Impact {
    /// The accounts lack a value, or their values are used in a different way. They must be linked again.
    Relink,
    /// The accounts stay linked, but a request or the meaning of a response changed. They should be checked again.
    Recheck,
    /// The accounts are not affected. An option was added, or an option that no account needs was removed.
    Offer,
    /// The accounts are not affected. Only the wording changed.
    Words,
}

impl Impact {
    /// All impacts, from the most severe to the least severe.
    pub const ALL: [Self; 4] = [Self::Relink, Self::Recheck, Self::Offer, Self::Words];

    /// The heading under which changes with this impact are listed.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Relink => "Linked accounts must be linked again",
            Self::Recheck => "Linked accounts should be checked again",
            Self::Offer => "Linked accounts are not affected; only new links change",
            Self::Words => "Linked accounts are not affected; only the wording changes",
        }
    }

    /// The part of a version number to increment under [semantic versioning](https://semver.org).
    pub const fn version_part(self) -> &'static str {
        match self {
            Self::Relink => "major",
            Self::Recheck | Self::Offer => "minor",
            Self::Words => "patch",
        }
    }
}

/// A difference between two versions of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the change means for accounts linked with the old version.
    pub impact: Impact,
    /// A one-line description of the change, without a final period: "the required field `region` was added".
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
    /// Adds a change. `old` and `new` are its spans in the two versions.
    pub(super) fn add(&mut self, impact: Impact, what: String, old: Option<Span>, new: Option<Span>) {
        self.0.push(Change { impact, what, before: None, after: None, old, new });
    }

    /// Records that an item was removed. `span` is its span in the old version.
    pub(super) fn removed(&mut self, impact: Impact, name: &str, span: Span) {
        self.add(impact, format!("{name} was removed"), Some(span), None);
    }

    /// Records that an item was added. `span` is its span in the new version.
    pub(super) fn added(&mut self, impact: Impact, name: &str, span: Span) {
        self.add(impact, format!("{name} was added"), None, Some(span));
    }

    /// Compares the old and new lists of one kind of item. Records each item that is in only one of the lists as
    /// removed or added, with the corresponding impact. Returns the items that are in both lists. `id` returns an
    /// item's key and span.
    pub(super) fn lists<'a, T>(
        &mut self,
        kind: &str,
        [old, new]: [&'a [T]; 2],
        [removal, addition]: [Impact; 2],
        id: impl Fn(&'a T) -> (&'a str, Span),
    ) -> Vec<(&'a T, &'a T)> {
        let pairs = pair(old, new, |item| id(item).0);
        for (key, span) in pairs.removed.into_iter().map(&id) {
            self.removed(removal, &format!("the {kind} `{key}`"), span);
        }
        for (key, span) in pairs.added.into_iter().map(&id) {
            self.added(addition, &format!("the {kind} `{key}`"), span);
        }
        pairs.kept
    }

    /// Compares the old and new versions of an item.
    pub(super) fn compare<'c, T>(
        &'c mut self,
        old: &'c T,
        new: &'c T,
        span: impl Fn(&T) -> Span,
    ) -> Comparison<'c, T> {
        Comparison { spans: (span(old), span(new)), changes: self, old, new }
    }
}

/// A comparison of the old and new versions of an item.
pub(super) struct Comparison<'c, T> {
    changes: &'c mut Changes,
    old: &'c T,
    new: &'c T,
    spans: (Span, Span),
}

impl<'c, T> Comparison<'c, T> {
    /// Records a change to the item.
    pub(super) fn add(&mut self, impact: Impact, what: String) {
        self.changes.add(impact, what, Some(self.spans.0), Some(self.spans.1));
    }

    /// Records a change with the old and new values if these differ.
    pub(super) fn differ<V: AsRef<str>>(&mut self, impact: Impact, what: &str, value: impl Fn(&'c T) -> V) {
        let (old, new) = (value(self.old), value(self.new));
        if old.as_ref() != new.as_ref() {
            self.add(impact, format!("{what} changed"));
            let change = self.changes.0.last_mut().expect("a change was just added");
            (change.before, change.after) = (Some(or_nothing(old.as_ref())), Some(or_nothing(new.as_ref())));
        }
    }

    /// Records a change to the wording if the versions differ. Omits the old and new wording, because prose is too long
    /// to be shown on one line.
    pub(super) fn differ_words<V: PartialEq>(&mut self, what: &str, text: impl Fn(&'c T) -> V) {
        if text(self.old) != text(self.new) {
            self.add(Impact::Words, format!("{what} changed"));
        }
    }
}

fn or_nothing(text: &str) -> String {
    if text.is_empty() { "nothing" } else { text }.to_owned()
}

/// The items in two lists, matched by key. `kept` holds the old and new versions of each item that is in both lists, in
/// the order of the new list.
pub(super) struct Pairs<'a, T> {
    pub(super) added: Vec<&'a T>,
    pub(super) removed: Vec<&'a T>,
    pub(super) kept: Vec<(&'a T, &'a T)>,
}

pub(super) fn pair<'a, T, K: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Pairs<'a, T> {
    let find = |list: &'a [T], item: &'a T| list.iter().find(|other| key(other) == key(item));
    Pairs {
        added: new.iter().filter(|item| find(old, item).is_none()).collect(),
        removed: old.iter().filter(|item| find(new, item).is_none()).collect(),
        kept: new.iter().filter_map(|item| Some((find(old, item)?, item))).collect(),
    }
}
