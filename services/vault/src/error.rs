use idesluss_journal::{AppendError, StoreError};
use std::path::PathBuf;

/// Why something could not be sealed, opened or erased.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The master key file or the ledger can't be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// There is no master key, and none may be made because the journal has entries already.
    #[error("{0} is missing: without it nothing that is sealed can be read; put the right one back")]
    NoMaster(PathBuf),
    /// Others may read or change the master key file.
    #[error("others may read or change {0}: chmod 600 it, and think of whether it must be replaced")]
    Open(PathBuf),
    /// The master key file does not hold a key.
    #[error("{0} does not hold a master key: one line of 64 hexadecimal digits, or two while it is changed")]
    BadMaster(PathBuf),
    /// The master key is another one than the journal's keys were wrapped with.
    #[error("the master key is not the one that this journal's keys are wrapped with: put the right one back")]
    WrongMaster,
    /// The machine gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// A ciphertext or wrapped key was altered.
    #[error("what is sealed for {0} is not what was written: it can't be opened")]
    Altered(String),
    /// What was asked for was sealed for something else.
    #[error("it was sealed for another member of another event, or under a key that is not this scope's")]
    NotItsOwn,
    /// The file is larger than allowed.
    #[error("a file has at most {max} bytes")]
    TooLarge {
        /// The limit in bytes.
        max: u64,
    },
    /// The key is needed for reading, and is gone: erased.
    #[error("it has been erased")]
    Erased,
    /// There is no such file.
    #[error("there is no such file")]
    UnknownFile,
}
