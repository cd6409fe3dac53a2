//! What an organisation is and promises, and the lists that its people choose from, for its administrators.

use super::{Asked, MOST_PARTS, carry_out_here};
use crate::act::{Act, Acts};
use crate::components::{Facts, facts};
use crate::error::{ErrorKind, WebError};
use crate::form::{Form, all_called, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::posted::Posted;
use crate::refill::WithForms;
use crate::session::User;
use askama::Template;
use axum::extract::{Form as Sent, Multipart, Path, Query};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use idesluss_domain::identity::organisations::{
    ADOPT_CODES, ADOPT_TERMS, ALLOW_PRIVATE_LINKS, CHANGE_LOOK, CHANGE_ORGANISATION, CONFIRM_ROLES, STOP_PRIVATE_LINKS,
};
use idesluss_domain::words::{LARGEST_LOGO, LARGEST_LOGO_KIBIBYTES, MOST_PIXELS, MediaType};
use idesluss_proto::pb::identity as pb;

/// How many new codes one form has room for.
const NEW_CODES: usize = 5;

/// An organisation's page: confirming its roles on top, where that waits.
#[derive(Template)]
#[template(path = "organisation.html")]
struct OrganisationPage {
    frame: Frame,
    name: String,
    /// None: no roles wait to be confirmed.
    confirm: Option<Form>,
    about: Facts,
    forms: Vec<Form>,
}

impl WithForms for OrganisationPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.confirm.iter_mut().chain(&mut self.forms).collect()
    }
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, asked.after.as_deref()).await?.draw(&user)
}

async fn build(user: &User, after: Option<&str>) -> Result<OrganisationPage, WebError> {
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
    let count = |name: &'static str, number: u32| l.say(name, &[("count", &number.to_string())]);
    Ok(OrganisationPage {
        frame: Frame::of(user),
        name: settings.name.clone(),
        confirm: Offered(&own.actions).has(&CONFIRM_ROLES).then(|| confirm(l)),
        about: facts([
            (l.t("organisation-short-name"), own.organisation.clone()),
            (l.t("common-kind"), kind_name(l, settings.kind()).to_owned()),
            (l.t("organisation-references-begin-with"), settings.prefix.clone()),
            (
                l.t("organisation-an-answer-is-promised-within"),
                count("organisation-working-days", settings.answer_working_days),
            ),
            (
                l.t("organisation-a-decision-is-promised-within"),
                count("organisation-days", settings.decision_days),
            ),
            (
                l.t("organisation-a-session-ends"),
                l.say(
                    "organisation-session-limits",
                    &[
                        ("minutes", &settings.idle_minutes.to_string()),
                        ("hours", &settings.session_hours.to_string()),
                    ],
                ),
            ),
            (l.t("organisation-terms-for-ideas"), own.terms_in_force.clone()),
            (l.t("organisation-look"), own.colour.clone()),
            (l.t("organisation-without-account"), without_account(l, user, &own)),
            (l.t("organisation-administrators"), l.grouped(own.administrators.into())),
        ]),
        forms: forms(l, &own),
    })
}

pub(super) fn confirm(l: Lang) -> Form {
    let button = l.t("organisation-we-have-gone-through-the");
    Form::of(ACTS, "/organisation", "bekrafta-roller", button)
}

/// What can be changed, each folded.
pub(super) fn forms(l: Lang, own: &pb::Organisation) -> Vec<Form> {
    let may = Offered(&own.actions);
    let mut forms = Vec::new();
    if may.has(&CHANGE_ORGANISATION) {
        forms.push(change(l, &own.settings.clone().unwrap_or_default()));
    }
    if may.has(&ADOPT_CODES) {
        forms.push(codes(
            l,
            "omraden",
            pb::CodeList::Areas,
            l.t("organisation-parts-of-the-work"),
            &own.areas,
        ));
        forms.push(codes(
            l,
            "enheter",
            pb::CodeList::Units,
            l.t("organisation-units"),
            &own.units,
        ));
    }
    if may.has(&ADOPT_TERMS) {
        forms.push(adopt_terms(l, own.terms.as_ref()));
    }
    if may.has(&CHANGE_LOOK) {
        forms.push(change_look(l, &own.colour));
    }
    if may.has(&ALLOW_PRIVATE_LINKS) {
        forms.push(allow_links(l, own.ideas_per_day));
    }
    if may.has(&STOP_PRIVATE_LINKS) {
        forms.push(
            Form::of(ACTS, "/organisation", "bara-med-konto", l.t("organisation-stop-links"))
                .folded(l.t("organisation-stop-links"))
                .note(l.t("organisation-stop-links-note")),
        );
    }
    forms
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
    let kinds = all_called(|kind| kind_name(l, kind));
    let form = Form::of(ACTS, "/organisation", "andra", l.t("common-change"))
        .folded(l.t("organisation-change-the-details"))
        .note(l.t("organisation-what-you-have-promised-about"))
        .ask("settings.name", l.t("common-name"))
        .value(own.name.clone())
        .ask("settings.prefix", l.t("organisation-references-begin-with"))
        .value(own.prefix.clone())
        .select("settings.kind", l.t("common-kind"), kinds)
        .value(own.kind.to_string())
        .ask("settings.public_body", l.t("organisation-public-body-under-the-law"));
    let form = if own.public_body { form.value("ja") } else { form };
    form.ask(
        "settings.answer_working_days",
        l.t("organisation-answer-within-so-many-working"),
    )
    .value(own.answer_working_days.to_string())
    .ask(
        "settings.decision_days",
        l.t("organisation-decision-within-so-many-days"),
    )
    .value(own.decision_days.to_string())
    .ask("settings.idle_minutes", l.t("organisation-signed-out-without-use"))
    .value(own.idle_minutes.to_string())
    .ask("settings.session_hours", l.t("organisation-signed-out-at-the-latest"))
    .value(own.session_hours.to_string())
}

/// How many ideas a day come without an account, and where they are given.
fn without_account(l: Lang, user: &User, own: &pb::Organisation) -> String {
    match own.ideas_per_day {
        0 => l.t("organisation-no-links").to_owned(),
        number => l.say(
            "organisation-links-allowed",
            &[
                ("count", &number.to_string()),
                (
                    "address",
                    &user.web.absolute(&format!("/lank/till/{}", own.organisation)),
                ),
            ],
        ),
    }
}

fn allow_links(l: Lang, ideas_per_day: u32) -> Form {
    let form = Form::of(ACTS, "/organisation", "utan-konto", l.t("common-save"))
        .folded(l.t("organisation-allow-links"))
        .note(l.t("organisation-allow-links-note"))
        .ask("ideas_per_day", l.t("organisation-ideas-per-day"))
        .help(l.t("organisation-ideas-per-day-help"));
    match ideas_per_day {
        0 => form,
        number => form.value(number.to_string()),
    }
}

fn adopt_terms(l: Lang, own: Option<&pb::Terms>) -> Form {
    let own = own.cloned().unwrap_or_default();
    Form::of(ACTS, "/organisation", "villkor", l.t("organisation-adopt-terms"))
        .folded(l.t("organisation-adopt-terms"))
        .note(l.t("organisation-terms-note"))
        .ask("terms.sv", l.t("organisation-in-swedish"))
        .value(own.sv)
        .ask("terms.en", l.t("organisation-in-english"))
        .value(own.en)
}

fn change_look(l: Lang, colour: &str) -> Form {
    let kibibytes = LARGEST_LOGO_KIBIBYTES.to_string();
    let max = ("max", kibibytes.as_str());
    Form::of(ACTS, "/organisation", "utseende", l.t("organisation-change-look"))
        .folded(l.t("organisation-change-look"))
        .ask("colour", l.t("organisation-colour"))
        .value(colour)
        .help(l.t("organisation-colour-help"))
        .upload(
            "logo",
            l.t("organisation-logo"),
            &[MediaType::Png],
            LARGEST_LOGO,
            l.say("organisation-logo-not-taken", &[max]),
        )
        .optional()
        .help(&l.say("organisation-logo-help", &[max, ("pixels", &MOST_PIXELS.to_string())]))
        .tick("without_logo", l.t("organisation-without-logo"))
        .optional()
}

fn codes(l: Lang, act: &str, list: pb::CodeList, heading: &str, known: &[pb::Code]) -> Form {
    let mut form = Form::of(ACTS, "/organisation", act, l.t("organisation-save-the-list"))
        .folded(heading)
        .note(l.t("organisation-the-code-is-what-is"))
        .hidden("list", i32::from(list).to_string());
    for index in 0..known.len() + NEW_CODES {
        let (code, name) = known
            .get(index)
            .map(|known| (&*known.code, &*known.name))
            .unwrap_or_default();
        let row = (index + 1).to_string();
        form = form
            .ask(&format!("codes[{index}].code"), &in_row(l, "organisation-code", &row))
            .optional()
            .value(code)
            .ask(&format!("codes[{index}].name"), &in_row(l, "common-name", &row))
            .optional()
            .value(name);
    }
    form
}

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("bekrafta-roller", Act::one::<pb::ConfirmRolesRequest>()),
    ("andra", Act::one::<pb::ChangeOrganisationRequest>()),
    ("omraden", Act::one::<pb::AdoptCodesRequest>()),
    ("enheter", Act::one::<pb::AdoptCodesRequest>()),
    ("villkor", Act::one::<pb::AdoptTermsRequest>()),
    ("utseende", Act::one::<pb::ChangeLookRequest>()),
    ("utan-konto", Act::one::<pb::AllowPrivateLinksRequest>()),
    ("bara-med-konto", Act::one::<pb::StopPrivateLinksRequest>()),
];

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    carry_out_here(&user, (ACTS, &act), &posted, "/organisation", build(&user, None)).await
}

/// The look comes with a picture: its bytes become text, as the contract has them. Without one the logo stays as it is, unless it is to go.
pub(super) async fn look(user: User, mut sent: Multipart) -> Result<Response, WebError> {
    let bad = || WebError::new(user.lang, ErrorKind::BadFile);
    let mut posted = Posted::default();
    let (mut chosen, mut parts) = (None, 0);
    while let Some(mut field) = sent.next_field().await.map_err(|_| bad())? {
        let name = field.name().ok_or_else(bad)?.to_owned();
        let mut bytes = Vec::new();
        let mut is_too_large = false;
        // What is too large is read to its end, so that the browser shows why, and not kept.
        while let Some(piece) = field.chunk().await.map_err(|_| bad())? {
            is_too_large |= bytes.len() + piece.len() > LARGEST_PART;
            if !is_too_large {
                bytes.extend_from_slice(&piece);
            }
        }
        parts += 1;
        if parts > MOST_PARTS {
            return Err(bad());
        }
        match name.as_str() {
            // Of several the first counts, as in every field.
            "logo" if chosen.is_some() => {}
            "logo" if is_too_large => chosen = Some(TOO_LARGE.to_owned()),
            "logo" => chosen = Some(BASE64.encode(&bytes)),
            _ if is_too_large => return Err(WebError::new(user.lang, ErrorKind::TooLarge)),
            _ => posted.0.push((name, String::from_utf8(bytes).map_err(|_| bad())?)),
        }
    }
    let chosen = chosen.unwrap_or_default();
    let logo = match (chosen.is_empty(), posted.ticked("without_logo")) {
        (false, _) => chosen,
        (true, true) => String::new(),
        (true, false) => user.logo().map(|picture| BASE64.encode(picture)).unwrap_or_default(),
    };
    let posted = posted.with("logo", logo);
    carry_out_here(&user, (ACTS, "utseende"), &posted, "/organisation", build(&user, None)).await
}

/// The largest part of a form with a logo: a little more than the logo may have, so that whoever chose another one hears why.
const LARGEST_PART: usize = LARGEST_LOGO as usize + 1024;
/// What stands for a picture that was not kept: no picture.
const TOO_LARGE: &str = "-";
