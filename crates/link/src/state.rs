//! Where a flow stands. A state owns its data; nothing is set only sometimes.

use guide::{Key, Saying};
use probe::{Identity, Values, Verdict};
use serde::{Deserialize, Serialize};

/// Where a flow stands.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// The environment is being chosen.
    Choosing,
    /// The guide is being followed.
    Walking {
        /// The step, by key.
        step: Key,
        /// What is wrong with what was typed.
        problems: Vec<FieldProblem>,
        /// The failure that led back here, if one did.
        after: Option<Box<Verdict>>,
    },
    /// Checks are being made.
    Checking(Run),
    /// Checks failed.
    Failed {
        /// Why.
        verdict: Box<Verdict>,
        /// The environment in which the credentials were accepted instead.
        belongs_to: Option<Key>,
        /// How the checks went.
        reports: Vec<CheckReport>,
    },
    /// The identity found is to be confirmed.
    Confirming(Proved),
    /// The account is being stored.
    Storing(Proved),
    /// The account is stored.
    Linked,
    /// The flow was given up.
    Closed,
}

/// Checks under way.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The number of the request that is out, if one is.
    pub(crate) asked: Option<u64>,
    /// Which request.
    pub(crate) at: At,
    /// How often it was asked.
    pub(crate) attempts: u32,
    /// What was kept of answers.
    pub(crate) captures: Values,
    /// What signing in gave.
    pub(crate) tokens: Values,
    /// When that ends, in seconds since 1970.
    pub(crate) tokens_end: Option<i64>,
    /// Whether the tokens were got in this run.
    pub(crate) fresh: bool,
    /// Whether they were renewed for the check that is due.
    pub(crate) renewed: bool,
    /// The check to go on with after signing in.
    pub(crate) then: usize,
    /// The scopes of the credential, where an answer listed them.
    pub(crate) granted: Option<Vec<String>>,
    /// How the checks went so far; the last is the one under way.
    pub(crate) reports: Vec<CheckReport>,
    /// Who was found.
    pub(crate) identity: Option<Identity>,
    /// Whether an optional check failed.
    pub(crate) limited: bool,
    /// The environments still to be tried, and the verdict that made us ask.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// Which request is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The step of signing in with this index.
    SignIn(usize),
    /// The one that makes tokens of what a browser brought back.
    Exchange,
    /// The one that renews the tokens.
    Refresh,
    /// The check with this index.
    Check(usize),
}

/// Trying other environments with the same credentials.
#[derive(Clone, Debug)]
pub(crate) struct Elsewhere {
    /// The environment asked now.
    pub(crate) environment: Key,
    /// Those to ask after it.
    pub(crate) rest: Vec<Key>,
    /// What the chosen environment answered.
    pub(crate) verdict: Box<Verdict>,
}

/// What the checks showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Proved {
    /// Who was found.
    pub(crate) identity: Option<Identity>,
    /// How the checks went.
    pub(crate) reports: Vec<CheckReport>,
    /// Whether an optional check failed.
    pub(crate) limited: bool,
    /// What was computed, from answers too. It may be secret, so it is not written down with the rest.
    #[serde(skip)]
    pub(crate) computed: Values,
}

impl Proved {
    /// The checks that went so.
    pub(crate) fn checks(&self, state: &CheckState) -> Vec<Key> {
        self.reports
            .iter()
            .filter(|report| report.state == *state)
            .map(|report| report.check.clone())
            .collect()
    }
}

/// What is wrong with what was typed into a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field.
    pub field: Key,
    /// What the person is told; never the value.
    pub says: Saying,
    /// The environment to which the typed address belongs, where that is the problem.
    pub belongs_to: Option<Key>,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The check.
    pub check: Key,
    /// What is shown.
    pub label: String,
    /// How it stands.
    pub state: CheckState,
}

/// How a check stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// The answer is awaited.
    Running,
    /// The provider asked for patience; it is asked again at this moment, in seconds since 1970.
    WaitingUntil(i64),
    /// It proved what it should.
    Passed,
    /// It failed, and linking goes on without it.
    Missed,
    /// It failed.
    Failed,
}
