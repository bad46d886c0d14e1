//! Writes every page in its states into a folder, to be looked at and tested in a browser.
//!
//! ```console
//! cargo run -p hub --example gallery -- FOLDER [PROVIDER…]
//! ```
//!
//! **Invariant:** a page here is made by the same function from the same types as in the Hub.
#![allow(clippy::print_stdout, reason = "an example says what it wrote")]

mod played;
mod views;

use std::path::Path;
use std::{env, fs};

use hub::pages::Assets;

fn main() -> std::io::Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "gallery".to_owned());
    let wanted: Vec<String> = arguments.collect();
    let folder = Path::new(&folder);
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    fs::create_dir_all(folder.join("assets"))?;
    fs::write(folder.join(&assets.css_path[1..]), &assets.css)?;
    fs::write(folder.join(&assets.js_path[1..]), &assets.js)?;
    let catalog = catalog::shipped();
    for entry in catalog.entries() {
        let (Some(guide), Some((name, bytes))) = (entry.guide(), entry.assets.iter().next()) else {
            continue;
        };
        let path = hub::pages::icon_path(guide.provider.key.as_str(), name, bytes);
        fs::write(folder.join(&path[1..]), bytes)?;
    }
    let pages = views::all(&brand, &assets, &catalog, &wanted);
    for (name, html) in &pages {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    println!("{} pages", pages.len());
    Ok(())
}
