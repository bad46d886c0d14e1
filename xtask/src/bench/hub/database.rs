//! Databases for a Hub: what is on the disk, and how large it is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::postgres::Server;

/// Which database a Hub has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// As people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A place for a Hub: a folder, and a database in it or on a server. It is gone when it is dropped.
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    /// For the data and the log.
    pub(super) folder: PathBuf,
    /// The URL of the database, where it is on a server.
    pub(super) url: Option<String>,
    name: String,
    server: &'a Server,
}

impl<'a> Place<'a> {
    /// With nothing in it.
    pub(super) fn new(kind: Kind, scratch: &Path, name: &str, server: &'a Server) -> Result<Self> {
        let name = format!("{}_{name}", kind.name().to_lowercase());
        let folder = scratch.join(&name);
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let url = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(server.make(&name)?),
        };
        Ok(Self { kind, folder, url, name, server })
    }

    /// The Hub's folder.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Another database beside the Hub's, by its URL.
    pub(super) fn beside(&self) -> Result<String> {
        match self.kind {
            Kind::Sqlite => Ok(format!("sqlite://{}?mode=rwc", self.folder.join("bare.db").display())),
            Kind::Postgres => self.server.make(&format!("{}_bare", self.name)),
        }
    }

    /// After many rows came at once: what a server does by itself some minutes later.
    pub(super) fn settle(&self) -> Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres => self.server.settle(&self.name),
        }
    }

    /// How large the database is, in bytes.
    pub(super) fn size(&self) -> Result<u64> {
        match self.kind {
            Kind::Sqlite => {
                let mut bytes = 0;
                for entry in fs::read_dir(self.data())? {
                    let entry = entry?;
                    if entry.file_name().to_string_lossy().starts_with("vault.db") {
                        bytes += entry.metadata()?.len();
                    }
                }
                Ok(bytes)
            }
            Kind::Postgres => self.server.size(&self.name),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        if self.kind == Kind::Postgres {
            let _ = self.server.drop(&self.name);
        }
    }
}
