//! Adoptions: one's own, and others' of one's own solutions.

use super::benefits::{Measured, measurement_text, period};
use super::list::{List, Listed};
use super::{Asked, carry_out_here};
use crate::act::{Act, Acts};
use crate::components::{Badges, Empty, Facts, Next, Row, Steps, Tab, Table, Texts, Wording, facts, written};
use crate::error::WebError;
use crate::form::{Form, all_called};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::{moment, text};
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::sharing::adoption::rights;
use idesluss_proto::pb::sharing as pb;

/// An adoption's page: how far it has come and what comes next on top.
#[derive(Template)]
#[template(path = "adoption.html")]
struct AdoptionPage {
    frame: Frame,
    title: Wording,
    badges: Badges,
    /// How far it has come; None: it has ended.
    steps: Option<Steps>,
    next: Option<Next>,
    /// Why it is done and what came of it.
    why: Texts,
    measured: Option<Measured>,
    evidence: Texts,
    baselines: Option<Table>,
    about: Facts,
    shared: Texts,
    /// The page of what is adopted.
    solution: String,
    others: Vec<Form>,
}

impl WithForms for AdoptionPage {
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

pub(super) async fn list(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let others = asked.state == "andras";
    let request = pb::ListAdoptionsRequest {
        query: user.asks(asked.after.as_deref()),
        phase: 0,
        of_our_solutions: others,
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let row = |row: &pb::AdoptionRow| Row {
        href: if others {
            format!("/losningar/{}", row.solution)
        } else {
            format!("/inforanden/{}", row.adoption)
        },
        cells: vec![
            Wording::written(&row.title),
            user.organisation_name(&row.organisation).into(),
            phrases::adoption_phase(l, row.phase()).into(),
            format!("{} / {}", row.baselines, row.benefits).into(),
            moment(l, &row.changed_at).into(),
        ],
        urgent: false,
    };
    let head = [
        l.t("common-solution"),
        l.t("adoption-at"),
        l.t("common-state"),
        l.t("adoption-measured-before-after"),
        l.t("common-last-changed"),
    ];
    let caption = match others {
        true => l.t("adoption-others-adoptions-of-our-solutions"),
        false => l.t("adoption-our-adoptions"),
    };
    let table = Table::new(caption, head)
        .rows(found.adoptions.iter().map(row))
        .or(Empty::new(
            match others {
                true => l.t("adoption-nobody-adopts-ours"),
                false => l.t("adoption-we-adopt-nothing"),
            },
            user.link::<pb::ListSolutionsRequest>("/losningar", "common-to-the-solutions"),
        ));
    let tab = |href: &str, text: &str, current: bool| Tab {
        href: href.to_owned(),
        text: text.to_owned(),
        current,
    };
    let mut page = List::new(&user, l.t("common-adoptions")).tabs(vec![
        tab("/inforanden", l.t("adoption-our-adoptions"), !others),
        tab(
            "/inforanden?lage=andras",
            l.t("adoption-others-adoptions-of-our-solutions"),
            others,
        ),
    ]);
    page.listed = Listed::Table(table.in_all_up_to(l, found.total));
    page.pager = asked.pager(l, "/inforanden", &found.next_page_token);
    page.draw(&user)
}

pub(super) async fn page(
    user: User,
    Path(adoption): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &adoption, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
async fn build(user: &User, adoption: &str, after: Option<&str>) -> Result<AdoptionPage, WebError> {
    let request = pb::GetAdoptionRequest {
        query: user.asks(after),
        adoption: adoption.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    Ok(view(user, &found))
}

fn view(user: &User, found: &pb::GetAdoptionResponse) -> AdoptionPage {
    let l = user.lang;
    let row = found.row.clone().unwrap_or_default();
    let measured = found.benefits.iter().map(|benefit| pb::MeasuredBenefit {
        solution: row.solution.clone(),
        adoption: row.adoption.clone(),
        organisation: row.organisation.clone(),
        benefit: Some(benefit.clone()),
    });
    let measured: Vec<_> = measured.collect();
    let evidence = found.benefits.iter().map(|benefit| text(l, benefit.evidence.as_ref()));
    let mut others = forms(user, Offered(&found.actions), &row);
    let next = next_act(&row).and_then(|act| {
        let action = format!("{}/{act}", page_of(&row));
        let place = others.iter().position(|form| form.action == action)?;
        Some(Next::of(others.remove(place)))
    });
    AdoptionPage {
        frame: Frame::of(user),
        title: Wording::written(&row.title),
        badges: Badges::default()
            .and(phrases::adoption_phase(l, row.phase()), false)
            .and(phrases::adoption_form(l, row.form()), false),
        steps: step(&row).map(|here| Steps::of_an_adoption(l, here)),
        next,
        why: written([
            (l.t("adoption-the-need"), text(l, found.need.as_ref())),
            (l.t("adoption-why-we-adopt-it"), text(l, found.reasons.as_ref())),
            (l.t("adoption-why-the-start-was-put"), text(l, found.postponed.as_ref())),
            (
                l.t("adoption-what-we-did-otherwise"),
                text(l, found.deviations.as_ref()),
            ),
            (l.t("adoption-why-we-stopped"), text(l, found.reason.as_ref())),
            (l.t("adoption-what-others-can-learn"), text(l, found.lesson.as_ref())),
        ]),
        measured: (!measured.is_empty()).then(|| Measured::of(user, &measured)),
        evidence: written([(l.t("adoption-evidence"), Wording::joined(evidence, "\n\n"))]),
        baselines: (!found.baselines.is_empty()).then(|| baselines(user, &found.baselines)),
        about: facts([
            (l.t("adoption-started"), l.day(&found.starts_on)),
            (l.t("adoption-in-use-from"), l.day(&found.in_use_from)),
        ]),
        shared: written([(
            l.t("adoption-shared-with-others"),
            Wording::written(found.experiences.join("\n\n")),
        )]),
        solution: format!("/losningar/{}", row.solution),
        others,
    }
}

/// How far it has come on the way of all adoptions; None: it has ended.
fn step(row: &pb::AdoptionRow) -> Option<usize> {
    match row.phase() {
        pb::AdoptionPhase::Interested => Some(0),
        pb::AdoptionPhase::Decided => Some(1),
        pb::AdoptionPhase::Started => Some(2),
        pb::AdoptionPhase::InUse if row.benefits == 0 => Some(3),
        pb::AdoptionPhase::InUse => Some(4),
        pb::AdoptionPhase::Discontinued | pb::AdoptionPhase::Unspecified => None,
    }
}

/// The act that comes next. How it is before is measured before it is in use: after that it is too late.
fn next_act(row: &pb::AdoptionRow) -> Option<&'static str> {
    match row.phase() {
        pb::AdoptionPhase::Interested => Some(DECIDE),
        pb::AdoptionPhase::Decided if row.baselines == 0 => Some(BASELINE),
        pb::AdoptionPhase::Decided => Some(START),
        pb::AdoptionPhase::Started if row.baselines == 0 => Some(BASELINE),
        pb::AdoptionPhase::Started => Some(COMPLETE),
        pb::AdoptionPhase::InUse if row.benefits == 0 => Some(MEASURE),
        _ => None,
    }
}

fn baselines(user: &User, baselines: &[pb::Measurement]) -> Table {
    let l = user.lang;
    let row = |baseline: &pb::Measurement| {
        Row::of([
            Wording::written(&baseline.metric),
            measurement_text(l, baseline).into(),
            period(l, baseline).into(),
        ])
    };
    let head = [l.t("common-metric"), l.t("adoption-value"), l.t("common-period")];
    Table::new(l.t("adoption-how-it-was-before"), head).rows(baselines.iter().map(row))
}

/// Where its page is.
fn page_of(row: &pb::AdoptionRow) -> String {
    format!("/inforanden/{}", row.adoption)
}

fn measurement(form: Form, user: &User) -> Form {
    let l = user.lang;
    form.ask("measurement.metric", l.t("adoption-metric-the-same-words-before"))
        .ask("measurement.value", l.t("adoption-value"))
        .ask("measurement.unit", l.t("common-unit"))
        .ask("measurement.from", l.t("common-from"))
        .ask("measurement.to", l.t("adoption-to"))
}

/// All that can be done, each folded.
pub(super) fn forms(user: &User, may: Offered, row: &pb::AdoptionRow) -> Vec<Form> {
    let l = user.lang;
    let at = page_of(row);
    let mut forms: Vec<Form> = Vec::new();
    if may.has(&rights::DECIDE) {
        let decide = Form::of(ACTS, &at, DECIDE, l.t("common-decide"))
            .folded(l.t("adoption-decide-to-adopt"))
            .radio(
                "form",
                l.t("common-how"),
                all_called(|form| phrases::adoption_form(l, form)),
            )
            .ask("reasons", l.t("common-reasons"));
        forms.push(decide);
    }
    if may.has(&rights::START) {
        let start = Form::of(ACTS, &at, START, l.t("adoption-start")).folded(l.t("adoption-start"));
        forms.push(start.ask("starts_on", l.t("common-the-first-day")));
    }
    if may.has(&rights::COMPLETE) {
        let complete = Form::of(ACTS, &at, COMPLETE, l.t("common-save"))
            .folded(l.t("adoption-it-is-in-use"))
            .ask("in_use_from", l.t("common-from"))
            .ask("deviations", l.t("adoption-what-did-you-do-otherwise"));
        forms.push(complete);
    }
    if may.has(&rights::POSTPONE) {
        let postpone = Form::of(ACTS, &at, "skjut-upp", l.t("adoption-postpone"))
            .folded(l.t("adoption-begin-later"))
            .ask("starts_on", l.t("adoption-the-new-first-day"))
            .ask("reason", l.t("common-why"));
        forms.push(postpone);
    }
    if may.has(&rights::RECORD_BASELINE) {
        let baseline = Form::of(ACTS, &at, BASELINE, l.t("common-record"))
            .folded(l.t("adoption-record-a-baseline"))
            .note(l.t("adoption-before-it-is-in-use"));
        forms.push(measurement(baseline, user));
    }
    if may.has(&rights::MEASURE_BENEFIT) {
        let benefit = Form::of(ACTS, &at, MEASURE, l.t("common-record")).folded(l.t("adoption-record-a-benefit"));
        let benefit = measurement(benefit, user)
            .radio(
                "class",
                l.t("common-class"),
                all_called(|class| phrases::benefit_class(l, class)),
            )
            .radio("better", l.t("adoption-better-when"), all_called(|way| better(l, way)))
            .ask("evidence", l.t("adoption-what-shows-it"))
            .ask("no_baseline", l.t("adoption-if-there-is-no-baseline"));
        forms.push(benefit);
    }
    if may.has(&rights::SHARE_EXPERIENCE) {
        let share = Form::of(ACTS, &at, "dela", l.t("adoption-share"))
            .folded(l.t("adoption-share-an-experience"))
            .ask("experience", l.t("adoption-what-do-you-want-to"))
            .ask("cleared", l.t("adoption-the-text-holds-no-personal"));
        forms.push(share);
    }
    if may.has(&rights::DISCONTINUE) {
        let stop = Form::of(ACTS, &at, "sluta", l.t("adoption-stop"))
            .folded(l.t("adoption-stop-using-the-solution"))
            .ask("reason", l.t("common-why"))
            .ask("lesson", l.t("adoption-what-can-others-learn-shown"));
        forms.push(stop);
    }
    forms
}

/// The acts that come next one after another, as they stand in addresses.
const DECIDE: &str = "besluta";
const START: &str = "borja";
const BASELINE: &str = "nollage";
const COMPLETE: &str = "i-bruk";
const MEASURE: &str = "nytta";

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    (DECIDE, Act::one::<pb::DecideAdoptionRequest>()),
    (START, Act::one::<pb::StartAdoptionRequest>()),
    ("skjut-upp", Act::one::<pb::PostponeAdoptionRequest>()),
    (COMPLETE, Act::one::<pb::CompleteAdoptionRequest>()),
    (BASELINE, Act::one::<pb::RecordBaselineRequest>()),
    (MEASURE, Act::one::<pb::MeasureBenefitRequest>()),
    ("dela", Act::one::<pb::ShareExperienceRequest>()),
    ("sluta", Act::one::<pb::DiscontinueAdoptionRequest>()),
];

pub(super) async fn act(
    user: User,
    Path((adoption, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("adoption", adoption.clone());
    let page = format!("/inforanden/{adoption}");
    carry_out_here(&user, (ACTS, &act), &posted, &page, build(&user, &adoption, None)).await
}

/// Which way a value is to go.
fn better(l: Lang, way: pb::Better) -> &'static str {
    match way {
        pb::Better::Unspecified => "",
        pb::Better::Higher => l.t("adoption-better-higher"),
        pb::Better::Lower => l.t("adoption-better-lower"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_it_is_before_is_asked_for_before_it_is_too_late() {
        let asked = |phase: pb::AdoptionPhase, baselines, benefits| {
            let row = pb::AdoptionRow {
                phase: phase.into(),
                baselines,
                benefits,
                ..pb::AdoptionRow::default()
            };
            (step(&row), next_act(&row))
        };
        assert_eq!(asked(pb::AdoptionPhase::Interested, 0, 0), (Some(0), Some(DECIDE)));
        assert_eq!(asked(pb::AdoptionPhase::Decided, 0, 0), (Some(1), Some(BASELINE)));
        assert_eq!(asked(pb::AdoptionPhase::Decided, 1, 0), (Some(1), Some(START)));
        assert_eq!(asked(pb::AdoptionPhase::Started, 0, 0), (Some(2), Some(BASELINE)));
        assert_eq!(asked(pb::AdoptionPhase::Started, 1, 0), (Some(2), Some(COMPLETE)));
        assert_eq!(asked(pb::AdoptionPhase::InUse, 1, 0), (Some(3), Some(MEASURE)));
        assert_eq!(asked(pb::AdoptionPhase::InUse, 1, 1), (Some(4), None));
        assert_eq!(asked(pb::AdoptionPhase::Discontinued, 1, 1), (None, None));
    }
}
