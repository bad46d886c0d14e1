//! How much a first load is.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hub::pages::Assets;

use crate::every_page;

/// The most that page, style sheet and script may be together over the wire, in bytes.
const MOST: usize = 30_000;

fn zipped(text: &str) -> usize {
    let mut gzip = Command::new("gzip")
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip is there");
    let mut input = gzip.stdin.take().expect("it is piped");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = gzip.wait_with_output().expect("it ends");
    writer.join().expect("it ends").expect("it takes everything");
    output.stdout.len()
}

#[test]
fn the_first_load_is_small() {
    let assets = Assets::of(&catalog::shipped_brand());
    let fixed = zipped(&assets.css) + zipped(&assets.js);
    let pages = every_page();
    let largest = pages.iter().filter(|(name, _)| !name.contains("-de")).max_by_key(|(_, page)| page.len());
    let (name, page) = largest.expect("there are pages");
    let all = fixed + zipped(page);
    assert!(
        all <= MOST,
        "{name}: {all} bytes: style sheet {}, script {}",
        zipped(&assets.css),
        zipped(&assets.js)
    );
}
