//! Tests with small crates on disk, with and without cycles.

use std::fs;

/// Returns the cycles in a crate with these files. The first file is the root.
fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }
    super::cycles(folder.path(), &folder.path().join(files[0].0)).expect("the crate is read")
}

/// Returns the cycles in a crate with two modules, `a` and `b`.
fn two(a: &str, b: &str) -> Vec<String> {
    cycles(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", b)])
}

#[test]
fn a_cycle_is_shown_with_the_items_that_cause_it() {
    let found = two("use crate::b::B; pub struct A(B);", "use crate::a::A; pub struct B(Box<A>);");
    assert_eq!(
        found,
        ["a.rs: 2 files import each other:\n    a.rs -> b.rs via `B`\n    b.rs -> a.rs via `A`"]
    );
}

#[test]
fn imports_in_one_direction_are_not_a_cycle() {
    let found = two("use crate::b::B; pub struct A(B);", "pub struct B;");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_longer_cycle_is_one_group() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; use crate::d::D; pub struct B;"),
        ("c.rs", "use crate::a::A; pub struct C;"),
        ("d.rs", "use crate::b::B; pub struct D;"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("4 files import each other: a.rs, b.rs, c.rs, d.rs."), "{found:?}");
    assert!(found[0].contains("b.rs -> d.rs via `D`\n    d.rs -> b.rs via `B`"), "{found:?}");
}

#[test]
fn a_path_in_an_expression_counts() {
    let found = two("pub fn a() { crate::b::b(); }", "pub fn b() { let _ = super::a::a; }");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_path_in_a_pattern_counts() {
    let found = two(
        "pub enum A { X } pub fn f(a: &crate::b::B) {}",
        "pub struct B; fn f(it: u8) { if let crate::a::A::X = it {} }",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_path_in_a_macro_counts() {
    let found =
        two("use crate::b::b; pub struct A;", "pub fn b() { println!(\"{:?}\", vec![crate::a::A]); }");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_macro_itself_counts() {
    let found = two(
        "macro_rules! m { () => {} } pub(crate) use m; use crate::b::B;",
        "pub struct B; crate::a::m!();",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_path_in_an_attribute_counts() {
    for attribute in ["#[serde(with = \"crate::a\")]", "#[derive(crate::a::A)]", "#[made(by = crate::a::A)]"]
    {
        let found = two("use crate::b::B; pub struct A;", &format!("{attribute} pub struct B;"));
        assert_eq!(found.len(), 1, "{attribute}: {found:?}");
    }
}

#[test]
fn a_re_export_counts_for_the_file_of_the_definition() {
    let tree = |root: &'static str, a: &'static str| {
        cycles(&[("lib.rs", root), ("a.rs", a), ("b.rs", "use crate::a::A; pub struct B(A);")])
    };
    for root in ["mod a; mod b; pub use b::B;", "mod a; mod b; pub use self::b::*;"] {
        for a in ["use crate::B; pub struct A;", "use super::*; pub struct A(Box<B>);"] {
            let found = tree(root, a);
            assert_eq!(found.len(), 1, "{root} {a}: {found:?}");
            assert!(found[0].contains("a.rs -> b.rs via `B`"), "{found:?}");
        }
    }
}

#[test]
fn a_chain_of_re_exports_is_followed() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b; mod c; pub use c::B as Other;"),
        ("a.rs", "use crate::Other; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
        ("c.rs", "pub use crate::b::*;"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("a.rs -> b.rs via `B`"), "{found:?}");
}

#[test]
fn globs_that_import_each_other_are_resolved() {
    let found = two("pub use crate::b::*; pub struct A;", "pub use crate::a::*; fn f(_: A) { unknown(); }");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn variants_of_a_glob_count_for_their_enum() {
    let found = two("pub enum A { X } use crate::b::b;", "pub fn b() { use crate::a::A::*; let _ = X; }");
    assert_eq!(found.len(), 1, "{found:?}");
}

/// Returns the cycles in a crate with a parent module and its child.
fn family(parent: &str, child: &str) -> Vec<String> {
    cycles(&[("lib.rs", "mod parent;"), ("parent.rs", parent), ("parent/child.rs", child)])
}

#[test]
fn a_parent_may_re_export_items_of_its_child() {
    let child = "use super::Parent; pub struct Child(Parent);";
    for parent in [
        "mod child; pub use child::Child; pub struct Parent;",
        "pub mod child; pub use self::child::*; pub struct Parent;",
    ] {
        let found = family(parent, child);
        assert!(found.is_empty(), "{parent}: {found:?}");
    }
}

#[test]
fn a_child_may_not_import_a_parent_that_uses_it_in_code() {
    let child =
        "use super::Parent; pub struct Child; pub fn run(_: &Parent) {} pub trait Run { fn run(&self); }";
    for parent in [
        "mod child; pub struct Parent; fn f() { child::run(&Parent); }",
        "mod child; use child::run; pub struct Parent; fn f() { run(&Parent); }",
        "mod child; use child::Child; pub struct Parent(Child);",
        "mod child; use child::Run as _; pub struct Parent;",
    ] {
        let found = family(parent, child);
        assert_eq!(found.len(), 1, "{parent}: {found:?}");
    }
}

#[test]
fn a_parent_may_use_a_child_that_does_not_import_it() {
    let found = family("mod child; use child::Child; pub struct Parent(Child);", "pub struct Child;");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn only_tests_may_import_their_parent() {
    let tests = "use super::*; fn t() { f(); }";
    let root = "mod parent;";
    let parent = "#[cfg(test)] mod tests; #[cfg(test)] pub use tests::sample; fn f() { tests::sample(); }";
    let found = cycles(&[
        ("lib.rs", root),
        ("parent.rs", parent),
        ("parent/tests.rs", &format!("{tests} pub fn sample() {{}}")),
    ]);
    assert!(found.is_empty(), "{found:?}");
    let found = two(
        "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }",
        "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn names_of_other_crates_and_variables_do_not_count() {
    let found = two(
        "use std::fmt; pub fn a(b: u8) -> u8 { let T = b; crate::b::b::<T>() }",
        "use serde::a; pub fn b<T>() -> u8 { ::a::a(); a.a(); format!(\"{}\", x.a()).len() }",
    );
    assert!(found.is_empty(), "{found:?}");
}
