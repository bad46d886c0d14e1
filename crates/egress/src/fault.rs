//! Maps the HTTP client's errors to the guide format's eight faults.
//!
//! An error from the HTTP client is a chain of causes from several libraries. This module searches the chain by type,
//! never by message, and looks for the most specific cause first.
//!
//! **Invariant:** details never quote a library's message. Such a message can contain the URL or data from the server,
//! and that data can quote the request.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use guide::Fault;
use probe::Answer;
use rustls::CertificateError;

use crate::refusal::Refusal;
use crate::resolve::ResolveError;

/// Why a response, or the rest of its body, is not available.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind of failure.
    pub fault: Fault,
    /// Details for the operator. The details never contain any part of the request.
    pub detail: String,
}

impl Failure {
    pub(crate) fn new(fault: Fault, detail: impl Into<String>) -> Self {
        Self { fault, detail: detail.into() }
    }

    /// Classifies a client error.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let is_connecting = error.is_connect();
        match find::<ResolveError>(error) {
            Some(ResolveError::Refused(refusal)) => return refusal.clone().into(),
            Some(error) => return Self::new(Fault::Dns, error.to_string()),
            None => {}
        }
        if let Some(it) = find::<rustls::Error>(error) {
            return Self::new(Fault::Tls, tls_detail(it));
        }
        if error.is_timeout() {
            let detail = if is_connecting { "timed out while connecting" } else { "timed out while reading" };
            return Self::new(Fault::Timeout, detail);
        }
        // The last I/O error in the chain comes from the operating system; the other errors wrap it.
        let kind = causes(error).filter_map(|it| it.downcast_ref::<io::Error>()).last().map(io::Error::kind);
        if is_connecting {
            return Self::of_connecting(kind);
        }
        match find::<hyper::Error>(error) {
            Some(it) => Self::of_exchange(it, kind),
            None => Self::new(Fault::Malformed, "the response could not be read"),
        }
    }

    /// Classifies an error that occurred while a body was read through a decoder.
    pub(crate) fn of_reading(error: &io::Error) -> Self {
        match find::<reqwest::Error>(error) {
            Some(error) => Self::of(error),
            None => Self::new(Fault::Malformed, "the body could not be decoded"),
        }
    }

    fn of_connecting(kind: Option<ErrorKind>) -> Self {
        match kind {
            // The server was reached but closed the connection, so it rejected the TLS handshake.
            Some(kind) if is_broken(kind) => {
                Self::new(Fault::Tls, format!("the connection was lost during the TLS handshake: {kind}"))
            }
            Some(kind) => Self::new(Fault::Connect, format!("could not connect: {kind}")),
            None => Self::new(Fault::Connect, "could not connect"),
        }
    }

    fn of_exchange(error: &hyper::Error, kind: Option<ErrorKind>) -> Self {
        if error.is_parse_too_large() {
            return Self::new(Fault::TooLarge, "the headers are too large");
        }
        if error.is_parse() {
            return Self::new(Fault::Malformed, "the response is not HTTP");
        }
        if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
            return Self::new(Fault::Reset, "the connection was closed before the response was complete");
        }
        match kind {
            Some(kind) if is_broken(kind) => {
                let detail = format!("the connection was lost before the response was complete: {kind}");
                Self::new(Fault::Reset, detail)
            }
            Some(ErrorKind::InvalidData | ErrorKind::InvalidInput) | None => {
                Self::new(Fault::Malformed, "the body's framing is not valid HTTP")
            }
            Some(kind) => Self::new(Fault::Reset, format!("the connection failed: {kind}")),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(Fault::Refused, refusal.to_string())
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self::Failed { fault: failure.fault, detail: failure.detail }
    }
}

/// Returns the error and all its causes. `io::Error::source` skips the error that it wraps, so this function gets the
/// wrapped error with `get_ref`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&it: &&'a (dyn Error + 'static)| {
        match it.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => it.source(),
        }
    })
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|it| it.downcast_ref())
}

/// Returns whether this kind of error means that an established connection was lost.
fn is_broken(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::NotConnected
            | ErrorKind::WriteZero
    )
}

fn tls_detail(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(it) => certificate_detail(it).to_owned(),
        rustls::Error::AlertReceived(alert) => format!("the server aborted the TLS handshake: {alert:?}"),
        rustls::Error::InvalidMessage(_) => "the server does not use TLS".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            "the server supports none of the accepted TLS versions or ciphers".to_owned()
        }
        _ => "the TLS handshake failed".to_owned(),
    }
}

fn certificate_detail(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another host"
        }
        CertificateError::UnknownIssuer => "the certificate's issuer is not trusted",
        CertificateError::Revoked => "the certificate was revoked",
        _ => "the certificate is not valid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_wrapped_in_an_io_error_is_found() {
        let inner = io::Error::other(ResolveError::Refused(Refusal::NotPublic));
        let outer = io::Error::other(inner);
        assert!(matches!(find::<ResolveError>(&outer), Some(ResolveError::Refused(Refusal::NotPublic))));
        assert_eq!(causes(&outer).count(), 4);
    }

    #[test]
    fn tls_details_never_quote_the_server() {
        let names = vec!["canary.example".to_owned()];
        let expected = rustls::pki_types::ServerName::try_from("canary.example").expect("a name");
        let error = CertificateError::NotValidForNameContext { expected, presented: names };
        let failure = tls_detail(&rustls::Error::InvalidCertificate(error));
        assert_eq!(failure, "the certificate is for another host");
        assert!(!tls_detail(&rustls::Error::General("canary".to_owned())).contains("canary"));
    }
}
