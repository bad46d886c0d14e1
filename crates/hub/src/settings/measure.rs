//! Values with a unit: sizes and durations.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// Parses a number of bytes, at least 1 KiB. The error describes the expected value.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let expected = || "a number and a unit, such as `512KiB` or `1MiB`".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(text.len()));
    let number: usize = number.parse().map_err(|_| expected())?;
    let unit = match unit.trim_start() {
        "B" | "" => 1,
        "kB" | "KB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(expected()),
    };
    let bytes = number.checked_mul(unit).ok_or_else(expected)?;
    if bytes < 1024 { Err("at least 1KiB".to_owned()) } else { Ok(bytes) }
}

pub(super) fn show_size(bytes: &usize) -> String {
    const UNITS: [(usize, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = UNITS.into_iter().find(|(size, _)| bytes.is_multiple_of(*size));
    let (size, name) = unit.unwrap_or((1, "B"));
    format!("{}{name}", bytes / size)
}

/// Parses a duration, which may be zero. The error describes the expected value.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let expected = || "a number and a unit, such as `30s`, `15m` or `2h`".to_owned();
    let span: Span = text.trim().parse().map_err(|_| expected())?;
    // Months and years are rejected, because they have no fixed length.
    let time = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| expected())?;
    Duration::try_from(time).map_err(|_| expected())
}

/// Parses a duration greater than zero. The error describes the expected value.
pub(super) fn period(text: &str) -> Result<Duration, String> {
    let time = time(text)?;
    if time.is_zero() { Err("a duration greater than zero".to_owned()) } else { Ok(time) }
}

pub(super) fn show_time(time: &Duration) -> String {
    const UNITS: [(u128, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let millis = time.as_millis();
    // One minute is shown as 60s, because people write such limits in seconds.
    let is_unit =
        |(size, name): &(u128, &str)| millis.is_multiple_of(*size) && (*size < millis || *name == "s");
    let (size, name) = UNITS.into_iter().find(is_unit).unwrap_or((1, "ms"));
    format!("{}{name}", millis / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_units() {
        assert_eq!(time("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(time("2 h"), Ok(Duration::from_hours(2)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(time("31d"), Ok(Duration::from_hours(31 * 24)));
        assert_eq!(time("1h 30m"), Ok(Duration::from_mins(90)));
        for wrong in ["30", "s", "", "-1s", "1 month", "99999999999999999999d"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert!(period("0s").is_err());
        assert_eq!(size("1MiB"), Ok(1 << 20));
        assert_eq!(size("2048"), Ok(2048));
        for wrong in ["1", "1mb", "MiB", "-1MiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_and_sizes_are_shown_as_people_write_them() {
        assert_eq!(show_size(&(1 << 20)), "1MiB");
        assert_eq!(show_size(&1500), "1500B");
        assert_eq!(show_time(&Duration::from_mins(1)), "60s");
        assert_eq!(show_time(&Duration::from_mins(30)), "30m");
        assert_eq!(show_time(&Duration::from_millis(1500)), "1500ms");
        assert_eq!(show_time(&Duration::ZERO), "0s");
    }
}
