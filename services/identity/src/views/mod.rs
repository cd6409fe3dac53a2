//! What lists show: who is known, and who holds which role.

mod ask;
mod people;

pub(crate) use ask::{
    DirectoryRow, GrantRow, PersonRow, TermsRow, anybody, by_ids, directory, members, person, roles, terms,
};
pub use people::PeopleView;
