use super::Facts;
use crate::object::Object;
use idesluss_domain::identity::{
    AccountEvent, GrantEvent, MappingEvent, OrganisationEvent, PersonEvent, ProgramEvent, SigningKeyEvent,
};

/// What happens to the organisations of an instance.
pub(super) fn of_organisations(event: &OrganisationEvent, facts: &mut Facts) {
    match event {
        OrganisationEvent::OrganisationRegistered(event) => {
            facts.about("organisation", &event.organisation);
        }
        OrganisationEvent::OrganisationChanged(event) => {
            facts.about("organisation", &event.organisation);
        }
        OrganisationEvent::CodesAdopted(event) => {
            facts
                .says("codes", event.codes.len())
                .about("organisation", &event.organisation);
        }
        OrganisationEvent::TermsAdopted(event) => {
            facts
                .says("version", event.version)
                .about("organisation", &event.organisation);
        }
        OrganisationEvent::LookChanged(event) => {
            facts.about("organisation", &event.organisation);
        }
        OrganisationEvent::PrivateLinksAllowed(event) => {
            facts
                .says("ideas_per_day", u32::from(event.ideas_per_day))
                .about("organisation", &event.organisation);
        }
        OrganisationEvent::PrivateLinksStopped(event) => {
            facts.about("organisation", &event.organisation);
        }
        OrganisationEvent::AdministratorsChanged(event) => {
            facts
                .about("organisation", &event.organisation)
                .about_each("administrator", event.administrators.0.keys().copied());
        }
        OrganisationEvent::RolesSuspended(event) => {
            facts.says("round", event.round);
        }
        OrganisationEvent::RolesConfirmed(event) => {
            facts
                .says("round", event.round)
                .about("organisation", &event.organisation);
        }
        OrganisationEvent::DirectoryImported(_) => {}
    }
}

/// What happens to what is known of a person.
pub(super) fn of_person(event: &PersonEvent, person: &Object, facts: &mut Facts) {
    match event {
        PersonEvent::PersonRegistered(event) => {
            facts.links(person, "organisation", &event.organisation);
        }
        PersonEvent::PersonChanged(_)
        | PersonEvent::PersonDisabled(_)
        | PersonEvent::PersonEnabled(_)
        | PersonEvent::SignInCodeMade(_)
        | PersonEvent::InvitationMade(_)
        | PersonEvent::SignInReset(_)
        | PersonEvent::SignInMeansChanged(_) => {}
    }
}

/// What happens to a role that somebody holds.
pub(super) fn of_grant(event: &GrantEvent, facts: &mut Facts) {
    match event {
        GrantEvent::RoleGranted(event) => {
            facts
                .says("held_role", event.role.as_str())
                .says("from", event.from)
                .says_if("until", event.until)
                .about("holder", event.person)
                .about("organisation", &event.organisation)
                .about_each("substitute-for", event.substitute_for);
        }
        GrantEvent::RoleRevoked(_) | GrantEvent::LinkRenewed(_) => {}
        GrantEvent::LinkClaimed(event) => {
            facts.about("link-holder", event.link).about("author", event.by);
        }
    }
}

/// What happens to an account that somebody signs in with.
pub(super) fn of_account(event: &AccountEvent, account: &Object, facts: &mut Facts) {
    match event {
        AccountEvent::AccountLinked(event) => {
            facts.links(account, "person", event.person);
        }
        AccountEvent::AccountUnlinked(_) => {}
    }
}

/// What an organisation makes of what its provider says.
pub(super) fn of_mapping(event: &MappingEvent, facts: &mut Facts) {
    match event {
        MappingEvent::MappingAdopted(event) => {
            facts
                .says("version", event.version)
                .says("lines", event.mapping.lines.len())
                .about("organisation", &event.organisation);
        }
        MappingEvent::MappingWithdrawn(event) => {
            facts.about("organisation", &event.organisation);
        }
    }
}

/// What happens to a program that acts for an organisation.
pub(super) fn of_program(event: &ProgramEvent, facts: &mut Facts) {
    match event {
        ProgramEvent::ProgramRegistered(event) => {
            facts
                .says("held_role", event.role.as_str())
                .about("organisation", &event.organisation)
                .about("contact", event.contact);
        }
        ProgramEvent::ProgramScopesChanged(event) => {
            facts.says("scopes", event.scopes.len());
        }
        ProgramEvent::ProgramCredentialAdded(event) => {
            facts.says("from", event.from).says_if("until", event.until);
        }
        ProgramEvent::ProgramCredentialRevoked(_)
        | ProgramEvent::ProgramDisabled(_)
        | ProgramEvent::ProgramEnabled(_) => {}
    }
}

/// What happens to the keys of assertions.
pub(super) fn of_signing_key(event: &SigningKeyEvent, facts: &mut Facts) {
    let number = match event {
        SigningKeyEvent::SigningKeyAnnounced(event) => event.number,
        SigningKeyEvent::SigningKeyRetired(event) => event.number,
    };
    facts.says("key", number);
}
