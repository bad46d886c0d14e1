//! An app for tests, with its own folder and the built-in guides, but without network access.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock};

use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{App, Phase};
use crate::serve::app;
use crate::settings::{Settings, Sources, read};

/// An app that is ready to use, and its folder, which is deleted on drop.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    _folder: TempDir,
}

/// Reads settings from environment variables, with a default data folder inside `folder`.
pub(crate) fn settings(folder: &TempDir, variables: &[(&str, &str)]) -> Settings {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let usual_data = Some(folder.path().join("data"));
    let outcome = read(&Sources { variables, usual_data, ..Sources::default() });
    outcome.settings.unwrap_or_else(|| panic!("{:?}", outcome.problems))
}

/// Builds an app from environment variables, such as `("WAYSTONE_LIMITS_BODY", "2KiB")`.
pub(crate) async fn test_app(variables: &[(&str, &str)]) -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8700));
    let app = Arc::new(app(settings(&folder, variables), address).await.unwrap());
    app.enter(Phase::Ready);
    TestApp { app, _folder: folder }
}

/// Captures the log of all crates at the trace level, which an operator cannot enable for third-party crates.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Returns the log of all tests in the process, which is captured from the first call on. A per-thread log would
    /// miss messages from other threads.
    pub(crate) fn of_all_tests() -> Self {
        static LINES: OnceLock<Lines> = OnceLock::new();
        let lines = LINES.get_or_init(|| {
            let lines = Self::default();
            let all = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE);
            all.with_writer(lines.clone()).init();
            lines
        });
        lines.clone()
    }

    /// Returns the log so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
