//! Signed notes: a text and who has signed it, in the form of C2SP signed-note 1.0, and the keys that sign and check them.

mod key;
mod private;
mod signed;

pub use key::{Algorithm, KeyError, VerifierKey};
pub use private::SignerKey;
pub use signed::{MAX_NOTE_BYTES, MAX_SIGNATURES, NoteError, Signature, SignedNote, Verified};
