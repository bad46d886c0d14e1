//! Everything the linking pages say by themselves, in the reader's language.
//!
//! A guide's prose, and the messages in it, stay in the guide's language and are marked as such.
//! **Invariant:** a language is a value of [`Texts`] and an answer for every [`OutcomeKind`] and everything in [`Ours`]:
//! one that lacks a message does not compile. A name in braces stands for something to be put in, and is the same in every language.

mod de;
mod en;
mod messages;

use guide::{Ours, OutcomeKind, Saying};
use serde::Serialize;

pub use self::messages::Texts;
pub(crate) use self::messages::fill;

/// The language of guides, for `lang` attributes.
pub const GUIDE_LANGUAGE: &str = "en";

/// A language the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The messages.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::De => &de::TEXTS,
        }
    }

    /// Its tag.
    pub const fn tag(self) -> &'static str {
        self.texts().lang
    }

    /// The headline over an outcome.
    pub const fn outcome(self, kind: OutcomeKind) -> &'static str {
        match self {
            Self::En => en::outcome(kind),
            Self::De => de::outcome(kind),
        }
    }

    /// The message for an outcome: in this language if it is the Hub's own text, otherwise in the guide's language.
    pub fn say(self, saying: &Saying) -> Said {
        match saying.ours() {
            Some(ours) => Said { text: self.ours(ours), lang: self.tag() },
            None => Said { text: saying.to_string(), lang: GUIDE_LANGUAGE },
        }
    }

    fn ours(self, ours: &Ours) -> String {
        match self {
            Self::En => ours.to_string(),
            Self::De => de::said(ours),
        }
    }

    /// The language with this tag, such as `de` or `de-AT`.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|one| one.texts().lang == primary)
    }

    /// The language of an `Accept-Language` header that suits best; English, if none does.
    pub fn negotiate(header: &str) -> Self {
        let mut best = None;
        for one in header.split(',') {
            let mut parts = one.split(';');
            let tag = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            let quality = quality.unwrap_or(1.0);
            let Some(language) = Self::parse(tag).filter(|_| quality > 0.0) else { continue };
            if best.is_none_or(|(_, before)| quality > before) {
                best = Some((language, quality));
            }
        }
        best.map_or(Self::default(), |(language, _)| language)
    }
}

/// A message for a person, with its language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The language's tag.
    pub lang: &'static str,
}

#[cfg(test)]
mod tests;
