//! A provider whose response the test chooses.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::json;

use crate::hub::received::request;

pub(super) struct Provider {
    pub(super) origin: String,
    response: Arc<Mutex<String>>,
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let response = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&response);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let Some(_) = request(&mut stream) else { continue };
                let text = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let _ = stream.write_all(text.as_bytes());
            }
        });
        Self { origin, response }
    }

    /// Sets the response to all further requests: the status line and the headers, then the body.
    pub(super) fn respond(&self, head: &str, body: &str) {
        let (head, length) = (head.replace('\n', "\r\n"), body.len());
        let text = format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// Accepts the credentials. The response contains the account's id and name.
    pub(super) fn accept(&self, id: &str, name: &str) {
        let body = json!({ "id": id, "name": name, "gladlyUrl": "https://acme.gladly.com" });
        self.respond("200 OK\ncontent-type: application/json", &body.to_string());
    }

    /// Refuses the credentials, and repeats the encoded token in the headers and the body.
    pub(super) fn refuse(&self, status: u16, encoded: &str) {
        // Characters outside ASCII are not allowed in headers.
        let in_header = encoded.replace('é', "%C3%A9");
        let head = format!(
            "{status} -\ncontent-type: text/{in_header}; key={in_header}\nx-key: {in_header}\nlocation: /?key={in_header}"
        );
        self.respond(&head, &format!("<p>{{\"error\":\"bad token [{encoded}] in the request\"}}</p>"));
    }
}
