//! A chart of figures that grow with the size of the input.

use anyhow::Result;
use plotters::prelude::{
    ChartBuilder, Circle, Color as _, EmptyElement, IntoFont as _, IntoLogRange as _, LineSeries,
    PathElement, SeriesLabelPosition, Text, WHITE,
};

use super::style::{Area, COLORS, FONT, GRID, INK, TEXT, TITLE, figures};
use crate::bench::figures::number;
use crate::bench::run::{Line, Row};

/// The height of a chart, in pixels.
pub(super) const HEIGHT: u32 = 340;

pub(super) fn draw(area: &Area<'_>, title: &str, lines: &[Line], rows: &[&Row]) -> Result<()> {
    let points: Vec<Vec<(f64, f64)>> = lines.iter().map(|line| points(line, rows)).collect();
    let all = || points.iter().flatten();
    let most = all().map(|(_, growth)| *growth).fold(1.5, f64::max);
    let sizes = all().map(|(size, _)| *size);
    let (least, largest) = (sizes.clone().fold(1_000.0, f64::min), sizes.fold(1_000.0, f64::max));
    let text = || (FONT, TEXT).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .caption(title, (FONT, TITLE).into_font().color(&INK))
        .margin(16)
        .margin_right(72)
        .x_label_area_size(28)
        .y_label_area_size(48)
        .build_cartesian_2d((least..largest * 1.01).log_scale(), 0.0..most * 1.2)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(WHITE)
        .label_style(text())
        .x_label_formatter(&|size| number(*size).split('.').next().unwrap_or_default().to_owned())
        .y_label_formatter(&|growth| format!("{growth:.1}×"))
        .draw()?;
    for ((line, points), color) in lines.iter().zip(points).zip(COLORS.iter().cycle()) {
        chart
            .draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?
            .label(line.label)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], color.stroke_width(2)));
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, color.filled())))?;
        // Only the last point has a label, because labels of lines that lie close together would overlap.
        let label = |point: &(f64, f64)| {
            EmptyElement::at(*point) + Text::new(format!("{}×", number(point.1)), (10, -6), text())
        };
        chart.draw_series(points.last().map(label))?;
    }
    chart.configure_series_labels().position(SeriesLabelPosition::LowerRight).label_font(text()).draw()?;
    Ok(())
}

/// Returns the sizes and figures of a line's rows that were measured. Figures are multiples of the first one.
fn points(line: &Line, rows: &[&Row]) -> Vec<(f64, f64)> {
    let measured = |row| figures(rows, row).map(line.figure);
    let Some(first) = line.rows.first().copied().and_then(measured) else { return Vec::new() };
    let point = |row: &(&'static str, u32)| Some((f64::from(row.1), measured(*row)? / first));
    line.rows.iter().filter_map(point).collect()
}
