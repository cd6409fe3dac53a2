//! What an organisation is and promises, and the lists that its people choose from, for its administrators.

use super::{Asked, carry_out};
use crate::act::{Act, Acts};
use crate::error::WebError;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::posted::Posted;
use crate::session::User;
use crate::view::{Form, Link, Page, Part, choices, facts};
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
    let mut page = Page::new(settings.name.clone());
    page.section(
        "",
        facts([
            (l.t("Kortnamn", "Short name"), own.organisation.clone()),
            (l.t("Slag", "Kind"), kind_name(l, settings.kind()).to_owned()),
            (
                l.t("Referenser börjar med", "References begin with"),
                settings.prefix.clone(),
            ),
            (
                l.t("Svar lovas inom", "An answer is promised within"),
                format!(
                    "{} {}",
                    settings.answer_working_days,
                    l.t("arbetsdagar", "working days")
                ),
            ),
            (
                l.t("Beslut lovas inom", "A decision is promised within"),
                format!("{} {}", settings.decision_days, l.t("dagar", "days")),
            ),
            (l.t("Administratörer", "Administrators"), own.administrators.to_string()),
        ]),
    );
    let may = Offered(&own.actions);
    let mut parts: Vec<Part> = Vec::new();
    if may.has(&CONFIRM_ROLES) {
        let confirm = Form::new("/organisation/bekrafta-roller", l.t("Vi har gått igenom personerna: bekräfta alla roller", "We have gone through the people: confirm all roles"))
            .note(l.t(
                "Uppgifterna om vem som har vilken roll har lagts tillbaka från en säkerhetskopia. En roll som ni tog tillbaka efter den kan stå kvar. Gå igenom personerna och ta tillbaka det som inte stämmer. Sedan gäller alla andra roller igen när du bekräftar dem här.",
                "What is known of who holds which role was put back from a backup. A role that you took back after it may still stand there. Go through the people and take back what is not right. Then all other roles count again when you confirm them here.",
            ));
        parts.push(Part::Links(vec![Link {
            href: "/personer".to_owned(),
            text: l.t("Gå igenom personerna", "Go through the people").to_owned(),
        }]));
        parts.push(confirm.into());
    }
    if may.has(&CHANGE_ORGANISATION) {
        parts.push(change(l, &settings).into());
    }
    if may.has(&ADOPT_CODES) {
        parts.push(
            codes(
                l,
                "omraden",
                1,
                l.t("Områden i verksamheten", "Parts of the work"),
                &own.areas,
            )
            .into(),
        );
        parts.push(codes(l, "enheter", 2, l.t("Enheter", "Units"), &own.units).into());
    }
    page.section(l.t("Vad du kan göra", "What you can do"), parts);
    Ok(page)
}

fn kind_name(l: Lang, kind: pb::OrganisationKind) -> &'static str {
    match kind {
        pb::OrganisationKind::Municipality => l.t("Kommun", "Municipality"),
        pb::OrganisationKind::Federation => l.t("Kommunalförbund", "Federation of municipalities"),
        pb::OrganisationKind::Company => l.t("Bolag eller annan partner", "Company or other partner"),
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
        l.t("Ändra uppgifterna", "Change the details"),
        l.t("Ändra", "Change"),
    )
    .note(l.t(
        "Det ni redan har lovat om en idé ändras inte.",
        "What you have promised about an idea already stays.",
    ))
    .line("settings.name", l.t("Namn", "Name"))
    .value(own.name.clone())
    .line("settings.prefix", l.t("Referenser börjar med", "References begin with"))
    .value(own.prefix.clone())
    .select("settings.kind", l.t("Slag", "Kind"), kinds)
    .value(own.kind.to_string())
    .tick(
        "settings.public_body",
        l.t(
            "Omfattas av offentlighetsprincipen",
            "Public body under the law on public access",
        ),
    )
    .optional();
    let form = if own.public_body { form.value("ja") } else { form };
    form.number(
        "settings.answer_working_days",
        l.t("Svar inom så många arbetsdagar", "Answer within so many working days"),
    )
    .value(own.answer_working_days.to_string())
    .number(
        "settings.decision_days",
        l.t("Beslut inom så många dagar", "Decision within so many days"),
    )
    .value(own.decision_days.to_string())
}

fn codes(l: Lang, act: &str, list: i32, heading: &str, known: &[pb::Code]) -> Form {
    let mut form = Form::folded(
        format!("/organisation/{act}"),
        heading,
        l.t("Spara listan", "Save the list"),
    )
    .note(l.t(
        "Koden är det som sparas, till exempel hemtjanst. Namnet är det som visas. En tom rad tas bort.",
        "The code is what is stored, such as home-care; the name is what is shown. An empty row is taken away.",
    ))
    .hidden("list", list.to_string());
    for index in 0..known.len() + NEW_CODES {
        let (code, name) = known
            .get(index)
            .map(|known| (&*known.code, &*known.name))
            .unwrap_or_default();
        form = form
            .line(&format!("codes[{index}].code"), l.t("Kod", "Code"))
            .optional()
            .value(code)
            .line(&format!("codes[{index}].name"), l.t("Namn", "Name"))
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
    carry_out(&user, ACTS, &act, &posted, "/organisation", build(&user, None)).await
}
