//! What an organisation is and promises, and the lists that its people choose from, for its administrators.

use super::{Asked, carry_out_here};
use crate::act::{Act, Acts};
use crate::components::Link;
use crate::error::WebError;
use crate::form::{Form, choices, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::legacy::{Page, Part, facts};
use crate::offered::Offered;
use crate::posted::Posted;
use crate::refill::WithForms as _;
use crate::session::User;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::identity::organisations::{ADOPT_CODES, CHANGE_ORGANISATION, CONFIRM_ROLES};
use idesluss_proto::pb::identity as pb;

/// How many new codes one form has room for.
const NEW_CODES: usize = 5;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, asked.after.as_deref()).await?.draw(&user)
}

async fn build(user: &User, after: Option<&str>) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::ListOrganisationsRequest {
        query: user.asks(after),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let home = user.acting_as.organisation.as_str();
    let own = found.organisations.into_iter().find(|known| known.organisation == home);
    let own = own.unwrap_or_default();
    let settings = own.settings.clone().unwrap_or_default();
    let mut page = Page::new(Frame::of(user), settings.name.clone());
    page.section(
        "",
        facts([
            (l.t("organisation-short-name"), own.organisation.clone()),
            (l.t("common-kind"), kind_name(l, settings.kind()).to_owned()),
            (l.t("organisation-references-begin-with"), settings.prefix.clone()),
            (
                l.t("organisation-an-answer-is-promised-within"),
                format!("{} {}", settings.answer_working_days, l.t("organisation-working-days")),
            ),
            (
                l.t("organisation-a-decision-is-promised-within"),
                format!("{} {}", settings.decision_days, l.t("organisation-days")),
            ),
            (l.t("organisation-administrators"), own.administrators.to_string()),
        ]),
    );
    let may = Offered(&own.actions);
    let mut parts: Vec<Part> = Vec::new();
    if may.has(&CONFIRM_ROLES) {
        let confirm = Form::new(
            "/organisation/bekrafta-roller",
            l.t("organisation-we-have-gone-through-the"),
        )
        .note(l.t("organisation-what-is-known-of-who"));
        parts.push(Part::Links(vec![Link {
            href: "/personer".to_owned(),
            text: l.t("organisation-go-through-the-people").to_owned(),
        }]));
        parts.push(confirm.into());
    }
    if may.has(&CHANGE_ORGANISATION) {
        parts.push(change(l, &settings).into());
    }
    if may.has(&ADOPT_CODES) {
        parts.push(codes(l, "omraden", 1, l.t("organisation-parts-of-the-work"), &own.areas).into());
        parts.push(codes(l, "enheter", 2, l.t("organisation-units"), &own.units).into());
    }
    page.section(l.t("common-what-you-can-do"), parts);
    Ok(page)
}

fn kind_name(l: Lang, kind: pb::OrganisationKind) -> &'static str {
    match kind {
        pb::OrganisationKind::Municipality => l.t("organisation-municipality"),
        pb::OrganisationKind::Federation => l.t("organisation-federation-of-municipalities"),
        pb::OrganisationKind::Company => l.t("organisation-company-or-other-partner"),
        pb::OrganisationKind::Unspecified => "",
    }
}

fn change(l: Lang, own: &pb::OrganisationSettings) -> Form {
    let kinds = [
        pb::OrganisationKind::Municipality,
        pb::OrganisationKind::Federation,
        pb::OrganisationKind::Company,
    ];
    let kinds = choices(kinds.map(|kind| (kind.into(), kind_name(l, kind))));
    let form = Form::folded(
        "/organisation/andra",
        l.t("organisation-change-the-details"),
        l.t("common-change"),
    )
    .note(l.t("organisation-what-you-have-promised-about"))
    .line("settings.name", l.t("common-name"))
    .value(own.name.clone())
    .line("settings.prefix", l.t("organisation-references-begin-with"))
    .value(own.prefix.clone())
    .select("settings.kind", l.t("common-kind"), kinds)
    .value(own.kind.to_string())
    .tick("settings.public_body", l.t("organisation-public-body-under-the-law"))
    .optional();
    let form = if own.public_body { form.value("ja") } else { form };
    form.number(
        "settings.answer_working_days",
        l.t("organisation-answer-within-so-many-working"),
    )
    .value(own.answer_working_days.to_string())
    .number(
        "settings.decision_days",
        l.t("organisation-decision-within-so-many-days"),
    )
    .value(own.decision_days.to_string())
}

fn codes(l: Lang, act: &str, list: i32, heading: &str, known: &[pb::Code]) -> Form {
    let mut form = Form::folded(
        format!("/organisation/{act}"),
        heading,
        l.t("organisation-save-the-list"),
    )
    .note(l.t("organisation-the-code-is-what-is"))
    .hidden("list", list.to_string());
    for index in 0..known.len() + NEW_CODES {
        let (code, name) = known
            .get(index)
            .map(|known| (&*known.code, &*known.name))
            .unwrap_or_default();
        let row = (index + 1).to_string();
        form = form
            .line(&format!("codes[{index}].code"), &in_row(l, "organisation-code", &row))
            .optional()
            .value(code)
            .line(&format!("codes[{index}].name"), &in_row(l, "common-name", &row))
            .optional()
            .value(name);
    }
    form
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("bekrafta-roller", Act::one::<pb::ConfirmRolesRequest>()),
    ("andra", Act::one::<pb::ChangeOrganisationRequest>()),
    ("omraden", Act::one::<pb::AdoptCodesRequest>()),
    ("enheter", Act::one::<pb::AdoptCodesRequest>()),
];

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    carry_out_here(&user, (ACTS, &act), &posted, "/organisation", build(&user, None)).await
}
