//! A provider that answers as a guide's scenarios say.
