//! R29: whoever acted held the role, as far as this log knew of it.

use super::{Act, day, sweden};
use crate::verify::findings::Found;
use idesluss_domain::identity::{Grant, Grants, Organisations, OrganisationsRules, Program, Programs};
use idesluss_domain::words::{Actor, Date, GrantId, OrganisationId, PersonId, ProgramId, Role};
use idesluss_domain::{Decider as _, Event, may_write};
use idesluss_proof::line::EventLine;
use std::collections::HashMap;
use uuid::Uuid;

/// Who holds which role, as a log tells it up to an entry.
#[derive(Debug)]
pub(in crate::verify) struct Roles {
    zone: jiff::tz::TimeZone,
    grants: HashMap<Uuid, Grant>,
    programs: HashMap<Uuid, Program>,
    /// Whether the log has heard of anybody, and which roles wait to be confirmed.
    organisations: Organisations,
    /// The last command of somebody who held the role, and the grant that it names: all of its entries stand on what stood before the first, also
    /// where somebody takes back the role in which they act.
    held_for: Option<(u64, Uuid)>,
    /// Acts of people before that, and the first of them.
    pub(in crate::verify) unjudged: (u64, Option<u64>),
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            zone: sweden(),
            grants: HashMap::new(),
            programs: HashMap::new(),
            organisations: Organisations::default(),
            held_for: None,
            unjudged: (0, None),
        }
    }
}

impl Roles {
    /// Takes an entry, own or received. Nobody but identity says who may.
    pub(in crate::verify) fn take(&mut self, line: &EventLine<'_>, event: &Event) {
        if !tells_of_roles(line) {
            return;
        }
        match event {
            Event::Organisation(event) => {
                let organisations = std::mem::take(&mut self.organisations);
                self.organisations = OrganisationsRules::evolve(organisations, event);
            }
            Event::Grant(event) => {
                let Some(id) = super::id(&line.subject, "grant/") else {
                    return;
                };
                let grant = self.grants.remove(&id).unwrap_or_default();
                self.grants.insert(id, Grants::evolve(grant, event));
            }
            Event::Program(event) => {
                let Some(id) = super::id(&line.subject, "program/") else {
                    return;
                };
                let program = self.programs.remove(&id).unwrap_or_default();
                self.programs.insert(id, Programs::evolve(program, event));
            }
            _ => {}
        }
    }

    /// Whether whoever wrote an own entry held the role that it names.
    pub(in crate::verify) fn judge(&mut self, act: &Act<'_>, service: &str) -> Found {
        let said = act.event.grant.as_deref();
        let role: Role = match act.event.role.parse() {
            Ok(role) => role,
            Err(_) => return Some("its role is none".to_owned()),
        };
        let is_nobody = act.event.actor.parse().is_ok_and(|actor: Uuid| actor.is_nil());
        if role == Role::Service {
            let is_its_own = said == Some(&*format!("service:{service}"));
            return (!is_its_own).then(|| "a service wrote it and does not say which".to_owned());
        }
        if said == Some("operator") {
            let fits = role == Role::Operator && is_nobody;
            return (!fits)
                .then(|| "it says that whoever sits at the machine did it, in another role or as somebody".to_owned());
        }
        if !self.organisations.imported {
            self.unjudged.0 += 1;
            self.unjudged.1.get_or_insert(act.position);
            return None;
        }
        let ids = (
            act.event.actor.parse::<PersonId>(),
            act.event.organisation.parse::<OrganisationId>(),
        );
        let (Ok(person), Ok(organisation)) = ids else {
            return Some("its actor or its organisation is none".to_owned());
        };
        if let Some(program) = ProgramId::of(person) {
            let actor = Actor {
                person,
                organisation,
                role,
            };
            return self.judge_program(program, &actor, act, said);
        }
        let of = |person| GrantId::of(person, &organisation, role);
        let by = if role == Role::LinkHolder { "link" } else { "grant" };
        let is_said = |grant: &GrantId| said == Some(&*format!("{by}:{grant}"));
        // Whoever comes in by their organisation's provider submits by a grant to all who do.
        let members = (role == Role::Submitter).then(|| of(PersonId::members_of(&organisation)));
        let own = of(person);
        let Some(grant) = std::iter::once(own).chain(members).find(is_said) else {
            return Some(format!("it names another grant than {own}, which would be {role}'s"));
        };
        if self.held_for == Some((act.command, grant.0)) {
            return None;
        }
        let today = day(&self.zone, act.recorded_micros);
        let found = self.held(grant, role, today);
        self.held_for = found.is_none().then_some((act.command, grant.0));
        found
    }

    /// Why a program did not act so; None: it did: registered for the organisation in the role, let in, and with something that it may do.
    fn judge_program(&self, id: ProgramId, actor: &Actor, act: &Act<'_>, said: Option<&str>) -> Found {
        if said != Some(&*format!("program:{id}")) {
            return Some(format!("it is the program {id}'s, and names another right"));
        }
        let Some(program) = self.programs.get(&id.0) else {
            return Some(format!("the program {id} was not registered before it"));
        };
        let counts = self.organisations.counts_of_round(&actor.organisation, program.round());
        match program.acts_as(actor) && counts && !program.scopes.is_empty() {
            true => None,
            false => Some(format!(
                "the program {id} was registered otherwise, shut out, or given nothing to do, before the entry at {}",
                act.position
            )),
        }
    }

    /// Why a role was not held under a grant on a day; None: it was.
    fn held(&self, grant: GrantId, role: Role, today: Date) -> Found {
        match self.grants.get(&grant.0).filter(|grant| grant.held.is_some()) {
            None => Some(format!("the role {role} was not granted, or taken back, before it")),
            Some(grant) if !grant.is_in_force(today) => Some(format!("the role {role} was not held on {today}")),
            Some(Grant { held: Some(held), .. }) if !self.organisations.counts(held) => Some(format!(
                "the role {role} waited to be confirmed after a restore of identity"
            )),
            Some(_) => None,
        }
    }
}

/// Whether an event may say who holds which role: it is identity's, from its own source and in a stream of its own.
pub(in crate::verify) fn tells_of_roles(line: &EventLine<'_>) -> bool {
    line.kind.starts_with("idesluss.identity.") && may_write(&line.source, &line.kind, &line.subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_domain::identity::grant::{RoleGranted, RoleRevoked};
    use idesluss_domain::identity::organisations::{
        DirectoryImported, OrganisationKind, OrganisationRegistered, OrganisationSettings, RolesConfirmed,
        RolesSuspended,
    };
    use idesluss_domain::identity::{GrantEvent, OrganisationEvent};
    use idesluss_proof::line::{Assigned, Draft, parse, write_own};
    use proptest::prelude::*;

    const PERSON: Uuid = Uuid::from_u128(7);
    const IDENTITY: &str = "/fyrbodal/identity/grants";
    /// 2026-11-29T00:30 in Sweden, and the day before in UTC.
    const LATE: i64 = 1_795_908_600_000_000;

    fn home() -> OrganisationId {
        "uddevalla".parse().expect("a short name")
    }

    fn grant(role: Role) -> GrantId {
        GrantId::of(PersonId(PERSON), &home(), role)
    }

    fn granted(from: Date, until: Option<Date>) -> Event {
        granted_as(Role::Coordinator, from, until)
    }

    fn granted_as(role: Role, from: Date, until: Option<Date>) -> Event {
        let granted = RoleGranted {
            person: PersonId(PERSON),
            organisation: home(),
            role,
            from,
            until,
            substitute_for: None,
            round: 0,
            by_group: false,
        };
        GrantEvent::from(granted).into()
    }

    fn imported() -> Event {
        OrganisationEvent::from(DirectoryImported {}).into()
    }

    fn day_of(number: i8) -> Date {
        Date::new(2026, 11, number).expect("a day")
    }

    /// A line of some source, and what is done with it.
    fn with_line<T>(draft: &Draft, subject: &str, source: &str, then: impl FnOnce(&EventLine<'_>) -> T) -> T {
        let assigned = Assigned {
            position: 5,
            recorded_micros: LATE,
            source,
            sequence: 1,
            epoch: 1,
            stream_version: 1,
        };
        let mut line = Vec::new();
        write_own(draft, subject, &assigned, &mut line);
        let read = parse(&line).expect("a line");
        then(read.body.event().expect("an event"))
    }

    fn draft(kind: &str, role: &str, grant: Option<String>) -> Draft {
        Draft {
            id: Uuid::nil().to_string(),
            audience: "house".into(),
            kind: kind.into(),
            time_micros: LATE,
            organisation: home().to_string(),
            actor: if role == "operator" { Uuid::nil() } else { PERSON }.to_string(),
            role: role.into(),
            grant,
            assertion: None,
            mandate: None,
            commandid: Uuid::nil().to_string(),
            correlationid: Uuid::nil().to_string(),
            causationid: None,
            traceparent: None,
            data: "{}".into(),
        }
    }

    /// An event that a source tells.
    fn take(roles: &mut Roles, source: &str, subject: &str, event: &Event) {
        let told = draft(event.type_name(), "administrator", None);
        with_line(&told, subject, source, |line| roles.take(line, event));
    }

    /// What is said of an entry with this role and grant, of a command of its own.
    fn judge(roles: &mut Roles, role: &str, grant: Option<String>) -> Found {
        static COMMANDS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1_000);
        judge_in(
            COMMANDS.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
            roles,
            role,
            grant,
        )
    }

    fn judge_in(command: u64, roles: &mut Roles, role: &str, grant: Option<String>) -> Found {
        let acted = draft("idesluss.submission.v1.IdeaAccepted", role, grant);
        with_line(&acted, "idea/1", "/fyrbodal/submission/house", |event| {
            let act = Act {
                position: 5,
                recorded_micros: LATE,
                command,
                event,
            };
            roles.judge(&act, "submission")
        })
    }

    fn coordinates(roles: &mut Roles) -> bool {
        judge(
            roles,
            "coordinator",
            Some(format!("grant:{}", grant(Role::Coordinator))),
        )
        .is_none()
    }

    #[test]
    fn somebody_acts_in_a_role_from_its_grant_until_it_is_taken_back_and_within_its_days() {
        let mut roles = Roles::default();
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        assert!(!coordinates(&mut roles), "nobody granted it");
        let subject = format!("grant/{}", grant(Role::Coordinator));
        for (from, until, holds) in [
            (28, None, true),
            (29, Some(29), true),
            (30, None, false),
            (1, Some(28), false),
        ] {
            take(
                &mut roles,
                IDENTITY,
                &subject,
                &granted(day_of(from), until.map(day_of)),
            );
            assert_eq!(
                coordinates(&mut roles),
                holds,
                "from {from} until {until:?}, on the 29th in Sweden"
            );
        }
        take(&mut roles, IDENTITY, &subject, &granted(day_of(1), None));
        take(&mut roles, IDENTITY, &subject, &GrantEvent::from(RoleRevoked {}).into());
        assert!(!coordinates(&mut roles), "it was taken back");
        assert_eq!(roles.unjudged, (0, None));
    }

    /// What happens to a role: it is granted for these days, taken back, or acted in.
    #[derive(Debug, Clone)]
    enum Step {
        Grant(i8, Option<i8>),
        Revoke,
        Act,
    }

    fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
        // The 29th is today.
        let step = prop_oneof![
            (20..=31_i8, proptest::option::of(20..=31_i8)).prop_map(|(from, until)| Step::Grant(from.min(30), until)),
            Just(Step::Revoke),
            Just(Step::Act),
            Just(Step::Act),
        ];
        proptest::collection::vec((0..3_usize, step), 1..40)
    }

    proptest! {
        #[test]
        fn of_any_history_of_roles_the_same_acts_are_wrong_as_a_list_of_who_holds_what_says(steps in steps()) {
            let all = [Role::Coordinator, Role::Registrar, Role::Submitter];
            let mut roles = Roles::default();
            take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
            let mut held = [None; 3];
            for (at, step) in steps {
                let role = all[at];
                let subject = format!("grant/{}", grant(role));
                match step {
                    Step::Grant(from, until) => {
                        let until = until.map(|until| until.clamp(from, 30));
                        held[at] = Some((from, until));
                        take(&mut roles, IDENTITY, &subject, &granted_as(role, day_of(from), until.map(day_of)));
                    }
                    Step::Revoke => {
                        held[at] = None;
                        take(&mut roles, IDENTITY, &subject, &GrantEvent::from(RoleRevoked {}).into());
                    }
                    Step::Act => {
                        let is_held = held[at].is_some_and(|(from, until)| from <= 29 && until.is_none_or(|until| 29 <= until));
                        let found = judge(&mut roles, role.as_str(), Some(format!("grant:{}", grant(role))));
                        prop_assert_eq!(found.is_none(), is_held, "{:?}", found);
                    }
                }
            }
        }
    }

    #[test]
    fn after_a_restore_of_identity_a_role_waits_until_it_is_granted_anew_or_all_are_confirmed() {
        let mut roles = Roles::default();
        let organisations = |roles: &mut Roles, event: OrganisationEvent| {
            take(roles, IDENTITY, "organisations/fyrbodal", &event.into());
        };
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        let settings = OrganisationSettings {
            name: "Uddevalla".into(),
            prefix: "UDD".parse().expect("a prefix"),
            kind: OrganisationKind::Municipality,
            public_body: true,
            answer_working_days: 10,
            decision_days: 60,
            idle_minutes: 120,
            session_hours: 12,
        };
        let organisation = home();
        organisations(&mut roles, OrganisationRegistered { organisation, settings }.into());
        let subject = format!("grant/{}", grant(Role::Coordinator));
        let before = granted(day_of(1), None);
        take(&mut roles, IDENTITY, &subject, &before);
        assert!(coordinates(&mut roles));
        organisations(&mut roles, RolesSuspended { round: 1 }.into());
        assert!(!coordinates(&mut roles));
        let Event::Grant(GrantEvent::RoleGranted(anew)) = before.clone() else {
            panic!("it was granted")
        };
        let anew = GrantEvent::from(RoleGranted { round: 1, ..anew });
        take(&mut roles, IDENTITY, &subject, &anew.into());
        assert!(coordinates(&mut roles));
        take(&mut roles, IDENTITY, &subject, &before);
        assert!(!coordinates(&mut roles));
        let organisation = home();
        organisations(&mut roles, RolesConfirmed { organisation, round: 1 }.into());
        assert!(coordinates(&mut roles));
    }

    #[test]
    fn whoever_takes_back_the_role_that_they_act_in_does_so_to_the_end_of_the_command() {
        let mut roles = Roles::default();
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        let subject = format!("grant/{}", grant(Role::Coordinator));
        take(&mut roles, IDENTITY, &subject, &granted(day_of(1), None));
        let named = Some(format!("grant:{}", grant(Role::Coordinator)));
        assert_eq!(judge_in(1, &mut roles, "coordinator", named.clone()), None);
        take(&mut roles, IDENTITY, &subject, &GrantEvent::from(RoleRevoked {}).into());
        assert_eq!(judge_in(1, &mut roles, "coordinator", named.clone()), None);
        // Not under another grant, nor by another command, nor once more after that.
        assert!(
            judge_in(
                1,
                &mut roles,
                "registrar",
                Some(format!("grant:{}", grant(Role::Registrar)))
            )
            .is_some()
        );
        assert!(judge_in(2, &mut roles, "coordinator", named.clone()).is_some());
        assert!(judge_in(1, &mut roles, "coordinator", named).is_some());
    }

    #[test]
    fn a_program_acts_as_it_was_registered_while_it_is_let_in_and_may_do_anything() {
        use idesluss_domain::identity::ProgramEvent;
        use idesluss_domain::identity::program::{
            ProgramDisabled, ProgramEnabled, ProgramRegistered, ProgramScopesChanged,
        };
        let program = ProgramId::derive(Uuid::from_u128(9));
        let subject = format!("program/{program}");
        let mut roles = Roles::default();
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        let tell = |roles: &mut Roles, source: &str, event: ProgramEvent| take(roles, source, &subject, &event.into());
        let acts = |roles: &mut Roles, role: &str, right: String| {
            let acted = Draft {
                actor: program.to_string(),
                ..draft("idesluss.submission.v1.IdeaSubmitted", role, Some(right))
            };
            let judged = with_line(&acted, "idea/1", "/fyrbodal/submission/house", |event| {
                let act = Act {
                    position: 5,
                    recorded_micros: LATE,
                    command: 1,
                    event,
                };
                roles.judge(&act, "submission")
            });
            judged.is_none()
        };
        let own = || format!("program:{program}");
        assert!(!acts(&mut roles, "submitter", own()), "nobody registered it");
        let registered = ProgramRegistered {
            program,
            organisation: home(),
            name: "E-tjänsten".into(),
            contact: PersonId(PERSON),
            role: Role::Submitter,
            round: 0,
        };
        tell(&mut roles, "/fyrbodal/submission/house", registered.clone().into());
        assert!(!acts(&mut roles, "submitter", own()), "another source says so");
        tell(&mut roles, IDENTITY, registered.into());
        assert!(!acts(&mut roles, "submitter", own()), "it was given nothing");
        let scope = "submission.v1.SubmissionCommandService/SubmitIdea"
            .parse()
            .expect("a scope");
        tell(
            &mut roles,
            IDENTITY,
            ProgramScopesChanged { scopes: [scope].into() }.into(),
        );
        assert!(acts(&mut roles, "submitter", own()));
        assert!(!acts(&mut roles, "coordinator", own()), "in another role");
        assert!(!acts(
            &mut roles,
            "submitter",
            format!("grant:{}", grant(Role::Submitter))
        ));
        let other = ProgramId::derive(Uuid::from_u128(8));
        assert!(!acts(&mut roles, "submitter", format!("program:{other}")));
        tell(&mut roles, IDENTITY, ProgramDisabled {}.into());
        assert!(!acts(&mut roles, "submitter", own()), "it was shut out");
        tell(&mut roles, IDENTITY, ProgramEnabled { round: 0 }.into());
        assert!(acts(&mut roles, "submitter", own()));
        take(
            &mut roles,
            IDENTITY,
            "organisations/fyrbodal",
            &OrganisationEvent::from(RolesSuspended { round: 1 }).into(),
        );
        let settings = OrganisationSettings {
            name: "Uddevalla".into(),
            prefix: "UDD".parse().expect("a prefix"),
            kind: OrganisationKind::Municipality,
            public_body: true,
            answer_working_days: 10,
            decision_days: 60,
            idle_minutes: 120,
            session_hours: 12,
        };
        let organisation = home();
        let told = OrganisationEvent::from(OrganisationRegistered { organisation, settings });
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &told.into());
        tell(&mut roles, IDENTITY, ProgramDisabled {}.into());
        tell(&mut roles, IDENTITY, ProgramEnabled { round: 1 }.into());
        assert!(acts(&mut roles, "submitter", own()), "it was let in after the restore");
    }

    #[test]
    fn what_another_source_says_of_roles_or_identity_in_another_stream_is_not_believed() {
        let mut roles = Roles::default();
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        let (id, granted) = (grant(Role::Coordinator), granted(day_of(1), None));
        for source in ["/fyrbodal/submission/house", "/fyrbodal/evaluation/grants"] {
            take(&mut roles, source, &format!("grant/{id}"), &granted);
        }
        take(&mut roles, IDENTITY, &format!("person/{id}"), &granted);
        assert!(!coordinates(&mut roles));
        take(&mut roles, IDENTITY, &format!("grant/{id}"), &granted);
        assert!(coordinates(&mut roles));
    }

    #[test]
    fn an_entry_names_its_own_grant_and_services_and_operators_say_so() {
        let mut roles = Roles::default();
        take(&mut roles, IDENTITY, "organisations/fyrbodal", &imported());
        take(
            &mut roles,
            IDENTITY,
            &format!("grant/{}", grant(Role::Coordinator)),
            &granted(day_of(1), None),
        );
        let mut said = |role, grant: Option<&str>| judge(&mut roles, role, grant.map(str::to_owned)).is_none();
        assert!(!said("coordinator", None));
        assert!(!said("coordinator", Some(&format!("grant:{}", grant(Role::Registrar)))));
        assert!(!said("registrar", Some(&format!("grant:{}", grant(Role::Coordinator)))));
        assert!(said("service", Some("service:submission")));
        assert!(!said("service", Some("service:evaluation")) && !said("service", None));
        assert!(said("operator", Some("operator")) && !said("coordinator", Some("operator")));
        assert!(!said("king", Some("operator")));
    }

    #[test]
    fn before_the_log_knows_of_anybody_acts_are_counted_and_not_judged() {
        let mut roles = Roles::default();
        assert!(coordinates(&mut roles) && coordinates(&mut roles));
        assert_eq!(roles.unjudged, (2, Some(5)));
    }
}
