//! JSON whose numbers keep their digits.
//!
//! **Invariant:** a number is never rounded: an account's id that is rounded could be another customer's.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(JsonNumber),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object. If it contains a name several times, only the last value is kept.
    Object(BTreeMap<String, Self>),
}

/// The maximum nesting depth of arrays and objects. `serde_json` has the same limit.
const MAX_DEPTH: usize = 128;

impl Json {
    /// Parses a text. Returns `None` if it is not JSON.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_raw(serde_json::from_str(text).ok()?, MAX_DEPTH)
    }

    fn of_raw(raw: &RawValue, depth: usize) -> Option<Self> {
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let depth = depth.checked_sub(1)?;
                let members = parsed::<BTreeMap<String, &RawValue>>(text)?.into_iter();
                Self::Object(
                    members
                        .map(|(name, raw)| Some((name, Self::of_raw(raw, depth)?)))
                        .collect::<Option<_>>()?,
                )
            }
            b'[' => {
                let depth = depth.checked_sub(1)?;
                let items = parsed::<Vec<&RawValue>>(text)?.into_iter();
                Self::Array(items.map(|raw| Self::of_raw(raw, depth)).collect::<Option<_>>()?)
            }
            b'"' => Self::String(parsed(text)?),
            b't' => Self::Boolean(true),
            b'f' => Self::Boolean(false),
            b'n' => Self::Null,
            _ => Self::Number(JsonNumber::new(text)),
        })
    }

    /// Returns the string, or `None` for any other value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Formats a string, number or boolean as a string. Returns `None` for null, arrays and objects.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Boolean(truth) => Some(truth.to_string()),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Returns whether this value, which a guide specifies, is the one that a response contains. A guide writes a number
    /// beyond 64 bits as a string with its digits.
    pub fn is(&self, found: &Self) -> bool {
        match (self, found) {
            (Self::String(digits), Self::Number(number)) => number.is_large() && *number.0 == **digits,
            (ours, found) => ours == found,
        }
    }
}

/// Writes the value as JSON.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(truth) => truth.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => Value::from(text.as_str()).fmt(f),
            Self::Array(items) => {
                f.write_str("[")?;
                for (n, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if n == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (n, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if n == 0 { "" } else { "," }, Value::from(name.as_str()))?;
                }
                f.write_str("}")
            }
        }
    }
}

fn parsed<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    serde_json::from_str(text).ok()
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(*truth),
            Value::Number(number) => Self::Number(JsonNumber::new(&number.to_string())),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(list) => Self::Array(list.iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Object(map.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
        }
    }
}

/// A number. Two numbers are equal if they have the same value, however they are written.
#[derive(Clone, Debug)]
pub struct JsonNumber(String);

impl JsonNumber {
    /// `text` must be a number as JSON writes it.
    fn new(text: &str) -> Self {
        let is_integer = !text.contains(['.', 'e', 'E']);
        // A float has one form, unless it cannot hold the digits that count.
        let float = text.parse::<f64>().ok().filter(|float| float.is_finite() && !is_integer);
        let kept = float
            .filter(|float| float.abs() < LARGE || Decimal::of(text) == Decimal::of(&format!("{float:e}")));
        let float = kept.and_then(serde_json::Number::from_f64);
        Self(float.map_or_else(|| text.to_owned(), |float| float.to_string()))
    }

    /// Returns the nearest float, which is infinite if the number is out of range.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Returns whether a guide cannot contain the number, because it has more than 64 bits.
    fn is_large(&self) -> bool {
        self.0.parse::<i64>().is_err() && LARGE <= self.as_f64().abs()
    }
}

/// The number from which a float cannot hold every integer. A smaller number loses only part of its fraction.
const LARGE: f64 = 9_007_199_254_740_992.0;

/// The digits: as they were sent, or in the shortest form if the number is a float.
impl fmt::Display for JsonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for JsonNumber {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || Decimal::of(&self.0).is_some_and(|one| Some(one) == Decimal::of(&other.0))
    }
}

impl Eq for JsonNumber {}

/// A number's value: its significant digits, without zeros at either end, and the power of ten of the last digit.
#[derive(PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    /// Reads a number. Returns `None` if its exponent is too large.
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self { is_negative: false, digits: String::new(), power: 0 });
        }
        let dropped = i64::try_from(all.len() - digits.len()).ok()?;
        let power = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let digits = digits.trim_start_matches('0').to_owned();
        Some(Self { is_negative, digits, power: power.checked_add(dropped)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Json {
        Json::parse(text).unwrap_or_else(|| panic!("not JSON: {text}"))
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (sent, shown) in [
            ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("1234567890123456789012345.0", "1234567890123456789012345.0"),
            ("-12345678901234567891e2", "-12345678901234567891e2"),
            ("9007199254740993.0", "9007199254740993.0"),
            ("1e400", "1e400"),
            // These are exact, or small.
            ("7", "7"),
            ("1.50", "1.5"),
            ("1e3", "1000.0"),
            ("9007199254740992.0", "9007199254740992.0"),
            ("0.12345678901234567891", "0.12345678901234568"),
        ] {
            assert_eq!(read(sent).text().as_deref(), Some(shown), "{sent}");
        }
    }

    #[test]
    fn numbers_with_the_same_value_are_equal() {
        for (one, other) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("1.0E2", "100"),
            ("-0", "0"),
            ("0.10", "1e-1"),
            ("18446744073709551616", "18446744073709551616.0"),
            ("1e400", "10e399"),
        ] {
            assert_eq!(read(one), read(other), "{one} {other}");
        }
        for (one, other) in [
            ("18446744073709551616", "18446744073709551617"),
            ("1", "-1"),
            ("1", "10"),
            ("1e99999999999999999999", "2e99999999999999999999"),
            ("1", "\"1\""),
        ] {
            assert_ne!(read(one), read(other), "{one} {other}");
        }
    }

    #[test]
    fn a_guide_writes_a_large_number_as_a_string() {
        let text = |digits: &str| Json::String(digits.to_owned());
        assert!(text("18446744073709551616").is(&read("18446744073709551616")));
        assert!(!text("18446744073709551617").is(&read("18446744073709551616")));
        assert!(!text("1").is(&read("1")));
        assert!(!read("18446744073709551616").is(&text("18446744073709551616")));
    }

    #[test]
    fn the_last_of_several_members_and_the_usual_depth_are_kept() {
        assert_eq!(read(r#"{"a":1,"\u0061":2}"#), read(r#"{"a":2}"#));
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(&nested(MAX_DEPTH - 1)).is_some());
        assert_eq!(Json::parse(&nested(100_000)), None);
    }

    proptest! {
        #[test]
        fn the_same_texts_are_json_as_for_the_usual_parser(text in r#"["\\u0-9a-fdE{}\[\]:,\-\.é😀 ]{0,30}"#) {
            let usual = serde_json::from_str::<Value>(&text);
            let is_out_of_range = usual.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assert!(is_out_of_range || Json::parse(&text).is_some() == usual.is_ok(), "{text}");
        }

        #[test]
        fn values_are_read_as_by_the_usual_parser(text in ".{0,12}", number in any::<i64>(), float in any::<f64>()) {
            let value = serde_json::json!({ text.clone(): [text, number, float, null, true], "o": {} });
            prop_assert_eq!(Json::parse(&value.to_string()), Some(Json::from(&value)));
            prop_assert_eq!(Json::parse(&Json::from(&value).to_string()), Some(Json::from(&value)));
        }
    }
}
