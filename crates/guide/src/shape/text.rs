//! Strings with their places.

use super::forms::OneOrMany;
use crate::spanned::Spanned;

/// A string with its place.
pub(crate) type Text = Spanned<String>;

/// A list of names, or one name.
pub(crate) type Names = OneOrMany<Text>;
