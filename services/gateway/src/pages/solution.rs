//! One solution.

use super::{Asked, back_to, benefits};
use crate::act::{Act, Acts, refused, send};
use crate::error::WebError;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::session::User;
use crate::view::{Form, Page, Part, Row, Table, choices, facts, kronor, moment, text_part};
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::sharing::adoption::rights::REGISTER_INTEREST;
use idesluss_domain::sharing::solution::rights::{PUBLISH, RETIRE, VERSION};
use idesluss_proto::pb::sharing as pb;
use uuid::Uuid;

pub(super) async fn page(
    user: User,
    Path(solution): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &solution, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
async fn build(user: &User, solution: &str, after: Option<&str>) -> Result<Page, WebError> {
    let request = pb::GetSolutionRequest {
        query: user.asks(after),
        solution: solution.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    Ok(draw(user, &found))
}

fn draw(user: &User, found: &pb::GetSolutionResponse) -> Page {
    let l = user.lang;
    let Some(row) = &found.row else { return Page::default() };
    let draft = l.t("Utkast till lösning", "Draft of a solution");
    let mut page = Page::new(if row.title.is_empty() {
        draft.to_owned()
    } else {
        row.title.clone()
    });
    page.badge(phrases::solution_phase(l, row.phase()), false);
    page.badge(phrases::kind(l, row.kind()), false);
    page.badge(phrases::visibility(l, row.visibility()), false);
    if let Some(description) = &found.description {
        page.section(
            l.t("Vad det är", "What it is"),
            vec![Part::Text(description.summary.clone())],
        );
        page.section(
            l.t("Vad som krävs", "What it takes"),
            vec![Part::Text(description.prerequisites.clone())],
        );
        let cost = match description.cost_known {
            true => format!(
                "{} – {}",
                kronor(description.lowest_kronor),
                kronor(description.highest_kronor)
            ),
            false => String::new(),
        };
        let about = facts([
            (l.t("Från", "From"), user.organisation_name(&row.organisation)),
            (l.t("Kontakt", "Contact"), description.contact.clone()),
            (l.t("Licens", "Licence"), description.licence.clone()),
            (l.t("Kostnad", "Cost"), cost),
            (l.t("Version", "Version"), row.version.to_string()),
            (l.t("Förvaltare", "Steward"), user.name(&found.steward)),
            (
                l.t("Nytt i versionen", "New in this version"),
                found.changes.last().cloned().unwrap_or_default(),
            ),
            (
                l.t("Varför den inte erbjuds", "Why it is no longer offered"),
                found.retired_reason.clone(),
            ),
        ]);
        page.section(l.t("Bra att veta", "Good to know"), about);
    }
    if !found.benefits.is_empty() {
        page.section(l.t("Nytta", "Benefits"), benefits::parts(user, &found.benefits));
    }
    add_adoptions(user, &mut page, found);
    page.section(l.t("Vad du kan göra", "What you can do"), forms(user, found, row));
    page
}

fn add_adoptions(user: &User, page: &mut Page, found: &pb::GetSolutionResponse) {
    let l = user.lang;
    let mut parts: Vec<Part> = Vec::new();
    for lesson in &found.lessons {
        parts.push(Part::Note(format!(
            "{} {} {}",
            user.organisation_name(&lesson.organisation),
            l.t("slutade", "stopped"),
            moment(&lesson.discontinued_at)
        )));
        parts.extend(text_part(l, lesson.lesson.as_ref()));
    }
    for experience in &found.experiences {
        parts.push(Part::Note(format!(
            "{}, {}",
            user.organisation_name(&experience.organisation),
            moment(&experience.shared_at)
        )));
        parts.push(Part::Text(experience.experience.clone()));
    }
    page.section(l.t("Erfarenheter", "Experiences"), parts);
    if !found.adoptions.is_empty() {
        let row = |row: &pb::AdoptionRow| Row {
            href: if row.organisation == user.acting_as.organisation.as_str() && user.may::<pb::GetAdoptionRequest>() {
                format!("/inforanden/{}", row.adoption)
            } else {
                String::new()
            },
            cells: vec![
                user.organisation_name(&row.organisation),
                phrases::adoption_phase(l, row.phase()).to_owned(),
                phrases::adoption_form(l, row.form()).to_owned(),
                moment(&row.changed_at),
            ],
            urgent: false,
        };
        let table = Table {
            caption: l.t("Vilka som använder lösningen", "Who uses the solution").to_owned(),
            head: [
                l.t("Organisation", "Organisation"),
                l.t("Läge", "State"),
                l.t("Hur", "How"),
                l.t("Senast ändrad", "Last changed"),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: found.adoptions.iter().map(row).collect(),
            empty: String::new(),
        };
        page.section(l.t("Införanden", "Adoptions"), vec![table.into()]);
    }
}

fn forms(user: &User, found: &pb::GetSolutionResponse, row: &pb::SolutionRow) -> Vec<Part> {
    let l = user.lang;
    let at = format!("/losningar/{}", row.solution);
    let mut forms: Vec<Part> = Vec::new();
    let may = Offered(&found.actions);
    if may.has(&REGISTER_INTEREST) {
        let interest = Form::folded(
            format!("{at}/intresse"),
            l.t("Vi är intresserade", "We are interested"),
            l.t("Anmäl intresse", "Register interest"),
        )
        .hidden("adoption", Uuid::now_v7().to_string())
        .lines(
            "need",
            l.t("Vilket behov skulle den möta?", "Which need would it meet?"),
        )
        .optional();
        forms.push(interest.into());
    }
    if may.has(&PUBLISH) || may.has(&VERSION) {
        forms.push(describe(user, found, &at).into());
        if may.has(&RETIRE) && row.phase() == pb::SolutionPhase::Published {
            let retire = Form::folded(
                format!("{at}/dra-in"),
                l.t("Sluta erbjuda lösningen", "Stop offering the solution"),
                l.t("Sluta erbjuda", "Stop"),
            );
            forms.push(retire.lines("reason", l.t("Varför?", "Why?")).into());
        }
    }
    forms
}

fn describe(user: &User, found: &pb::GetSolutionResponse, at: &str) -> Form {
    let l = user.lang;
    let now = found.description.clone().unwrap_or_default();
    let kinds = [
        pb::SolutionKind::Product,
        pb::SolutionKind::Service,
        pb::SolutionKind::WayOfWorking,
    ];
    let sights = [pb::Visibility::Own, pb::Visibility::Region, pb::Visibility::Public];
    let number = |known: bool, value: u64| if known { value.to_string() } else { String::new() };
    let chosen = |value: i32| if value == 0 { String::new() } else { value.to_string() };
    let (action, summary, button) = if found.description.is_some() {
        (
            "version",
            l.t("Ny version", "New version"),
            l.t("Publicera versionen", "Publish the version"),
        )
    } else {
        (
            "publicera",
            l.t("Beskriv och publicera", "Describe and publish"),
            l.t("Publicera", "Publish"),
        )
    };
    let mut form = Form::folded(format!("{at}/{action}"), summary, button)
        .line("description.title", l.t("Titel", "Title"))
        .value(now.title)
        .lines(
            "description.summary",
            l.t(
                "Vilket problem löser den, och hur?",
                "Which problem does it solve, and how?",
            ),
        )
        .value(now.summary)
        .select(
            "description.kind",
            l.t("Slag", "Kind"),
            choices(kinds.map(|kind| (i32::from(kind), phrases::kind(l, kind)))),
        )
        .value(chosen(now.kind))
        .line("description.licence", l.t("Licens", "Licence"))
        .value(if now.licence.is_empty() {
            "CC-BY-4.0".to_owned()
        } else {
            now.licence
        })
        .line(
            "description.contact",
            l.t(
                "Kontakt (en funktion, inte en person)",
                "Contact (a function, not a person)",
            ),
        )
        .value(now.contact)
        .number(
            "description.lowest_kronor",
            l.t("Lägsta kostnad i kronor", "Lowest cost in kronor"),
        )
        .value(number(now.cost_known, now.lowest_kronor))
        .optional()
        .number(
            "description.highest_kronor",
            l.t("Högsta kostnad i kronor", "Highest cost in kronor"),
        )
        .value(number(now.cost_known, now.highest_kronor))
        .optional()
        .lines("description.prerequisites", l.t("Vad krävs?", "What does it take?"))
        .value(now.prerequisites)
        .select(
            "visibility",
            l.t("Vilka får se den?", "Who may see it?"),
            choices(sights.map(|sight| (i32::from(sight), phrases::visibility(l, sight)))),
        )
        .value(chosen(found.row.as_ref().map_or(0, |row| row.visibility)));
    if action == "version" {
        form = form.lines("changes", l.t("Vad är nytt?", "What is new?"));
    }
    form.tick(
        "cleared",
        l.t(
            "Texten har inga personuppgifter. Det som publiceras kan inte raderas.",
            "The text holds no personal data. What is published can't be erased.",
        ),
    )
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("publicera", Act::one::<pb::PublishSolutionRequest>()),
    ("version", Act::one::<pb::VersionSolutionRequest>()),
    ("dra-in", Act::one::<pb::RetireSolutionRequest>()),
    ("intresse", Act::one::<pb::RegisterInterestRequest>()),
];

pub(super) async fn act(
    user: User,
    Path((solution, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut posted = Posted(fields).with("solution", solution.clone());
    let costs = ["description.lowest_kronor", "description.highest_kronor"];
    if costs.iter().all(|cost| !posted.get(cost).trim().is_empty()) {
        posted = posted.with("description.cost_known", "ja".to_owned());
    }
    let page = match act.as_str() {
        "intresse" => format!("/inforanden/{}", posted.get("adoption")),
        _ => format!("/losningar/{solution}"),
    };
    match send(&user, ACTS, &act, &posted).await? {
        Ok(token) => Ok(back_to(&page, token)),
        Err(status) => {
            let drawn = build(&user, &solution, None).await;
            refused(&user, drawn, &format!("/losningar/{solution}/{act}"), &posted, &status)
        }
    }
}
