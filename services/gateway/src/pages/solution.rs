//! One solution.

use super::benefits::Measured;
use super::solutions::of_drafts;
use super::{Asked, Way, carry_out};
use crate::act::{Act, Acts};
use crate::components::{
    Badges, Facts, Link, Message, Next, Prose, Row, Table, Texts, Thread, Wording, facts, written,
};
use crate::error::WebError;
use crate::form::{Form, all_called};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::{WithForms, refused};
use crate::session::User;
use crate::view::{kronor, moment, text};
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::sharing::adoption::rights::REGISTER_INTEREST;
use idesluss_domain::sharing::solution::rights::{PUBLISH, RETIRE, VERSION};
use idesluss_proto::Problem;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::pb::submission::GetIdeaRequest;
use idesluss_proto::status::invalid_field;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A solution's page: what it solves and whether that is proved before what it takes.
#[derive(Template)]
#[template(path = "solution.html")]
struct SolutionPage {
    frame: Frame,
    title: Wording,
    badges: Badges,
    /// Leads to the idea that a draft comes from; None: it has been published.
    idea: Option<Link>,
    /// Why it is no longer offered.
    retired: Texts,
    next: Option<Next>,
    /// Leads to the reader's own adoption of it; None: there is none.
    adopted: Option<Link>,
    solves: Prose,
    measured: Option<Measured>,
    users: Option<Table>,
    told: Thread,
    takes: Prose,
    cost: Facts,
    /// What whoever offers it says of it beside.
    terms: Texts,
    about: Facts,
    others: Vec<Form>,
}

impl WithForms for SolutionPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        let next = self.next.as_mut().map(|next| &mut next.form);
        next.into_iter().chain(&mut self.others).collect()
    }

    fn subject(&self, _: &str) -> Option<(Wording, Badges)> {
        Some((self.title.clone(), self.badges.clone()))
    }
}

pub(super) async fn page(
    user: User,
    Path(solution): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &solution, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
async fn build(user: &User, solution: &str, after: Option<&str>) -> Result<SolutionPage, WebError> {
    let request = pb::GetSolutionRequest {
        query: user.asks(after),
        solution: solution.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let ideas = of_drafts(user, found.row.as_slice()).await;
    Ok(view(user, &found, &ideas))
}

fn view(user: &User, found: &pb::GetSolutionResponse, ideas: &BTreeMap<String, Wording>) -> SolutionPage {
    let l = user.lang;
    let row = found.row.clone().unwrap_or_default();
    let description = found.description.clone().unwrap_or_default();
    let adopted = adopted(user, found);
    let (next, others) = forms(user, found, &row, adopted.is_some());
    let is_described = found.description.is_some();
    SolutionPage {
        frame: Frame::of(user),
        title: match ideas.get(&row.idea) {
            Some(idea) => idea.clone(),
            None => Wording::written(&row.title).or(l.t("solution-draft-of-a-solution")),
        },
        idea: (ideas.contains_key(&row.idea))
            .then(|| user.link::<GetIdeaRequest>(&format!("/ideer/{}", row.idea), "common-to-the-idea"))
            .flatten(),
        badges: Badges::default()
            .and(phrases::solution_phase(l, row.phase()), false)
            .and(phrases::kind(l, row.kind()), false)
            .and(phrases::visibility(l, row.visibility()), false),
        retired: written([(
            l.t("solution-why-it-is-no-longer"),
            Wording::written(&found.retired_reason),
        )]),
        next,
        adopted,
        measured: (!found.benefits.is_empty()).then(|| Measured::of(user, &found.benefits)),
        users: (!found.adoptions.is_empty()).then(|| users(user, &found.adoptions)),
        told: experiences(user, found),
        cost: facts([(l.t("common-cost"), cost(l, &description))]),
        terms: written([
            (l.t("solution-contact"), Wording::written(description.contact)),
            (l.t("solution-licence"), Wording::written(description.licence)),
            (
                l.t("solution-new-in-this-version"),
                Wording::written(found.changes.last().cloned().unwrap_or_default()),
            ),
        ]),
        about: match is_described {
            true => facts([
                (l.t("common-from-2"), user.organisation_name(&row.organisation)),
                (l.t("solution-steward"), user.name(&found.steward)),
                (l.t("common-version"), row.version.to_string()),
            ]),
            false => Facts::default(),
        },
        solves: Prose(Wording::written(description.summary)),
        takes: Prose(Wording::written(description.prerequisites)),
        others,
    }
}

/// What it costs to take into use; empty: nobody knows.
fn cost(l: Lang, description: &pb::Description) -> String {
    let (lowest, highest) = (description.lowest_kronor, description.highest_kronor);
    match description.cost_known {
        false => String::new(),
        true if lowest == highest => kronor(l, lowest),
        true => l.say(
            "solution-cost-from-to",
            &[("lowest", &kronor(l, lowest)), ("highest", &kronor(l, highest))],
        ),
    }
}

/// Leads to the reader's own adoption that goes on.
fn adopted(user: &User, found: &pb::GetSolutionResponse) -> Option<Link> {
    let goes_on = |row: &&pb::AdoptionRow| row.phase() != pb::AdoptionPhase::Discontinued;
    let own = (found.adoptions.iter().filter(goes_on)).find_map(|row| own_adoption(user, row))?;
    Some(Link::new(own, user.lang.t("solution-to-our-adoption")))
}

/// The page of an adoption, for those whose it is.
fn own_adoption(user: &User, row: &pb::AdoptionRow) -> Option<String> {
    let is_own = row.organisation == user.acting_as.organisation.as_str() && user.may::<pb::GetAdoptionRequest>();
    is_own.then(|| format!("/inforanden/{}", row.adoption))
}

fn users(user: &User, adoptions: &[pb::AdoptionRow]) -> Table {
    let l = user.lang;
    let head = [
        l.t("common-organisation"),
        l.t("common-state"),
        l.t("solution-how"),
        l.t("common-last-changed"),
    ];
    let row = |row: &pb::AdoptionRow| Row {
        href: own_adoption(user, row).unwrap_or_default(),
        ..Row::of([
            user.organisation_name(&row.organisation),
            phrases::adoption_phase(l, row.phase()),
            phrases::adoption_form(l, row.form()).to_owned(),
            moment(l, &row.changed_at),
        ])
    };
    Table::new(l.t("common-adoptions"), head).rows(adoptions.iter().map(row))
}

/// What those who stopped learnt, and what those who use it tell.
fn experiences(user: &User, found: &pb::GetSolutionResponse) -> Thread {
    let l = user.lang;
    let by = |name: &'static str, organisation: &str, time: &str| {
        let who = user.organisation_name(organisation);
        l.say(name, &[("who", &who), ("when", &moment(l, time))])
    };
    let lessons = found.lessons.iter().map(|lesson| Message {
        heading: l.t("solution-a-lesson").to_owned(),
        by: by("solution-stopped", &lesson.organisation, &lesson.discontinued_at),
        text: Prose(text(l, lesson.lesson.as_ref())),
        ..Message::default()
    });
    let experiences = found.experiences.iter().map(|told| Message {
        heading: l.t("solution-an-experience").to_owned(),
        by: by("solution-told", &told.organisation, &told.shared_at),
        text: Prose(Wording::written(&told.experience)),
        ..Message::default()
    });
    lessons.chain(experiences).fold(Thread::default(), Thread::and)
}

/// What comes next, and what can be done as well.
pub(super) fn forms(
    user: &User,
    found: &pb::GetSolutionResponse,
    row: &pb::SolutionRow,
    is_adopted: bool,
) -> (Option<Next>, Vec<Form>) {
    let l = user.lang;
    let at = format!("/losningar/{}", row.solution);
    let may = Offered(&found.actions);
    let (mut next, mut others) = (None, Vec::new());
    if may.has(&PUBLISH) {
        next = Some(Next::of(describe(user, found, &at)));
    }
    if may.has(&REGISTER_INTEREST) {
        let interest = Form::of(ACTS, &at, "intresse", l.t("solution-register-interest"))
            .folded(l.t("solution-we-are-interested"))
            .hidden("adoption", Uuid::now_v7().to_string())
            .ask("need", l.t("solution-which-need-would-it-meet"));
        // Whoever offers it, or has it already, seldom comes for that.
        match next.is_some() || is_adopted || may.has(&VERSION) {
            true => others.push(interest),
            false => next = Some(Next::of(interest)),
        }
    }
    if may.has(&VERSION) {
        others.push(describe(user, found, &at));
    }
    if may.has(&RETIRE) && row.phase() == pb::SolutionPhase::Published {
        let retire =
            Form::of(ACTS, &at, "dra-in", l.t("solution-stop")).folded(l.t("solution-stop-offering-the-solution"));
        others.push(retire.ask("reason", l.t("common-why")));
    }
    (next, others)
}

fn describe(user: &User, found: &pb::GetSolutionResponse, at: &str) -> Form {
    let l = user.lang;
    let now = found.description.clone().unwrap_or_default();
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
    let mut form = Form::of(ACTS, at, action, button)
        .folded(summary)
        .ask("description.title", l.t("common-title"))
        .value(now.title)
        .ask("description.summary", l.t("solution-which-problem-does-it-solve"))
        .value(now.summary)
        .select(
            "description.kind",
            l.t("common-kind"),
            all_called(|kind| phrases::kind(l, kind)),
        )
        .value(chosen(now.kind))
        .ask("description.licence", l.t("solution-licence"))
        .value(if now.licence.is_empty() {
            "CC-BY-4.0".to_owned()
        } else {
            now.licence
        })
        .ask("description.contact", l.t("solution-contact-a-function-not-a"))
        .value(now.contact)
        .ask("description.lowest_kronor", l.t("solution-lowest-cost-in-kronor"))
        .value(number(now.cost_known, now.lowest_kronor))
        .ask("description.highest_kronor", l.t("solution-highest-cost-in-kronor"))
        .value(number(now.cost_known, now.highest_kronor))
        .ask("description.prerequisites", l.t("solution-what-does-it-take"))
        .value(now.prerequisites)
        .select(
            "visibility",
            l.t("solution-who-may-see-it"),
            all_called(|visibility| phrases::visibility(l, visibility)),
        )
        .value(chosen(found.row.as_ref().map_or(0, |row| row.visibility)));
    if action == "version" {
        form = form.ask("changes", l.t("solution-what-is-new"));
    }
    form.ask("cleared", l.t("solution-the-text-holds-no-personal"))
}

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
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
    // Whoever says one of them says both: the other is asked for.
    let costs = ["description.lowest_kronor", "description.highest_kronor"];
    let blank: Vec<&str> = costs
        .into_iter()
        .filter(|cost| posted.get(cost).trim().is_empty())
        .collect();
    let mut half = None;
    match blank[..] {
        [] => posted = posted.with("description.cost_known", "ja".to_owned()),
        [blank] => half = Some(invalid_field(blank, Problem::Missing)),
        _ => {}
    }
    let page = match act.as_str() {
        "intresse" => format!("/inforanden/{}", posted.get("adoption")),
        _ => format!("/losningar/{solution}"),
    };
    let way = Way {
        action: &format!("/losningar/{solution}/{act}"),
        next: &page,
    };
    let page = build(&user, &solution, None);
    match half {
        Some(status) if !user.is_looking => {
            user.check(&posted.get("csrf"))?;
            refused(&user, page.await, way.action, &posted, &status)
        }
        _ => carry_out(&user, (ACTS, &act), &posted, way, page).await,
    }
}
