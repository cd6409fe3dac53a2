//! Files that are whole or not there.

use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// A file that is made under another name in its folder, and gets its own when it is whole: a half-written one never looks whole,
/// and is gone when making it fails.
pub struct Beside {
    half: TempPath,
    wanted: PathBuf,
}

impl Beside {
    /// An empty file beside `wanted`, readable by its owner alone: pseudonyms are personal data.
    pub fn new(wanted: &Path) -> io::Result<Self> {
        let half = tempfile::Builder::new()
            .prefix(".export-")
            .suffix(".half")
            .tempfile_in(folder(wanted))?;
        Ok(Self {
            half: half.into_temp_path(),
            wanted: wanted.to_owned(),
        })
    }

    /// Where it is until it is whole.
    pub fn path(&self) -> &Path {
        &self.half
    }

    /// The folder that it is in, where there is room for what it is made from.
    pub fn folder(&self) -> &Path {
        folder(&self.half)
    }

    /// Puts the file on the disc and gives it its name, replacing what has it.
    pub fn finish(self) -> io::Result<()> {
        self.sync()?;
        self.half.persist(&self.wanted).map_err(|error| error.error)
    }

    /// The same where nothing has its name. Errors: `AlreadyExists` where something has.
    pub fn finish_new(self) -> io::Result<()> {
        self.sync()?;
        self.half.persist_noclobber(&self.wanted).map_err(|error| error.error)
    }

    fn sync(&self) -> io::Result<()> {
        std::fs::File::open(&self.half)?.sync_all()
    }
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
