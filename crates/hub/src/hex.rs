//! Formats bytes as lowercase hexadecimal digits.

/// Returns two lowercase digits per byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
