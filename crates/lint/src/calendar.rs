//! Dates as day numbers, which can be subtracted.

use guide::{Lifecycle, LifecycleEvent};

use crate::rule::Subject;

/// How long a checked fact counts as current, in days.
pub(crate) const FRESH: i64 = 365;

/// The number of days from March 1 of year 0 to a date written as `YYYY-MM-DD`, or `None` for any other string.
pub(crate) fn day(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // https://howardhinnant.github.io/date_algorithms.html#days_from_civil
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
    let of_year = (153 * m + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year)
}

/// The sunsets of the provider and its methods. Each entry contains the number of days until the sunset, the sunset
/// itself, and a phrase that names the provider or method. Empty if today's date is unknown.
pub(crate) fn sunsets<'g>(subject: &Subject<'g>) -> Vec<(i64, &'g Lifecycle, String)> {
    let Some(today) = subject.today.and_then(day) else { return Vec::new() };
    let provider = &subject.guide.provider;
    let of_provider = provider.lifecycle.iter().map(|event| (event, provider.name.clone()));
    let of_methods = subject.guide.methods.iter().flat_map(|method| {
        method.lifecycle.iter().map(move |event| (event, format!("the method `{}`", method.key)))
    });
    let sunsets = of_provider.chain(of_methods).filter(|(event, _)| event.event == LifecycleEvent::Sunset);
    sunsets.filter_map(|(event, what)| Some((day(&event.on)? - today, event, what))).collect()
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn day_numbers_account_for_leap_years() {
        let apart = |a: &str, b: &str| day(b).expect("a day") - day(a).expect("a day");
        assert_eq!(apart("2024-02-28", "2024-03-01"), 2);
        assert_eq!(apart("2025-02-28", "2025-03-01"), 1);
        assert_eq!(apart("2025-11-24", "2026-11-24"), 365);
        assert_eq!(apart("1999-12-31", "2000-01-01"), 1);
        assert_eq!(day("2026-13-01"), None);
        assert_eq!(day("soon"), None);
    }
}
