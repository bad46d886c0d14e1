//! Tests the size of the first page load.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hub::pages::Assets;

use crate::every_page;

/// The maximum total compressed size of the page, the style sheet and the script, in bytes.
const MAX_BYTES: usize = 30_000;

fn compressed_size(text: &str) -> usize {
    let mut gzip = Command::new("gzip")
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip cannot be started");
    let mut input = gzip.stdin.take().expect("the input is not piped");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = gzip.wait_with_output().expect("cannot wait for gzip");
    writer.join().expect("the writer panicked").expect("gzip did not read its input");
    output.stdout.len()
}

#[test]
fn the_first_load_is_at_most_30_kb() {
    let assets = Assets::of(&catalog::shipped_brand());
    let fixed = compressed_size(&assets.css) + compressed_size(&assets.js);
    let pages = every_page();
    let largest = pages.iter().filter(|(name, _)| !name.contains("-de")).max_by_key(|(_, page)| page.len());
    let (name, page) = largest.expect("there are no pages");
    let all = fixed + compressed_size(page);
    assert!(
        all <= MAX_BYTES,
        "{name}: {all} bytes: style sheet {}, script {}",
        compressed_size(&assets.css),
        compressed_size(&assets.js)
    );
}
