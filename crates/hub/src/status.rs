//! The table of account statuses.
//!
//! **Invariant:** the status that clients see is determined only here: from the results of checks, from `PATCH`
//! requests, and from whether the connector profile is active. `docs/serving.md` shows this table.

use vault::{Account, AccountState, Hold};

/// An account's status, as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Status {
    /// The account can be used.
    Active,
    /// The account's connector profile is switched off.
    Inactive,
    /// The account's last check failed.
    Error,
    /// The account was suspended through the API.
    Suspended,
    /// The account was archived through the API.
    Archived,
    /// The account's credentials have expired.
    Expired,
}

/// A row of the status table.
#[derive(Debug)]
struct Row {
    /// The status.
    status: Status,
    /// The condition under which an account has the status.
    when: &'static str,
    /// The reason codes that are reported with the status.
    reasons: &'static str,
    /// How the account becomes active again.
    back: &'static str,
}

/// All statuses. The first row whose condition is met applies.
static TABLE: [Row; 6] = [
    Row {
        status: Status::Archived,
        when: "it was archived through the API",
        reasons: "`archived`",
        back: "`PATCH /accounts/{id}` with `status: active`; linking again creates another account",
    },
    Row {
        status: Status::Suspended,
        when: "it was suspended through the API",
        reasons: "`suspended`",
        back: "`PATCH /accounts/{id}` with `status: active`",
    },
    Row {
        status: Status::Inactive,
        when: "its connector profile is switched off",
        reasons: "`connector_profile_disabled`",
        back: "the connector profile is switched on",
    },
    Row {
        status: Status::Expired,
        when: "a check found that the credentials have expired",
        reasons: "`expired`",
        back: "the account is linked again",
    },
    Row {
        status: Status::Error,
        when: "a check found that the account does not work",
        reasons: "the outcome: `wrong_secret`, `missing_permission`, …",
        back: "the account is linked again, or a check succeeds",
    },
    Row {
        status: Status::Active,
        when: "otherwise",
        reasons: "none, or `ok_limited` if optional permissions are missing",
        back: "–",
    },
];

impl Status {
    /// Whether requests can be sent through an account with this status.
    pub(crate) fn is_usable(self) -> bool {
        self == Self::Active
    }
}

/// Returns the table as Markdown, for `docs/serving.md`.
pub fn table() -> String {
    let mut text = String::from(
        "| status | when | `status_reasons` | usable | how it becomes active |\n|---|---|---|---|---|\n",
    );
    for row in &TABLE {
        let Row { status, when, reasons, back } = row;
        let usable = if status.is_usable() { "yes" } else { "no" };
        text.push_str(&format!("| `{status}` | {when} | {reasons} | {usable} | {back} |\n"));
    }
    text
}

/// The reason for an account's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// A stable identifier.
    pub(crate) code: String,
    /// A sentence for people.
    pub(crate) description: String,
}

/// Returns an account's status and its reason. `profile_active` specifies whether the account's connector profile is
/// active.
pub(crate) fn of(account: &Account, profile_active: bool) -> (Status, Option<Reason>) {
    let reason = |code: &str, description: &str| {
        Some(Reason { code: code.to_owned(), description: description.to_owned() })
    };
    match (account.hold, &account.state) {
        (Some(Hold::Archived), _) => (Status::Archived, reason("archived", "The account was archived")),
        (Some(Hold::Suspended), _) => (Status::Suspended, reason("suspended", "The account was suspended")),
        (None, _) if !profile_active => {
            (Status::Inactive, reason("connector_profile_disabled", "The connector profile is switched off"))
        }
        (None, AccountState::Error { reason: text }) => {
            let is_expired = account.outcome == "expired";
            (if is_expired { Status::Expired } else { Status::Error }, reason(&account.outcome, text))
        }
        (None, AccountState::Active) if account.outcome == "ok_limited" => {
            (Status::Active, reason("ok_limited", "Some optional permissions are missing"))
        }
        (None, AccountState::Active) => (Status::Active, None),
    }
}
