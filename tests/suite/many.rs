//! Many guides at once: all pages into a folder, and checks that go on while guides are edited.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::waystone;

/// Copies guides that ship into a folder.
fn copied(into: &Path, keys: &[&str]) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").join("guides");
    for key in keys {
        let folder = into.join(key);
        fs::create_dir_all(&folder).expect("a folder can be made");
        for file in fs::read_dir(shipped.join(key)).expect("a guide is a folder") {
            let file = file.expect("a file").path();
            fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("a file can be copied");
        }
    }
}

#[test]
fn all_pages_are_written_and_a_broken_guide_keeps_none_of_the_others_back() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    copied(&root.join("guides"), &["gladly", "salesforce"]);
    fs::create_dir(root.join("guides/broken")).expect("a folder can be made");
    fs::write(root.join("guides/broken/guide.yaml"), "waystone: 1\n").expect("a file can be written");

    let run = waystone::run(root, &["render", "guides", "--all", "--to", "md", "--out", "pages"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.err.contains("guides/broken/guide.yaml:1") && run.err.contains("1 guide could not"),
        "{}",
        run.err
    );
    let written = fs::read_to_string(root.join("pages/gladly/api-key.md")).expect("the page is there");
    assert_eq!(written, waystone::run(root, &["render", "gladly", "--to", "md"]).out);
    let mut pages: Vec<_> = fs::read_dir(root.join("pages/salesforce"))
        .expect("the pages are there")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    pages.sort();
    assert_eq!(pages, ["client-credentials.md", "oauth.md"], "a page for each method, and nothing beside");
}

#[test]
fn two_guides_of_one_provider_have_no_pages_in_one_folder() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    copied(&root.join("guides"), &["gladly"]);
    fs::rename(root.join("guides/gladly"), root.join("guides/other")).expect("a folder can be renamed");
    copied(&root.join("guides"), &["gladly"]);
    let run = waystone::run(root, &["render", "guides", "--all", "--to", "md", "--out", "pages"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("have the same provider key"), "{}", run.err);
}

/// A program that watches, and what it says.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path, path: &str) -> Self {
        let mut child = Command::new(waystone::program())
            .args(["check", "--watch", "--color", "never", "--today", waystone::TODAY, path])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let stderr = child.stderr.take().expect("it has been asked for");
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

    /// Waits for a line that holds these words.
    #[track_caller]
    fn says(&self, words: &str) {
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_mins(1)) {
            if line.contains(words) {
                return;
            }
            seen.push(line);
        }
        panic!("`{words}` was not said; this was: {seen:#?}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_guide_is_checked_again_when_it_is_edited() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    copied(&root.join("guides"), &["gladly", "ashby"]);
    let file = root.join("guides/gladly/guide.yaml");
    let text = fs::read_to_string(&file).expect("a guide");

    let watching = Watching::start(root, "guides");
    watching.says("2 guides, no findings; watching");
    fs::write(&file, text.replace("name: Gladly", "nmae: Gladly")).expect("a file can be written");
    watching.says("2 guides: 1 error, 0 warnings; watching");
    // What lies beside the guides is none, and a file that is moved into place is seen like one that is written.
    fs::write(root.join("guides/notes.yaml"), "- nothing\n").expect("a file can be written");
    fs::write(root.join("beside"), &text).expect("a file can be written");
    fs::rename(root.join("beside"), &file).expect("a file can be renamed");
    watching.says("2 guides, no findings; watching");
    fs::remove_file(&file).expect("a file can be removed");
    watching.says("1 guide, no findings; watching");
}

#[test]
fn a_file_alone_can_be_watched() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    copied(root, &["gladly"]);
    let inside = root.join("gladly");
    let file = inside.join("guide.yaml");
    let text = fs::read_to_string(&file).expect("a guide");

    let watching = Watching::start(&inside, "guide.yaml");
    watching.says("1 guide, no findings; watching");
    // A guide in a folder below was not asked for.
    fs::create_dir(inside.join("below")).expect("a folder can be made");
    fs::write(inside.join("below/guide.yaml"), "waystone: 1\n").expect("a file can be written");
    fs::write(&file, text.replace("name: Gladly", "nmae: Gladly")).expect("a file can be written");
    watching.says("1 guide: 1 error");
    fs::write(&file, &text).expect("a file can be written");
    watching.says("1 guide, no findings; watching");
}
