//! The table of rights as a page that people read: `ACTIONS.md` beside the crate. A change of rights is a change of that page.
//!
//! `GOLDEN=write` writes it anew.

use crate::evaluation::{ANNA, Given as Evaluated};
use crate::ids::{actor, text};
use crate::sharing::{history, published, retired, steps};
use crate::submission::{COORDINATOR, Given as Submitted, SUBMITTER, hand_to_line};
use idesluss_domain::evaluation::criteria::{self, CriteriaSets};
use idesluss_domain::evaluation::delegation_order::{self, Held};
use idesluss_domain::evaluation::evaluation::rights::RULES as EVALUATION;
use idesluss_domain::evaluation::evaluation::{Action, Close, CloseReason, Evaluation, StartPilot};
use idesluss_domain::identity::account::{self, AccountHead};
use idesluss_domain::identity::grant::{self, GrantHead};
use idesluss_domain::identity::mapping::{self, MappingHead};
use idesluss_domain::identity::organisations::{self, OrganisationHead};
use idesluss_domain::identity::person::{self, Person};
use idesluss_domain::identity::private_link::{self, LinkHead};
use idesluss_domain::identity::program::{self, ProgramEvent, ProgramRegistered};
use idesluss_domain::identity::session::{self, Session};
use idesluss_domain::identity::signing_key::{self, SigningKeys};
use idesluss_domain::identity::{People, Programs};
use idesluss_domain::instance::{self, Journal};
use idesluss_domain::policy::{InvalidPolicy, Policy, Rpc, digest, who};
use idesluss_domain::rights::{Relation, Rule, Ruled, lines, offered};
use idesluss_domain::sharing::adoption::rights::RULES as ADOPTION;
use idesluss_domain::sharing::adoption::{Adoption, AdoptionAction};
use idesluss_domain::sharing::solution::Visibility;
use idesluss_domain::sharing::solution::rights::RULES as SOLUTION;
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::submission::call::{self, CallHead};
use idesluss_domain::submission::disclosure::{self, Disclosed};
use idesluss_domain::submission::idea::rights::RULES as IDEA;
use idesluss_domain::submission::idea::{Action as IdeaAction, Erasure, Idea, Phase};
use idesluss_domain::submission::quota::{self, Quota};
use idesluss_domain::submission::register::{self, Register};
use idesluss_domain::words::{Actor, Gate, Outcome, ProgramId, Role};
use idesluss_domain::{Event, fold};
use std::collections::BTreeSet;
use std::fmt::Write as _;

type Sample<T> = (&'static str, T);

/// An idea of every phase, and what else an action may hang on.
fn ideas() -> Vec<Sample<Idea>> {
    let at = |phase| Idea {
        phase: Some(phase),
        ..Submitted::with_brief().state()
    };
    let phases = [
        ("needs clarification", Phase::NeedsClarification),
        ("in evaluation", Phase::InEvaluation),
        ("at home", Phase::AtHome),
        ("referred", Phase::Referred),
        ("declined", Phase::Declined),
        ("duplicate", Phase::Duplicate),
        ("superseded", Phase::Superseded),
        ("parked", Phase::Parked),
        ("withdrawn", Phase::Withdrawn),
        ("closed", Phase::Closed),
    ];
    let mut samples = vec![
        ("before it begins", Idea::default()),
        ("submitted", Submitted::submitted().state()),
        ("with a brief", Submitted::with_brief().state()),
        ("accepted", Submitted::accepted().state()),
        ("decided: advance", Submitted::decided(Outcome::Advance).state()),
        ("decided: return", Submitted::decided(Outcome::Return).state()),
        ("decided: reject", Submitted::decided(Outcome::Reject).state()),
    ];
    samples.extend(phases.map(|(name, phase)| (name, at(phase))));
    samples.extend([
        (
            "at home, carried out, told",
            Idea {
                implemented: true,
                told: true,
                ..at(Phase::AtHome)
            },
        ),
        (
            "erasure requested",
            Idea {
                erasure: Some(Erasure::Requested(crate::ids::person(77))),
                ..at(Phase::Submitted)
            },
        ),
        ("taken over", Submitted::imported().state()),
        ("received", crate::submission::received().state()),
    ]);
    samples
}

fn evaluations() -> Vec<Sample<Evaluation>> {
    let closed = Action::Close(Close {
        reason: CloseReason::Withdrawn,
    });
    let pilot = Action::StartPilot(StartPilot {
        hypothesis: crate::ids::text(6),
        metric: crate::ids::text(7),
        starts_on: crate::ids::day(20),
        ends_on: None,
    });
    let piloted = Evaluated::ready_at(Gate::Pilot).coordinator(pilot);
    let recommended = Evaluated::revealed().coordinator(Action::Recommend(crate::evaluation::recommend()));
    vec![
        ("opened", Evaluated::opened().state()),
        ("all in", Evaluated::assessed().state()),
        ("revealed", Evaluated::revealed().state()),
        ("recommended", recommended.state()),
        ("with a need owner", Evaluated::ready_at(Gate::Pilot).state()),
        ("decided: advance", Evaluated::decided(Outcome::Advance).state()),
        (
            "decided: advance from concept",
            Evaluated::decided_at(Gate::Concept, Outcome::Advance).state(),
        ),
        ("decided: reject", Evaluated::decided(Outcome::Reject).state()),
        ("decided by a board", Evaluated::decided_by_board().state()),
        ("pilot running", piloted.state()),
        ("closed", Evaluated::opened().service(closed).state()),
    ]
}

fn adoptions() -> Vec<Sample<Adoption>> {
    let after = |number| fold::<Adoptions>(&history(steps().into_iter().take(number)));
    let stop = AdoptionAction::Discontinue {
        reason: crate::ids::text(4),
        lesson: crate::ids::text(5),
    };
    vec![
        ("interested", after(1)),
        ("decided", after(2)),
        ("started", after(3)),
        ("in use", after(4)),
        (
            "discontinued",
            fold::<Adoptions>(&history(steps().into_iter().chain([stop]))),
        ),
    ]
}

/// Somebody who looks at every table of rights, each with samples of the thing in states that tell.
trait Look {
    fn table<T: Ruled>(&mut self, heading: &str, rules: &[&Rule<T>], samples: &[Sample<T>]);
}

fn look_at_all(look: &mut impl Look) {
    look.table("Idea", IDEA, &ideas());
    let call = |closed| CallHead {
        organisation: Some(crate::ids::organisation("uddevalla")),
        closed,
    };
    let calls = [
        ("not there", CallHead::default()),
        ("open", call(false)),
        ("closed", call(true)),
    ];
    look.table("Call", call::RULES, &calls);
    look.table("Disclosure", disclosure::RULES, &[("any", Disclosed::default())]);
    look.table("Register", register::RULES, &[("any", Register::default())]);
    look.table("Quota", quota::RULES, &[("any", Quota::default())]);
    look.table("Evaluation", EVALUATION, &evaluations());
    look.table("Criteria", criteria::RULES, &[("any", CriteriaSets::default())]);
    look.table(
        "DelegationOrder",
        delegation_order::rights::RULES,
        &[("any", Held::default())],
    );
    let published = published(Visibility::Region);
    let retired: Vec<_> = published.iter().cloned().chain(retired(&published)).collect();
    let solutions = [
        ("drafted", fold::<Solutions>(&published[..1])),
        ("published", fold::<Solutions>(&published)),
        ("retired", fold::<Solutions>(&retired)),
    ];
    look.table("Solution", SOLUTION, &solutions);
    look.table("Adoption", ADOPTION, &adoptions());
    let uddevalla = crate::ids::organisation("uddevalla");
    let organisations = [
        ("not there", OrganisationHead::default()),
        (
            "there",
            OrganisationHead {
                id: Some(uddevalla.clone()),
                awaits_confirmation: true,
                takes_private_links: true,
            },
        ),
    ];
    look.table("Organisation", organisations::RULES, &organisations);
    let registered = crate::identity::registered();
    let people = [
        ("not there", Person::of(&uddevalla)),
        ("there", fold::<People>(&[registered])),
    ];
    look.table("Person", person::RULES, &people);
    let grant = |held| GrantHead {
        organisation: uddevalla.clone(),
        held,
    };
    let grants = [("not held", grant(false)), ("held", grant(true))];
    look.table("Grant", grant::RULES, &grants);
    let link = |held, is_allowed| LinkHead {
        organisation: uddevalla.clone(),
        holder: crate::ids::person(1),
        held,
        is_allowed,
    };
    let links = [("not made", link(false, true)), ("made", link(true, true))];
    look.table("PrivateLink", private_link::RULES, &links);
    let home = Some(uddevalla.clone());
    look.table("Account", account::RULES, &[("any", AccountHead { home })]);
    let mappings = [(
        "any",
        MappingHead {
            organisation: uddevalla,
        },
    )];
    look.table("Mapping", mapping::RULES, &mappings);
    let program = ProgramRegistered {
        program: ProgramId::derive(uuid::Uuid::from_u128(7)),
        organisation: crate::ids::organisation("uddevalla"),
        name: "E-tjänsten".into(),
        contact: crate::ids::person(1),
        role: Role::Submitter,
        round: 0,
    };
    let program = fold::<Programs>(&[ProgramEvent::from(program)]);
    look.table("Program", program::RULES, &[("registered", program)]);
    let sessions = [("any", Session::default())];
    look.table("Session", session::RULES, &sessions);
    let keys = [("any", SigningKeys::default())];
    look.table("SigningKey", signing_key::RULES, &keys);
    look.table("Journal", instance::RULES, &[("any", Journal)]);
}

/// The tables as a page: by whom, and in which of the samples.
impl Look for String {
    fn table<T: Ruled>(&mut self, heading: &str, rules: &[&Rule<T>], samples: &[Sample<T>]) {
        writeln!(self, "\n## {heading}\n\n| action | who | while |\n|---|---|---|").expect("written");
        for rule in rules {
            let by = rule.by.iter().map(|(roles, relation)| {
                let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                format!("{} ({relation})", roles.join(", "))
            });
            let by: Vec<String> = by.collect();
            let (open, shut): (Vec<_>, Vec<_>) = samples.iter().partition(|(_, thing)| (rule.state)(thing).is_ok());
            let names = |samples: &[&Sample<T>]| -> String {
                let names: Vec<&str> = samples.iter().map(|(name, _)| *name).collect();
                names.join(", ")
            };
            let states = if shut.is_empty() {
                "always".to_owned()
            } else if shut.len() < open.len() {
                format!("not: {}", names(&shut))
            } else {
                names(&open)
            };
            writeln!(self, "| {} | {} | {states} |", rule.action, by.join("; ")).expect("written");
        }
    }
}

fn page() -> String {
    let mut page = "# Who may do what\n\nDrawn from the tables beside the aggregates, which `decide` asks first; written by `GOLDEN=write cargo nextest run -p idesluss-domain rights`.\nWhat is said with an action may still be refused. *While* names samples of states in which the action is open; *always*: in all of them.\n".to_owned();
    look_at_all(&mut page);
    page
}

/// Nobody who has to do with none of the samples may do what asks for more than belonging to an organisation, nor anything of another organisation's.
struct Stranger {
    organisation: &'static str,
    /// How a stranger of this organisation may stand to a thing.
    stands: &'static [Relation],
    /// How many of the roles' actions were open to them.
    open: usize,
}

/// What stands under its organisation's name: whose it is the command brings, and what it says of another's is refused there.
const NAMED_BY_THE_COMMAND: [&str; 4] = ["Disclosure", "Register", "Criteria", "DelegationOrder"];

impl Look for Stranger {
    fn table<T: Ruled>(&mut self, heading: &str, rules: &[&Rule<T>], samples: &[Sample<T>]) {
        if NAMED_BY_THE_COMMAND.contains(&heading) {
            return;
        }
        for ((name, thing), rule) in samples
            .iter()
            .flat_map(|sample| rules.iter().map(move |rule| (sample, rule)))
        {
            for role in Role::ALL {
                let stranger = Actor {
                    person: crate::ids::person(4_711),
                    organisation: crate::ids::organisation(self.organisation),
                    role,
                };
                if rule.may(&stranger, thing).is_err() {
                    continue;
                }
                self.open += 1;
                let stands = |relation| self.stands.contains(relation);
                assert!(
                    rule.by
                        .iter()
                        .any(|(roles, relation)| roles.contains(&role) && stands(relation)),
                    "{heading}, {name}: {} by {role} of {}",
                    rule.action,
                    self.organisation
                );
            }
        }
    }
}

#[test]
fn the_page_of_rights_says_what_the_tables_say() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/ACTIONS.md");
    if std::env::var("GOLDEN").is_ok_and(|golden| golden == "write") {
        std::fs::write(file, page()).expect("the page is written");
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(page(), written, "GOLDEN=write writes it anew");
}

#[test]
fn a_stranger_may_do_what_is_anybodys_and_at_home_what_is_the_organisations() {
    const ABROAD: &[Relation] = &[Relation::Any, Relation::Offered];
    const AT_HOME: &[Relation] = &[
        Relation::Any,
        Relation::Offered,
        Relation::OwnOrganisation,
        Relation::Impartial,
        Relation::TakenOver,
        Relation::NotAsking,
    ];
    let (mut foreign, mut home) = (
        Stranger {
            // None of the samples is theirs; adoptions are Trollhättan's.
            organisation: "vanersborg",
            stands: ABROAD,
            open: 0,
        },
        Stranger {
            organisation: "uddevalla",
            stands: AT_HOME,
            open: 0,
        },
    );
    look_at_all(&mut foreign);
    look_at_all(&mut home);
    assert!(
        0 < foreign.open && foreign.open < home.open,
        "{} {}",
        foreign.open,
        home.open
    );
}

#[test]
fn every_action_has_a_name_of_its_own_and_somebody_who_may() {
    /// What whoever sits at the machine does there, and nowhere else.
    const AT_THE_MACHINE: [&str; 10] = [
        "open-epoch",
        "register-organisation",
        "register-person",
        "disable-person",
        "enable-person",
        "make-sign-in-code",
        "invite-person",
        "reset-sign-in",
        "name-administrator",
        "announce-signing-key",
    ];

    struct Names;

    impl Look for Names {
        fn table<T: Ruled>(&mut self, heading: &str, rules: &[&Rule<T>], _: &[Sample<T>]) {
            let names: BTreeSet<&str> = rules.iter().map(|rule| rule.action).collect();
            assert_eq!(names.len(), rules.len(), "{heading}: {names:?}");
            for rule in rules {
                assert!(rule.by.iter().any(|(roles, _)| !roles.is_empty()), "{}", rule.action);
                let may = AT_THE_MACHINE.contains(&rule.action);
                assert_eq!(
                    rule.is_for(Role::Operator),
                    may,
                    "an operator runs the machines: {}",
                    rule.action
                );
            }
        }
    }

    look_at_all(&mut Names);
}

#[test]
fn every_event_comes_of_something_that_the_tables_name() {
    let written: BTreeSet<&str> = lines().flat_map(|line| line.writes).copied().collect();
    assert_eq!(written, Event::all_types().collect());
}

#[test]
fn the_tables_are_one_text_that_reads_back_and_says_in_which_roles_something_is_written() {
    struct Lines(Vec<(String, &'static str)>);

    impl Look for Lines {
        fn table<T: Ruled>(&mut self, heading: &str, rules: &[&Rule<T>], _: &[Sample<T>]) {
            self.0
                .extend(rules.iter().map(|rule| (heading.to_owned(), rule.action)));
        }
    }

    let rpc = Rpc {
        rpc: "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea".to_owned(),
        by: who(IDEA[0].by),
        members: vec![],
        bound: false,
        programs: vec![],
    };
    let policy = Policy::with(vec![rpc]);
    let text = policy.text();
    assert_eq!(Policy::read(text.as_bytes()).expect("a table"), policy);
    assert_eq!(
        text.lines().count(),
        policy.actions.len() + policy.audiences.len() + policy.rpcs.len() + 4
    );
    assert_eq!(
        text.lines().nth(1),
        Some(
            r#"{"of":"Idea","action":"submit","by":[{"roles":["submitter","link-holder"],"relation":"any"}],"writes":["idesluss.submission.v1.IdeaSubmitted","idesluss.submission.v1.TermsAccepted"]},"#
        )
    );
    let mut tables = Lines(Vec::new());
    look_at_all(&mut tables);
    let named = policy
        .actions
        .iter()
        .map(|line| (line.of.clone(), line.action.as_str()));
    assert_eq!(named.collect::<Vec<_>>(), tables.0, "a table is missing in the text");

    let roles = |name| {
        let kind = format!("idesluss.{name}");
        let may = |role: &Role| policy.unnamed([(&*kind, role.as_str())].into()).is_empty();
        Role::ALL.into_iter().filter(may).collect::<Vec<_>>()
    };
    // Of several lines, whoever one of them names.
    assert_eq!(roles("submission.v1.CoauthorAdded"), [Role::Submitter, Role::Service]);
    assert_eq!(roles("journal.v1.PolicyInForce"), [Role::Service]);
    assert_eq!(
        roles("evaluation.v1.DecisionMade"),
        [Role::Coordinator, Role::DecisionMaker, Role::Registrar]
    );
    assert_eq!(roles("evaluation.v1.Forgotten"), []);

    assert!(matches!(
        Policy::read(br#"{"form":2,"more":[]}"#),
        Err(InvalidPolicy::Newer(2))
    ));
    assert!(matches!(Policy::read(b"{}"), Err(InvalidPolicy::Form(_))));
    // As sha256sum says it.
    assert_eq!(
        digest(b"{}").to_string(),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
}

#[test]
fn people_are_offered_what_they_may_do_now_and_have_not_done() {
    let idea = Submitted::submitted().state();
    let on_idea = |who, role| offered(IDEA, &actor(who, role), &idea);
    let authors = ["attach", "propose-coauthor", "consent", "withdraw", "request-erasure"];
    assert_eq!(on_idea(SUBMITTER, Role::Submitter), authors);
    assert_eq!(on_idea(77, Role::Submitter), ["support"]);
    assert_eq!(on_idea(77, Role::NeedOwner), ["support"]);
    assert!(on_idea(77, Role::Auditor).is_empty());
    // Whoever has a private link has no name to be told, and asks nobody else in.
    let by_link = ["attach", "withdraw", "request-erasure"];
    assert_eq!(on_idea(SUBMITTER, Role::LinkHolder), by_link);
    assert!(on_idea(77, Role::LinkHolder).is_empty());
    let elsewhere = Actor {
        organisation: crate::ids::organisation("trollhattan"),
        ..actor(77, Role::Coordinator)
    };
    assert!(offered(IDEA, &elsewhere, &idea).is_empty());
    assert_eq!(offered(IDEA, &elsewhere, &Idea::default()), ["take-over"]);
    // Once it is done there is nothing to offer.
    let supported = Submitted::submitted()
        .then(77, Role::Submitter, IdeaAction::Support)
        .state();
    assert!(offered(IDEA, &actor(77, Role::Submitter), &supported).is_empty());

    let line = Submitted::submitted().coordinator(hand_to_line());
    let done = line.clone().coordinator(IdeaAction::Implement {
        result: text(7),
        shareable: false,
    });
    let led = |given: Submitted| offered(IDEA, &actor(COORDINATOR, Role::Coordinator), &given.state());
    let (before, after) = (led(line), led(done));
    assert!(before.contains(&"implement".to_owned()) && before.contains(&"feed-back".to_owned()));
    assert!(!after.contains(&"implement".to_owned()) && after.contains(&"feed-back".to_owned()));

    let on_evaluation = |given: Evaluated| offered(EVALUATION, &actor(ANNA, Role::Assessor), &given.state());
    // A person that there is not yet is the organisation's whose administrator adds them.
    let of_uddevalla = Person::of(&crate::ids::organisation("uddevalla"));
    let adds = |organisation: &str| {
        let administrator = Actor {
            organisation: crate::ids::organisation(organisation),
            ..actor(9, Role::Administrator)
        };
        offered(person::RULES, &administrator, &of_uddevalla).contains(&"register-person".to_owned())
    };
    assert!(adds("uddevalla") && !adds("trollhattan"));

    let declares = ["declare-no-conflict", "declare-conflict", "recuse"];
    assert_eq!(on_evaluation(Evaluated::assigned()), declares);
    assert_eq!(on_evaluation(Evaluated::declared()), ["recuse", "assess"]);
    assert_eq!(on_evaluation(Evaluated::assessed()), ["recuse", "revise"]);
    // Of what has no memory of who has done it, everything that may be done.
    let calls = offered(call::RULES, &actor(3, Role::NeedOwner), &CallHead::default());
    assert_eq!(calls, ["open-call"]);
    assert!(IDEA.iter().any(|rule| rule.is_for(Role::Registrar)) && !IDEA[0].is_for(Role::Registrar));
}
