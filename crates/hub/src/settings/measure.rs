//! Kinds of values with a unit: sizes and lengths of time.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde_json::{Value, json};

use super::kind::{Expected, Kind};

/// A number of bytes, at least 1 KiB.
#[derive(Debug)]
pub(crate) struct Size;

impl Kind for Size {
    type Value = usize;
    const PLACEHOLDER: &'static str = "SIZE";

    fn parse(text: &str) -> Result<usize, Expected> {
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

    fn show(bytes: &usize) -> String {
        const UNITS: [(usize, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let unit = UNITS.into_iter().find(|(size, _)| bytes.is_multiple_of(*size));
        unit.map_or_else(|| format!("{bytes}B"), |(size, name)| format!("{}{name}", bytes / size))
    }

    fn schema() -> Value {
        measure()
    }
}

/// A length of time; zero is allowed.
#[derive(Debug)]
pub(crate) struct Time;

impl Kind for Time {
    type Value = Duration;
    const PLACEHOLDER: &'static str = "DURATION";

    fn parse(text: &str) -> Result<Duration, Expected> {
        let expected = || "a number and a unit, such as `30s`, `15m` or `2h`".to_owned();
        let span: Span = text.trim().parse().map_err(|_| expected())?;
        // Months and years have no fixed length.
        let time = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| expected())?;
        Duration::try_from(time).map_err(|_| expected())
    }

    fn show(time: &Duration) -> String {
        const UNITS: [(u128, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
        let millis = time.as_millis();
        // One minute is shown as 60s, as people write such limits.
        let unit = UNITS.into_iter().find(|(size, _)| millis.is_multiple_of(*size) && *size < millis);
        unit.map_or_else(
            || {
                if millis.is_multiple_of(1000) {
                    format!("{}s", millis / 1000)
                } else {
                    format!("{millis}ms")
                }
            },
            |(size, name)| format!("{}{name}", millis / size),
        )
    }

    fn schema() -> Value {
        measure()
    }
}

/// A length of time above zero.
#[derive(Debug)]
pub(crate) struct Period;

impl Kind for Period {
    type Value = Duration;
    const PLACEHOLDER: &'static str = Time::PLACEHOLDER;

    fn parse(text: &str) -> Result<Duration, Expected> {
        let time = Time::parse(text)?;
        if time.is_zero() { Err("a time above zero".to_owned()) } else { Ok(time) }
    }

    fn show(time: &Duration) -> String {
        Time::show(time)
    }

    fn schema() -> Value {
        measure()
    }
}

/// The schema of a size or a duration: text with a unit. Numbers pass the schema so that parsing reports the missing
/// unit.
fn measure() -> Value {
    json!({ "type": ["string", "integer"] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_units() {
        assert_eq!(Time::parse("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(Time::parse("2 h"), Ok(Duration::from_hours(2)));
        assert_eq!(Time::parse("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(Time::parse("31d"), Ok(Duration::from_hours(31 * 24)));
        assert_eq!(Time::parse("1h 30m"), Ok(Duration::from_mins(90)));
        for wrong in ["30", "s", "", "-1s", "1 month", "99999999999999999999d"] {
            assert!(Time::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Period::parse("0s").is_err());
        assert_eq!(Size::parse("1MiB"), Ok(1 << 20));
        assert_eq!(Size::parse("2048"), Ok(2048));
        for wrong in ["1", "1mb", "MiB", "-1MiB"] {
            assert!(Size::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_and_sizes_are_shown_as_people_write_them() {
        assert_eq!(Size::show(&(1 << 20)), "1MiB");
        assert_eq!(Size::show(&1500), "1500B");
        assert_eq!(Time::show(&Duration::from_mins(1)), "60s");
        assert_eq!(Time::show(&Duration::from_mins(30)), "30m");
        assert_eq!(Time::show(&Duration::from_millis(1500)), "1500ms");
        assert_eq!(Time::show(&Duration::ZERO), "0s");
    }
}
