//! The words with which references begin, and the contexts in which each is available.

use super::{Context, Target};

/// The first words of references.
pub(super) const ROOTS: &[&str] = &[
    "value",
    "label",
    "step",
    "environment",
    "provider",
    "method",
    "brand",
    "json",
    "capture",
    "hub",
    "token",
    "jwt",
    "request",
    "now",
    "random",
];

impl Context {
    /// Returns the roots that references in this context can use.
    pub(super) const fn roots(self) -> &'static [&'static str] {
        match self {
            Self::Prose => &["label", "step", "environment", "provider", "method", "brand", "hub"],
            Self::Message => &["value", "label", "step", "environment", "provider", "method", "brand"],
            Self::Request => &["value", "environment", "capture", "hub", "token", "jwt", "now", "random"],
            Self::Signed => {
                &["value", "environment", "capture", "hub", "token", "jwt", "now", "random", "request"]
            }
            Self::Answer => &["json", "value", "environment"],
            Self::Wording => &["provider", "method", "brand", "hub"],
        }
    }

    /// Returns the names that can follow `hub` in this context.
    pub(super) const fn hub(self) -> &'static [(&'static str, Target)] {
        const BUTTON: (&str, Target) = ("button", Target::HubButton);
        const REDIRECT_URI: (&str, Target) = ("redirect_uri", Target::RedirectUri);
        match self {
            Self::Prose => &[BUTTON, REDIRECT_URI],
            Self::Wording => &[BUTTON],
            _ => &[REDIRECT_URI],
        }
    }
}
