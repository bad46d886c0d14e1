//! Two versions of a guide, compared as meaning: not which lines differ, but what differs for whom.
//!
//! [`compare`] says what changed and what it means for accounts that were linked with the old version. Order within
//! a list counts only where people read in that order.

mod method;
mod proof;
mod spelled;
mod words;

use std::fmt;

use guide::{Guide, Span};

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
pub(crate) struct Changes(Vec<Change>);

/// What changed between two versions of a guide, the heaviest first.
pub fn compare(old: &Guide, new: &Guide) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    provider(&mut changes, old, new);
    permissions(&mut changes, old, new);
    let pairs = pair(&old.methods, &new.methods, |method| method.key.as_str());
    for method in pairs.removed {
        let what = format!("the method `{}` is gone", method.key);
        changes.say(Impact::Relink, what).was_at(method.span);
    }
    for method in pairs.added {
        changes.say(Impact::Offer, format!("the method `{}` is new", method.key)).is_at(method.span);
    }
    for (old, new) in pairs.kept {
        method::compare(&mut changes, old, new);
        proof::compare(&mut changes, old, new);
        words::compare(&mut changes, old, new);
    }
    words::evidence(&mut changes, old, new);
    changes.0.sort_by_key(|change| change.impact);
    changes.0
}

fn provider(changes: &mut Changes, old: &Guide, new: &Guide) {
    let (was, is) = (&old.provider, &new.provider);
    let spans = (was.span, is.span);
    changes.differ(Impact::Relink, "the provider's key", was.key.as_str(), is.key.as_str(), spans);
    changes.differ(Impact::Words, "the provider's name", &was.name, &is.name, spans);
    let lists = [
        ("the provider's aliases", was.aliases.join(", "), is.aliases.join(", ")),
        ("the provider's categories", was.categories.join(", "), is.categories.join(", ")),
        ("the provider's icon", was.icon.clone().unwrap_or_default(), is.icon.clone().unwrap_or_default()),
    ];
    for (what, was, is) in lists {
        changes.differ(Impact::Words, what, &was, &is, spans);
    }
}

/// Scopes and actions. One that needs more than before is a permission widened.
fn permissions(changes: &mut Changes, old: &Guide, new: &Guide) {
    let pairs = pair(&old.scopes, &new.scopes, |scope| scope.name.as_str());
    for scope in pairs.removed {
        changes.say(Impact::Offer, format!("the scope `{}` is gone", scope.name)).was_at(scope.span);
    }
    for scope in pairs.added {
        changes.say(Impact::Offer, format!("the scope `{}` is new", scope.name)).is_at(scope.span);
    }
    for (was, is) in pairs.kept {
        let what = format!("the scope `{}` brings others with it", is.name);
        let (a, b) = (was.includes.join(", "), is.includes.join(", "));
        changes.differ(Impact::Recheck, &what, &a, &b, (was.span, is.span));
        let what = format!("the scope `{}` is described otherwise", is.name);
        changes.differ_words(
            &what,
            was.description.as_deref(),
            is.description.as_deref(),
            (was.span, is.span),
        );
    }
    let pairs = pair(&old.actions, &new.actions, |action| action.key.as_str());
    for action in pairs.removed {
        changes.say(Impact::Offer, format!("the action `{}` is gone", action.key)).was_at(action.span);
    }
    for action in pairs.added {
        changes.say(Impact::Offer, format!("the action `{}` is new", action.key)).is_at(action.span);
    }
    for (was, is) in pairs.kept {
        let spans = (was.span, is.span);
        let more: Vec<&str> =
            is.scopes.iter().filter(|one| !was.scopes.contains(one)).map(String::as_str).collect();
        let less: Vec<&str> =
            was.scopes.iter().filter(|one| !is.scopes.contains(one)).map(String::as_str).collect();
        if !more.is_empty() {
            let what = format!("the action `{}` needs more: {}", is.key, guide::listed(more));
            changes.say(Impact::Recheck, what).at(spans);
        }
        if !less.is_empty() {
            let what = format!("the action `{}` needs less: no {}", is.key, guide::listed(less));
            changes.say(Impact::Offer, what).at(spans);
        }
        changes.differ(
            Impact::Words,
            &format!("the label of the action `{}`", is.key),
            &was.label,
            &is.label,
            spans,
        );
    }
}

impl Changes {
    /// Adds a change; more is said of it by what this gives.
    fn say(&mut self, impact: Impact, what: String) -> &mut Change {
        self.0.push(Change { impact, what, before: None, after: None, old: None, new: None });
        self.0.last_mut().expect("one was just added")
    }

    /// Adds a change if two texts differ.
    fn differ(&mut self, impact: Impact, what: &str, was: &str, is: &str, spans: (Span, Span)) {
        if was != is {
            self.say(impact, format!("{what} changed")).shown(was, is).at(spans);
        }
    }

    /// Adds a change of wording, which is too long to be shown, if two texts differ.
    fn differ_words(&mut self, what: &str, was: Option<&str>, is: Option<&str>, spans: (Span, Span)) {
        if was != is {
            self.say(Impact::Words, what.to_owned()).at(spans);
        }
    }
}

impl Change {
    fn shown(&mut self, before: &str, after: &str) -> &mut Self {
        let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
        self.before = Some(or_nothing(before));
        self.after = Some(or_nothing(after));
        self
    }

    fn at(&mut self, (old, new): (Span, Span)) -> &mut Self {
        self.old = Some(old);
        self.new = Some(new);
        self
    }

    fn was_at(&mut self, old: Span) -> &mut Self {
        self.old = Some(old);
        self
    }

    fn is_at(&mut self, new: Span) -> &mut Self {
        self.new = Some(new);
        self
    }
}

/// Two lists side by side, by key.
pub(crate) struct Pairs<'a, T> {
    pub(crate) added: Vec<&'a T>,
    pub(crate) removed: Vec<&'a T>,
    pub(crate) kept: Vec<(&'a T, &'a T)>,
}

pub(crate) fn pair<'a, T>(old: &'a [T], new: &'a [T], key: impl Fn(&T) -> &str) -> Pairs<'a, T> {
    let find = |list: &'a [T], wanted: &T| list.iter().find(|one| key(one) == key(wanted));
    Pairs {
        added: new.iter().filter(|one| find(old, one).is_none()).collect(),
        removed: old.iter().filter(|one| find(new, one).is_none()).collect(),
        kept: new.iter().filter_map(|one| Some((find(old, one)?, one))).collect(),
    }
}
