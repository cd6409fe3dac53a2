//! The pseudonyms of people whom older registers name.

use idesluss_domain::words::PersonId;
use idesluss_runtime::Directory;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Why the pseudonyms can't be kept.
#[derive(Debug, thiserror::Error)]
#[error("{0} can't be read or written: {1}")]
pub(crate) struct PeopleError(PathBuf, String);

/// Names of people and the pseudonyms under which they stand in the journals.
///
/// A pseudonym is random, never derived from the name: whoever can guess a name must not be able to check the guess. The names stay
/// in this one file of the data folder.
#[derive(Debug)]
pub(super) struct People {
    file: PathBuf,
    known: BTreeMap<String, Uuid>,
    grown: bool,
}

impl People {
    /// Reads the file, if there is one.
    pub(super) fn open(data: &Path) -> Result<Self, PeopleError> {
        let file = data.join("earlier-people.json");
        let known = match fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| PeopleError(file.clone(), error.to_string()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(PeopleError(file, error.to_string())),
        };
        Ok(Self {
            file,
            known,
            grown: false,
        })
    }

    /// The pseudonym of somebody: from the directory when it is a pseudonym there already, otherwise one of their own.
    pub(super) fn pseudonym(&mut self, directory: &Directory, name: &str) -> PersonId {
        let already = name.parse().ok().filter(|person| directory.person(*person).is_some());
        already.unwrap_or_else(|| {
            let grown = &mut self.grown;
            let known = self.known.entry(name.to_owned());
            PersonId(*known.or_insert_with(|| {
                *grown = true;
                Uuid::new_v4()
            }))
        })
    }

    /// Writes the file, whole or not at all: before anything is sent, so that an interrupted import finds the same people again.
    pub(super) fn save(&self) -> Result<(), PeopleError> {
        if !self.grown {
            return Ok(());
        }
        let failed = |error: &dyn std::fmt::Display| PeopleError(self.file.clone(), error.to_string());
        let text = serde_json::to_vec_pretty(&self.known).map_err(|error| failed(&error))?;
        let draft = self.file.with_extension("new");
        let mut options = fs::OpenOptions::new();
        let options = options.create(true).truncate(true).write(true).mode(0o600);
        let mut file = options.open(&draft).map_err(|error| failed(&error))?;
        let written = file.write_all(&text).and_then(|()| file.sync_all());
        written
            .and_then(|()| fs::rename(&draft, &self.file))
            .map_err(|error| failed(&error))
    }
}
