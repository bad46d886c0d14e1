//! Draws terminal output as SVG.

use std::fmt::Write as _;

/// The width of a character in pixels.
const WIDE: f64 = 8.4;
/// The height of a line in pixels.
const HIGH: usize = 20;
/// The space around the text in pixels.
const MARGIN: usize = 24;

/// The style of a piece of text.
#[derive(Clone, Copy, Default, PartialEq)]
struct Face {
    bold: bool,
    dim: bool,
    color: Option<&'static str>,
}

/// Draws text with escape sequences as a picture of a terminal.
pub(super) fn svg(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let columns =
        lines.iter().map(|line| pieces(line).iter().map(|(_, text)| text.chars().count()).sum()).max();
    #[expect(clippy::cast_precision_loss, reason = "a terminal has few columns")]
    let width = columns.unwrap_or(0_usize).max(88) as f64 * WIDE + 2.0 * 24.0;
    let height = lines.len() * HIGH + 2 * MARGIN + 20;
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height}" viewBox="0 0 {width:.0} {height}" role="img" aria-label="Linking an account in the terminal">
<rect width="100%" height="100%" rx="12" fill="#10151f"/>
<g fill="#3a4356"><circle cx="24" cy="20" r="6"/><circle cx="44" cy="20" r="6"/><circle cx="64" cy="20" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#d6deeb" xml:space="preserve">
"##
    );
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + 34 + number * HIGH;
        let _ = write!(out, r#"<text x="{MARGIN}" y="{y}">"#);
        for (face, text) in pieces(line) {
            let mut attributes = String::new();
            if face.bold {
                attributes.push_str(r#" font-weight="700""#);
            }
            if let Some(color) = face.color.or(face.dim.then_some("#8b97ad")) {
                let _ = write!(attributes, r#" fill="{color}""#);
            }
            let _ = write!(out, "<tspan{attributes}>{}</tspan>", escaped(&text));
        }
        out.push_str("</text>\n");
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Splits a line where its style changes. Text before a carriage return is overwritten, so it is left out.
fn pieces(line: &str) -> Vec<(Face, String)> {
    let mut pieces: Vec<(Face, String)> = Vec::new();
    let mut face = Face::default();
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        add(&mut pieces, face, &rest[..at]);
        let sequence = rest[at + 1..].strip_prefix('[').unwrap_or_default();
        let end = sequence.find(|ch: char| ch.is_ascii_alphabetic()).unwrap_or(sequence.len());
        if sequence[end..].starts_with('m') {
            for code in sequence[..end].split(';') {
                face = change(face, code);
            }
        }
        rest = sequence.get(end + 1..).unwrap_or_default();
    }
    add(&mut pieces, face, rest);
    pieces
}

fn add(pieces: &mut Vec<(Face, String)>, face: Face, text: &str) {
    let text = text.rsplit('\r').next().unwrap_or(text);
    match pieces.last_mut() {
        Some((last, before)) if *last == face => before.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push((face, text.to_owned())),
    }
}

fn change(face: Face, code: &str) -> Face {
    match code {
        "1" => Face { bold: true, ..face },
        "2" => Face { dim: true, ..face },
        "31" => Face { color: Some("#ff7a85"), ..face },
        "32" => Face { color: Some("#7fd88f"), ..face },
        "36" => Face { color: Some("#7fdbe6"), ..face },
        "" | "0" => Face::default(),
        _ => face,
    }
}

/// Spaces that must not collapse become such that cannot.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(' ', "\u{a0}")
}
