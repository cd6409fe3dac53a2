//! What bounds the memory of the one process, as arguments.

use clap::Args;
use idesluss_runtime::MemoryBounds;
use idesluss_runtime::config::ConfigError;

const USUAL: MemoryBounds = MemoryBounds::USUAL;

/// How much memory may be used for being quick.
#[derive(Debug, Args)]
#[command(next_help_heading = "Memory")]
pub(crate) struct MemoryArguments {
    /// How much SQLite may use for all files together: 16 to 65536.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__SQLITE_MIB", default_value_t = USUAL.sqlite_mib)]
    sqlite_mib: u32,
    /// How much the texts that a service has opened may use, for each service: 1 to 4096.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__TEXTS_MIB", default_value_t = USUAL.texts_mib)]
    texts_mib: u32,
    /// How much a search index gathers before it writes, for each index: 15 to 4000.
    #[arg(long, value_name = "MIB", env = "IDESLUSS_MEMORY__INDEX_MIB", default_value_t = USUAL.index_mib)]
    index_mib: u32,
    /// How many may read the same file at once: 1 to 64.
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
