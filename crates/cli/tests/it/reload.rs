//! Tests guides that change while the Hub is running.

use std::fs;
use std::path::Path;

use crate::world::{Hub, run, until};

/// Creates a guide with `waystone new` and returns its file.
fn guide(folder: &Path) -> std::path::PathBuf {
    let output = run(folder, &["new", "acme", "--out", "guides"], &[]);
    assert_eq!(output.code, 0, "{}", output.err);
    folder.join("guides/acme/guide.yaml")
}

#[test]
fn a_changed_guide_is_reloaded_unless_it_has_errors() {
    let folder = tempfile::tempdir().unwrap();
    let file = guide(folder.path());
    let good = fs::read_to_string(&file).unwrap();
    let hub = Hub::start_in(folder, &["--guides", "guides"]);
    assert!(hub.started.contains("\"guides\":13"), "{}", hub.started);

    fs::write(&file, good.replace("name: Acme", "name: Acme Cloud")).unwrap();
    until("the change is not in the log", || hub.log().contains("reloaded the guides"));
    assert!(hub.log().contains(r#""changed":"[\"acme\"]""#), "{}", hub.log());

    fs::write(&file, "waystone: 1\nprovider: { key: acme }\n").unwrap();
    until("the error is not in the log", || {
        hub.log().contains("a guide has errors and its last good version stays in use")
    });
    assert!(hub.get("/health/ready").contains("\"guides\":13"));
    assert!(hub.log().contains("guides/acme/guide.yaml:"), "{}", hub.log());

    let other = folder_of(&file).with_file_name("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("guide.yaml"), good.replace("key: acme", "key: other")).unwrap();
    hub.signal("HUP");
    until("the new guide is not loaded", || hub.get("/health/ready").contains("\"guides\":14"));

    fs::remove_dir_all(folder_of(&file)).unwrap();
    until("the removed guide is still loaded", || hub.get("/health/ready").contains("\"guides\":13"));
    hub.signal("TERM");
    assert_eq!(hub.wait().0, 0);
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap()
}

#[test]
fn a_guide_with_errors_at_the_start_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let file = guide(folder.path());
    fs::write(&file, "waystone: 1\n").unwrap();
    let hub = Hub::start_in(folder, &["--guides", "guides"]);
    assert!(hub.started.contains("\"guides\":12"), "{}", hub.started);
    assert!(hub.log().contains("a guide has errors and is skipped"), "{}", hub.log());
}
