//! Adoptions: one's own, and others' of one's own solutions.

use super::list::List;
use super::{Asked, benefits, carry_out_here};
use crate::act::{Act, Acts};
use crate::components::Tab;
use crate::components::{Link, Row, Table};
use crate::error::WebError;
use crate::form::{Form, choices};
use crate::frame::Frame;
use crate::legacy::{Page, Part, facts, text_part};
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::{moment, text};
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::sharing::adoption::rights;
use idesluss_proto::pb::sharing as pb;

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
            row.title.clone(),
            user.organisation_name(&row.organisation),
            phrases::adoption_phase(l, row.phase()).to_owned(),
            format!("{} / {}", row.baselines, row.benefits),
            moment(l, &row.changed_at),
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
    let table = Table {
        caption: if others {
            l.t("adoption-others-adoptions-of-our-solutions")
        } else {
            l.t("adoption-our-adoptions")
        }
        .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: found.adoptions.iter().map(row).collect(),
        empty: l.t("common-there-is-nothing-here").to_owned(),
        ..Table::default()
    };
    let tab = |href: &str, text: &str, current: bool| Tab {
        href: href.to_owned(),
        text: text.to_owned(),
        count: String::new(),
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
    page.table = Some(table.in_all_up_to(l, found.total));
    page.more = asked.next_link(l, "/inforanden", &found.next_page_token);
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
async fn build(user: &User, adoption: &str, after: Option<&str>) -> Result<Page, WebError> {
    let request = pb::GetAdoptionRequest {
        query: user.asks(after),
        adoption: adoption.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    Ok(draw(user, &found))
}

fn draw(user: &User, found: &pb::GetAdoptionResponse) -> Page {
    let l = user.lang;
    let Some(row) = &found.row else { return Page::default() };
    let mut page = Page::new(Frame::of(user), row.title.clone());
    page.badge(phrases::adoption_phase(l, row.phase()), false);
    page.badge(phrases::adoption_form(l, row.form()), false);
    for (heading, written) in [
        (l.t("adoption-the-need"), &found.need),
        (l.t("adoption-why-we-adopt-it"), &found.reasons),
        (l.t("adoption-why-the-start-was-put"), &found.postponed),
        (l.t("adoption-what-we-did-otherwise"), &found.deviations),
        (l.t("adoption-why-we-stopped"), &found.reason),
        (l.t("adoption-what-others-can-learn"), &found.lesson),
    ] {
        page.section(heading, text_part(l, written.as_ref()).into_iter().collect());
    }
    let measured: Vec<_> = found
        .benefits
        .iter()
        .map(|benefit| pb::MeasuredBenefit {
            solution: row.solution.clone(),
            adoption: row.adoption.clone(),
            organisation: row.organisation.clone(),
            benefit: Some(benefit.clone()),
        })
        .collect();
    if !measured.is_empty() {
        let mut parts = benefits::parts(user, &measured);
        let evidence = found
            .benefits
            .iter()
            .map(|benefit| text(l, benefit.evidence.as_ref()))
            .filter(|text| !text.is_empty());
        parts.extend(facts([(
            l.t("adoption-evidence"),
            evidence.collect::<Vec<_>>().join("; "),
        )]));
        page.section(l.t("common-benefits"), parts);
    }
    let baseline = |baseline: &pb::Measurement| Row {
        href: String::new(),
        cells: vec![
            baseline.metric.clone(),
            format!("{} {}", baseline.value, baseline.unit),
            format!("{} – {}", baseline.from, baseline.to),
        ],
        urgent: false,
    };
    if !found.baselines.is_empty() {
        let table = Table {
            caption: l.t("adoption-how-it-was-before").to_owned(),
            head: [l.t("common-metric"), l.t("adoption-value"), l.t("common-period")]
                .map(str::to_owned)
                .to_vec(),
            rows: found.baselines.iter().map(baseline).collect(),
            empty: String::new(),
            ..Table::default()
        };
        page.section(l.t("adoption-baseline"), vec![table.into()]);
    }
    let mut about = facts([
        (l.t("adoption-started"), found.starts_on.clone()),
        (l.t("adoption-in-use-from"), found.in_use_from.clone()),
        (l.t("adoption-shared-with-others"), found.experiences.join("; ")),
    ]);
    about.push(Part::Links(vec![Link {
        href: format!("/losningar/{}", row.solution),
        text: l.t("adoption-to-the-solution").to_owned(),
    }]));
    page.section(l.t("adoption-about-the-adoption"), about);
    let may = Offered(&found.actions);
    page.section(l.t("common-what-you-can-do"), forms(user, may, row));
    page
}

fn measurement(form: Form, user: &User) -> Form {
    let l = user.lang;
    form.line("measurement.metric", l.t("adoption-metric-the-same-words-before"))
        .line("measurement.value", l.t("adoption-value"))
        .line("measurement.unit", l.t("common-unit"))
        .date("measurement.from", l.t("common-from"))
        .date("measurement.to", l.t("adoption-to"))
}

fn forms(user: &User, may: Offered, row: &pb::AdoptionRow) -> Vec<Part> {
    let l = user.lang;
    let at = format!("/inforanden/{}", row.adoption);
    let mut forms: Vec<Form> = Vec::new();
    if may.has(&rights::DECIDE) {
        let all = [
            pb::AdoptionForm::Copy,
            pb::AdoptionForm::Adapt,
            pb::AdoptionForm::JointProcurement,
        ];
        let decide = Form::folded(
            format!("{at}/besluta"),
            l.t("adoption-decide-to-adopt"),
            l.t("common-decide"),
        )
        .radio(
            "form",
            l.t("common-how"),
            choices(all.map(|form| (i32::from(form), phrases::adoption_form(l, form)))),
        )
        .lines("reasons", l.t("common-reasons"));
        forms.push(decide);
    }
    if may.has(&rights::START) {
        let start = Form::folded(format!("{at}/borja"), l.t("adoption-start"), l.t("adoption-start"));
        forms.push(start.date("starts_on", l.t("common-the-first-day")));
    }
    if may.has(&rights::COMPLETE) {
        let complete = Form::folded(format!("{at}/i-bruk"), l.t("adoption-it-is-in-use"), l.t("common-save"))
            .date("in_use_from", l.t("common-from"))
            .lines("deviations", l.t("adoption-what-did-you-do-otherwise"))
            .optional();
        forms.push(complete);
    }
    if may.has(&rights::POSTPONE) {
        let postpone = Form::folded(
            format!("{at}/skjut-upp"),
            l.t("adoption-begin-later"),
            l.t("adoption-postpone"),
        )
        .date("starts_on", l.t("adoption-the-new-first-day"))
        .lines("reason", l.t("common-why"));
        forms.push(postpone);
    }
    if may.has(&rights::RECORD_BASELINE) {
        let baseline = Form::folded(
            format!("{at}/nollage"),
            l.t("adoption-record-a-baseline"),
            l.t("common-record"),
        );
        forms.push(measurement(baseline, user));
    }
    if may.has(&rights::MEASURE_BENEFIT) {
        let all = [
            pb::BenefitClass::Money,
            pb::BenefitClass::Time,
            pb::BenefitClass::Quality,
        ];
        let benefit = Form::folded(
            format!("{at}/nytta"),
            l.t("adoption-record-a-benefit"),
            l.t("common-record"),
        );
        let benefit = measurement(benefit, user)
            .radio(
                "class",
                l.t("common-class"),
                choices(all.map(|class| (i32::from(class), phrases::benefit_class(l, class)))),
            )
            .lines("evidence", l.t("adoption-what-shows-it"))
            .optional()
            .lines("no_baseline", l.t("adoption-if-there-is-no-baseline"))
            .optional();
        forms.push(benefit);
    }
    if may.has(&rights::SHARE_EXPERIENCE) {
        let share = Form::folded(
            format!("{at}/dela"),
            l.t("adoption-share-an-experience"),
            l.t("adoption-share"),
        )
        .lines("experience", l.t("adoption-what-do-you-want-to"))
        .tick("cleared", l.t("adoption-the-text-holds-no-personal"));
        forms.push(share);
    }
    if may.has(&rights::DISCONTINUE) {
        let stop = Form::folded(
            format!("{at}/sluta"),
            l.t("adoption-stop-using-the-solution"),
            l.t("adoption-stop"),
        )
        .lines("reason", l.t("common-why"))
        .lines("lesson", l.t("adoption-what-can-others-learn-shown"));
        forms.push(stop);
    }
    forms.into_iter().map(Part::from).collect()
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("besluta", Act::one::<pb::DecideAdoptionRequest>()),
    ("borja", Act::one::<pb::StartAdoptionRequest>()),
    ("skjut-upp", Act::one::<pb::PostponeAdoptionRequest>()),
    ("i-bruk", Act::one::<pb::CompleteAdoptionRequest>()),
    ("nollage", Act::one::<pb::RecordBaselineRequest>()),
    ("nytta", Act::one::<pb::MeasureBenefitRequest>()),
    ("dela", Act::one::<pb::ShareExperienceRequest>()),
    ("sluta", Act::one::<pb::DiscontinueAdoptionRequest>().confirmed()),
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
