//! The moment of sending, and what is drawn by lot for it. Both come from outside: nothing here asks for them.

use guide::{Clock, Nonce};
use jiff::Timestamp;

use crate::sign::to_hex;

/// When a request is sent, and with which lot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub unix_ms: i64,
    /// Sixteen bytes that nobody can guess, other ones each time.
    pub lot: [u8; 16],
}

impl Moment {
    /// Seconds since 1970.
    pub const fn unix(&self) -> i64 {
        self.unix_ms.div_euclid(1000)
    }

    /// The moment as a request says it.
    pub(crate) fn written(&self, clock: Clock) -> String {
        let time = Timestamp::from_millisecond(self.unix_ms).unwrap_or_default();
        match clock {
            Clock::Unix => self.unix().to_string(),
            Clock::UnixMilliseconds => self.unix_ms.to_string(),
            Clock::Iso => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Clock::Compact => time.strftime("%Y%m%dT%H%M%SZ").to_string(),
            Clock::Date => time.strftime("%Y%m%d").to_string(),
            Clock::Http => time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        }
    }

    /// The lot as a request says it.
    pub(crate) fn drawn(&self, lot: Nonce) -> String {
        match lot {
            Nonce::Hex => to_hex(&self.lot),
            Nonce::Uuid => {
                let mut bytes = self.lot;
                // Version 4, and the variant of the RFC: https://www.rfc-editor.org/rfc/rfc9562#section-5.4
                bytes[6] = bytes[6] & 0x0f | 0x40;
                bytes[8] = bytes[8] & 0x3f | 0x80;
                let hex = to_hex(&bytes);
                [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_every_form() {
        let moment = Moment { unix_ms: 1_440_938_160_007, lot: [0xff; 16] };
        let written: Vec<String> =
            [Clock::Unix, Clock::UnixMilliseconds, Clock::Iso, Clock::Compact, Clock::Date, Clock::Http]
                .into_iter()
                .map(|clock| moment.written(clock))
                .collect();
        assert_eq!(
            written,
            [
                "1440938160",
                "1440938160007",
                "2015-08-30T12:36:00Z",
                "20150830T123600Z",
                "20150830",
                "Sun, 30 Aug 2015 12:36:00 GMT"
            ]
        );
        assert_eq!(moment.drawn(Nonce::Uuid), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(moment.drawn(Nonce::Hex), "ff".repeat(16));
    }
}
