//! Every form of every page, made while everything is offered: it asks for what its act takes, for all of it, and for nothing else.

use super::{
    adoption, calls, decide, evaluation_acts, evaluation_forms, idea_acts, idea_forms, ideas, mandate_acts, mandates,
    organisation, people, solution,
};
use crate::act::{Act, Acts};
use crate::form::{Form, Kind};
use crate::offered::Offered;
use crate::session::User;
use idesluss_domain::evaluation::{criteria, delegation_order, evaluation as judged};
use idesluss_domain::identity::organisations;
use idesluss_domain::rights::{Rule, Ruled};
use idesluss_domain::sharing::{adoption as adopted, solution as offer};
use idesluss_domain::submission::idea;
use idesluss_domain::words::{Actor, PersonId, Role};
use idesluss_proto::FieldKind;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::identity as id;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;
use idesluss_runtime::Directory;
use std::collections::BTreeSet;
use std::path::Path;
use uuid::Uuid;

/// What the address or the session says of a command.
const SAID_ELSEWHERE: [&str; 7] = [
    "idea",
    "evaluation",
    "solution",
    "adoption",
    "call",
    "person",
    "organisation",
];
/// What forms hold beside the contract's fields.
const BESIDE: [&str; 3] = ["anew", "terms_read", "without_logo"];

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

/// The forms of each page beside what they lead to.
fn every_form() -> Vec<(&'static Acts, Vec<Form>)> {
    let user = somebody(Role::DecisionMaker);
    let l = user.lang;
    let actions = all(adopted::rights::RULES);
    vec![
        (idea_acts::ACTS, of_ideas(&user)),
        (ideas::ACTS, vec![ideas::form(&user, "")]),
        (calls::ACTS, vec![calls::open_form(l), calls::close_form(l, "7")]),
        (evaluation_acts::ACTS, of_evaluations(&user)),
        (
            decide::ACTS,
            vec![
                decide::form(&user, "7", 1, false),
                decide::form(&user, "7", 1, true),
                decide::form(&somebody(Role::Registrar), "7", 1, false),
            ],
        ),
        (mandate_acts::ACTS, of_mandates(&user)),
        (solution::ACTS, of_solutions(&user)),
        (
            adoption::ACTS,
            adoption::forms(&user, Offered(&actions), &sh::AdoptionRow::default()),
        ),
        (organisation::ACTS, of_the_organisation(&user)),
        (
            people::ACTS,
            vec![
                people::register(l),
                people::grant(&user, "/personer/7"),
                people::revoke(l, "/personer/7", &id::Person::default()),
                people::change(l, "/personer/7", &id::Person::default(), ""),
            ],
        ),
    ]
}

#[tokio::test]
async fn every_act_has_a_form_and_every_page_with_acts_is_looked_at() {
    let forms = every_form();
    for (acts, forms) in &forms {
        let known: BTreeSet<_> = acts.iter().flat_map(|(_, act)| act.paths()).collect();
        let led_to: BTreeSet<_> = forms.iter().filter_map(|form| form.act).flat_map(Act::paths).collect();
        assert_eq!(led_to, known);
    }
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    let sources = std::fs::read_dir(pages).expect("the pages").map(|page| {
        let path = page.expect("a page").path();
        std::fs::read_to_string(path).unwrap_or_default()
    });
    let with_acts = sources.filter(|source| source.contains("\npub(super) const ACTS: &Acts"));
    assert_eq!(with_acts.count(), forms.len());
}

#[tokio::test]
async fn a_form_asks_for_all_that_its_act_takes_and_holds_nothing_else() {
    let forms = every_form();
    let forms = forms.iter().flat_map(|(_, forms)| forms);
    for (form, act) in forms.filter_map(|form| Some((form, form.act?))) {
        for path in act.required() {
            let Some(field) = form.fields.iter().find(|field| field.name == path) else {
                assert!(SAID_ELSEWHERE.contains(&&*path), "{} lacks {path}", form.action);
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
            let is_chosen = matches!(
                field.kind,
                Kind::Select(_) | Kind::Radio(_) | Kind::Ticks(_) | Kind::Hidden
            );
            let is_choice =
                matches!(act.field(&field.name), Some((known, _)) if matches!(known.kind, FieldKind::Choice(_)));
            assert!(is_chosen || !is_choice, "{} has {} written", form.action, field.name);
            let is_answer = matches!(act, Act::Either(answer, ..) if answer == field.name);
            let known = act.field(&field.name).is_some() || is_answer || BESIDE.contains(&&*field.name);
            assert!(known, "{} holds {}, which is nobody's", form.action, field.name);
        }
    }
}
