//! The fixed set of outcomes: what a response can mean.
//!
//! Every outcome has a default message, so guides can be short. A guide's rules can provide more precise wording.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, IntoStaticStr, VariantArray};

use crate::product::Product;

/// The meaning of a response, or of a missing response, for the person who links an account.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OutcomeKind {
    /// Everything works.
    Ok,
    /// The credentials work, but an optional check failed.
    OkLimited,
    /// The provider rejects the token, key or password.
    WrongSecret,
    /// The credentials belong to the wrong user, or the user name is wrong.
    WrongUser,
    /// The organization or site is wrong or does not exist.
    WrongTenant,
    /// The credentials belong to a different environment.
    WrongEnvironment,
    /// The credentials belong to an account other than the previously linked one.
    DifferentAccount,
    /// The user lacks a permission.
    MissingPermission,
    /// The customer's plan does not include a feature.
    NotInPlan,
    /// The person declined access on the provider's page.
    Declined,
    /// The method is not set up correctly: for example, the client secret is wrong.
    Misconfigured,
    /// The user, key or account is deactivated.
    Disabled,
    /// The credentials have expired.
    Expired,
    /// The provider blocks requests from our IP address.
    IpBlocked,
    /// The provider's rate limit has been reached. The request is retried.
    Throttled,
    /// The provider reports an internal error. The request is retried.
    ProviderDown,
    /// The provider cannot be reached. The request is retried.
    Unreachable,
    /// A secure connection cannot be established.
    Tls,
    /// The provider does not document this response.
    ProtocolMismatch,
    /// No rule matches the response.
    Unknown,
}

impl OutcomeKind {
    /// All outcomes, in declaration order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name used in guides, in JSON and in the API.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether the account can be stored with this outcome.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Ok | Self::OkLimited)
    }

    /// Returns whether the cause of the outcome can go away on its own. A transient outcome is retried and never
    /// attributed to a field.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::ProviderDown | Self::Unreachable)
    }

    /// Returns whether the credentials stay unusable until a person acts: links the account again, or changes something
    /// at the provider. After other failures, the same credentials can work again, for example once an admin has
    /// corrected the connector profile.
    pub const fn needs_person(self) -> bool {
        match self {
            Self::WrongSecret
            | Self::WrongUser
            | Self::WrongTenant
            | Self::WrongEnvironment
            | Self::DifferentAccount
            | Self::MissingPermission
            | Self::NotInPlan
            | Self::Declined
            | Self::Disabled
            | Self::Expired => true,
            Self::Ok
            | Self::OkLimited
            | Self::Misconfigured
            | Self::IpBlocked
            | Self::Throttled
            | Self::ProviderDown
            | Self::Unreachable
            | Self::Tls
            | Self::ProtocolMismatch
            | Self::Unknown => false,
        }
    }

    /// Returns what happened, for guides that do not provide their own message. `{provider}` stands for the provider's
    /// name.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Ok => "{provider} accepted the credentials.",
            Self::OkLimited => "{provider} accepted the credentials, but some access is missing.",
            Self::WrongSecret => "{provider} did not accept these credentials.",
            Self::WrongUser => "These {provider} credentials belong to a different user.",
            Self::WrongTenant => "We couldn't find that {provider} organization.",
            Self::WrongEnvironment => "These credentials belong to a different {provider} environment.",
            Self::DifferentAccount => {
                "These credentials don't belong to the {provider} account you connected previously."
            }
            Self::MissingPermission => "The {provider} user is missing a permission.",
            Self::NotInPlan => "Your {provider} plan doesn't include a required feature.",
            Self::Declined => "Access to {provider} wasn't approved.",
            Self::Misconfigured => "The connection to {provider} isn't set up correctly.",
            Self::Disabled => "{provider} has deactivated this user or credential.",
            Self::Expired => "These {provider} credentials have expired.",
            Self::IpBlocked => "{provider} blocks requests from our servers.",
            Self::Throttled => "{provider} is receiving too many requests.",
            Self::ProviderDown => "{provider} is having problems.",
            Self::Unreachable => "We couldn't reach {provider}.",
            Self::Tls => "We couldn't make a secure connection to {provider}.",
            Self::ProtocolMismatch => "{provider} sent a reply we didn't expect.",
            Self::Unknown => "{provider} sent a reply we don't recognize.",
        }
    }

    /// Returns what the person can do, for guides that do not provide their own advice.
    pub fn advice(self, provider: &str, product: &Product) -> String {
        self.fix().replace("{provider}", provider).replace("{addresses}", &product.addresses())
    }

    /// Returns the pattern for [`Self::advice`]. `{provider}` stands for the provider's name, and `{addresses}` for the
    /// product's addresses.
    const fn fix(self) -> &'static str {
        match self {
            Self::Ok | Self::OkLimited => "You don't need to do anything.",
            Self::WrongSecret => "Copy the credential again, without extra spaces, or create a new one.",
            Self::WrongUser => "Use the credentials of the user named in the guide.",
            Self::WrongTenant => "Check the organization name in your {provider} URL.",
            Self::WrongEnvironment => "Choose the environment where you created the credential.",
            Self::DifferentAccount => {
                "Use the account you connected previously, or connect this one as a new account."
            }
            Self::MissingPermission => "Ask an administrator for the permission named in the guide.",
            Self::NotInPlan => "Ask the person who manages your plan.",
            Self::Declined => "Try again and approve access.",
            Self::Misconfigured => "Ask the person who set up this connection to check it.",
            Self::Disabled => "Ask an administrator to reactivate it.",
            Self::Expired => "Create a new credential and enter it.",
            Self::IpBlocked => "Ask an administrator to allow {addresses}.",
            Self::Throttled => "Your details look fine. Wait a moment, then try again.",
            Self::ProviderDown => "Your details look fine. Try again in a few minutes.",
            Self::Unreachable => "Check the address and your network, then try again.",
            Self::Tls => {
                "A proxy or security product may be intercepting the connection. Ask your network administrator."
            }
            Self::ProtocolMismatch => "Check that the address belongs to {provider}.",
            Self::Unknown => "Try again. If that doesn't help, contact support.",
        }
    }
}
