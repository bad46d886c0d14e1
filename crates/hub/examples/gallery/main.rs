//! Writes every page in each of its states to a folder, for manual review and for browser tests.
//!
//! ```console
//! cargo run -p hub --example gallery -- FOLDER [PROVIDER…]
//! ```
//!
//! **Invariant:** the pages are rendered with the Hub's own functions and types.
#![allow(clippy::print_stdout, reason = "an example prints its result")]

mod played;
mod views;

use std::path::Path;
use std::{env, fs};

use hub::pages::Assets;

fn main() -> std::io::Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "gallery".to_owned());
    let providers: Vec<String> = arguments.collect();
    let folder = Path::new(&folder);
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    fs::create_dir_all(folder.join("assets"))?;
    fs::write(folder.join(&assets.css_path[1..]), &assets.css)?;
    fs::write(folder.join(&assets.js_path[1..]), &assets.js)?;
    let catalog = catalog::shipped();
    let mut icons = Vec::new();
    for entry in catalog.entries() {
        let (Some(guide), Some((name, bytes))) = (entry.guide(), entry.assets.iter().next()) else {
            continue;
        };
        // The Hub sends an icon's media type in a header. For a local file, browsers infer it from the file extension,
        // so the path ends with the original file name.
        let path = format!("assets/{}-{name}", guide.provider.key);
        fs::write(folder.join(&path), bytes)?;
        icons.push((format!("/connectors/{}/icon", guide.provider.key), format!("/{path}")));
    }
    let pages = views::all(&brand, &assets, &catalog, &providers);
    for (name, html) in &pages {
        let html = icons.iter().fold(html.clone(), |html, (path, file)| html.replace(path, file));
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    println!("{} pages", pages.len());
    Ok(())
}
