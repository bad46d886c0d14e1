//! A chart of ratios. Its scale is logarithmic, so that "twice as fast" and "half as fast" are equally long bars.

use anyhow::Result;
use plotters::prelude::{Color as _, IntoFont as _, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::style::{Area, COLORS, FONT, GRID, INK, TEXT, TITLE, figures};
use crate::bench::figures::number;
use crate::bench::run::{Bar, Row};

/// The height of a bar with the space around it, in pixels.
const STEP: i32 = 34;
const TOP: i32 = 76;
const BOTTOM: i32 = 16;
/// The bars' area, between the labels and the right edge.
const LEFT: i32 = 300;
const RIGHT: i32 = 680;

/// Returns the height of a chart with these bars, in pixels.
pub(super) fn height(bars: &[Bar]) -> u32 {
    i32::try_from(bars.len()).map_or(0, |n| (TOP + STEP * n + BOTTOM).unsigned_abs())
}

pub(super) fn draw(area: &Area<'_>, title: &str, bars: &[Bar], rows: &[&Row]) -> Result<()> {
    let ratio = |bar: &Bar| Some(figures(rows, bar.to)?.per_item() / figures(rows, bar.of)?.per_item());
    let ratios: Vec<Option<f64>> = bars.iter().map(ratio).collect();
    let shown = ratios.iter().flatten().copied().chain(bars.iter().filter_map(|bar| bar.aim));
    let scale = Scale::of(shown);
    let style = |pos| (FONT, TEXT).into_font().color(&INK).pos(pos);
    area.draw(&Text::new(title.to_owned(), (16, 14), (FONT, TITLE).into_font().color(&INK)))?;
    if bars.iter().any(|bar| bar.aim.is_some()) {
        draw_aim(area, (RIGHT, 20))?;
        area.draw(&Text::new("aim", (RIGHT + 10, 24), style(Pos::new(HPos::Left, VPos::Center))))?;
    }
    let bottom = TOP + STEP * i32::try_from(bars.len())?;
    for power in scale.low..=scale.high {
        let at = scale.place(10_f64.powi(power));
        area.draw(&PathElement::new([(at, TOP - 6), (at, bottom)], if power == 0 { INK } else { GRID }))?;
        let label = format!("{}×", 10_f64.powi(power));
        area.draw(&Text::new(label, (at, TOP - 10), style(Pos::new(HPos::Center, VPos::Bottom))))?;
    }
    for (bar, (ratio, top)) in
        bars.iter().zip(ratios.into_iter().zip((TOP..).step_by(STEP.unsigned_abs() as usize)))
    {
        let middle = top + STEP / 2;
        let label = style(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new(bar.label, (LEFT - 12, middle), label))?;
        let Some(ratio) = ratio else {
            let text = style(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new("not measured", (LEFT + 8, middle), text))?;
            continue;
        };
        let (one, end) = (scale.place(1.0), scale.place(ratio));
        let (from, to) = (one.min(end), one.max(end));
        area.draw(&Rectangle::new([(from, top + 8), (to, top + STEP - 8)], COLORS[0].filled()))?;
        let text = style(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(format!("{}×", number(ratio)), (to + 8, middle), text))?;
        if let Some(aim) = bar.aim {
            draw_aim(area, (scale.place(aim), top + STEP - 9))?;
        }
    }
    Ok(())
}

/// Draws a triangle below a bar that points to its aim.
fn draw_aim(area: &Area<'_>, (at, tip): (i32, i32)) -> Result<()> {
    area.draw(&Polygon::new([(at, tip), (at - 5, tip + 8), (at + 5, tip + 8)], COLORS[1]))?;
    Ok(())
}

/// A logarithmic scale.
struct Scale {
    /// The lowest and the highest power of ten.
    low: i32,
    high: i32,
}

impl Scale {
    /// Returns the smallest scale that contains 1 and these values.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (-1, 0);
        for value in values.filter(|value| value.is_normal()) {
            while value < 10_f64.powi(low) {
                low -= 1;
            }
            while 10_f64.powi(high) < value {
                high += 1;
            }
        }
        Self { low, high }
    }

    /// Returns the horizontal place of a value, in pixels.
    fn place(&self, value: f64) -> i32 {
        let share = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        let width = f64::from(RIGHT - LEFT);
        #[expect(clippy::cast_possible_truncation, reason = "a place within the chart")]
        let offset = (share.clamp(0.0, 1.0) * width).round() as i32;
        LEFT + offset
    }
}
