//! Everything that is tested from outside a crate, in one binary.
#[test]
fn t() {}
