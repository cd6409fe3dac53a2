use idesluss_proof::note::{NoteError, SignedNote};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Why what was signed last can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The folder or a file in it.
    #[error("what was signed last is kept in {0}, which can't be used: {1}")]
    Folder(PathBuf, io::Error),
    /// A file that holds something else.
    #[error(
        "{0} should hold what was signed last, and does not ({1}): put it back from a backup; only who knows that nothing was signed since may remove it"
    )]
    Damaged(PathBuf, NoteError),
}

/// Remembers what was signed last of each log, outside its database: a restored or forked database does not take this memory with it.
pub trait Guard: Send + Sync + 'static {
    /// What was signed last under this origin.
    fn last(&self, origin: &str) -> Result<Option<SignedNote>, GuardError>;

    /// Remembers a signed checkpoint. Returns only when it is durable; when it fails, it may have been kept or not.
    fn keep(&self, origin: &str, note: &SignedNote) -> Result<(), GuardError>;
}

/// A folder with one file for each origin.
#[derive(Debug, Clone)]
pub struct FolderGuard {
    folder: PathBuf,
}

impl FolderGuard {
    /// Opens the folder, or makes it.
    pub fn open(folder: &Path) -> Result<Self, GuardError> {
        std::fs::create_dir_all(folder).map_err(|error| GuardError::Folder(folder.to_owned(), error))?;
        let folder = folder.to_owned();
        Ok(Self { folder })
    }

    /// A name that every file system takes: what can be read of the origin, and enough of its hash to tell it from any other.
    fn path(&self, origin: &str) -> PathBuf {
        let plain = |char: char| {
            if char.is_ascii_alphanumeric() || char == '-' {
                char
            } else {
                '_'
            }
        };
        let readable: String = origin.chars().map(plain).take(80).collect();
        let hash = hex::encode(&Sha256::digest(origin)[..8]);
        self.folder.join(format!("{readable}.{hash}"))
    }

    fn failed(&self) -> impl Fn(io::Error) -> GuardError {
        let folder = self.folder.clone();
        move |error| GuardError::Folder(folder.clone(), error)
    }
}

impl Guard for FolderGuard {
    fn last(&self, origin: &str) -> Result<Option<SignedNote>, GuardError> {
        let path = self.path(origin);
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(mut file) => file.read_to_end(&mut bytes).map_err(self.failed())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed()(error)),
        };
        let note = SignedNote::read(&bytes).map_err(|error| GuardError::Damaged(path, error))?;
        Ok(Some(note))
    }

    fn keep(&self, origin: &str, note: &SignedNote) -> Result<(), GuardError> {
        let path = self.path(origin);
        let beside = path.with_extension("new");
        let written = || {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(&beside)?;
            file.write_all(note.to_string().as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            // The name is durable only with its folder.
            File::open(&self.folder)?.sync_all()
        };
        written().map_err(self.failed())
    }
}
