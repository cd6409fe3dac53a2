use super::Samples;
use crate::ids::{day, form, organisation, person, text};
use idesluss_domain::identity::account::*;
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::look::*;
use idesluss_domain::identity::mapping::*;
use idesluss_domain::identity::organisations::*;
use idesluss_domain::identity::person::*;
use idesluss_domain::identity::private_link::*;
use idesluss_domain::identity::program::*;
use idesluss_domain::identity::session::*;
use idesluss_domain::identity::signing_key::*;
use idesluss_domain::identity::terms::*;
use idesluss_domain::words::{CredentialId, ProgramId, PublicKey, Role};
use uuid::Uuid;

pub(super) fn write(samples: &mut Samples) {
    organisations(samples);
    let registered = PersonRegistered {
        person: person(1),
        organisation: organisation("uddevalla"),
        name: text(1),
        address: Some(text(2)),
    };
    samples.page(
        PersonEvent::from,
        registered,
        &[("without-address", &|event| event.address = None)],
    );
    let changed = PersonChanged {
        name: text(3),
        address: Some(text(4)),
    };
    samples.page(
        PersonEvent::from,
        changed,
        &[("without-address", &|event| event.address = None)],
    );
    samples.page(PersonEvent::from, PersonDisabled {}, &[]);
    samples.page(PersonEvent::from, PersonEnabled {}, &[]);
    samples.page(PersonEvent::from, SignInCodeMade {}, &[]);
    local_accounts(samples);
    let granted = RoleGranted {
        person: person(1),
        organisation: organisation("uddevalla"),
        role: Role::Coordinator,
        from: day(24),
        until: Some(day(30)),
        substitute_for: Some(person(2)),
        round: 0,
        by_group: false,
    };
    samples.words(GrantEvent::from, granted.clone(), "role", |event, word| {
        event.role = word
    });
    samples.page(
        GrantEvent::from,
        granted,
        &[
            ("without-until", &|event| event.until = None),
            ("without-substitute", &|event| event.substitute_for = None),
            ("after-a-restore", &|event| event.round = 1),
            ("by-group", &|event| event.by_group = true),
        ],
    );
    samples.page(GrantEvent::from, RoleRevoked {}, &[]);
    samples.page(GrantEvent::from, LinkRenewed {}, &[]);
    let claimed = LinkClaimed {
        link: person(7),
        by: person(1),
    };
    samples.page(GrantEvent::from, claimed, &[]);
    sign_in(samples);
    programs(samples);
    samples.page(SessionEvent::from, SessionEnded {}, &[]);
    let announced = SigningKeyAnnounced {
        number: 1,
        public: PublicKey([7; 32]),
    };
    samples.page(SigningKeyEvent::from, announced, &[]);
    samples.page(SigningKeyEvent::from, SigningKeyRetired { number: 1 }, &[]);
}

fn local_accounts(samples: &mut Samples) {
    samples.page(PersonEvent::from, InvitationMade {}, &[]);
    samples.page(PersonEvent::from, SignInReset {}, &[]);
    let changed = SignInMeansChanged {
        means: Means::Passkey,
        added: true,
    };
    samples.page(
        PersonEvent::from,
        changed,
        &[
            ("password", &|event| event.means = Means::Password),
            ("one-time-codes", &|event| event.means = Means::OneTimeCodes),
            ("recovery-codes", &|event| event.means = Means::RecoveryCodes),
            ("removed", &|event| event.added = false),
        ],
    );
}

fn sign_in(samples: &mut Samples) {
    samples.page(AccountEvent::from, AccountLinked { person: person(1) }, &[]);
    samples.page(AccountEvent::from, AccountUnlinked {}, &[]);
    let line = |value: Option<&str>, role| MappingLine {
        value: value.map(str::to_owned),
        role,
    };
    let adopted = MappingAdopted {
        organisation: organisation("uddevalla"),
        version: 1,
        mapping: Mapping {
            provider: form("uddevalla"),
            claim: "groups".into(),
            demands: Demands {
                acr: vec!["urn:example:loa3".into()],
                amr: vec!["mfa".into()],
            },
            lines: vec![line(Some("sluss"), Role::Coordinator)],
        },
    };
    samples.page(
        MappingEvent::from,
        adopted,
        &[
            ("without-demands", &|event| event.mapping.demands = Demands::default()),
            ("for-everybody", &|event| {
                event.mapping.lines = vec![line(None, Role::Submitter)]
            }),
        ],
    );
    let organisation = organisation("uddevalla");
    samples.page(MappingEvent::from, MappingWithdrawn { organisation }, &[]);
}

fn programs(samples: &mut Samples) {
    let registered = ProgramRegistered {
        program: ProgramId::derive(Uuid::from_u128(7)),
        organisation: organisation("uddevalla"),
        name: "E-tjänsten".into(),
        contact: person(1),
        role: Role::Submitter,
        round: 2,
    };
    samples.words(ProgramEvent::from, registered.clone(), "role", |event, word| {
        event.role = word
    });
    samples.page(
        ProgramEvent::from,
        registered,
        &[("before-any-restore", &|event| event.round = 0)],
    );
    let scopes = ["submission.v1.SubmissionCommandService/SubmitIdea"];
    let scopes = scopes.iter().map(|scope| form(scope)).collect();
    samples.page(ProgramEvent::from, ProgramScopesChanged { scopes }, &[]);
    let credential = CredentialId(Uuid::from_u128(8));
    let added = ProgramCredentialAdded {
        credential,
        kind: CredentialKind::Secret,
        from: day(23),
        until: Some(day(30)),
    };
    samples.page(
        ProgramEvent::from,
        added,
        &[
            ("key", &|event| event.kind = CredentialKind::Key),
            ("without-until", &|event| event.until = None),
        ],
    );
    samples.page(ProgramEvent::from, ProgramCredentialRevoked { credential }, &[]);
    samples.page(ProgramEvent::from, ProgramDisabled {}, &[]);
    samples.page(
        ProgramEvent::from,
        ProgramEnabled { round: 2 },
        &[("before-any-restore", &|event| event.round = 0)],
    );
}

fn organisations(samples: &mut Samples) {
    let settings = OrganisationSettings {
        name: "Uddevalla kommun".into(),
        prefix: form("UDD"),
        kind: OrganisationKind::Municipality,
        public_body: true,
        answer_working_days: 10,
        decision_days: 60,
        idle_minutes: 120,
        session_hours: 12,
    };
    let registered = OrganisationRegistered {
        organisation: organisation("uddevalla"),
        settings: settings.clone(),
    };
    samples.words(OrganisationEvent::from, registered.clone(), "kind", |event, word| {
        event.settings.kind = word
    });
    samples.page(OrganisationEvent::from, registered, &[]);
    let changed = OrganisationChanged {
        organisation: organisation("uddevalla"),
        settings,
    };
    samples.words(OrganisationEvent::from, changed.clone(), "kind", |event, word| {
        event.settings.kind = word
    });
    samples.page(OrganisationEvent::from, changed, &[]);
    let adopted = CodesAdopted {
        organisation: organisation("uddevalla"),
        list: CodeList::Areas,
        codes: vec![Code {
            code: form("home-care"),
            name: "Hemtjänst".into(),
        }],
    };
    samples.words(OrganisationEvent::from, adopted.clone(), "list", |event, word| {
        event.list = word
    });
    samples.page(OrganisationEvent::from, adopted, &[]);
    let terms = TermsAdopted {
        organisation: organisation("uddevalla"),
        version: 2,
        terms: Terms {
            sv: "Organisationen får använda idén.".into(),
            en: "The organisation may use the idea.".into(),
        },
    };
    samples.page(
        OrganisationEvent::from,
        terms,
        &[("without-english", &|event| event.terms.en.clear())],
    );
    let allowed = PrivateLinksAllowed {
        organisation: organisation("uddevalla"),
        ideas_per_day: 25,
    };
    samples.page(OrganisationEvent::from, allowed, &[]);
    let stopped = PrivateLinksStopped {
        organisation: organisation("uddevalla"),
    };
    samples.page(OrganisationEvent::from, stopped, &[]);
    let look = LookChanged {
        organisation: organisation("uddevalla"),
        look: Look {
            colour: Some(form("#07404b")),
            logo: Some(form("iVBORw0KGgoAAAANSUhEUgAAAEAAAABA")),
        },
    };
    samples.page(
        OrganisationEvent::from,
        look,
        &[
            ("without-colour", &|event| event.look.colour = None),
            ("without-logo", &|event| event.look.logo = None),
        ],
    );
    samples.page(OrganisationEvent::from, DirectoryImported {}, &[]);
    let administrators = AdministratorsChanged {
        organisation: organisation("uddevalla"),
        administrators: Administrators([(person(1), day(24)), (person(2), day(26))].into()),
    };
    let without = |event: &mut AdministratorsChanged, number| {
        event.administrators.0.remove(&person(number));
    };
    samples.page(
        OrganisationEvent::from,
        administrators,
        &[
            ("without-the-first", &|event| without(event, 1)),
            ("without-the-second", &|event| without(event, 2)),
        ],
    );
    samples.page(OrganisationEvent::from, RolesSuspended { round: 1 }, &[]);
    let confirmed = RolesConfirmed {
        organisation: organisation("uddevalla"),
        round: 1,
    };
    samples.page(OrganisationEvent::from, confirmed, &[]);
}
