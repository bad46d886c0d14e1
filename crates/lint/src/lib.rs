//! What a good guide is, one file per rule.
