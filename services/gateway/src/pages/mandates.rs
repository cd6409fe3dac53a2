//! Who may decide what, and by what is assessed.

use super::Asked;
use super::mandate_acts::ACTS;
use crate::components::{Facts, Row, Table, Wording, facts};
use crate::error::WebError;
use crate::form::{Form, all_called, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::reader::Reader;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::{kronor, moment};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use idesluss_domain::evaluation::criteria::ADOPT_CRITERIA;
use idesluss_domain::evaluation::delegation_order::rights::{
    ADOPT_DELEGATION_ORDER, Held, REVOKE_MANDATE, SUBDELEGATE_MANDATE,
};
use idesluss_domain::rights::Rule;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

/// Who may decide what, and what is assessed by.
#[derive(Template)]
#[template(path = "mandates.html")]
pub(super) struct MandatesPage {
    frame: Frame,
    /// The order and its mandates; None: none is in force.
    order: Option<(Facts, Table)>,
    criteria: Option<Criteria>,
    forms: Vec<Form>,
}

/// What is assessed by.
struct Criteria {
    /// The standard set holds: the organisation has adopted none.
    is_standard: bool,
    about: Facts,
    table: Table,
}

impl WithForms for MandatesPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.forms.iter_mut().collect()
    }
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
pub(super) async fn build(user: &User, after: Option<&str>) -> Result<MandatesPage, WebError> {
    let request = pb::GetDelegationOrderRequest {
        query: user.asks(after),
        on: String::new(),
    };
    let found = user.services().ask(request).await;
    let order = found.map_err(|status| user.web_error(&status))?;
    let request = pb::ListCriteriaSetsRequest { query: user.asks(None) };
    let sets = user.services().ask(request).await;
    let sets = sets.map_err(|status| user.web_error(&status))?;
    Ok(MandatesPage {
        frame: Frame::of(user),
        order: (order.version > 0).then(|| (about(user.lang, &order), mandates(user, &order))),
        // The one in force is the first.
        criteria: sets.sets.first().map(|set| criteria(user.lang, set)),
        forms: forms(user, &order, &sets),
    })
}

fn about(l: Lang, order: &pb::GetDelegationOrderResponse) -> Facts {
    facts([
        (l.t("common-kind"), order_form(l, order.form()).into()),
        (l.t("common-version"), l.grouped(order.version.into()).into()),
        (l.t("mandates-adopted-by"), Wording::written(&order.adopted_by)),
        (l.t("common-day-of-the-meeting"), l.day(&order.adopted_on).into()),
        (l.t("common-paragraph"), Wording::written(&order.paragraph)),
        (l.t("mandates-in-force-from"), l.day(&order.valid_from).into()),
        (l.t("mandates-in-force-until"), l.day(&order.valid_until).into()),
    ])
}

fn order_form(l: Lang, form: pb::OrderForm) -> &'static str {
    match form {
        pb::OrderForm::Unspecified => "",
        pb::OrderForm::Delegation => l.t("common-delegation-order"),
        pb::OrderForm::SigningAuthority => l.t("mandates-signing-authority"),
    }
}

fn mandates(user: &User, order: &pb::GetDelegationOrderResponse) -> Table {
    let l = user.lang;
    let row = |mandate: &pb::Mandate| {
        let gates: Vec<&str> = mandate.gates().map(|gate| phrases::gate(l, gate)).collect();
        Row::of([
            phrases::mandate(l, &mandate.reference),
            user.name(&mandate.holder),
            gates.join(", "),
            kronor(l, mandate.up_to_kronor),
            how_long(l, mandate),
        ])
    };
    let head = [
        l.t("common-mandate"),
        l.t("mandates-holder"),
        l.t("common-gates"),
        l.t("mandates-at-most"),
        l.t("mandates-how-long"),
    ];
    Table::new(l.t("common-mandates"), head).rows(order.mandates.iter().map(row))
}

/// How long somebody may decide by it.
fn how_long(l: Lang, mandate: &pb::Mandate) -> String {
    if !mandate.revoked_from.is_empty() {
        return l.say("mandates-revoked-from", &[("day", &l.day(&mandate.revoked_from))]);
    }
    match mandate.valid_until.is_empty() {
        true => l.t("mandates-until-further-notice").to_owned(),
        false => l.say("mandates-until-a-day", &[("day", &l.day(&mandate.valid_until))]),
    }
}

fn criteria(l: Lang, set: &pb::CriteriaSet) -> Criteria {
    let row =
        |criterion: &pb::Criterion| Row::of([phrases::criterion_of(l, criterion), l.grouped(criterion.weight.into())]);
    let is_standard = set.version == 0;
    let of_own = |said: String| if is_standard { String::new() } else { said };
    Criteria {
        is_standard,
        about: facts([
            (l.t("common-version"), of_own(l.grouped(set.version.into()))),
            (l.t("mandates-in-force-from"), of_own(moment(l, &set.adopted_at))),
            (
                l.t("mandates-independent-assessments-required"),
                l.grouped(set.assessments_required.into()),
            ),
            (
                l.t("mandates-open-assessments-per-assessor-at"),
                l.grouped(set.load_cap.into()),
            ),
        ]),
        table: Table::new(
            l.t("mandates-criteria-and-weights"),
            [l.t("common-criterion"), l.t("common-weight")],
        )
        .rows(set.criteria.iter().map(row)),
    }
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
    all_called(|gate| phrases::gate(l, gate))
}

pub(super) fn forms(
    user: &User,
    order: &pb::GetDelegationOrderResponse,
    sets: &pb::ListCriteriaSetsResponse,
) -> Vec<Form> {
    let l = user.lang;
    let mut forms = Vec::new();
    if Offered(&order.actions).has(&ADOPT_DELEGATION_ORDER) {
        let kinds = all_called(|form| order_form(l, form));
        let mut adopt = Form::of(ACTS, "/mandat", "anta", l.t("common-record"))
            .folded(l.t("mandates-new-delegation-order"))
            .note(l.t("mandates-replaces-the-one-before-from"))
            .radio("form", l.t("common-kind"), kinds)
            .ask("adopted_by", l.t("mandates-adopted-by"))
            .ask("adopted_on", l.t("common-day-of-the-meeting"))
            .ask("paragraph", l.t("common-paragraph"))
            .ask("valid_from", l.t("mandates-in-force-from"))
            .ask("valid_until", l.t("mandates-in-force-until"));
        for index in 0..CLAUSES {
            let field = |name: &str| format!("clauses[{index}].{name}");
            let row = (index + 1).to_string();
            let named = |name: &'static str| in_row(l, name, &row);
            adopt = adopt
                .ask(&field("number"), &named("mandates-clause-number"))
                .optional()
                .ticks(&field("gates"), &named("common-gates"), gates(l))
                .optional()
                .ask(&field("up_to_kronor"), &named("mandates-at-most-in-kronor"))
                .select(&field("holder"), &named("mandates-holder"), people(user))
                .optional()
                .ask(&field("may_subdelegate"), &named("mandates-may-be-handed-on"));
        }
        forms.push(adopt);
    }
    let mandates = |rule: &Rule<Held>| -> Vec<(String, String)> {
        let may = |mandate: &&pb::Mandate| Offered(&mandate.actions).has(rule);
        let choice = |mandate: &pb::Mandate| {
            let (said, holder) = (phrases::mandate(l, &mandate.reference), user.name(&mandate.holder));
            let name = l.say("mandates-mandate-of", &[("mandate", &said), ("holder", &holder)]);
            (mandate.reference.clone(), name)
        };
        order.mandates.iter().filter(may).map(choice).collect()
    };
    let held = mandates(&SUBDELEGATE_MANDATE);
    if !held.is_empty() {
        let hand_on = Form::of(ACTS, "/mandat", "vidare", l.t("mandates-hand-on"))
            .folded(l.t("mandates-hand-a-mandate-on"))
            .select("mandate", l.t("common-mandate"), held)
            .select("to", l.t("common-to"), people_elsewhere(user))
            .ticks("gates", l.t("common-gates"), gates(l))
            .ask("up_to_kronor", l.t("mandates-at-most-in-kronor"))
            .ask("valid_from", l.t("mandates-in-force-from"))
            .ask("valid_until", l.t("mandates-in-force-until"));
        forms.push(hand_on);
    }
    let revocable = mandates(&REVOKE_MANDATE);
    if !revocable.is_empty() {
        let revoke = Form::of(ACTS, "/mandat", "aterkalla", l.t("mandates-revoke"))
            .folded(l.t("mandates-revoke-a-mandate"))
            .select("mandate", l.t("common-mandate"), revocable)
            .ask("from", l.t("common-from"));
        forms.push(revoke);
    }
    if Offered(&sets.actions).has(&ADOPT_CRITERIA) {
        let criteria = Form::of(ACTS, "/mandat", "kriterier", l.t("mandates-adopt"))
            .folded(l.t("mandates-adopt-the-standard-criteria"))
            .hidden("name", "standard")
            .ask("assessments_required", l.t("mandates-independent-assessments-required"))
            .value("2")
            .ask("load_cap", l.t("mandates-open-assessments-per-assessor-at"))
            .value("10");
        forms.push(criteria);
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
