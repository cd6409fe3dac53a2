//! What lists show: who is known, and who holds which role.

mod ask;
mod people;
mod programs;

pub(crate) use ask::{
    DirectoryRow, GrantRow, OwnRoleRow, PersonRow, TermsRow, accounts_of, anybody, by_group, by_ids, directory,
    members, own_roles, person, roles, terms, without_account,
};
pub use people::PeopleView;
pub(crate) use programs::{ProgramRow, all_programs, programs, programs_among};
