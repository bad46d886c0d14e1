//! Figures as a person reads them, and tables of them.

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A length of time, in the unit that suits it.
pub(super) fn time(seconds: f64) -> String {
    let (value, unit) = match seconds.abs() {
        s if s >= 1.0 => (seconds, "s"),
        s if s >= 1e-3 => (seconds * 1e3, "ms"),
        s if s >= 1e-6 => (seconds * 1e6, "µs"),
        0.0 => (0.0, "s"),
        _ => (seconds * 1e9, "ns"),
    };
    format!("{} {unit}", number(value))
}

/// An amount of memory.
pub(super) fn memory(kib: f64) -> String {
    let (value, unit) = match kib.abs() {
        k if k >= 1024.0 * 1024.0 => (kib / 1024.0 / 1024.0, "GiB"),
        k if k >= 1024.0 => (kib / 1024.0, "MiB"),
        _ => (kib, "KiB"),
    };
    format!("{} {unit}", number(value))
}

/// A number with three digits that count, and its thousands apart.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut apart = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            apart.push(' ');
        }
        apart.push(digit);
    }
    if rest.is_empty() { format!("{sign}{apart}") } else { format!("{sign}{apart}.{rest}") }
}

/// A count, its thousands apart.
pub(super) fn count(value: u32) -> String {
    number(f64::from(value)).split('.').next().unwrap_or_default().to_owned()
}

/// How many times as much one is as the other.
pub(super) fn ratio(one: f64, other: f64) -> String {
    if other > 0.0 { format!("{}×", number(one / other)) } else { "–".to_owned() }
}

/// What lies in the middle.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.as_slice() {
        [] => 0.0,
        all if all.len() % 2 == 1 => all[middle],
        all => f64::midpoint(all[middle - 1], all[middle]),
    }
}

/// How long each of many things took, in seconds, the quickest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Times {
    /// Seconds for all of them, from the first begin to the last end.
    pub(super) wall: f64,
    sorted: Vec<f64>,
}

impl Times {
    /// As the program says them that measured.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let told: Value = serde_json::from_str(text).context("the times are no JSON")?;
        let wall = told["seconds"].as_f64().context("the times have no sum")?;
        let mut sorted: Vec<f64> =
            told["times"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        sorted.sort_by(f64::total_cmp);
        Ok(Self { wall, sorted })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.sorted.len()).unwrap_or(u32::MAX)
    }

    /// How many there were in a second.
    pub(super) fn rate(&self) -> f64 {
        if self.wall > 0.0 { f64::from(self.count()) / self.wall } else { 0.0 }
    }

    /// Of 100 of them, so many took no longer than this.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
    }
}

/// A table in Markdown: so many columns of words to the left, then figures to the right.
pub(super) fn table(words: usize, heads: &[&str], rows: &[Vec<String>]) -> String {
    let figures = heads.len().saturating_sub(words);
    let rule = format!("|{}{}", "---|".repeat(words), "---:|".repeat(figures));
    let mut text = format!("| {} |\n{rule}\n", heads.join(" | "));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Times, count, median, memory, number, ratio, table, time};

    #[test]
    fn a_time_has_the_unit_that_suits_it() {
        let shown: Vec<String> = [0.0, 4.2e-8, 4.21e-5, 0.0305, 1.0, 123.4].map(time).into();
        assert_eq!(shown, ["0.00 s", "42.0 ns", "42.1 µs", "30.5 ms", "1.00 s", "123 s"]);
    }

    #[test]
    fn a_number_has_three_digits_that_count() {
        let shown: Vec<String> = [0.0, 0.126, 9.999, 99.99, 1234.5, 1_234_567.0, -1234.0].map(number).into();
        assert_eq!(shown, ["0.00", "0.13", "10.0", "100", "1 234", "1 234 567", "-1 234"]);
        assert_eq!([10, 1_000, 10_000].map(count), ["10", "1 000", "10 000"]);
    }

    #[test]
    fn memory_has_the_unit_that_suits_it() {
        let shown: Vec<String> = [0.5, 1023.0, 15_872.0, 25_165_824.0].map(memory).into();
        assert_eq!(shown, ["0.50 KiB", "1 023 KiB", "15.5 MiB", "24.0 GiB"]);
    }

    #[test]
    fn a_ratio_to_nothing_is_not_told() {
        assert_eq!(ratio(3.0, 2.0), "1.50×");
        assert_eq!(ratio(3.0, 0.0), "–");
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
    }

    #[test]
    fn of_100_times_99_are_no_longer_than_the_99th_percentile() {
        let times: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let times = Times::parse(&format!("{{\"seconds\": 50.0, \"times\": {times:?}}}")).expect("times");
        let percentiles = [1, 50, 99, 100].map(|percent| times.percentile(percent));
        assert_eq!(percentiles.map(number), ["1.00", "50.0", "99.0", "100"]);
        assert_eq!(number(times.rate()), "2.00");
        assert!(Times::default().percentile(99).abs() < 1e-9);
    }

    #[test]
    fn a_table_has_its_figures_to_the_right() {
        let rows = [vec!["10".to_owned(), "1.00 s".to_owned()]];
        assert_eq!(table(1, &["guides", "wall"], &rows), "| guides | wall |\n|---|---:|\n| 10 | 1.00 s |\n");
    }
}
