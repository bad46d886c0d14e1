//! The only way out: HTTP under policy.
