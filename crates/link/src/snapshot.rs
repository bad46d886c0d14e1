//! A flow as a text that can be kept, and back.
//!
//! The text holds what was typed, secrets included, so it is a [`Secret`] as a whole and is sealed before it
//! touches a disk.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use guide::{Guide, Key};
use probe::{Values, Verdict};
use secret::Secret;
use serde::{Deserialize, Serialize};

use crate::flow::{Flow, Purpose, Start};
use crate::state::{CheckReport, FieldProblem, Proved, State};

/// The version of the text. One that is newer is not understood.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    version: u32,
    provider: Key,
    method: Key,
    guide_digest: String,
    brand: String,
    again: Option<(Option<String>, bool)>,
    scopes: Option<Vec<String>>,
    environment: Option<Key>,
    values: BTreeMap<Key, String>,
    from_store: BTreeSet<Key>,
    #[serde(default)]
    tokens: BTreeMap<Key, String>,
    #[serde(default)]
    tokens_end: Option<i64>,
    /// What was computed when the checks succeeded.
    #[serde(default)]
    computed: BTreeMap<Key, String>,
    at: At,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum At {
    Choosing,
    Walking {
        step: Key,
        problems: Vec<FieldProblem>,
        after: Option<Box<Verdict>>,
    },
    /// Checks that were under way are begun anew: an answer cannot be awaited across a restart.
    Checking,
    Failed {
        verdict: Box<Verdict>,
        belongs_to: Option<Key>,
        reports: Vec<CheckReport>,
    },
    Confirming(Proved),
    Linked,
    Closed,
}

/// Why a snapshot cannot be taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreError {
    /// It is not a snapshot, or a newer one.
    NotUnderstood,
    /// It belongs to another guide, or to a method that is no more.
    OtherGuide,
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUnderstood => "the draft was not written by this version",
            Self::OtherGuide => "the draft belongs to another guide",
        })
    }
}

impl std::error::Error for RestoreError {}

impl Flow {
    /// The flow as a text. Sealed, it can be kept.
    pub fn snapshot(&self) -> Secret {
        let at = match self.state() {
            State::Choosing => At::Choosing,
            State::Walking { step, problems, after } => {
                At::Walking { step: step.clone(), problems: problems.clone(), after: after.clone() }
            }
            State::Checking(_) => At::Checking,
            State::Failed { verdict, belongs_to, reports } => At::Failed {
                verdict: verdict.clone(),
                belongs_to: belongs_to.clone(),
                reports: reports.clone(),
            },
            State::Confirming(proved) | State::Storing(proved) => At::Confirming(proved.clone()),
            State::Linked => At::Linked,
            State::Closed => At::Closed,
        };
        let snapshot = Snapshot {
            version: VERSION,
            provider: self.guide().provider.key.clone(),
            method: self.method().key.clone(),
            guide_digest: self.guide().digest.clone(),
            brand: self.brand().to_owned(),
            again: match &self.purpose {
                Purpose::First => None,
                Purpose::Again { external_id, other_allowed } => Some((external_id.clone(), *other_allowed)),
            },
            scopes: self.scopes.clone(),
            environment: self.environment.clone(),
            values: exposed(&self.values),
            tokens: exposed(&self.tokens),
            tokens_end: self.tokens_end,
            computed: match self.state() {
                State::Confirming(proved) | State::Storing(proved) => exposed(&proved.computed),
                _ => BTreeMap::new(),
            },
            from_store: self.from_store.clone(),
            at,
        };
        Secret::new(serde_json::to_string(&snapshot).unwrap_or_default())
    }

    /// Takes a flow up again. Where the guide has changed since, the values of fields that are still there are
    /// kept and the guide is followed from its first step.
    pub fn restore(guide: Arc<Guide>, snapshot: &Secret) -> Result<Self, RestoreError> {
        let kept: Snapshot =
            serde_json::from_str(snapshot.expose()).map_err(|_| RestoreError::NotUnderstood)?;
        if kept.version != VERSION {
            return Err(RestoreError::NotUnderstood);
        }
        if kept.provider != guide.provider.key {
            return Err(RestoreError::OtherGuide);
        }
        let changed = kept.guide_digest != guide.digest;
        let start = Start {
            purpose: match kept.again {
                None => Purpose::First,
                Some((external_id, other_allowed)) => Purpose::Again { external_id, other_allowed },
            },
            environment: kept.environment,
            stored: Values::new(),
            tokens: hidden(kept.tokens),
            tokens_end: kept.tokens_end,
            scopes: kept.scopes,
            brand: kept.brand,
        };
        let mut flow = Self::new(guide, kept.method.as_str(), start).ok_or(RestoreError::OtherGuide)?;
        for (key, value) in kept.values {
            let Some(field) = flow.method().field(key.as_str()) else { continue };
            if field.keep(&value, &flow.method().environments).is_ok() {
                flow.values.insert(key, Secret::new(value));
            }
        }
        flow.from_store = kept.from_store;
        flow.effects = VecDeque::new();
        if !changed {
            flow.resume(kept.at);
            if let State::Confirming(proved) = &mut flow.state {
                proved.computed = hidden(kept.computed);
            }
        }
        Ok(flow)
    }

    fn resume(&mut self, at: At) {
        match at {
            At::Choosing => self.state = State::Choosing,
            At::Walking { step, problems, after } => {
                self.state = State::Walking { step, problems, after };
            }
            At::Checking => self.resume_checks(),
            At::Failed { verdict, belongs_to, reports } => {
                self.state = State::Failed { verdict, belongs_to, reports };
            }
            At::Confirming(proved) => self.state = State::Confirming(proved),
            At::Linked => self.state = State::Linked,
            At::Closed => self.state = State::Closed,
        }
    }
}

fn exposed(values: &Values) -> BTreeMap<Key, String> {
    values.iter().map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}

fn hidden(values: BTreeMap<Key, String>) -> Values {
    values.into_iter().map(|(key, value)| (key, Secret::new(value))).collect()
}
