//! The states of a flow. Each state has only the fields that it uses.

use guide::{Key, Saying};
use probe::{Identity, Values, Verdict};
use serde::{Deserialize, Serialize};

/// The current state of a flow.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The person has to choose an environment.
    Choosing,
    /// The person follows the guide and enters values.
    Walking {
        /// The key of the current step.
        step: Key,
        /// Problems with the entered values.
        problems: Vec<FieldProblem>,
        /// The failure that led back to this step, if any.
        failure: Option<Box<Verdict>>,
    },
    /// Checks are running. A snapshot does not contain their progress, except for the environments left to try.
    Checking(#[serde(skip)] Run),
    /// The checks failed.
    Failed {
        /// The reason for the failure, and what the person can do about it.
        verdict: Box<Verdict>,
        /// The other environment where the credentials work, or `None` if no such environment was found.
        belongs_to: Option<Key>,
        /// The results of the checks.
        reports: Vec<CheckReport>,
    },
    /// The person has to confirm the account that was found.
    Confirming(Proof),
    /// The account is being stored. A snapshot stores this state as `Confirming`, because the driver can no longer
    /// report the result after a restart.
    #[serde(rename = "confirming", skip_deserializing)]
    Storing(Proof),
    /// The account is stored.
    Linked,
    /// The person abandoned the flow.
    Closed,
}

/// The checks in progress.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The id of the request that is waiting for a response, if any.
    pub(crate) sent: Option<u64>,
    /// The current request.
    pub(crate) request: RequestKind,
    /// The number of times that the current request has been sent.
    pub(crate) attempts: u32,
    /// The values captured from responses.
    pub(crate) captures: Values,
    /// The tokens from sign-in.
    pub(crate) tokens: Values,
    /// The tokens' expiry time in Unix seconds, or `None` if it is unknown.
    pub(crate) tokens_expire_at: Option<i64>,
    /// Whether the tokens were obtained in this run.
    pub(crate) fresh: bool,
    /// Whether the tokens were renewed for the current check.
    pub(crate) renewed: bool,
    /// The index of the check to continue with after sign-in.
    pub(crate) next_check: usize,
    /// The scopes granted to the credentials, or `None` if no response listed them.
    pub(crate) granted: Option<Vec<String>>,
    /// The reports so far. The last report is for the current request.
    pub(crate) reports: Vec<CheckReport>,
    /// The account that was found, if a check identified it.
    pub(crate) identity: Option<Identity>,
    /// Whether some access is missing.
    pub(crate) limited: bool,
    /// The verdict on the current request's last attempt, if the request is to be repeated.
    pub(crate) last_verdict: Option<Box<Verdict>>,
    /// Set while the run tries the same credentials in other environments.
    pub(crate) elsewhere: Option<Elsewhere>,
}

impl Run {
    /// Makes another request the current one. It has not been attempted yet.
    pub(crate) fn with_request(self, request: RequestKind) -> Self {
        Self { request, attempts: 0, last_verdict: None, ..self }
    }
}

/// A kind of request that a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The sign-in step with this index.
    SignIn(usize),
    /// The request that exchanges the authorization code for tokens.
    Exchange,
    /// The request that renews the tokens.
    Refresh,
    /// The check with this index.
    Check(usize),
}

impl Default for RequestKind {
    fn default() -> Self {
        Self::Check(0)
    }
}

/// The progress of a run that tries the same credentials in other environments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Elsewhere {
    /// The environment being tried.
    pub(crate) environment: Key,
    /// The environments to try next.
    pub(crate) rest: Vec<Key>,
    /// The verdict for the environment that the person chose.
    pub(crate) verdict: Box<Verdict>,
}

/// The result of successful checks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Proof {
    /// The account that was found, if a check identified it.
    pub(crate) identity: Option<Identity>,
    /// The results of the checks.
    pub(crate) reports: Vec<CheckReport>,
    /// Whether some access is missing.
    pub(crate) limited: bool,
    /// The derived values, including values derived from responses. Some derived values are secret, so a snapshot
    /// stores them separately.
    #[serde(skip)]
    pub(crate) derived: Values,
}

impl Proof {
    /// Returns the keys of the checks that are in this state.
    pub(crate) fn checks(&self, state: &CheckState) -> Vec<Key> {
        let reports = self.reports.iter().filter(|report| report.state == *state);
        reports.map(|report| report.check.clone()).collect()
    }
}

/// A problem with a field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field's key.
    pub field: Key,
    /// The message for the person. It never contains the value.
    pub says: Saying,
    /// The environment that the entered address belongs to, if it differs from the chosen environment.
    pub belongs_to: Option<Key>,
}

impl FieldProblem {
    pub(crate) fn new(field: &Key, says: Saying) -> Self {
        Self { field: field.clone(), says, belongs_to: None }
    }
}

/// A check and its current state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The check's key.
    pub check: Key,
    /// The label to show for the check.
    pub label: String,
    /// Its current state.
    pub state: CheckState,
    /// The guide's messages about missing access. `None` if no access is missing, no rule matched the response, or no
    /// request was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Box<Advice>>,
}

/// A guide rule's messages about missing access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The rule's key.
    pub rule: Key,
    /// The message that tells the person what happened.
    pub says: Saying,
    /// The message that tells the person what to do.
    pub fix: Saying,
    /// The step in which the person can fix the problem, if the rule names one.
    pub return_to: Option<Key>,
}

impl Advice {
    /// Returns the advice of a verdict, or `None` if no rule of the guide determined the verdict.
    pub(crate) fn of(verdict: &Verdict) -> Option<Box<Self>> {
        let rule = verdict.rule.clone()?;
        let (says, fix, return_to) = (verdict.says.clone(), verdict.fix.clone(), verdict.return_to.clone());
        Some(Box::new(Self { rule, says, fix, return_to }))
    }
}

/// A check's progress or result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// The request is about to be sent or is waiting for a response.
    Running,
    /// The request failed for a transient reason and will be repeated at this time, in Unix seconds.
    WaitingUntil(i64),
    /// The check succeeded.
    Passed,
    /// The check failed but is optional, so linking continues without it.
    Missed,
    /// The check failed, and linking stops.
    Failed,
}
