//! Who may decide what, and by what is assessed.

use super::Asked;
use crate::components::{Row, Table};
use crate::error::WebError;
use crate::form::{Form, choices, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::legacy::{Page, Part, facts};
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::kronor;
use axum::extract::Query;
use axum::response::Response;
use idesluss_domain::evaluation::criteria::ADOPT_CRITERIA;
use idesluss_domain::evaluation::delegation_order::rights::{
    ADOPT_DELEGATION_ORDER, Held, REVOKE_MANDATE, SUBDELEGATE_MANDATE,
};
use idesluss_domain::rights::Rule;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
pub(super) async fn build(user: &User, after: Option<&str>) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::GetDelegationOrderRequest {
        query: user.asks(after),
        on: String::new(),
    };
    let found = user.services().ask(request).await;
    let order = found.map_err(|status| user.web_error(&status))?;
    let mut page = Page::new(Frame::of(user), l.t("mandates-mandates-and-criteria"));
    let mut parts: Vec<Part> = Vec::new();
    if order.version == 0 {
        parts.push(Part::Note(l.t("mandates-no-delegation-order-is-in").to_owned()));
    } else {
        parts.extend(facts([
            (l.t("common-version"), order.version.to_string()),
            (
                l.t("mandates-adopted-by"),
                format!("{} {} {}", order.adopted_by, order.adopted_on, order.paragraph),
            ),
            (l.t("mandates-in-force-from"), order.valid_from.clone()),
            (l.t("mandates-in-force-until"), order.valid_until.clone()),
        ]));
        let row = |mandate: &pb::Mandate| Row {
            href: String::new(),
            cells: vec![
                mandate.reference.clone(),
                user.name(&mandate.holder),
                mandate
                    .gates()
                    .map(|gate| phrases::gate(l, gate))
                    .collect::<Vec<_>>()
                    .join(", "),
                kronor(l, mandate.up_to_kronor),
                if mandate.revoked_from.is_empty() {
                    mandate.valid_until.clone()
                } else {
                    format!("{} {}", l.t("mandates-revoked"), mandate.revoked_from)
                },
            ],
            urgent: false,
        };
        parts.push(Part::Table(Table {
            caption: l.t("common-mandates").to_owned(),
            head: [
                l.t("common-reference"),
                l.t("mandates-holder"),
                l.t("common-gates"),
                l.t("mandates-at-most"),
                l.t("common-until"),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: order.mandates.iter().map(row).collect(),
            empty: String::new(),
            ..Table::default()
        }));
    }
    page.section(l.t("common-delegation-order"), parts);
    let request = pb::ListCriteriaSetsRequest { query: user.asks(None) };
    let sets = user.services().ask(request).await;
    let sets = sets.map_err(|status| user.web_error(&status))?;
    if let Some(set) = sets.sets.first() {
        let row = |criterion: &pb::Criterion| Row {
            href: String::new(),
            cells: vec![
                l.either(&criterion.name_sv, &criterion.name_en).to_owned(),
                criterion.weight.to_string(),
            ],
            urgent: false,
        };
        let table = Table {
            caption: format!("{} ({} {})", set.name, l.t("mandates-version"), set.version),
            head: [l.t("common-criterion"), l.t("common-weight")]
                .map(str::to_owned)
                .to_vec(),
            rows: set.criteria.iter().map(row).collect(),
            empty: String::new(),
            ..Table::default()
        };
        page.section(l.t("mandates-criteria"), vec![table.into()]);
    }
    page.section(l.t("common-what-you-can-do"), forms(user, &order, &sets));
    Ok(page)
}

/// How many clauses one form has room for.
const CLAUSES: usize = 4;

fn people(user: &User) -> Vec<(String, String)> {
    let home = &user.acting_as.organisation;
    let directory = user.web.directory();
    let people = directory.people.iter();
    let people = people.filter(|person| {
        let mut roles = person.roles.iter();
        roles.any(|held| held.organisation == *home && held.role == Role::DecisionMaker)
    });
    Reader::of(user).choices(people)
}

fn gates(l: Lang) -> Vec<(String, String)> {
    let all = [
        pb::Gate::Opportunity,
        pb::Gate::Concept,
        pb::Gate::Pilot,
        pb::Gate::Rollout,
    ];
    choices(all.map(|gate| (i32::from(gate), phrases::gate(l, gate))))
}

fn forms(user: &User, order: &pb::GetDelegationOrderResponse, sets: &pb::ListCriteriaSetsResponse) -> Vec<Part> {
    let l = user.lang;
    let mut forms: Vec<Part> = Vec::new();
    if Offered(&order.actions).has(&ADOPT_DELEGATION_ORDER) {
        let kinds = choices([
            (1, l.t("common-delegation-order")),
            (2, l.t("mandates-signing-authority")),
        ]);
        let mut adopt = Form::folded(
            "/mandat/anta",
            l.t("mandates-new-delegation-order"),
            l.t("common-record"),
        )
        .note(l.t("mandates-replaces-the-one-before-from"))
        .radio("form", l.t("common-kind"), kinds)
        .line("adopted_by", l.t("mandates-adopted-by"))
        .date("adopted_on", l.t("common-day-of-the-meeting"))
        .line("paragraph", l.t("common-paragraph"))
        .optional()
        .date("valid_from", l.t("mandates-in-force-from"))
        .date("valid_until", l.t("mandates-in-force-until"))
        .optional();
        for index in 0..CLAUSES {
            let field = |name: &str| format!("clauses[{index}].{name}");
            let row = (index + 1).to_string();
            let number = format!("{} {row}", l.t("mandates-clause-number"));
            let named = |name: &'static str| in_row(l, name, &row);
            adopt = adopt
                .line(&field("number"), &number)
                .optional()
                .ticks(&field("gates"), &named("common-gates"), gates(l))
                .number(&field("up_to_kronor"), &named("mandates-at-most-in-kronor"))
                .optional()
                .select(&field("holder"), &named("mandates-holder"), people(user))
                .optional()
                .tick(&field("may_subdelegate"), &named("mandates-may-be-handed-on"))
                .optional();
        }
        forms.push(adopt.into());
    }
    let mandates = |rule: &Rule<Held>| -> Vec<(String, String)> {
        let may = |mandate: &&pb::Mandate| Offered(&mandate.actions).has(rule);
        let choice = |mandate: &pb::Mandate| {
            let name = format!("{} ({})", mandate.reference, user.name(&mandate.holder));
            (mandate.reference.clone(), name)
        };
        order.mandates.iter().filter(may).map(choice).collect()
    };
    let held = mandates(&SUBDELEGATE_MANDATE);
    if !held.is_empty() {
        let hand_on = Form::folded(
            "/mandat/vidare",
            l.t("mandates-hand-a-mandate-on"),
            l.t("mandates-hand-on"),
        )
        .select("mandate", l.t("common-mandate"), held)
        .select("to", l.t("common-to"), people_elsewhere(user))
        .ticks("gates", l.t("common-gates"), gates(l))
        .number("up_to_kronor", l.t("mandates-at-most-in-kronor"))
        .date("valid_from", l.t("mandates-in-force-from"))
        .date("valid_until", l.t("mandates-in-force-until"))
        .optional();
        forms.push(hand_on.into());
    }
    let revocable = mandates(&REVOKE_MANDATE);
    if !revocable.is_empty() {
        let revoke = Form::folded(
            "/mandat/aterkalla",
            l.t("mandates-revoke-a-mandate"),
            l.t("mandates-revoke"),
        )
        .select("mandate", l.t("common-mandate"), revocable)
        .date("from", l.t("common-from"));
        forms.push(revoke.into());
    }
    if Offered(&sets.actions).has(&ADOPT_CRITERIA) {
        let criteria = Form::folded(
            "/mandat/kriterier",
            l.t("mandates-adopt-the-standard-criteria"),
            l.t("mandates-adopt"),
        )
        .hidden("name", "standard")
        .number("assessments_required", l.t("mandates-independent-assessments-required"))
        .value("2")
        .number("load_cap", l.t("mandates-open-assessments-per-assessor-at"))
        .value("10");
        forms.push(criteria.into());
    }
    forms
}

/// Everybody in the organisation but the user.
fn people_elsewhere(user: &User) -> Vec<(String, String)> {
    let home = &user.acting_as.organisation;
    let directory = user.web.directory();
    let people = directory.people.iter().filter(|person| {
        person.id != user.acting_as.person && person.roles.iter().any(|held| held.organisation == *home)
    });
    Reader::of(user).choices(people)
}
