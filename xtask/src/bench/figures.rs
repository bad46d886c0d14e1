//! Formatting of figures.

/// Formats a time in the largest unit in which the number is at least 1.
pub(super) fn time(seconds: f64) -> String {
    in_unit(seconds, &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
}

/// Formats an amount of memory in the largest unit in which the number is at least 1.
pub(super) fn memory(kib: f64) -> String {
    in_unit(kib, &[(1024.0 * 1024.0, "GiB"), (1024.0, "MiB"), (1.0, "KiB")])
}

/// Formats a value in the first unit in which the number is at least 1, or in the last unit if there is no such unit.
fn in_unit(value: f64, units: &[(f64, &str)]) -> String {
    let (size, unit) = units.iter().find(|(size, _)| value >= *size).unwrap_or(&units[units.len() - 1]);
    format!("{} {unit}", number(value / size))
}

/// Formats a number with three significant digits and with a space as the thousands separator.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let mut text = format!("{value:.digits$}");
    let (sign, end) = (usize::from(value < 0.0), text.find('.').unwrap_or(text.len()));
    for at in (sign + 1..end).rev().filter(|at| (end - at) % 3 == 0) {
        text.insert(at, ' ');
    }
    text
}

/// Formats a count with a space as the thousands separator.
pub(super) fn count(value: u32) -> String {
    number(f64::from(value)).split('.').next().unwrap_or_default().to_owned()
}

/// Returns the `percent`th percentile of a sorted list, or 0 if the list is empty.
pub(super) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Returns the median of a sorted list, or 0 if the list is empty.
pub(super) fn median(sorted: &[f64]) -> f64 {
    f64::midpoint(percentile(sorted, 50), percentile(&sorted[sorted.len() / 2..], 1))
}

#[cfg(test)]
mod tests {
    use super::{count, median, memory, number, percentile, time};

    #[test]
    fn a_time_has_the_unit_that_fits_it() {
        let shown: Vec<String> = [0.0, 4.2e-8, 4.21e-5, 0.0305, 1.0, 123.4].map(time).into();
        assert_eq!(shown, ["0.00 ns", "42.0 ns", "42.1 µs", "30.5 ms", "1.00 s", "123 s"]);
    }

    #[test]
    fn a_number_has_three_significant_digits() {
        let shown: Vec<String> = [0.0, 0.126, 9.999, 99.99, 1234.5, 1_234_567.0, -1234.0].map(number).into();
        assert_eq!(shown, ["0.00", "0.13", "10.0", "100", "1 234", "1 234 567", "-1 234"]);
        assert_eq!([10, 1_000, 10_000].map(count), ["10", "1 000", "10 000"]);
    }

    #[test]
    fn memory_has_the_unit_that_fits_it() {
        let shown: Vec<String> = [0.5, 1023.0, 15_872.0, 25_165_824.0].map(memory).into();
        assert_eq!(shown, ["0.50 KiB", "1 023 KiB", "15.5 MiB", "24.0 GiB"]);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_two() {
        let medians = [&[1.0, 2.0, 3.0][..], &[1.0, 2.0, 3.0, 4.0], &[]].map(median);
        assert_eq!(medians.map(number), ["2.00", "2.50", "0.00"]);
    }

    #[test]
    fn ninety_nine_of_a_hundred_do_not_exceed_the_99th_percentile() {
        let sorted: Vec<f64> = (1..=100).map(f64::from).collect();
        let percentiles = [1, 50, 99, 100].map(|percent| percentile(&sorted, percent));
        assert_eq!(percentiles.map(number), ["1.00", "50.0", "99.0", "100"]);
    }
}
