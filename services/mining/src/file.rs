use super::{Format, MiningError, Written, write_csv, write_ocel_json, write_ocel_sqlite, write_xes};
use idesluss_auditor::{Beside, MergeError, Reading};
use std::io::BufWriter;
use std::path::Path;

const BUFFER_BYTES: usize = 1024 * 1024;

impl Format {
    /// Writes an export in this format to `path`, replacing what stands there; what has to be sorted is sorted in the same folder.
    ///
    /// The file gets its name when it is whole and on the disc; only its owner may read it. Errors: those of the format's writer.
    pub fn write_file(
        self,
        events: impl IntoIterator<Item = Result<Reading, MergeError>>,
        path: &Path,
    ) -> Result<Written, MiningError> {
        if self == Self::OcelSqlite {
            return write_ocel_sqlite(events, path);
        }
        let beside = Beside::new(path)?;
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, std::fs::File::create(beside.path())?);
        let written = match self {
            Self::Xes => write_xes(events, &mut out, beside.folder())?,
            Self::OcelJson => write_ocel_json(events, &mut out, beside.folder())?,
            Self::Csv => write_csv(events, &mut out)?,
            Self::OcelSqlite => unreachable!("written above"),
        };
        out.into_inner().map_err(|error| error.into_error())?;
        beside.finish()?;
        Ok(written)
    }
}
