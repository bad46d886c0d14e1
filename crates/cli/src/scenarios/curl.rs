//! Shows requests as `curl` commands, in which shell variables stand for secrets.

use guide::{Key, Verb};
use probe::{Placeholders, Request};
use secret::Secret;
use url::form_urlencoded;

/// The characters around a variable's name, until the text is quoted for a shell. No request can contain them, as headers
/// and URLs cannot contain control characters, and JSON escapes them.
const MARKS: [char; 2] = ['\u{1}', '\u{2}'];

/// Returns the placeholder for a secret.
pub(super) fn variable(_: &str, key: &Key) -> String {
    let [open, close] = MARKS;
    format!("{open}{}{close}", key.as_str().to_uppercase().replace('-', "_"))
}

/// Returns the command that sends a request. The placeholders are those of [`variable`].
pub(super) fn command(request: &Request, shown: &Placeholders) -> String {
    let show = |text: &Secret| shown.show(text);
    let mut parts = Vec::new();
    if request.verb != Verb::Get {
        parts.push(format!("--request {}", request.verb));
    }
    let port = request.port.map(|port| format!(":{port}")).unwrap_or_default();
    let path = show(&Secret::from(request.path.as_str()));
    parts.push(quoted(&format!("https://{}{port}{path}", request.host)));
    for (name, value) in &request.query {
        parts.push(format!("--url-query {}", quoted(&format!("{name}={}", show(value)))));
    }
    for header in &request.headers {
        parts.push(match shown.show_basic(&header.value) {
            Some(pair) if header.name == "authorization" => format!("--user {}", quoted(&pair)),
            _ => format!("--header {}", quoted(&format!("{}: {}", header.name, show(&header.value)))),
        });
    }
    match &request.body {
        Some(body) if body.content_type == "application/x-www-form-urlencoded" => {
            for (name, value) in form_urlencoded::parse(body.bytes.expose()) {
                let value = show(&Secret::new(value));
                parts.push(format!("--data-urlencode {}", quoted(&format!("{name}={value}"))));
            }
        }
        Some(body) => {
            parts.push(format!("--header {}", quoted(&format!("content-type: {}", body.content_type))));
            let text = Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned());
            parts.push(format!("--data-raw {}", quoted(&show(&text))));
        }
        None => {}
    }
    if request.certificate.is_some() {
        parts.push("--cert client.pem --key client.key".to_owned());
    }
    format!("curl {}", parts.join(" \\\n  "))
}

/// Quotes text for a shell: in double quotes if it contains variables, so that the shell inserts them.
fn quoted(text: &str) -> String {
    let [open, close] = MARKS;
    if !text.contains(open) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("\"");
    for ch in text.chars() {
        match ch {
            '"' | '\\' | '$' | '`' => out.extend(['\\', ch]),
            _ if ch == open => out.push_str("${"),
            _ if ch == close => out.push('}'),
            _ => out.push(ch),
        }
    }
    out.push('"');
    out
}
