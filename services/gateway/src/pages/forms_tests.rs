//! Every form of every page, made while everything is offered: it asks for what its act takes, for all of it, and for nothing else; and offers to
//! choose from what the contract has.

use super::{
    adoption, calls, decide, evaluation_acts, evaluation_forms, idea_acts, idea_forms, ideas, mandate_acts, mandates,
    mapping, organisation, people, private_link, programs, solution, without_account,
};
use crate::act::{Act, Acts};
use crate::form::{Form, Kind};
use crate::offered::Offered;
use crate::session::User;
use crate::sessions::Secret;
use idesluss_domain::evaluation::{criteria, delegation_order, evaluation as judged};
use idesluss_domain::identity::organisations::OrganisationKind;
use idesluss_domain::identity::{account, organisations, person, program};
use idesluss_domain::rights::{Rule, Ruled};
use idesluss_domain::sharing::{adoption as adopted, solution as offer};
use idesluss_domain::submission::idea;
use idesluss_domain::words::{Actor, PersonId, Role};
use idesluss_proto::FieldKind;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::identity as id;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;
use idesluss_runtime::{Directory, Organisation, Shown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What no form asks for: the rpc, the field or the part, and why.
const NOT_ASKED: [(&str, &str, &str); 6] = [
    (
        "AdoptCriteria",
        "criteria",
        "pages adopt the standard set, which the service knows",
    ),
    ("AdoptCriteria", "earlier", "an import alone takes sets over"),
    (
        "ReactivateIdea",
        "call",
        "the need is told in words; ideas come to a call anew",
    ),
    ("InvitePerson", "hash", "the page makes the link"),
    ("ResetSignIn", "hash", "the page makes the link"),
    ("RetireSolution", "replaced_by", "the reason says what to use instead"),
];
/// What a form offers fewer of than the contract has: the rpc, the field, and why.
const FEWER: [(&str, &str, &str); 4] = [
    (
        "AdoptMapping",
        "mapping.lines",
        "who administers, and who runs the machines, no group says",
    ),
    ("GrantRole", "role", "the service's own role is nobody's"),
    ("RevokeRole", "role", "what somebody holds can be taken back"),
    ("RegisterProgram", "role", "some roles take a person"),
];
/// What forms hold beside the contract's fields.
const BESIDE: [&str; 7] = [
    "anew",
    "forsegling",
    "lank",
    "nyckel",
    "privat",
    "terms_read",
    "without_logo",
];

fn somebody(role: Role) -> User {
    let organisation = "uddevalla".parse().expect("a short name");
    let directory = Directory::of(&organisation);
    let actor = Actor {
        person: PersonId(Uuid::from_u128(1)),
        organisation,
        role,
    };
    User::acting(actor, directory)
}

fn organisation() -> Organisation {
    Organisation {
        id: "uddevalla".parse().expect("a short name"),
        name: "Uddevalla kommun".to_owned(),
        prefix: "UDD".to_owned(),
        kind: OrganisationKind::Municipality,
        public_body: true,
        answer_working_days: 10,
        decision_days: 60,
        idle_minutes: 120,
        session_hours: 12,
        shown: Shown::default(),
    }
}

/// Everything that may be done with a thing.
fn all<T: Ruled>(rules: &[&Rule<T>]) -> Vec<String> {
    rules.iter().map(|rule| rule.action.to_owned()).collect()
}

/// The same but for one thing, which stands in another's way.
fn all_but<T: Ruled>(rules: &[&Rule<T>], other: &Rule<T>) -> Vec<String> {
    all(rules).into_iter().filter(|action| action != other.action).collect()
}

fn of_ideas(user: &User) -> Vec<Form> {
    let offered = |actions: Vec<String>| {
        let found = sub::GetIdeaResponse {
            actions,
            similar: vec!["another".to_owned()],
            ..sub::GetIdeaResponse::default()
        };
        let offers = idea_forms::offers(user, &found, &sub::IdeaRow::default(), "");
        offers.next.into_iter().chain(offers.others)
    };
    let rules = idea::rights::RULES;
    let forms = offered(all(rules));
    forms
        .chain(offered(all_but(rules, &idea::rights::ANSWER_COAUTHORSHIP)))
        .collect()
}

fn of_evaluations(user: &User) -> Vec<Form> {
    let offered = |actions: Vec<String>| {
        let criterion = ev::Criterion {
            key: "benefit".to_owned(),
            ..ev::Criterion::default()
        };
        let found = ev::Evaluation {
            actions,
            summary: Some(ev::EvaluationSummary::default()),
            criteria: Some(ev::CriteriaSet {
                criteria: vec![criterion],
                ..ev::CriteriaSet::default()
            }),
            assessors: vec![ev::AssessorState::default()],
            ..ev::Evaluation::default()
        };
        let (next, others) = evaluation_forms::forms(user, &found);
        next.into_iter().chain(others)
    };
    let rules = judged::rights::RULES;
    let forms = offered(all(rules));
    forms.chain(offered(all_but(rules, &judged::rights::REVISE))).collect()
}

fn of_mandates(user: &User) -> Vec<Form> {
    let actions = all(delegation_order::rights::RULES);
    let order = ev::GetDelegationOrderResponse {
        mandates: vec![ev::Mandate {
            actions: actions.clone(),
            ..ev::Mandate::default()
        }],
        actions,
        ..ev::GetDelegationOrderResponse::default()
    };
    let sets = ev::ListCriteriaSetsResponse {
        actions: all(criteria::RULES),
        ..ev::ListCriteriaSetsResponse::default()
    };
    mandates::forms(user, &order, &sets)
}

fn of_solutions(user: &User) -> Vec<Form> {
    let row = sh::SolutionRow {
        phase: sh::SolutionPhase::Published.into(),
        ..sh::SolutionRow::default()
    };
    let offered = |description: Option<sh::Description>| {
        let actions = all(offer::rights::RULES).into_iter().chain(all(adopted::rights::RULES));
        let found = sh::GetSolutionResponse {
            description,
            actions: actions.collect(),
            ..sh::GetSolutionResponse::default()
        };
        let (next, others) = solution::forms(user, &found, &row, false);
        next.map(|next| next.form).into_iter().chain(others)
    };
    offered(None).chain(offered(Some(sh::Description::default()))).collect()
}

fn of_the_organisation(user: &User) -> Vec<Form> {
    let own = id::Organisation {
        actions: all(organisations::RULES),
        ..id::Organisation::default()
    };
    let forms = organisation::forms(user.lang, &own).into_iter();
    forms.chain([organisation::confirm(user.lang)]).collect()
}

fn of_programs(user: &User) -> Vec<Form> {
    let held = id::ProgramCredential {
        credential: "7".to_owned(),
        ..id::ProgramCredential::default()
    };
    let found = id::GetProgramResponse {
        scopes_to_give: vec!["submission.v1.SubmissionCommandService/SubmitIdea".to_owned()],
        credentials: vec![held],
        actions: all(program::RULES),
        ..id::GetProgramResponse::default()
    };
    let forms = programs::forms(user.lang, &found).into_iter();
    forms.chain([programs::register(user)]).collect()
}

/// A page with forms: its file, what they lead to, and the forms.
type Page = (&'static str, &'static Acts, Vec<Form>);

fn every_form() -> Vec<Page> {
    let user = somebody(Role::DecisionMaker);
    let l = user.lang;
    let actions = all(adopted::rights::RULES);
    let of_person = [all(person::RULES), all(account::RULES)].concat();
    vec![
        ("idea_acts", idea_acts::ACTS, of_ideas(&user)),
        (
            "ideas",
            ideas::ACTS,
            vec![ideas::form(&user, ""), ideas::form(&user, "7")],
        ),
        (
            "calls",
            calls::ACTS,
            vec![calls::open_form(l), calls::close_form(l, "7")],
        ),
        ("evaluation_acts", evaluation_acts::ACTS, of_evaluations(&user)),
        (
            "decide",
            decide::ACTS,
            vec![
                decide::form(&user, "7", 1, false),
                decide::form(&user, "7", 1, true),
                decide::form(&somebody(Role::Registrar), "7", 1, false),
            ],
        ),
        ("mandate_acts", mandate_acts::ACTS, of_mandates(&user)),
        ("solution", solution::ACTS, of_solutions(&user)),
        (
            "adoption",
            adoption::ACTS,
            adoption::forms(&user, Offered(&actions), &sh::AdoptionRow::default()),
        ),
        ("organisation", organisation::ACTS, of_the_organisation(&user)),
        (
            "people",
            people::ACTS,
            vec![
                people::register(l),
                people::grant(&user, "/personer/7"),
                people::revoke(l, "/personer/7", &id::Person::default()),
                people::change(l, "/personer/7", &id::Person::default(), ""),
            ]
            .into_iter()
            .chain(people::of_sign_in(l, "/personer/7", Offered(&of_person)))
            .collect(),
        ),
        (
            "without_account",
            without_account::ACTS,
            vec![without_account::form(
                l,
                &organisation(),
                [String::new(), String::new()],
            )],
        ),
        (
            "private_link",
            private_link::ACTS,
            vec![
                private_link::renew_form(l, &Secret::of(&[7; 32]).expect("32 bytes")),
                private_link::revoke_form(l),
                private_link::claim_form(l, ""),
            ],
        ),
        (
            "mapping",
            mapping::ACTS,
            vec![mapping::adopt(l, &["uddevalla".to_owned()], None), mapping::withdraw(l)],
        ),
        ("programs", programs::ACTS, of_programs(&user)),
    ]
}

/// What stands in a page's file.
fn source(page: &Path) -> String {
    std::fs::read_to_string(page).expect("a page")
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")
}

/// What a page's handlers say of a command themselves, of what the address and the session hold: `.with("name", …)`.
fn set_by_handlers(page: &str) -> BTreeSet<String> {
    let source = source(&pages().join(format!("{page}.rs")));
    let calls = source.split(".with(").skip(1);
    let named = calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    named.map(str::to_owned).collect()
}

/// The rpcs of an act by their names, such as `SubmitIdea`.
fn rpcs(act: Act) -> Vec<&'static str> {
    let paths = act.paths().into_iter();
    paths.filter_map(|path| path.rsplit('/').next()).collect()
}

/// Whether a path is a field's, or leads into it.
fn is_of(field: &str, path: &str) -> bool {
    path.strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// Whether a field of an act stands in a list of exceptions.
fn is_among(known: &[(&str, &str, &str)], act: Act, path: &str) -> bool {
    let rpcs = rpcs(act);
    known
        .iter()
        .any(|(rpc, field, _)| rpcs.contains(rpc) && is_of(field, path))
}

#[tokio::test]
async fn every_act_has_a_form_and_every_page_with_acts_is_looked_at() {
    let forms = every_form();
    for (_, acts, forms) in &forms {
        let known: BTreeSet<_> = acts.iter().flat_map(|(_, act)| act.paths()).collect();
        let led_to: BTreeSet<_> = forms.iter().filter_map(|form| form.act).flat_map(Act::paths).collect();
        assert_eq!(led_to, known);
    }
    let files = std::fs::read_dir(pages()).expect("the pages");
    let files = files
        .map(|page| page.expect("a page").path())
        .filter(|path| path.is_file());
    let with_acts = files.filter(|path| source(path).contains("\npub(super) const ACTS: &Acts"));
    let with_acts: BTreeSet<_> = with_acts
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    let looked_at: BTreeSet<_> = forms.iter().map(|(page, ..)| (*page).to_owned()).collect();
    assert_eq!(looked_at, with_acts);
}

#[tokio::test]
async fn a_page_asks_for_all_that_its_acts_take() {
    let mut unused: BTreeSet<_> = NOT_ASKED.iter().map(|(rpc, field, _)| (*rpc, *field)).collect();
    for (page, acts, forms) in every_form() {
        let set = set_by_handlers(page);
        for (_, act) in acts {
            let of_act = || {
                forms
                    .iter()
                    .filter(|form| form.act.is_some_and(|own| own.paths() == act.paths()))
            };
            for path in act.paths_of_fields() {
                let asked = of_act().any(|form| form.fields.iter().any(|field| field.name == path));
                unused.retain(|(rpc, field)| !(rpcs(*act).contains(rpc) && is_of(field, &path)));
                let is_excused = is_among(&NOT_ASKED, *act, &path);
                assert!(!(asked && is_excused), "{page} asks for {path} in spite of all");
                assert!(
                    asked || is_excused || set.contains(&path),
                    "{page} lacks {path} of {:?}",
                    act.paths()
                );
            }
        }
    }
    assert!(unused.is_empty(), "there is none of {unused:?}");
}

#[tokio::test]
async fn a_form_insists_on_what_its_act_requires_and_holds_nothing_else() {
    for (page, _, forms) in every_form() {
        let set = set_by_handlers(page);
        for (form, act) in forms.iter().filter_map(|form| Some((form, form.act?))) {
            for path in act.paths_of_fields() {
                let is_required = act.field(&path).is_none_or(|(_, required)| required);
                if !is_required || is_optional_part(act, &path) {
                    continue;
                }
                let Some(field) = form.fields.iter().find(|field| field.name == path) else {
                    assert!(set.contains(&path), "{} lacks {path}", form.action);
                    continue;
                };
                // Of several rows any may be left empty; what nobody sees is filled in already.
                let may_be_empty = path.contains('[') || matches!(field.kind, Kind::Hidden | Kind::Renewed);
                assert!(
                    field.required || may_be_empty,
                    "{} does not insist on {path}",
                    form.action
                );
            }
            for field in &form.fields {
                let is_answer = matches!(act, Act::Either(answer, ..) if answer == field.name);
                let known = act.field(&field.name).is_some() || is_answer || BESIDE.contains(&&*field.name);
                assert!(known, "{} holds {}, which is nobody's", form.action, field.name);
            }
        }
    }
}

/// Whether a field stands in a part that may be left out altogether.
fn is_optional_part(act: Act, path: &str) -> bool {
    let part = path.split_once(['[', '.']).and_then(|(part, _)| act.field(part));
    part.is_some_and(|(_, required)| !required)
}

#[tokio::test]
async fn what_is_offered_to_choose_from_is_what_the_contract_has() {
    // What the contract has and what is offered, by the commands and the field.
    type Offers = BTreeMap<(Vec<&'static str>, String), (Act, &'static [i32], BTreeSet<String>)>;
    let mut offered = Offers::new();
    for (form, act) in (every_form().iter().flat_map(|(.., forms)| forms)).filter_map(|form| Some((form, form.act?))) {
        for field in &form.fields {
            let Some((known, _)) = act.field(&field.name) else {
                continue;
            };
            let FieldKind::Choice(numbers) = known.kind else {
                continue;
            };
            let values: Vec<String> = match &field.kind {
                Kind::Select(choices) | Kind::Radio(choices) | Kind::Ticks(choices) => {
                    choices.iter().map(|(value, _)| value.clone()).collect()
                }
                // One of several forms of an act, each for a choice of its own.
                Kind::Hidden => vec![field.value.clone()],
                _ => panic!("{} has {} written", form.action, field.name),
            };
            let key = (act.paths(), field.name.clone());
            let (.., all) = offered.entry(key).or_insert_with(|| (act, numbers, BTreeSet::new()));
            all.extend(values);
        }
    }
    for ((paths, field), (act, numbers, values)) in offered {
        let known: BTreeSet<String> = numbers.iter().map(i32::to_string).collect();
        match is_among(&FEWER, act, &field) {
            true => assert!(values.is_subset(&known), "{paths:?} offers {values:?} as {field}"),
            false => assert_eq!(values, known, "{paths:?} {field}"),
        }
    }
}
