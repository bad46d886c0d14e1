//! Reads how long a provider asks clients to wait before the next request.

use std::time::Duration;

use guide::WaitAs;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::message::Response;

/// The maximum wait. Longer waits are reduced to this duration.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Reads the `Retry-After` header, which contains a number of seconds or a date
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). `None` if the header is missing or
/// invalid.
///
/// `own` is the provider's own header, if the guide specifies one. This header takes precedence over `Retry-After`.
/// `now` is the Unix time in seconds.
pub(crate) fn retry_after(response: &Response, own: Option<&(String, WaitAs)>, now: i64) -> Option<Duration> {
    if let Some((name, how)) = own
        && let Some(number) = response.header(name).and_then(|text| text.trim().parse::<i64>().ok())
    {
        let seconds = match how {
            WaitAs::Seconds => number,
            WaitAs::Epoch => number.saturating_sub(now),
        };
        return Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).min(LONGEST));
    }
    let text = response.header("retry-after")?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => u64::try_from(http_date(text)?.saturating_sub(now)).unwrap_or(0),
    };
    Some(Duration::from_secs(seconds).min(LONGEST))
}

/// Parses a date such as `Sun, 06 Nov 1994 08:49:37 GMT` into Unix time in seconds.
fn http_date(text: &str) -> Option<i64> {
    let parser = DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(text).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Option<u64>) {
        let response = Response {
            status: 429,
            headers: vec![("retry-after".to_owned(), header.to_owned())],
            body: Vec::new(),
        };
        assert_eq!(retry_after(&response, None, 784_111_770), expected.map(Duration::from_secs), "{header}");
    }

    #[test]
    fn seconds_and_dates_are_parsed() {
        check("3", Some(3));
        check(" 0 ", Some(0));
        check("99999999", Some(604_800));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(7));
        check("Sat, 05 Nov 1994 08:49:37 GMT", Some(0));
        check("soon", None);
        check("-1", None);
        check("Sun, 06 Nov 1994 9223372036854775807:00:00 GMT", None);
        check("Sun, 06 Nov 1994 24:00:00 GMT", None);
        check("99999999999999999999", None);
    }

    #[test]
    fn a_providers_own_header_takes_precedence() {
        let headers =
            vec![("x-reset".to_owned(), "1000030".to_owned()), ("retry-after".to_owned(), "3".to_owned())];
        let response = Response { status: 429, headers, body: Vec::new() };
        let wait = |how| retry_after(&response, Some(&("x-reset".to_owned(), how)), 1_000_000);
        assert_eq!(wait(WaitAs::Epoch), Some(Duration::from_secs(30)));
        assert_eq!(wait(WaitAs::Seconds), Some(LONGEST));
        let other = ("x-other".to_owned(), WaitAs::Seconds);
        assert_eq!(retry_after(&response, Some(&other), 1_000_000), Some(Duration::from_secs(3)));
    }
}
