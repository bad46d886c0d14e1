//! `waystone new`: what it writes is right as it is.

use crate::waystone;

/// The methods that `--method` takes.
const METHODS: [&str; 8] =
    ["api-key", "bearer", "basic", "oauth2", "client-credentials", "exchange", "jwt", "signature"];

#[test]
fn a_new_guide_of_every_method_passes_check_and_test() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for method in METHODS {
        let key = format!("desk-{method}");
        let made = waystone::run(
            folder.path(),
            &["new", &key, "--method", method, "--name", "Ann's: Desk", "--color", "never"],
        );
        assert_eq!((made.code, made.out), (0, format!("✓ {key}/guide.yaml\n")), "{}", made.err);
        assert!(made.err.contains(&format!("{key}/guide.yaml:12: the product's website")), "{}", made.err);
        let check = waystone::run(folder.path(), &["check", "--deny", "warnings", "--color", "never", &key]);
        assert_eq!((check.code, check.out.as_str()), (0, ""), "{method}: {}", check.err);
        let test = waystone::run(folder.path(), &["test", "--color", "never", &key]);
        assert_eq!(test.code, 0, "{method}: {}{}", test.out, test.err);
    }
    assert!(folder.path().join("guide.schema.json").is_file(), "an editor finds the schema");
}

#[test]
fn nothing_is_written_over_and_no_key_is_taken_that_is_none() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let new = |key: &str| waystone::run(folder.path(), &["new", key, "--color", "never"]);
    assert_eq!(new("acme").code, 0);
    let again = new("acme");
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already exists"), "{}", again.err);
    for bad in ["Acme", "../acme", "", "acme desk", "-acme"] {
        let run = waystone::run(folder.path(), &["new", "--color", "never", "--", bad]);
        assert_eq!(run.code, 2, "{bad}: {}{}", run.out, run.err);
    }
    for bad in ["", " ", "Ac\u{7}me", "Acme\nDesk"] {
        let run = waystone::run(folder.path(), &["new", "unnamed", "--name", bad]);
        assert_eq!(run.code, 2, "{bad}: {}{}", run.out, run.err);
    }
    std::fs::create_dir(folder.path().join("drawn")).expect("a folder can be made");
    let icon = folder.path().join("drawn/icon.svg");
    std::fs::write(&icon, "<svg/>").expect("a file can be written");
    assert_eq!(new("drawn").code, 0);
    assert_eq!(std::fs::read_to_string(&icon).expect("it is there"), "<svg/>");
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(files.len(), 3, "the guides and the schema");
}
