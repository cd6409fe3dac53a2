//! Who may decide what, and by what is assessed.

use super::Asked;
use crate::error::WebError;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{Form, Page, Part, Row, Table, choices, facts, kronor};
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
    let mut page = Page::new(l.t("Mandat och kriterier", "Mandates and criteria"));
    let mut parts: Vec<Part> = Vec::new();
    if order.version == 0 {
        parts.push(Part::Note(
            l.t(
                "Ingen delegationsordning gäller i dag.",
                "No delegation order is in force today.",
            )
            .to_owned(),
        ));
    } else {
        parts.extend(facts([
            (l.t("Version", "Version"), order.version.to_string()),
            (
                l.t("Antagen av", "Adopted by"),
                format!("{} {} {}", order.adopted_by, order.adopted_on, order.paragraph),
            ),
            (l.t("Gäller från", "In force from"), order.valid_from.clone()),
            (l.t("Gäller till", "In force until"), order.valid_until.clone()),
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
                kronor(mandate.up_to_kronor),
                if mandate.revoked_from.is_empty() {
                    mandate.valid_until.clone()
                } else {
                    format!("{} {}", l.t("återkallat", "revoked"), mandate.revoked_from)
                },
            ],
            urgent: false,
        };
        parts.push(Part::Table(Table {
            caption: l.t("Mandat", "Mandates").to_owned(),
            head: [
                l.t("Referens", "Reference"),
                l.t("Innehavare", "Holder"),
                l.t("Grindar", "Gates"),
                l.t("Högst", "At most"),
                l.t("Till och med", "Until"),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: order.mandates.iter().map(row).collect(),
            empty: String::new(),
        }));
    }
    page.section(l.t("Delegationsordning", "Delegation order"), parts);
    let request = pb::ListCriteriaSetsRequest { query: user.asks(None) };
    let sets = user.services().ask(request).await;
    let sets = sets.map_err(|status| user.web_error(&status))?;
    if let Some(set) = sets.sets.first() {
        let row = |criterion: &pb::Criterion| Row {
            href: String::new(),
            cells: vec![
                l.t(&criterion.name_sv, &criterion.name_en).to_owned(),
                criterion.weight.to_string(),
            ],
            urgent: false,
        };
        let table = Table {
            caption: format!("{} ({} {})", set.name, l.t("version", "version"), set.version),
            head: [l.t("Kriterium", "Criterion"), l.t("Vikt", "Weight")]
                .map(str::to_owned)
                .to_vec(),
            rows: set.criteria.iter().map(row).collect(),
            empty: String::new(),
        };
        page.section(l.t("Kriterier", "Criteria"), vec![table.into()]);
    }
    page.section(l.t("Vad du kan göra", "What you can do"), forms(user, &order, &sets));
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
            (1, l.t("Delegationsordning", "Delegation order")),
            (2, l.t("Attestordning eller firmateckning", "Signing authority")),
        ]);
        let mut adopt = Form::folded(
            "/mandat/anta",
            l.t("Ny delegationsordning", "New delegation order"),
            l.t("Registrera", "Record"),
        )
        .note(l.t(
            "Ersätter den tidigare från sin första dag.",
            "Replaces the one before from its first day on.",
        ))
        .radio("form", l.t("Slag", "Kind"), kinds)
        .line("adopted_by", l.t("Antagen av", "Adopted by"))
        .date("adopted_on", l.t("Sammanträdesdag", "Day of the meeting"))
        .line("paragraph", l.t("Paragraf", "Paragraph"))
        .optional()
        .date("valid_from", l.t("Gäller från", "In force from"))
        .date("valid_until", l.t("Gäller till", "In force until"))
        .optional();
        for index in 0..CLAUSES {
            let field = |name: &str| format!("clauses[{index}].{name}");
            let number = format!("{} {}", l.t("Punkt, nummer", "Clause, number"), index + 1);
            adopt = adopt
                .line(&field("number"), &number)
                .optional()
                .ticks(&field("gates"), l.t("Grindar", "Gates"), gates(l))
                .number(&field("up_to_kronor"), l.t("Högst, i kronor", "At most, in kronor"))
                .optional()
                .select(&field("holder"), l.t("Innehavare", "Holder"), people(user))
                .optional()
                .tick(
                    &field("may_subdelegate"),
                    l.t("Får delegeras vidare", "May be handed on"),
                )
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
            l.t("Delegera vidare", "Hand a mandate on"),
            l.t("Delegera", "Hand on"),
        )
        .select("mandate", l.t("Mandat", "Mandate"), held)
        .select("to", l.t("Till", "To"), people_elsewhere(user))
        .ticks("gates", l.t("Grindar", "Gates"), gates(l))
        .number("up_to_kronor", l.t("Högst, i kronor", "At most, in kronor"))
        .date("valid_from", l.t("Gäller från", "In force from"))
        .date("valid_until", l.t("Gäller till", "In force until"))
        .optional();
        forms.push(hand_on.into());
    }
    let revocable = mandates(&REVOKE_MANDATE);
    if !revocable.is_empty() {
        let revoke = Form::folded(
            "/mandat/aterkalla",
            l.t("Återkalla ett mandat", "Revoke a mandate"),
            l.t("Återkalla", "Revoke"),
        )
        .select("mandate", l.t("Mandat", "Mandate"), revocable)
        .date("from", l.t("Från och med", "From"));
        forms.push(revoke.into());
    }
    if Offered(&sets.actions).has(&ADOPT_CRITERIA) {
        let criteria = Form::folded(
            "/mandat/kriterier",
            l.t("Anta standardkriterierna", "Adopt the standard criteria"),
            l.t("Anta", "Adopt"),
        )
        .hidden("name", "standard")
        .number(
            "assessments_required",
            l.t("Oberoende omdömen som krävs", "Independent assessments required"),
        )
        .value("2")
        .number(
            "load_cap",
            l.t(
                "Öppna omdömen per bedömare, högst",
                "Open assessments per assessor, at most",
            ),
        )
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
