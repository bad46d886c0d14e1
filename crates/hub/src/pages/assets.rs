//! The style sheet and the script. Each file name contains a hash of the file's content, so browsers can cache the
//! files forever.
//!
//! **Invariant:** the style sheet contains only brand colors that have been adjusted for readability.

use guide::Brand;
use sha2::{Digest as _, Sha256};

/// The source files of the script, one per topic.
const SCRIPT: &[&str] = &[
    include_str!("script/page.js"),
    include_str!("script/copy.js"),
    include_str!("script/problems.js"),
    include_str!("script/send.js"),
    include_str!("script/form.js"),
    include_str!("script/preview.js"),
    include_str!("script/draft.js"),
    include_str!("script/checking.js"),
    include_str!("script/picker.js"),
];

/// The script of documentation pages.
const COPY_SCRIPT: &str = include_str!("script/copy_value.js");

/// The files that a brand's pages load.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The path of the style sheet: `/assets/hub-<hash>.css`.
    pub css_path: String,
    /// The script.
    pub js: String,
    /// The path of the script: `/assets/hub-<hash>.js`.
    pub js_path: String,
    /// The script of documentation pages.
    pub copy_js: &'static str,
    /// The path of the script of documentation pages: `/assets/copy-<hash>.js`.
    pub copy_js_path: String,
}

impl Assets {
    /// Builds a brand's files.
    pub fn of(brand: &Brand) -> Self {
        let css = render::linking_stylesheet(brand);
        let js = SCRIPT.iter().flat_map(|source| code(source)).collect::<String>();
        Self {
            css_path: format!("/assets/hub-{}.css", hash(css.as_bytes())),
            js_path: format!("/assets/hub-{}.js", hash(js.as_bytes())),
            copy_js_path: format!("/assets/copy-{}.js", hash(COPY_SCRIPT.as_bytes())),
            css,
            js,
            copy_js: COPY_SCRIPT,
        }
    }
}

/// Returns a script's lines without those that consist of a comment, which browsers do not need.
fn code(script: &str) -> impl Iterator<Item = &str> {
    script.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//"))
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}
