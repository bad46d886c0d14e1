//! The time at which a request is sent, and a nonce. The caller supplies both, because this crate does not read the
//! clock or generate random numbers.

use guide::{Clock, Nonce};
use jiff::Timestamp;

/// The time at which a request is sent, and the nonce that is sent with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Unix time in milliseconds.
    pub unix_ms: i64,
    /// Sixteen random bytes, fresh for each request.
    pub nonce: [u8; 16],
}

impl Moment {
    /// Unix time in seconds.
    pub const fn unix(&self) -> i64 {
        self.unix_ms.div_euclid(1000)
    }

    /// The time in the given format.
    pub(crate) fn format(&self, clock: Clock) -> String {
        let time = Timestamp::from_millisecond(self.unix_ms).unwrap_or_default();
        match clock {
            Clock::Unix => self.unix().to_string(),
            Clock::UnixMs => self.unix_ms.to_string(),
            Clock::Iso => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Clock::Compact => time.strftime("%Y%m%dT%H%M%SZ").to_string(),
            Clock::Date => time.strftime("%Y%m%d").to_string(),
            Clock::Http => time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        }
    }

    /// The nonce in the given format.
    pub(crate) fn format_nonce(&self, format: Nonce) -> String {
        match format {
            Nonce::Hex => hex::encode(self.nonce),
            Nonce::Uuid => {
                let mut bytes = self.nonce;
                // Sets the UUID's version (4) and variant: https://www.rfc-editor.org/rfc/rfc9562#section-5.4
                bytes[6] = bytes[6] & 0x0f | 0x40;
                bytes[8] = bytes[8] & 0x3f | 0x80;
                let hex = hex::encode(bytes);
                [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_formatted_in_every_way() {
        let moment = Moment { unix_ms: 1_440_938_160_007, nonce: [0xff; 16] };
        let formatted: Vec<String> =
            [Clock::Unix, Clock::UnixMs, Clock::Iso, Clock::Compact, Clock::Date, Clock::Http]
                .into_iter()
                .map(|clock| moment.format(clock))
                .collect();
        assert_eq!(
            formatted,
            [
                "1440938160",
                "1440938160007",
                "2015-08-30T12:36:00Z",
                "20150830T123600Z",
                "20150830",
                "Sun, 30 Aug 2015 12:36:00 GMT"
            ]
        );
        assert_eq!(moment.format_nonce(Nonce::Uuid), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(moment.format_nonce(Nonce::Hex), "ff".repeat(16));
    }
}
