//! What a new data folder begins with: one organisation and one person, to be edited.

use crate::home::Home;
use idesluss_domain::identity::organisations::{OrganisationKind, USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS};
use idesluss_domain::words::{OrganisationId, PersonId, Role};
use idesluss_runtime::{Directory, DirectoryError, HeldRole, Organisation, Person, Shown};
use uuid::Uuid;

/// The instance as it is described in the folder; a new folder gets a description to begin with.
pub(crate) fn load_or_begin(home: &Home, begin: fn() -> Directory) -> Result<Directory, DirectoryError> {
    let file = home.directory_file();
    if !file.exists() {
        begin().save(&file)?;
    }
    let directory = Directory::load(&file)?;
    if directory.organisations.is_empty() && !home.journal("identity").exists() {
        let needed = "it names no organisation, and nothing has been written down here yet. Name one, or take the file away to begin with one";
        return Err(DirectoryError::Content(file, needed.to_owned()));
    }
    Ok(directory)
}

/// One organisation, and one person who holds every role that people hold.
pub(crate) fn one_organisation() -> Directory {
    let id = || -> OrganisationId {
        let name: Result<OrganisationId, _> = "kommunen".parse();
        name.unwrap_or_else(|_| unreachable!("a fixed short name"))
    };
    Directory {
        instance: id(),
        organisations: vec![Organisation {
            id: id(),
            name: "Kommunen".into(),
            prefix: "KOM".into(),
            kind: OrganisationKind::Municipality,
            public_body: true,
            answer_working_days: 10,
            decision_days: 60,
            idle_minutes: USUAL_IDLE_MINUTES,
            session_hours: USUAL_SESSION_HOURS,
            shown: Shown::default(),
        }],
        people: vec![Person {
            id: PersonId(Uuid::new_v4()),
            named_in: None,
            name: "Du".into(),
            roles: Role::of_people()
                .map(|role| HeldRole {
                    organisation: id(),
                    role,
                })
                .collect(),
        }],
        folder: None,
    }
}
