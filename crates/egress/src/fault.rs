//! Why no answer came: from the client's errors to the guide's eight words.
//!
//! An error of the client is a chain of causes of several libraries. The chain is searched by type, never by
//! text, from the most telling cause to the least.
//!
//! **Invariant:** a detail is in our own words. What a library says of an error may quote the URL, or what the
//! other side has sent, which may quote us.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use guide::Fault;
use probe::Answer;
use rustls::CertificateError;

use crate::refusal::Refusal;
use crate::resolve::ResolveError;

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    fault: Fault,
    detail: String,
}

impl Failure {
    pub(crate) fn new(fault: Fault, detail: impl Into<String>) -> Self {
        Self { fault, detail: detail.into() }
    }

    pub(crate) fn into_parts(self) -> (Fault, String) {
        (self.fault, self.detail)
    }

    /// Judges an error of the client.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let is_connecting = error.is_connect();
        if let Some(it) = find::<ResolveError>(error) {
            return Self::of_resolve(it);
        }
        if let Some(it) = find::<rustls::Error>(error) {
            return Self::new(Fault::Tls, tls_detail(it));
        }
        if error.is_timeout() {
            let detail = if is_connecting { "no connection in time" } else { "no answer in time" };
            return Self::new(Fault::Timeout, detail);
        }
        // The last is the one that the operating system gave; those before it are wrappers.
        let kind = causes(error).filter_map(|it| it.downcast_ref::<io::Error>()).last().map(io::Error::kind);
        if is_connecting {
            return Self::of_connecting(kind);
        }
        match find::<hyper::Error>(error) {
            Some(it) => Self::of_exchange(it, kind),
            // Complete as a message, and still not readable: the decompression has failed.
            None => Self::new(Fault::Malformed, "the body could not be decoded"),
        }
    }

    fn of_resolve(error: &ResolveError) -> Self {
        match error {
            ResolveError::Refused(refusal) => refusal.clone().into(),
            ResolveError::Failed(_) | ResolveError::Empty => Self::new(Fault::Dns, error.to_string()),
        }
    }

    fn of_connecting(kind: Option<ErrorKind>) -> Self {
        match kind {
            // A server that will not talk refuses; one that hangs up was reached, and did not like our hello.
            Some(kind) if is_broken(kind) => {
                Self::new(Fault::Tls, format!("the connection broke before it was secure: {kind}"))
            }
            Some(kind) => Self::new(Fault::Connect, format!("no connection could be made: {kind}")),
            None => Self::new(Fault::Connect, "no connection could be made"),
        }
    }

    fn of_exchange(error: &hyper::Error, kind: Option<ErrorKind>) -> Self {
        if error.is_parse_too_large() {
            return Self::new(Fault::TooLarge, "the headers are larger than is read");
        }
        if error.is_parse() {
            return Self::new(Fault::Malformed, "what came is not HTTP");
        }
        if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
            return Self::new(Fault::Reset, "the connection was closed before the answer was whole");
        }
        match kind {
            Some(kind) if is_broken(kind) => {
                Self::new(Fault::Reset, format!("the connection broke before the answer was whole: {kind}"))
            }
            Some(ErrorKind::InvalidData | ErrorKind::InvalidInput) | None => {
                Self::new(Fault::Malformed, "the body is not framed as HTTP demands")
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

/// An error, its cause, the cause of that, and so on. An `io::Error` counts what it wraps as its cause; by its
/// own account it would skip it.
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

/// Whether there was a connection, and it is no more.
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
        rustls::Error::AlertReceived(alert) => format!("the server ended the handshake: {alert:?}"),
        rustls::Error::InvalidMessage(_) => "what came is not TLS".to_owned(),
        rustls::Error::PeerIncompatible(_) => "the server offers nothing that is accepted here".to_owned(),
        _ => "the connection could not be made secure".to_owned(),
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
        CertificateError::UnknownIssuer => "the certificate is from an issuer who is not trusted",
        CertificateError::Revoked => "the certificate was revoked",
        _ => "the certificate is not valid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_within_an_io_error_is_found() {
        let inner = io::Error::other(ResolveError::Refused(Refusal::NotPublic));
        let outer = io::Error::other(inner);
        assert!(matches!(find::<ResolveError>(&outer), Some(ResolveError::Refused(Refusal::NotPublic))));
        assert_eq!(causes(&outer).count(), 4);
    }

    #[test]
    fn no_detail_of_tls_quotes_the_other_side() {
        let names = vec!["canary.example".to_owned()];
        let expected = rustls::pki_types::ServerName::try_from("canary.example").expect("a name");
        let error = CertificateError::NotValidForNameContext { expected, presented: names };
        let failure = tls_detail(&rustls::Error::InvalidCertificate(error));
        assert_eq!(failure, "the certificate is for another host");
        assert!(!tls_detail(&rustls::Error::General("canary".to_owned())).contains("canary"));
    }
}
