//! `waystone new`: the guide that it writes is valid without changes.

use crate::waystone;

/// The values of `--method`.
const METHODS: [&str; 8] =
    ["api-key", "bearer", "basic", "oauth2", "client-credentials", "exchange", "jwt", "signature"];

#[test]
fn a_new_guide_of_every_method_passes_check_and_test() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    for method in METHODS {
        let key = format!("desk-{method}");
        let created = waystone::run(
            folder.path(),
            &["new", &key, "--method", method, "--name", "Ann's: Desk", "--color", "never"],
        );
        assert_eq!((created.code, created.out), (0, format!("✓ {key}/guide.yaml\n")), "{}", created.err);
        assert!(
            created.err.contains(&format!("{key}/guide.yaml:12: the product's website")),
            "{}",
            created.err
        );
        let check = waystone::run(folder.path(), &["check", "--deny", "warnings", "--color", "never", &key]);
        assert_eq!((check.code, check.out.as_str()), (0, ""), "{method}: {}", check.err);
        let test = waystone::run(folder.path(), &["test", "--color", "never", &key]);
        assert_eq!(test.code, 0, "{method}: {}{}", test.out, test.err);
    }
    assert!(folder.path().join("guide.schema.json").is_file(), "the schema for editors is missing");
}

#[test]
fn existing_files_are_kept_and_invalid_names_are_rejected() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let new = |key: &str| waystone::run(folder.path(), &["new", key, "--color", "never"]);
    assert_eq!(new("acme").code, 0);
    let second = new("acme");
    assert_eq!(second.code, 2);
    assert!(second.err.contains("already exists"), "{}", second.err);
    for bad in ["Acme", "../acme", "", "acme desk", "-acme"] {
        let run = waystone::run(folder.path(), &["new", "--color", "never", "--", bad]);
        assert_eq!(run.code, 2, "{bad}: {}{}", run.out, run.err);
    }
    for bad in ["", " ", "Ac\u{7}me", "Acme\nDesk"] {
        let run = waystone::run(folder.path(), &["new", "unnamed", "--name", bad]);
        assert_eq!(run.code, 2, "{bad}: {}{}", run.out, run.err);
    }
    std::fs::create_dir(folder.path().join("with-icon")).expect("cannot create the folder");
    let icon = folder.path().join("with-icon/icon.svg");
    std::fs::write(&icon, "<svg/>").expect("cannot write the file");
    assert_eq!(new("with-icon").code, 0);
    assert_eq!(std::fs::read_to_string(&icon).expect("cannot read the icon"), "<svg/>");
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(files.len(), 3, "there must be two guides and the schema");
}
