//! What charts have in common: their look, and the figures that they show.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, RGBColor, SVGBackend};

use crate::bench::report;
use crate::bench::run::{Figures, Row, RowId};

/// The width of a chart, in pixels.
pub(super) const WIDTH: u32 = 760;
pub(super) const FONT: &str = "sans-serif";
pub(super) const TITLE: u32 = 18;
pub(super) const TEXT: u32 = 14;

pub(super) const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
pub(super) const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
/// The colors of lines and bars, which people with color blindness can distinguish.
pub(super) const COLORS: [RGBColor; 3] =
    [RGBColor(0x00, 0x72, 0xb2), RGBColor(0xd5, 0x5e, 0x00), RGBColor(0x00, 0x9e, 0x73)];

/// An area of an SVG image.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Returns the figures of a row. `None` if the row was not measured.
pub(super) fn figures<'a>(rows: &[&'a Row], (name, size): RowId) -> Option<&'a Figures> {
    report::find(rows.iter().copied(), name, size)
}
