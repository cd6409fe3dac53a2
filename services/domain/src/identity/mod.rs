//! Who may: organisations, people, and the roles that they hold.

pub mod grant;
pub mod organisations;
pub mod person;

pub use grant::{Grant, GrantEvent, Grants};
pub use organisations::{Organisation, OrganisationEvent, OrganisationSettings, Organisations, OrganisationsRules};
pub use person::{People, PersonEvent};
