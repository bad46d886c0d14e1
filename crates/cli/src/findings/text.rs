//! Formats a finding as text for people: its code, its position, an excerpt with carets, the reason and the fix.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use guide::{Finding, Severity, Source, Span};

/// The width of excerpts, in columns. Longer lines are truncated.
const WIDTH: usize = 120;

/// The maximum length, in bytes, of a line in an excerpt. Longer lines are unreadable and slow to lay out, so only the
/// finding's position is shown for them.
const LONGEST_LINE: usize = 4000;

/// Formats a finding, followed by an empty line.
pub(crate) fn text(source: &Source, finding: &Finding, color: bool) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let excerpt = excerpt(source, finding);
    let help = finding.help.as_deref().unwrap_or(finding.code.help);
    let group = level
        .primary_title(finding.message.as_str())
        .id(finding.code.code)
        .element(excerpt)
        .element(Level::NOTE.message(finding.code.why))
        .element(Level::HELP.message(help));
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH).render(&[group]);
    out.push_str("\n\n");
    out
}

/// Returns the source lines with carets or, if a line is too long, only the finding's position.
fn excerpt<'a>(source: &'a Source, finding: &'a Finding) -> Element<'a> {
    let spans = finding.also.iter().map(|(span, _)| *span).chain([finding.span]);
    if spans.into_iter().any(|span| line_length(source, span) > LONGEST_LINE) {
        let place = source.place(finding.span.start);
        return Origin::path(source.name.as_str()).line(place.line).char_column(place.column).into();
    }
    let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str()).fold(true);
    let mut primary = AnnotationKind::Primary.span(clamped(source, finding.span));
    if !finding.label.is_empty() {
        primary = primary.label(finding.label.as_str());
    }
    let context = finding
        .also
        .iter()
        .map(|(span, label)| AnnotationKind::Context.span(clamped(source, *span)).label(label.as_str()));
    snippet.annotation(primary).annotations(context).into()
}

/// Returns the length, in bytes, of the line where a span starts.
fn line_length(source: &Source, span: Span) -> usize {
    let at = clamped(source, span).start;
    let before = source.text[..at].rfind('\n').map_or(at, |end| at - end - 1);
    before + source.text[at..].find('\n').unwrap_or(source.text.len() - at)
}

/// Clamps a span to the text, which may be empty or truncated.
fn clamped(source: &Source, span: Span) -> std::ops::Range<usize> {
    let end = source.text.len();
    let start = source.text.floor_char_boundary(span.start.min(end));
    start..source.text.ceil_char_boundary(span.end.clamp(start, end))
}
