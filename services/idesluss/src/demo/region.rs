//! The sample region: the six organisations, and the people who act for them. All people are invented.

use idesluss_domain::identity::organisations::{OrganisationKind, USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS};
use idesluss_domain::words::{OrganisationId, PersonId, Role};
use idesluss_runtime::{Directory, HeldRole, Organisation, Person, Shown};
use uuid::Uuid;

/// The name of the sample instance.
pub(crate) const INSTANCE: &str = "fyrbodal-demo";

/// Everything in the sample region has ids under this one: the seed.
pub(super) const SEED: Uuid = Uuid::from_u128(0x1de5_1055_0000_4000_8000_2026_0101_0001);

use Role::{
    Administrator, Adopter, Assessor, Auditor, Coordinator, DecisionMaker, NeedOwner, Operator, Registrar, Steward,
    Submitter,
};

/// Short name, name, prefix, kind, public body.
const ORGANISATIONS: [(&str, &str, &str, OrganisationKind, bool); 6] = [
    (
        "uddevalla",
        "Uddevalla kommun",
        "UDD",
        OrganisationKind::Municipality,
        true,
    ),
    (
        "trollhattan",
        "Trollhättans stad",
        "THN",
        OrganisationKind::Municipality,
        true,
    ),
    (
        "vanersborg",
        "Vänersborgs kommun",
        "VBG",
        OrganisationKind::Municipality,
        true,
    ),
    (
        "fyrbodal",
        "Fyrbodals kommunalförbund",
        "FBK",
        OrganisationKind::Federation,
        true,
    ),
    (
        "innovatum",
        "Innovatum Science Park",
        "INN",
        OrganisationKind::Company,
        true,
    ),
    (
        "entreprenorsarenan",
        "Entreprenörsarenan",
        "ENT",
        OrganisationKind::Company,
        false,
    ),
];

/// Name, organisation, roles.
const PEOPLE: [(&str, &str, &[Role]); 45] = [
    ("Maria Lindqvist", "uddevalla", &[Submitter]),
    ("Samir Haddad", "uddevalla", &[Submitter]),
    ("Anders Holm", "uddevalla", &[Coordinator]),
    ("Eva Sandberg", "uddevalla", &[Assessor]),
    ("Jonas Ek", "uddevalla", &[Assessor]),
    ("Helena Bratt", "uddevalla", &[NeedOwner]),
    ("Karin Åkesson", "uddevalla", &[DecisionMaker]),
    ("Lars Nyberg", "uddevalla", &[Registrar]),
    ("Gun Persson", "uddevalla", &[Registrar]),
    ("Sofia Marklund", "uddevalla", &[Steward, Adopter]),
    ("Birgitta Wallin", "uddevalla", &[Auditor]),
    ("Mikael Öst", "uddevalla", &[Operator]),
    ("Agneta Sund", "uddevalla", &[Administrator]),
    ("Amina Yusuf", "trollhattan", &[Submitter]),
    ("Peter Granath", "trollhattan", &[Submitter]),
    ("Lena Fors", "trollhattan", &[Coordinator]),
    ("Ove Strand", "trollhattan", &[Assessor]),
    ("Nadia Rahimi", "trollhattan", &[Assessor]),
    ("Gunilla Berg", "trollhattan", &[NeedOwner]),
    ("Stefan Löv", "trollhattan", &[DecisionMaker]),
    ("Ulla Hed", "trollhattan", &[Registrar]),
    ("Nils Broberg", "trollhattan", &[Registrar]),
    ("Daniel Kvist", "trollhattan", &[Steward, Adopter]),
    ("Inger Palm", "trollhattan", &[Auditor]),
    ("Roger Ny", "trollhattan", &[Administrator]),
    ("Elin Rask", "vanersborg", &[Submitter]),
    ("Tomas Vik", "vanersborg", &[Submitter]),
    ("Camilla Dahl", "vanersborg", &[Coordinator]),
    ("Rolf Ström", "vanersborg", &[Assessor]),
    ("Hanna Lind", "vanersborg", &[Assessor]),
    ("Johan Skog", "vanersborg", &[NeedOwner]),
    ("Marie Torp", "vanersborg", &[DecisionMaker]),
    ("Bo Frisk", "vanersborg", &[Registrar]),
    ("Ewa Lager", "vanersborg", &[Registrar]),
    ("Petra Ask", "vanersborg", &[Steward, Adopter]),
    ("Kerstin Hage", "vanersborg", &[Auditor]),
    ("Lisbet Ahl", "vanersborg", &[Administrator]),
    ("Fredrik Bohm", "fyrbodal", &[Submitter]),
    ("Ingrid Falk", "fyrbodal", &[NeedOwner]),
    ("Åsa Renberg", "fyrbodal", &[Coordinator, Registrar]),
    ("Yusuf Demir", "fyrbodal", &[Assessor]),
    ("Annika Sjö", "fyrbodal", &[Assessor, Steward]),
    ("Per Olin", "fyrbodal", &[DecisionMaker]),
    (
        "Malin Grip",
        "innovatum",
        &[Coordinator, Assessor, Adopter, DecisionMaker],
    ),
    (
        "Oskar Blid",
        "entreprenorsarenan",
        &[Coordinator, Assessor, Adopter, DecisionMaker],
    ),
];

/// A short name that stands in this file.
pub(super) fn organisation(name: &str) -> OrganisationId {
    let id: Result<OrganisationId, _> = name.parse();
    id.unwrap_or_else(|_| unreachable!("the sample region's short names are short names"))
}

/// The sample region.
pub(crate) fn directory() -> Directory {
    let organisations = ORGANISATIONS.map(|(id, name, prefix, kind, public_body)| Organisation {
        id: organisation(id),
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        kind,
        public_body,
        answer_working_days: 10,
        decision_days: 60,
        idle_minutes: USUAL_IDLE_MINUTES,
        session_hours: USUAL_SESSION_HOURS,
        shown: Shown::default(),
    });
    let people = PEOPLE.map(|(name, home, roles)| Person {
        id: PersonId(Uuid::new_v5(&SEED, name.as_bytes())),
        named_in: None,
        name: name.to_owned(),
        roles: roles
            .iter()
            .map(|role| HeldRole {
                organisation: organisation(home),
                role: *role,
            })
            .collect(),
    });
    Directory {
        instance: organisation(INSTANCE),
        organisations: organisations.to_vec(),
        people: people.to_vec(),
        folder: None,
    }
}
