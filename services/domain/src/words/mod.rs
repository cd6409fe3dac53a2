//! The words that every part of the domain shares: who, what, when, and where it is written.

mod actor;
pub mod calendar;
mod digest;
mod earlier;
mod forms;
mod gate;
mod ids;
pub(crate) mod json;
mod letters;
mod look;
mod mail_address;
mod media_type;
mod personal_number;
pub use personal_number::holds_personal_number;
mod rejection;
mod scope;
mod scope_name;
mod stored;
mod stream;
mod timestamp;

pub use actor::{Actor, Role, UnknownRole};
pub use digest::{CopiedText, Digest, InvalidDigest, PublicKey, SealedText, copied};
pub use earlier::{EarlierTime, InvalidEarlierTime};
pub use forms::{Citation, InvalidForm, Label, MandateReference, Prefix, RegisterNumber};
pub use gate::{Gate, Outcome};
pub use ids::{
    AccountId, AdoptionId, AttachmentId, CallId, CommandId, CredentialId, EvaluationId, EventId, GrantId, IdeaId,
    InvalidName, OrganisationId, PersonId, ProgramId, SessionId, SolutionId,
};
pub use jiff::civil::Date;
pub use letters::{is_unseen, is_unseen_in_prose};
pub use look::{Colour, InvalidLook, LARGEST_LOGO, LARGEST_LOGO_KIBIBYTES, Logo, MOST_PIXELS};
pub use mail_address::{MAX_MAIL_ADDRESS, is_mail_address};
pub use media_type::{MAX_FILE_BYTES, MAX_FILE_MEBIBYTES, MediaType};
pub use rejection::{Rejection, RejectionKind};
pub use scope::Scope;
pub use scope_name::{InvalidScopeName, ScopeName};
pub(crate) use stored::{from_text, named, stored_as_text};
pub use stream::{AggregateId, Audience, StreamName};
pub use timestamp::{InvalidTimestamp, Timestamp};
