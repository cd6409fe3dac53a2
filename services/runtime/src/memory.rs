//! The process's memory: where it comes from, what bounds what is only kept to be quick, and how much is in use.

use crate::config::ConfigError;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Many small pieces, taken by one thread and given back by another, are what these services do, and the system's allocator spends a tenth of
/// their processor time on it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MIB: u64 = 1024 * 1024;

/// What bounds the memory that is only used to be quick. A process has one set: its services share the allocator, and SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryBounds {
    /// MiB for SQLite, nearly all of it pages of files: all files together. Nobody gives pages back to others: once it is reached, a connection goes on with
    /// those that it has.
    pub sqlite_mib: u32,
    /// MiB of texts that were opened: each service.
    pub texts_mib: u32,
    /// MiB that is gathered before an index is written: each index.
    pub index_mib: u32,
    /// How many read one file at once: each file. A connection has pages of its own.
    pub readers: u32,
}

impl MemoryBounds {
    /// What is in force unless something else is said.
    pub const USUAL: Self = Self {
        sqlite_mib: 96,
        texts_mib: 16,
        // The least that the library takes.
        index_mib: 15,
        readers: 4,
    };

    /// Refuses what can't be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let each = [
            ("memory.sqlite_mib", self.sqlite_mib, 16..=65_536, "choose 16 to 65536"),
            ("memory.texts_mib", self.texts_mib, 1..=4_096, "choose 1 to 4096"),
            ("memory.index_mib", self.index_mib, 15..=4_000, "choose 15 to 4000"),
            ("memory.readers", self.readers, 1..=64, "choose 1 to 64"),
        ];
        match each.into_iter().find(|(_, value, allowed, _)| !allowed.contains(value)) {
            Some((setting, _, _, choose)) => Err(ConfigError::value(setting, choose)),
            None => Ok(()),
        }
    }

    /// What is in force in this process.
    pub fn in_force() -> Self {
        *IN_FORCE.get_or_init(|| Self::USUAL)
    }

    /// Puts these in force. Errors: something was opened already with others.
    pub fn put_in_force(self) -> Result<(), ConfigError> {
        if *IN_FORCE.get_or_init(|| self) == self {
            return Ok(());
        }
        Err(ConfigError::value("memory", "choose it before anything is opened"))
    }

    /// Bytes for SQLite.
    pub fn sqlite_bytes(&self) -> u64 {
        u64::from(self.sqlite_mib) * MIB
    }

    /// Bytes of opened texts.
    pub fn texts_bytes(&self) -> usize {
        bytes(self.texts_mib)
    }

    /// Bytes before an index is written.
    pub fn index_bytes(&self) -> usize {
        bytes(self.index_mib)
    }
}

impl Default for MemoryBounds {
    fn default() -> Self {
        Self::USUAL
    }
}

static IN_FORCE: OnceLock<MemoryBounds> = OnceLock::new();

fn bytes(mib: u32) -> usize {
    usize::try_from(u64::from(mib) * MIB).unwrap_or(usize::MAX)
}

/// What the process uses, its own memory and with the pages of files that it has at hand, and what bounds it. What is used is null where the system
/// tells it otherwise than Linux.
pub fn describe_memory() -> Value {
    let told = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let used = |name: &str| -> Option<u64> {
        let line = told.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    };
    let bounds = MemoryBounds::in_force();
    json!({
        "own_bytes": used("RssAnon:"),
        "resident_bytes": used("VmRSS:"),
        "bounds": {
            "sqlite_bytes": bounds.sqlite_bytes(),
            "texts_bytes_each_service": bounds.texts_bytes(),
            "index_bytes_each_index": bounds.index_bytes(),
            "readers_each_file": bounds.readers,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_bounds_may_be_chosen_and_senseless_ones_may_not() {
        assert!(MemoryBounds::USUAL.check().is_ok());
        let senseless = [
            MemoryBounds {
                sqlite_mib: 15,
                ..MemoryBounds::USUAL
            },
            MemoryBounds {
                texts_mib: 0,
                ..MemoryBounds::USUAL
            },
            MemoryBounds {
                index_mib: 14,
                ..MemoryBounds::USUAL
            },
            MemoryBounds {
                readers: 65,
                ..MemoryBounds::USUAL
            },
        ];
        for bounds in senseless {
            assert!(bounds.check().is_err(), "{bounds:?}");
        }
    }
}
