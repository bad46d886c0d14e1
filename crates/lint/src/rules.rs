//! The list of rules, by code.

mod folder_is_key;

use crate::Rule;

/// All rules, by code.
pub const RULES: &[&Rule] = &[&folder_is_key::RULE];
