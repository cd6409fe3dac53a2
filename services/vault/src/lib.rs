//! Sealing and erasing. The only crate that sees keys.
//!
//! A text is encrypted under the key of its [`Scope`]; scope keys are wrapped by their organisation's key, that by the
//! instance's key, a random one that the [`MasterKey`] wraps. Destroying a scope's key is erasing: the [`Ledger`], a file beside the database, keeps the
//! ids of destroyed keys, so that a restored backup does not bring them back.

mod cipher;
mod error;
mod files;
mod key_export;
mod keyring;
mod ledger;
mod master;
mod sealer;
mod secret_file;
mod texts;
mod vault;

pub use error::VaultError;
pub use files::{FileReader, FileWriter, MAX_FILE_BYTES, SealedFile};
pub use key_export::{ExportedKey, KeyExport};
pub use keyring::Wrapping;
pub use ledger::Ledger;
pub use master::MasterKey;
pub use sealer::{SealedParts, Sealer};
pub use secret_file::is_open_to_others;
pub use texts::{Opened, Plaintext};
pub use vault::Vault;
