//! One solution.

use super::{Asked, Way, benefits, carry_out};
use crate::act::{Act, Acts};
use crate::components::{Row, Table};
use crate::error::WebError;
use crate::form::{Form, choices};
use crate::frame::Frame;
use crate::legacy::{Page, Part, facts, text_part};
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::{kronor, moment};
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
    let draft = l.t("solution-draft-of-a-solution");
    let mut page = Page::new(
        Frame::of(user),
        if row.title.is_empty() {
            draft.to_owned()
        } else {
            row.title.clone()
        },
    );
    page.badge(phrases::solution_phase(l, row.phase()), false);
    page.badge(phrases::kind(l, row.kind()), false);
    page.badge(phrases::visibility(l, row.visibility()), false);
    if let Some(description) = &found.description {
        page.section(
            l.t("solution-what-it-is"),
            vec![Part::Text(description.summary.clone())],
        );
        page.section(
            l.t("solution-what-it-takes"),
            vec![Part::Text(description.prerequisites.clone())],
        );
        let cost = match description.cost_known {
            true => format!(
                "{} – {}",
                kronor(l, description.lowest_kronor),
                kronor(l, description.highest_kronor)
            ),
            false => String::new(),
        };
        let about = facts([
            (l.t("common-from-2"), user.organisation_name(&row.organisation)),
            (l.t("solution-contact"), description.contact.clone()),
            (l.t("solution-licence"), description.licence.clone()),
            (l.t("common-cost"), cost),
            (l.t("common-version"), row.version.to_string()),
            (l.t("solution-steward"), user.name(&found.steward)),
            (
                l.t("solution-new-in-this-version"),
                found.changes.last().cloned().unwrap_or_default(),
            ),
            (l.t("solution-why-it-is-no-longer"), found.retired_reason.clone()),
        ]);
        page.section(l.t("solution-good-to-know"), about);
    }
    if !found.benefits.is_empty() {
        page.section(l.t("common-benefits"), benefits::parts(user, &found.benefits));
    }
    add_adoptions(user, &mut page, found);
    page.section(l.t("common-what-you-can-do"), forms(user, found, row));
    page
}

fn add_adoptions(user: &User, page: &mut Page, found: &pb::GetSolutionResponse) {
    let l = user.lang;
    let mut parts: Vec<Part> = Vec::new();
    for lesson in &found.lessons {
        parts.push(Part::Note(format!(
            "{} {} {}",
            user.organisation_name(&lesson.organisation),
            l.t("solution-stopped"),
            moment(l, &lesson.discontinued_at)
        )));
        parts.extend(text_part(l, lesson.lesson.as_ref()));
    }
    for experience in &found.experiences {
        parts.push(Part::Note(format!(
            "{}, {}",
            user.organisation_name(&experience.organisation),
            moment(l, &experience.shared_at)
        )));
        parts.push(Part::Text(experience.experience.clone()));
    }
    page.section(l.t("solution-experiences"), parts);
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
                moment(l, &row.changed_at),
            ],
            urgent: false,
        };
        let table = Table {
            caption: l.t("solution-who-uses-the-solution").to_owned(),
            head: [
                l.t("common-organisation"),
                l.t("common-state"),
                l.t("solution-how"),
                l.t("common-last-changed"),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: found.adoptions.iter().map(row).collect(),
            empty: String::new(),
            ..Table::default()
        };
        page.section(l.t("common-adoptions"), vec![table.into()]);
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
            l.t("solution-we-are-interested"),
            l.t("solution-register-interest"),
        )
        .hidden("adoption", Uuid::now_v7().to_string())
        .lines("need", l.t("solution-which-need-would-it-meet"))
        .optional();
        forms.push(interest.into());
    }
    if may.has(&PUBLISH) || may.has(&VERSION) {
        forms.push(describe(user, found, &at).into());
        if may.has(&RETIRE) && row.phase() == pb::SolutionPhase::Published {
            let retire = Form::folded(
                format!("{at}/dra-in"),
                l.t("solution-stop-offering-the-solution"),
                l.t("solution-stop"),
            );
            forms.push(retire.lines("reason", l.t("common-why")).into());
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
            l.t("solution-new-version"),
            l.t("solution-publish-the-version"),
        )
    } else {
        (
            "publicera",
            l.t("solution-describe-and-publish"),
            l.t("solution-publish"),
        )
    };
    let mut form = Form::folded(format!("{at}/{action}"), summary, button)
        .line("description.title", l.t("common-title"))
        .value(now.title)
        .lines("description.summary", l.t("solution-which-problem-does-it-solve"))
        .value(now.summary)
        .select(
            "description.kind",
            l.t("common-kind"),
            choices(kinds.map(|kind| (i32::from(kind), phrases::kind(l, kind)))),
        )
        .value(chosen(now.kind))
        .line("description.licence", l.t("solution-licence"))
        .value(if now.licence.is_empty() {
            "CC-BY-4.0".to_owned()
        } else {
            now.licence
        })
        .line("description.contact", l.t("solution-contact-a-function-not-a"))
        .value(now.contact)
        .number("description.lowest_kronor", l.t("solution-lowest-cost-in-kronor"))
        .value(number(now.cost_known, now.lowest_kronor))
        .optional()
        .number("description.highest_kronor", l.t("solution-highest-cost-in-kronor"))
        .value(number(now.cost_known, now.highest_kronor))
        .optional()
        .lines("description.prerequisites", l.t("solution-what-does-it-take"))
        .value(now.prerequisites)
        .select(
            "visibility",
            l.t("solution-who-may-see-it"),
            choices(sights.map(|sight| (i32::from(sight), phrases::visibility(l, sight)))),
        )
        .value(chosen(found.row.as_ref().map_or(0, |row| row.visibility)));
    if action == "version" {
        form = form.lines("changes", l.t("solution-what-is-new"));
    }
    form.tick("cleared", l.t("solution-the-text-holds-no-personal"))
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("publicera", Act::one::<pb::PublishSolutionRequest>().confirmed()),
    ("version", Act::one::<pb::VersionSolutionRequest>()),
    ("dra-in", Act::one::<pb::RetireSolutionRequest>().confirmed()),
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
    let way = Way {
        action: &format!("/losningar/{solution}/{act}"),
        next: &page,
    };
    carry_out(&user, (ACTS, &act), &posted, way, build(&user, &solution, None)).await
}
