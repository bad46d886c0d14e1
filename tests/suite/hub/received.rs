//! Reads the requests that a provider written for a test receives.

use std::io::Read as _;
use std::net::TcpStream;

/// Reads the head and the body of a request. Returns `None` if the client closes the connection first.
pub(super) fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut piece).ok().filter(|n| 0 < *n)?;
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        let length = lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0);
        if length <= body.len() {
            return Some(text);
        }
    }
}
