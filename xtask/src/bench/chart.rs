//! The charts at the top of the benchmark pages, as SVG.

mod growth;
mod ratios;
mod style;

use anyhow::Result;
use plotters::prelude::{IntoDrawingArea as _, SVGBackend, WHITE};

use self::style::WIDTH;
use super::run::{Chart, Drawing, Row};

/// Draws a chart. `rows` contains the rows of all sections.
pub(super) fn svg(chart: &Chart, rows: &[&Row]) -> Result<String> {
    let height = match chart.drawing {
        Drawing::Ratios(bars) => ratios::height(bars),
        Drawing::Growth(_) => growth::HEIGHT,
    };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        match chart.drawing {
            Drawing::Ratios(bars) => ratios::draw(&area, chart.title, bars, rows)?,
            Drawing::Growth(lines) => growth::draw(&area, chart.title, lines, rows)?,
        }
        area.present()?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::run::{Bar, Figures, Line};

    fn row(name: &str, size: u32, seconds: f64) -> Row {
        let figures = Figures::new(vec![seconds], 1);
        Row { name: name.to_owned(), size, baseline: None, figures: Some(figures) }
    }

    #[test]
    fn a_bar_shows_its_ratio_and_its_aim_or_that_it_was_not_measured() {
        const BARS: &[Bar] = &[
            Bar { label: "fast", of: ("a", 10), to: ("b", 10), aim: Some(2.0) },
            Bar { label: "missing", of: ("c", 10), to: ("b", 10), aim: None },
        ];
        let chart = Chart { file: "", title: "Speed", drawing: Drawing::Ratios(BARS) };
        let rows = [row("a 1.0", 10, 1.0), row("b", 10, 4.0)];
        let svg = svg(&chart, &rows.iter().collect::<Vec<_>>()).expect("a chart");
        for text in ["Speed", "fast", "4.00×", "missing", "not measured"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
        assert_eq!(svg.matches("<polygon").count(), 2, "one aim, and the legend: {svg}");
    }

    #[test]
    fn a_line_starts_at_one() {
        const LINES: &[Line] =
            &[Line { label: "list", figure: Figures::median, rows: &[("a", 10), ("a", 1_000), ("a", 9)] }];
        let chart = Chart { file: "", title: "Growth", drawing: Drawing::Growth(LINES) };
        let rows = [row("a", 10, 2.0), row("a", 1_000, 3.0)];
        let svg = svg(&chart, &rows.iter().collect::<Vec<_>>()).expect("a chart");
        for text in ["Growth", "list", "1.0×", "1.50×", "10", "1 000"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
    }
}
