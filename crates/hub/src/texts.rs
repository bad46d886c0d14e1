//! The Hub's own messages on the linking pages, in the reader's language.
//!
//! Text from a guide stays in the guide's language, and is marked with that language.
//!
//! **Invariant:** a language that lacks a message does not compile. Each language must define every field of [`Texts`],
//! a headline for every [`OutcomeKind`], and a message for every variant of [`Ours`].

mod de;
mod en;
mod fill;

use guide::{Ours, OutcomeKind, Saying, SayingPart};
use serde::Serialize;

pub use self::en::Texts;
pub(crate) use self::fill::fill;

/// The language of guides, for `lang` attributes.
pub const GUIDE_LANGUAGE: &str = "en";

/// A language of the linking pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, which is also used if none of the reader's languages is supported.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// Returns the language's messages.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::De => &de::TEXTS,
        }
    }

    /// Returns the headline for an outcome, with `{provider}` for the provider's name.
    pub const fn outcome(self, kind: OutcomeKind) -> &'static str {
        match self {
            Self::En => en::outcome(kind),
            Self::De => de::outcome(kind),
        }
    }

    /// Translates a message about a value or an outcome. A message from the guide stays in the guide's language.
    pub fn localize(self, saying: &Saying) -> Localized {
        let Some(ours) = saying.ours() else {
            let part = |part: SayingPart<'_>| match part {
                SayingPart::Text(text) => (text.to_owned(), false),
                SayingPart::Label(label) => (label.to_owned(), true),
            };
            return Localized { parts: saying.parts().into_iter().map(part).collect(), lang: GUIDE_LANGUAGE };
        };
        let text = self.translate(ours);
        let lang = self.texts().lang;
        let Some(label) = ours.label_in(&text) else { return Localized::plain(text, lang) };
        let mut parts = vec![
            (text[..label.start].to_owned(), false),
            (text[label.clone()].to_owned(), true),
            (text[label.end..].to_owned(), false),
        ];
        parts.retain(|(text, _)| !text.is_empty());
        Localized { parts, lang }
    }

    fn translate(self, ours: &Ours) -> String {
        match self {
            Self::En => ours.to_string(),
            Self::De => de::translate(ours),
        }
    }

    /// Returns the language for a tag such as `de` or `de-AT`. `None` if the language is not supported.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.texts().lang == primary)
    }

    /// Returns the preferred language from an `Accept-Language` header, or English if the header contains no supported
    /// language.
    pub fn negotiate(header: &str) -> Self {
        // If several languages have the same quality, the first one wins. `max_by` returns the last maximum, so the
        // order is reversed.
        let preferences = header.split(',').rev().filter_map(|preference| {
            let mut parts = preference.split(';');
            let language = Self::parse(parts.next()?)?;
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            Some((quality.unwrap_or(1.0), language))
        });
        let best = preferences.filter(|(quality, _)| *quality > 0.0).max_by(|(a, _), (b, _)| a.total_cmp(b));
        best.map_or(Self::default(), |(_, language)| language)
    }
}

/// A message and its language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Localized {
    /// The parts of the text, each with whether it is a field's label. Pages set labels in bold.
    pub parts: Vec<(String, bool)>,
    /// The language's tag.
    pub lang: &'static str,
}

impl Localized {
    /// Creates a message that contains no field labels.
    pub fn plain(text: impl Into<String>, lang: &'static str) -> Self {
        Self { parts: vec![(text.into(), false)], lang }
    }

    /// Returns the text without markup.
    pub fn text(&self) -> String {
        self.parts.iter().map(|(text, _)| text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests;
