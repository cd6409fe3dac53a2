use super::{Format, MiningError, Written, write_csv, write_ocel_json, write_ocel_sqlite, write_xes};
use crate::Reading;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

const BUFFER_BYTES: usize = 1024 * 1024;

/// A file that is made under another name in its folder, and gets its own when it is whole: a half-written one never looks whole,
/// and is gone when making it fails.
pub(super) struct Beside {
    half: TempPath,
    wanted: PathBuf,
}

impl Beside {
    /// An empty file beside `wanted`, readable by its owner alone: pseudonyms are personal data.
    pub(super) fn new(wanted: &Path) -> io::Result<Self> {
        let half = tempfile::Builder::new()
            .prefix(".export-")
            .suffix(".half")
            .tempfile_in(folder(wanted))?;
        Ok(Self {
            half: half.into_temp_path(),
            wanted: wanted.to_owned(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.half
    }

    /// Puts the file on the disc and gives it its name, replacing what has it.
    pub(super) fn finish(self) -> io::Result<()> {
        std::fs::File::open(&self.half)?.sync_all()?;
        self.half.persist(&self.wanted).map_err(|error| error.error)
    }
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

impl Format {
    /// Writes an export in this format to `path`, replacing what stands there; what has to be sorted is sorted in the same folder.
    ///
    /// The file gets its name when it is whole and on the disc; only its owner may read it. Errors: those of the format's writer.
    pub fn write_file(
        self,
        events: impl IntoIterator<Item = Result<Reading, MiningError>>,
        path: &Path,
    ) -> Result<Written, MiningError> {
        if self == Self::OcelSqlite {
            return write_ocel_sqlite(events, path);
        }
        let beside = Beside::new(path)?;
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, std::fs::File::create(beside.path())?);
        let written = match self {
            Self::Xes => write_xes(events, &mut out, folder(path))?,
            Self::OcelJson => write_ocel_json(events, &mut out, folder(path))?,
            Self::Csv => write_csv(events, &mut out)?,
            Self::OcelSqlite => unreachable!("written above"),
        };
        out.into_inner().map_err(|error| error.into_error())?;
        beside.finish()?;
        Ok(written)
    }
}
