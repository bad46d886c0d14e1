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
            Self::Title => &["label", "provider", "method", "brand"],
            Self::Label => &["provider", "brand"],
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

    /// Returns the names that can follow `brand` in this context. A brand can lack its URLs, which would leave a title or
    /// label incomplete.
    pub(super) const fn brand(self) -> &'static [(&'static str, Target)] {
        const NAME: (&str, Target) = ("name", Target::BrandName);
        const HUB: (&str, Target) = ("hub", Target::BrandHub);
        const ADDRESSES: (&str, Target) = ("egress_addresses", Target::BrandEgressAddresses);
        match self {
            Self::Title | Self::Label => &[NAME, HUB, ADDRESSES],
            _ => &[
                NAME,
                HUB,
                ("support_url", Target::BrandSupportUrl),
                ("site_url", Target::BrandSiteUrl),
                ADDRESSES,
            ],
        }
    }
}
