//! What bounds the memory of the one process, as arguments.

use clap::Args;
use idesluss_runtime::MemoryBounds;
use idesluss_runtime::config::ConfigError;

const USUAL: MemoryBounds = MemoryBounds::USUAL;

/// How much memory may be used for being quick.
#[derive(Debug, Args)]
#[command(next_help_heading = "Memory")]
pub(crate) struct MemoryArguments {
    /// How much SQLite may use, all files together.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__SQLITE_MIB", default_value_t = USUAL.sqlite_mib)]
    sqlite_mib: u32,
    /// How much opened texts may use, each service's.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__TEXTS_MIB", default_value_t = USUAL.texts_mib)]
    texts_mib: u32,
    /// How much is gathered before a search index is written, each.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__INDEX_MIB", default_value_t = USUAL.index_mib)]
    index_mib: u32,
    /// How many read a file at once, each file.
    #[arg(long, value_name = "NUMBER", env = "IDESLUSS_MEMORY__READERS", default_value_t = USUAL.readers)]
    readers: u32,
}

impl MemoryArguments {
    /// Puts them in force. Errors: one can't be.
    pub(crate) fn put_in_force(&self) -> Result<(), ConfigError> {
        let bounds = MemoryBounds {
            sqlite_mib: self.sqlite_mib,
            texts_mib: self.texts_mib,
            index_mib: self.index_mib,
            readers: self.readers,
        };
        bounds.check()?;
        bounds.put_in_force()
    }
}
