//! What an answer can mean: the fixed taxonomy.
//!
//! Every outcome has wording of its own, so that a short guide is a good guide; a guide's rules say it better.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an answer, or the lack of one, means for the person linking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Everything asked for works.
    Ok,
    /// It works, with less than everything.
    OkLimited,
    /// The token, key or password is not accepted.
    WrongSecret,
    /// The user is not the right one.
    WrongUser,
    /// The organization or site is not the right one.
    WrongTenant,
    /// The credential belongs to another environment.
    WrongEnvironment,
    /// The credential belongs to another account than the one linked before.
    DifferentAccount,
    /// The user may not do what is needed.
    MissingPermission,
    /// The customer's plan does not have it.
    NotInPlan,
    /// The person said no at the provider.
    Declined,
    /// The method is not set up properly.
    Misconfigured,
    /// The user, key or account is switched off.
    Disabled,
    /// The credential is past its time.
    Expired,
    /// The provider does not take requests from this address.
    IpBlocked,
    /// Too many requests.
    Throttled,
    /// The provider has a failure.
    ProviderDown,
    /// The provider cannot be reached.
    Unreachable,
    /// No secure connection can be made.
    Tls,
    /// The answer is not what the provider documents.
    ProtocolMismatch,
    /// Nothing fits.
    Unknown,
}

impl OutcomeKind {
    /// All of them, in the order of the taxonomy.
    pub const ALL: [Self; 20] = [
        Self::Ok,
        Self::OkLimited,
        Self::WrongSecret,
        Self::WrongUser,
        Self::WrongTenant,
        Self::WrongEnvironment,
        Self::DifferentAccount,
        Self::MissingPermission,
        Self::NotInPlan,
        Self::Declined,
        Self::Misconfigured,
        Self::Disabled,
        Self::Expired,
        Self::IpBlocked,
        Self::Throttled,
        Self::ProviderDown,
        Self::Unreachable,
        Self::Tls,
        Self::ProtocolMismatch,
        Self::Unknown,
    ];

    /// The word in guides, in JSON and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::OkLimited => "ok_limited",
            Self::WrongSecret => "wrong_secret",
            Self::WrongUser => "wrong_user",
            Self::WrongTenant => "wrong_tenant",
            Self::WrongEnvironment => "wrong_environment",
            Self::DifferentAccount => "different_account",
            Self::MissingPermission => "missing_permission",
            Self::NotInPlan => "not_in_plan",
            Self::Declined => "declined",
            Self::Misconfigured => "misconfigured",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::IpBlocked => "ip_blocked",
            Self::Throttled => "throttled",
            Self::ProviderDown => "provider_down",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::ProtocolMismatch => "protocol_mismatch",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the account can be kept.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Ok | Self::OkLimited)
    }

    /// Whether trying again later may help without anybody changing anything. Such an outcome is never put
    /// down to what somebody typed.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::ProviderDown | Self::Unreachable)
    }

    /// What the person is told where the guide says nothing better; `{provider}` stands for its name.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Ok => "{provider} accepted the credentials.",
            Self::OkLimited => {
                "{provider} accepted the credentials, with fewer permissions than could be used."
            }
            Self::WrongSecret => "{provider} did not accept these credentials.",
            Self::WrongUser => "{provider} knows the credentials, and they belong to another user.",
            Self::WrongTenant => "{provider} has no such organization.",
            Self::WrongEnvironment => "These credentials belong to another environment of {provider}.",
            Self::DifferentAccount => {
                "These credentials belong to another {provider} account than the one linked before."
            }
            Self::MissingPermission => "The {provider} user may not do what is needed.",
            Self::NotInPlan => "This {provider} plan does not include what is needed.",
            Self::Declined => "The request was declined at {provider}.",
            Self::Misconfigured => "The connection to {provider} is not set up properly.",
            Self::Disabled => "{provider} has switched this user or credential off.",
            Self::Expired => "The {provider} credentials have expired.",
            Self::IpBlocked => "{provider} does not take requests from this network.",
            Self::Throttled => "{provider} takes no more requests at the moment.",
            Self::ProviderDown => "{provider} has a failure at the moment.",
            Self::Unreachable => "{provider} could not be reached.",
            Self::Tls => "No secure connection to {provider} could be made.",
            Self::ProtocolMismatch => "{provider} answered in a way its documentation does not describe.",
            Self::Unknown => "{provider} answered in a way this guide does not know.",
        }
    }

    /// What the person can do where the guide says nothing better.
    pub const fn fix(self) -> &'static str {
        match self {
            Self::Ok | Self::OkLimited => "Nothing needs to be done.",
            Self::WrongSecret => "Copy the credential again, without spaces around it, or make a new one.",
            Self::WrongUser => "Use the credentials of the user that the guide asks for.",
            Self::WrongTenant => "Check the organization's name in the address of your {provider}.",
            Self::WrongEnvironment => "Choose the environment in which the credential was made.",
            Self::DifferentAccount => {
                "Sign in to the account linked before, or link this one as a new account."
            }
            Self::MissingPermission => "Ask an administrator for the permission that the guide names.",
            Self::NotInPlan => "Ask whoever manages the plan.",
            Self::Declined => "Begin again and agree, if that was a mistake.",
            Self::Misconfigured => "Whoever set this connection up has to check it.",
            Self::Disabled => "Ask an administrator to switch it on again.",
            Self::Expired => "Make a new credential and enter it.",
            Self::IpBlocked => "Ask an administrator to allow the addresses of this service.",
            Self::Throttled => "Wait a moment and try again; nothing you typed is wrong.",
            Self::ProviderDown => "Try again later; nothing you typed is wrong.",
            Self::Unreachable => "Check the address and the network, and try again.",
            Self::Tls => {
                "A proxy or security product on the way may be answering instead; ask your network's administrator."
            }
            Self::ProtocolMismatch => "Check that the address leads to {provider} itself.",
            Self::Unknown => "Try again, and tell support if it stays.",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
