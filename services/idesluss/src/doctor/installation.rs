//! The file that lists the processes of a running installation.

use idesluss_runtime::{DialError, Tls, TlsError, TlsFiles};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Why an installation can't be checked. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallationError {
    #[error("{0} can't be read: {1}. Name the installation's file with --installation")]
    File(PathBuf, std::io::Error),
    #[error("{0} is not understood: {1}")]
    Form(PathBuf, Box<toml::de::Error>),
    #[error("{0} lists no process: write one [[process]] for each, with name and ops")]
    Nobody(PathBuf),
    #[error("{0} lists two processes as {1}: give each a name of its own")]
    Twice(PathBuf, String),
    #[error("the address {1:?} of {0} can't be used: write ops = \"http://host:port\"")]
    Ops(String, String),
    #[error("the gRPC address of {0}: {1}")]
    Grpc(String, DialError),
    #[error("the certificates under [tls] can't be used: {0}")]
    Tls(#[from] TlsError),
}

/// A running installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Installation {
    /// Its processes.
    #[serde(rename = "process", default)]
    pub(super) processes: Vec<Process>,
    /// Certificates with which their gRPC lets the doctor in.
    #[serde(default)]
    tls: Option<TlsFiles>,
}

/// One process of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Process {
    /// What operators call it, such as `submission-1`.
    pub(super) name: String,
    /// Where operators ask after it: `http://host:port`.
    pub(super) ops: String,
    /// Where its gRPC is; the gateway has none.
    #[serde(default)]
    pub(super) grpc: Option<String>,
}

impl Installation {
    /// Reads the file. Certificates' paths count from its folder.
    pub(super) fn load(file: &Path) -> Result<Self, InstallationError> {
        let text = std::fs::read_to_string(file).map_err(|error| InstallationError::File(file.to_owned(), error))?;
        let mut read: Self =
            toml::from_str(&text).map_err(|error| InstallationError::Form(file.to_owned(), Box::new(error)))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        if let Some(tls) = &mut read.tls {
            for path in [&mut tls.ca_file, &mut tls.cert_file, &mut tls.key_file] {
                *path = folder.join(&*path);
            }
        }
        read.check(file)?;
        Ok(read)
    }

    fn check(&self, file: &Path) -> Result<(), InstallationError> {
        if self.processes.is_empty() {
            return Err(InstallationError::Nobody(file.to_owned()));
        }
        let mut names = BTreeSet::new();
        for process in &self.processes {
            if !names.insert(&process.name) {
                return Err(InstallationError::Twice(file.to_owned(), process.name.clone()));
            }
            let is_http = process.ops.strip_prefix("http://").is_some_and(|rest| !rest.is_empty());
            if !is_http {
                return Err(InstallationError::Ops(process.name.clone(), process.ops.clone()));
            }
        }
        Ok(())
    }

    /// The certificates, read; and whether they fit the addresses.
    pub(super) fn tls(&self) -> Result<Option<Tls>, InstallationError> {
        let load = |files: &TlsFiles| Tls::load(files.clone(), CancellationToken::new());
        let tls = self.tls.as_ref().map(load).transpose()?;
        for process in &self.processes {
            if let Some(grpc) = &process.grpc {
                idesluss_runtime::dial(&process.name, std::slice::from_ref(grpc), tls.as_ref())
                    .map_err(|error| InstallationError::Grpc(process.name.clone(), error))?;
            }
        }
        Ok(tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Installation, InstallationError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("installation.toml");
        std::fs::write(&file, text).expect("written");
        Installation::load(&file)
    }

    #[test]
    fn the_example_in_the_readme_is_a_file_that_can_be_followed() {
        let readme = include_str!("../../../../README.md");
        let blocks = readme.split("```toml\n").skip(1);
        let example = blocks
            .filter_map(|rest| rest.split("```").next())
            .find(|block| block.contains("[[process]]"));
        let read = load(example.expect("an example")).expect("a file");
        assert_eq!(read.processes.len(), 5, "four services and the gateway");
        assert!(read.tls.is_some_and(|tls| tls.ca_file.is_absolute()));
    }

    #[tokio::test]
    async fn a_file_that_can_t_be_followed_is_refused_with_what_to_write() {
        let one = "[[process]]\nname = \"submission-1\"\nops = \"http://127.0.0.1:7201\"\n";
        assert_eq!(load(one).expect("one process").processes.len(), 1);
        for (text, named) in [
            ("", "[[process]]"),
            (&format!("{one}{one}"), "submission-1"),
            (&one.replace("http://", ""), "http://host:port"),
            (&format!("{one}grcp = \"https://localhost:1\"\n"), "grcp"),
        ] {
            let said = load(text).expect_err(text).to_string();
            assert!(said.contains(named), "{said}");
        }
        let secure = load(&format!("{one}grpc = \"https://localhost:7101\"\n")).expect("a file");
        let said = secure.tls().err().expect("no certificates").to_string();
        assert!(said.contains("certificates"), "{said}");
    }
}
