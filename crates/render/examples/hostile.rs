//! Writes pages with hostile strings to a folder, so that parsers written in other languages can be tested with them.
//!
//! `cargo run -p render --example hostile -- DIR [COUNT]` writes `NNN.mdx`, `NNN.published.mdx`, `NNN.md`,
//! `NNN.published.md`, `NNN.html`, `NNN.txt` and `NNN.json`, and the same files for each built-in guide.
//!
//! **Invariant:** the same count produces the same files.
#![expect(clippy::print_stderr, reason = "a command-line program")]

#[path = "../tests/it/hostile.rs"]
mod hostile;

use std::path::Path;
use std::{env, fs, io, process};

use guide::{Brand, Guide, Method};
use render::{Audience, Options, Style, TerminalOptions};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: hostile DIR [COUNT]");
        process::exit(2);
    };
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(60);
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    for seed in 0..count {
        let (guide, brand) = hostile::guide_and_brand(&mut hostile::Seeded::new(seed));
        for method in &guide.methods {
            write(folder, &format!("{seed:03}"), &guide, method, &brand)?;
        }
    }
    let brand = catalog::shipped_brand();
    for guide in catalog::shipped().guides() {
        for method in &guide.methods {
            write(folder, &format!("{}-{}", guide.provider.key, method.key), guide, method, &brand)?;
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, guide: &Guide, method: &Method, brand: &Brand) -> io::Result<()> {
    for (audience, infix) in [(Audience::Link, ""), (Audience::Setup, "-setup")] {
        if audience == Audience::Setup && method.setup.is_none() {
            continue;
        }
        let page = render::page(guide, method, brand, &Options { audience, ..Options::default() });
        let put =
            |ending: &str, text: String| fs::write(folder.join(format!("{name}{infix}.{ending}")), text);
        put("mdx", render::mdx(&page, Style::Semantic))?;
        put("published.mdx", render::mdx(&page, Style::Published))?;
        put("md", render::markdown(&page, Style::Semantic))?;
        put("published.md", render::markdown(&page, Style::Published))?;
        put("html", render::html(&page))?;
        put("txt", render::terminal(&page, TerminalOptions { width: 80, color: false }))?;
        put("json", format!("{:#}\n", render::json(&page)))?;
    }
    Ok(())
}
