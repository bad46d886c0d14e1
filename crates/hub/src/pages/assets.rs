//! Style sheet and script, named by their content, so that a browser may keep them for ever.
//!
//! **Invariant:** the brand's colors are made readable before they reach the style sheet.

use guide::Brand;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// The script, one part a subject.
const SCRIPT: &[&str] = &[
    include_str!("script/page.js"),
    include_str!("script/form.js"),
    include_str!("script/preview.js"),
    include_str!("script/checking.js"),
    include_str!("script/picker.js"),
];

/// What pages of a brand load.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// Where it is: `/assets/hub-<hash>.css`.
    pub css_path: String,
    /// The script.
    pub js: String,
    /// Where it is: `/assets/hub-<hash>.js`.
    pub js_path: String,
}

impl Assets {
    /// Those of a brand.
    pub fn of(brand: &Brand) -> Self {
        let css = render::linking_stylesheet(brand);
        let js = SCRIPT.concat();
        Self {
            css_path: format!("/assets/hub-{}.css", hash(css.as_bytes())),
            js_path: format!("/assets/hub-{}.js", hash(js.as_bytes())),
            css,
            js,
        }
    }
}

/// Where a provider's icon is: `/assets/icon-<key>-<hash>.<ending>`.
pub fn icon_path(provider: &str, file: &str, bytes: &[u8]) -> String {
    let ending = file.rsplit_once('.').map_or("svg", |(_, ending)| ending);
    format!("/assets/icon-{provider}-{}.{ending}", hash(bytes))
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}
