//! A change, and the list that comparisons add to.

use std::fmt;

use guide::Span;

/// What a change means for accounts linked with the old version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// They lack something, or what they were linked with is used otherwise: they have to be linked again.
    Relink,
    /// They stay as they are; what is asked, or how an answer is read, is another: they should be checked again.
    Recheck,
    /// Nothing: something new can be chosen, or something that nobody needs any more is gone.
    Offer,
    /// Nothing: people read other words.
    Words,
}

impl Impact {
    /// All of them, the heaviest first.
    pub const ALL: [Self; 4] = [Self::Relink, Self::Recheck, Self::Offer, Self::Words];

    /// The word in JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relink => "relink",
            Self::Recheck => "recheck",
            Self::Offer => "offer",
            Self::Words => "words",
        }
    }

    /// What it means, as a heading.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Relink => "Accounts linked before have to be linked again",
            Self::Recheck => "Accounts linked before should be checked again",
            Self::Offer => "Accounts linked before are not touched; there is something else to choose",
            Self::Words => "Accounts linked before are not touched; people read other words",
        }
    }

    /// Which part of a version number goes up ([semantic versioning](https://semver.org)).
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

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it means for linked accounts.
    pub impact: Impact,
    /// What changed, in one line without a full stop: "the field `region` is new and required".
    pub what: String,
    /// How it was, where that can be shown in a line.
    pub before: Option<String>,
    /// How it is.
    pub after: Option<String>,
    /// Where it stood in the old version.
    pub old: Option<Span>,
    /// Where it stands in the new one.
    pub new: Option<Span>,
}

/// The changes found so far.
pub(super) struct Changes(pub(super) Vec<Change>);

impl Changes {
    /// Adds a change; more is said of it by what this gives.
    pub(super) fn say(&mut self, impact: Impact, what: String) -> &mut Change {
        self.0.push(Change { impact, what, before: None, after: None, old: None, new: None });
        self.0.last_mut().expect("one was just added")
    }

    /// Adds a change if two texts differ.
    pub(super) fn differ(&mut self, impact: Impact, what: &str, was: &str, is: &str, spans: (Span, Span)) {
        if was != is {
            self.say(impact, format!("{what} changed")).shown(was, is).at(spans);
        }
    }

    /// Adds a change of wording, which is too long to be shown, if two texts differ.
    pub(super) fn differ_words(
        &mut self,
        what: &str,
        was: Option<&str>,
        is: Option<&str>,
        spans: (Span, Span),
    ) {
        if was != is {
            self.say(Impact::Words, what.to_owned()).at(spans);
        }
    }
}

impl Change {
    pub(super) fn shown(&mut self, before: &str, after: &str) -> &mut Self {
        let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
        self.before = Some(or_nothing(before));
        self.after = Some(or_nothing(after));
        self
    }

    pub(super) fn at(&mut self, (old, new): (Span, Span)) -> &mut Self {
        self.old = Some(old);
        self.new = Some(new);
        self
    }

    pub(super) fn was_at(&mut self, old: Span) -> &mut Self {
        self.old = Some(old);
        self
    }

    pub(super) fn is_at(&mut self, new: Span) -> &mut Self {
        self.new = Some(new);
        self
    }
}

/// Two lists side by side, by key.
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
