//! Log formats and log levels.

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Human-readable text.
    Text,
}

/// How much is logged; each level includes the levels before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum LogLevel {
    /// Failures.
    Error,
    /// Conditions that are likely to cause a failure soon.
    Warn,
    /// Every request and every file reload.
    Info,
    /// Details that explain the other lines.
    Debug,
    /// Everything the Hub can log.
    Trace,
}
