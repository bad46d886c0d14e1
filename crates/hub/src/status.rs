//! What an account's status is, and why: one table.
//!
//! **Invariant:** the status that clients see is worked out here and nowhere else, from what checks found, what
//! somebody decided, and whether the connector profile is active. `docs/serving.md` shows this table.

use vault::{Account, AccountState, Hold};

/// The status of an account, as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It can be used.
    Active,
    /// Its connector profile is switched off.
    Inactive,
    /// Its last check failed.
    Error,
    /// Somebody suspended it.
    Suspended,
    /// Somebody archived it.
    Archived,
    /// Its credentials are past their time.
    Expired,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    /// The status.
    pub(crate) status: Status,
    /// When it holds.
    pub(crate) when: &'static str,
    /// The codes of the reasons that go with it.
    pub(crate) reasons: &'static str,
    /// Whether requests can be sent through the account.
    pub(crate) usable: bool,
    /// How it becomes active again.
    pub(crate) back: &'static str,
}

/// Every status; the first row that holds decides.
pub(crate) static TABLE: [Row; 6] = [
    Row {
        status: Status::Archived,
        when: "somebody archived it",
        reasons: "`archived`",
        usable: false,
        back: "`PATCH /accounts/{id}` with `status: active`; a new link does not take its place",
    },
    Row {
        status: Status::Suspended,
        when: "somebody suspended it",
        reasons: "`suspended`",
        usable: false,
        back: "`PATCH /accounts/{id}` with `status: active`",
    },
    Row {
        status: Status::Inactive,
        when: "its connector profile is switched off",
        reasons: "`connector_profile_disabled`",
        usable: false,
        back: "the connector profile is switched on",
    },
    Row {
        status: Status::Expired,
        when: "a check found that the credentials are past their time",
        reasons: "`expired`",
        usable: false,
        back: "the account is linked again",
    },
    Row {
        status: Status::Error,
        when: "a check found that the account does not work",
        reasons: "the outcome: `wrong_secret`, `missing_permission`, …",
        usable: false,
        back: "the account is linked again, or a check succeeds",
    },
    Row {
        status: Status::Active,
        when: "none of these",
        reasons: "none; `ok_limited`, if some of the permissions that could be used are missing",
        usable: true,
        back: "",
    },
];

impl Status {
    /// The word on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Error => "error",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
            Self::Expired => "expired",
        }
    }

    /// The status with that word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        TABLE.iter().map(|row| row.status).find(|status| status.as_str() == word)
    }

    /// Whether requests can be sent through an account with it.
    pub(crate) fn is_usable(self) -> bool {
        TABLE.iter().any(|row| row.status == self && row.usable)
    }
}

/// The table, as Markdown, for the operator's page.
pub fn table() -> String {
    let mut text = String::from(
        "| status | when | `status_reasons` | usable | how it becomes active |\n|---|---|---|---|---|\n",
    );
    for row in &TABLE {
        let usable = if row.usable { "yes" } else { "no" };
        let (status, back) = (row.status.as_str(), if row.back.is_empty() { "–" } else { row.back });
        text.push_str(&format!("| `{status}` | {} | {} | {usable} | {back} |\n", row.when, row.reasons));
    }
    text
}

/// Why an account has its status: a code, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// The code.
    pub(crate) code: String,
    /// The sentence.
    pub(crate) description: String,
}

/// The status of an account, and why. `profile_active`: whether its connector profile is.
pub(crate) fn of(account: &Account, profile_active: bool) -> (Status, Option<Reason>) {
    let reason = |code: &str, description: &str| {
        Some(Reason { code: code.to_owned(), description: description.to_owned() })
    };
    match (account.hold, &account.state) {
        (Some(Hold::Archived), _) => (Status::Archived, reason("archived", "Somebody archived the account")),
        (Some(Hold::Suspended), _) => {
            (Status::Suspended, reason("suspended", "Somebody suspended the account"))
        }
        (None, _) if !profile_active => {
            (Status::Inactive, reason("connector_profile_disabled", "The connector profile is switched off"))
        }
        (None, AccountState::Error { reason: says }) if account.outcome == "expired" => {
            (Status::Expired, reason("expired", says))
        }
        (None, AccountState::Error { reason: says }) => (Status::Error, reason(&account.outcome, says)),
        (None, AccountState::Active) if account.outcome == "ok_limited" => {
            (Status::Active, reason("ok_limited", "Some of the permissions that could be used are missing"))
        }
        (None, AccountState::Active) => (Status::Active, None),
    }
}
