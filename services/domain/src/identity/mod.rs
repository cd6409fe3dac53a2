//! Who may: organisations, people, the roles that they hold, and how it is shown who asks.

pub mod account;
pub mod grant;
pub mod look;
pub mod mapping;
pub mod organisations;
pub mod person;
pub mod private_link;
pub mod program;
pub mod session;
pub mod signing_key;
pub mod terms;

pub use account::{Account, AccountEvent, Accounts};
pub use grant::{Grant, GrantEvent, Grants};
pub use mapping::{Mapping, MappingEvent, MappingState, Mappings};
pub use organisations::{Organisation, OrganisationEvent, OrganisationSettings, Organisations, OrganisationsRules};
pub use person::{People, PersonEvent};
pub use private_link::PrivateLinks;
pub use program::{Program, ProgramEvent, Programs};
pub use session::{Session, SessionEvent, Sessions};
pub use signing_key::{SigningKeyEvent, SigningKeys, SigningKeysRules};
