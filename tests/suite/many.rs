//! Many guides at once: rendering all pages into a folder, and rechecking guides while they are edited.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::waystone;

/// Copies built-in guides into a folder.
fn copy_guides(into: &Path, keys: &[&str]) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").join("guides");
    for key in keys {
        let folder = into.join(key);
        fs::create_dir_all(&folder).expect("cannot create the folder");
        for file in fs::read_dir(shipped.join(key)).expect("cannot read the guide's folder") {
            let file = file.expect("a file").path();
            fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("cannot copy the file");
        }
    }
}

#[test]
fn render_all_writes_the_other_pages_when_a_guide_is_broken() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let root = folder.path();
    copy_guides(&root.join("guides"), &["gladly", "salesforce"]);
    fs::create_dir(root.join("guides/broken")).expect("cannot create the folder");
    fs::write(root.join("guides/broken/guide.yaml"), "waystone: 1\n").expect("cannot write the file");

    let run = waystone::run(root, &["render", "guides", "--all", "--to", "md", "--out", "pages"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.err.contains("guides/broken/guide.yaml:1") && run.err.contains("1 guide could not"),
        "{}",
        run.err
    );
    let written = fs::read_to_string(root.join("pages/gladly/api-key.md")).expect("cannot read the page");
    assert_eq!(written, waystone::run(root, &["render", "gladly", "--to", "md"]).out);
    let mut pages: Vec<_> = fs::read_dir(root.join("pages/salesforce"))
        .expect("cannot read the pages")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    pages.sort();
    assert_eq!(
        pages,
        ["client-credentials.md", "oauth.md"],
        "there must be one page for each method, and no other file"
    );
}

#[test]
fn render_all_rejects_two_guides_with_the_same_provider_key() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let root = folder.path();
    copy_guides(&root.join("guides"), &["gladly"]);
    fs::rename(root.join("guides/gladly"), root.join("guides/other")).expect("cannot rename the folder");
    copy_guides(&root.join("guides"), &["gladly"]);
    let run = waystone::run(root, &["render", "guides", "--all", "--to", "md", "--out", "pages"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("have the same provider key"), "{}", run.err);
}

/// A running `waystone check --watch`, with the lines of its standard error.
struct Watcher {
    child: Child,
    lines: Receiver<String>,
}

impl Watcher {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(waystone::program())
            .args(["check", "--watch", "--color", "never", "--today", waystone::TODAY])
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cannot start the program");
        let stderr = child.stderr.take().expect("stderr is not piped");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for a line that contains a string.
    #[track_caller]
    fn expect(&self, text: &str) {
        let mut lines = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_mins(1)) {
            if line.contains(text) {
                return;
            }
            lines.push(line);
        }
        panic!("`{text}` was not printed. The output: {lines:#?}");
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_guide_is_checked_again_when_it_is_edited() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let root = folder.path();
    copy_guides(&root.join("guides"), &["gladly", "ashby"]);
    let file = root.join("guides/gladly/guide.yaml");
    let text = fs::read_to_string(&file).expect("cannot read the guide");

    let watcher = Watcher::start(root, &["guides"]);
    watcher.expect("2 guides, no findings; watching");
    fs::write(&file, text.replace("name: Gladly", "nmae: Gladly")).expect("cannot write the file");
    watcher.expect("2 guides: 1 error, 0 warnings; watching");
    // The watcher ignores a file outside a guide's folder, and notices a file that is moved into place.
    fs::write(root.join("guides/notes.yaml"), "- nothing\n").expect("cannot write the file");
    fs::write(root.join("elsewhere"), &text).expect("cannot write the file");
    fs::rename(root.join("elsewhere"), &file).expect("cannot rename the file");
    watcher.expect("2 guides, no findings; watching");
    fs::remove_file(&file).expect("cannot remove the file");
    watcher.expect("1 guide, no findings; watching");
}

#[test]
fn a_single_file_can_be_watched() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let root = folder.path();
    copy_guides(root, &["gladly"]);
    let inside = root.join("gladly");
    let file = inside.join("guide.yaml");
    let text = fs::read_to_string(&file).expect("cannot read the guide");

    let watcher = Watcher::start(&inside, &["guide.yaml"]);
    watcher.expect("1 guide, no findings; watching");
    // Only the given file is watched, not a guide in a subfolder.
    fs::create_dir(inside.join("subfolder")).expect("cannot create the folder");
    fs::write(inside.join("subfolder/guide.yaml"), "waystone: 1\n").expect("cannot write the file");
    fs::write(&file, text.replace("name: Gladly", "nmae: Gladly")).expect("cannot write the file");
    watcher.expect("1 guide: 1 error");
    fs::write(&file, &text).expect("cannot write the file");
    watcher.expect("1 guide, no findings; watching");
}

#[test]
fn scenarios_are_run_again_if_they_are_wanted() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let root = folder.path();
    copy_guides(root, &["gladly"]);
    let file = root.join("gladly/guide.yaml");
    let text = fs::read_to_string(&file).expect("cannot read the guide");
    let watcher = Watcher::start(root, &["--test", "gladly"]);
    watcher.expect("1 guide, no findings; watching");
    let (from, to) = ("account: { id: org-7Qm,", "account: { id: org-8,");
    assert!(text.contains(from), "the guide does not contain `{from}`");
    fs::write(&file, text.replacen(from, to, 1)).expect("cannot write the file");
    watcher.expect("1 guide: 1 error, 0 warnings; watching");
    fs::write(&file, &text).expect("cannot write the file");
    watcher.expect("gladly/guide.yaml: gold. For platinum");
}
