//! Tests that the published style has the structure of the published page, whatever text the guide contains.

use render::{Options, Style};

use crate::seed;

#[test]
fn the_gladly_guide_has_the_structure_of_the_published_page() {
    let Some(seed) = seed::published() else { return };
    let catalog = catalog::shipped();
    let guide = catalog.find("gladly").and_then(|entry| entry.guide()).expect("the guide");
    let page = render::page(guide, &guide.methods[0], &catalog::shipped_brand(), &Options::default());
    let ours = render::markdown(&page, Style::Published);
    assert_eq!(structure(&ours), structure(&seed));
}

/// Returns the page's tags with their attributes and indentation. Text and the content of steps become `…`.
fn structure(page: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut within: Option<&str> = None;
    for line in page.lines() {
        let bare = line.trim_start();
        let indent = &line[..line.len() - bare.len()];
        if let Some(end) = within {
            if line == end {
                out.push(format!("{indent}  …"));
                out.push(line.to_owned());
                within = None;
            }
            continue;
        }
        out.push(format!("{indent}{}", skeleton(bare)));
        if bare.starts_with("<div data-guide-step") {
            within = Some("      </div>");
        } else if bare.starts_with("<Step ")
            && out.iter().any(|line| line.starts_with("<div data-whitelabel"))
        {
            within = Some("    </Step>");
        }
    }
    out.join("\n")
}

fn skeleton(line: &str) -> String {
    for mark in ["> ## ", "> ", "# "] {
        if line.starts_with(mark) {
            return format!("{mark}…");
        }
    }
    for (start, end) in [("<h2>", "</h2>"), ("<p>", "</p>"), ("<Step title=\"", "\">")] {
        if line.starts_with(start) && line.ends_with(end) {
            return format!("{start}…{end}");
        }
    }
    line.to_owned()
}
