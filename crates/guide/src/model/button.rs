//! The button that submits the form on a linking page, and its English label.
//!
//! The Hub's English pages and rendered pages take the label from here, so that a page cannot name a button that does not
//! exist.

use super::Method;

/// The button that submits the form on a linking page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Tests the values in the form, and connects the account.
    Connect,
    /// Leads to the provider, where the person signs in.
    ContinueTo,
}

impl Button {
    /// All buttons.
    pub const ALL: [Self; 2] = [Self::Connect, Self::ContinueTo];

    /// Returns the English label, in which `{provider}` stands for the provider's name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::ContinueTo => "Continue to {provider}",
        }
    }

    /// Returns a label with the provider's name in place of `{provider}`. The label can be in any language.
    pub fn label(text: &str, provider: &str) -> String {
        text.replace("{provider}", provider)
    }
}

impl Method {
    /// Returns the button that submits the method's form on a linking page.
    pub fn button(&self) -> Button {
        if self.auth.needs_browser() { Button::ContinueTo } else { Button::Connect }
    }
}
