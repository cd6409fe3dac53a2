//! Adoptions: one's own, and others' of one's own solutions.

use super::{Asked, benefits, carry_out};
use crate::act::{Act, Acts};
use crate::error::WebError;
use crate::offered::Offered;
use crate::phrases;
use crate::posted::Posted;
use crate::session::User;
use crate::view::{Form, Link, Page, Part, Row, Table, choices, facts, moment, text, text_part};
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
            moment(&row.changed_at),
        ],
        urgent: false,
    };
    let head = [
        l.t("Lösning", "Solution"),
        l.t("Hos", "At"),
        l.t("Läge", "State"),
        l.t("Mätt före / efter", "Measured before / after"),
        l.t("Senast ändrad", "Last changed"),
    ];
    let table = Table {
        caption: if others {
            l.t(
                "Andras införanden av våra lösningar",
                "Others' adoptions of our solutions",
            )
        } else {
            l.t("Våra införanden", "Our adoptions")
        }
        .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: found.adoptions.iter().map(row).collect(),
        empty: l.t("Här är tomt.", "There is nothing here.").to_owned(),
    };
    let mut parts: Vec<Part> = vec![table.in_all_up_to(l, found.total).into()];
    parts.extend(asked.next(l, "/inforanden", &found.next_page_token));
    let mut page = Page::new(l.t("Införanden", "Adoptions"));
    page.section("", parts);
    let link = |href: &str, text: &str| Link {
        href: href.to_owned(),
        text: text.to_owned(),
    };
    let links = vec![
        link("/inforanden", l.t("Våra införanden", "Our adoptions")),
        link(
            "/inforanden?lage=andras",
            l.t(
                "Andras införanden av våra lösningar",
                "Others' adoptions of our solutions",
            ),
        ),
    ];
    page.section(l.t("Visa", "Show"), vec![Part::Links(links)]);
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
    let mut page = Page::new(row.title.clone());
    page.badge(phrases::adoption_phase(l, row.phase()), false);
    page.badge(phrases::adoption_form(l, row.form()), false);
    for (heading, written) in [
        (l.t("Behovet", "The need"), &found.need),
        (l.t("Varför vi inför den", "Why we adopt it"), &found.reasons),
        (
            l.t("Varför starten sköts upp", "Why the start was put off"),
            &found.postponed,
        ),
        (
            l.t("Vad vi gjorde annorlunda", "What we did otherwise"),
            &found.deviations,
        ),
        (l.t("Varför vi slutade", "Why we stopped"), &found.reason),
        (l.t("Vad andra kan lära", "What others can learn"), &found.lesson),
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
            l.t("Belägg", "Evidence"),
            evidence.collect::<Vec<_>>().join("; "),
        )]));
        page.section(l.t("Nytta", "Benefits"), parts);
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
            caption: l.t("Hur det var innan", "How it was before").to_owned(),
            head: [l.t("Mått", "Metric"), l.t("Värde", "Value"), l.t("Period", "Period")]
                .map(str::to_owned)
                .to_vec(),
            rows: found.baselines.iter().map(baseline).collect(),
            empty: String::new(),
        };
        page.section(l.t("Nolläge", "Baseline"), vec![table.into()]);
    }
    let mut about = facts([
        (l.t("Påbörjat", "Started"), found.starts_on.clone()),
        (l.t("I bruk från", "In use from"), found.in_use_from.clone()),
        (
            l.t("Delat med andra", "Shared with others"),
            found.experiences.join("; "),
        ),
    ]);
    about.push(Part::Links(vec![Link {
        href: format!("/losningar/{}", row.solution),
        text: l.t("Till lösningen", "To the solution").to_owned(),
    }]));
    page.section(l.t("Om införandet", "About the adoption"), about);
    let may = Offered(&found.actions);
    page.section(l.t("Vad du kan göra", "What you can do"), forms(user, may, row));
    page
}

fn measurement(form: Form, user: &User) -> Form {
    let l = user.lang;
    form.line(
        "measurement.metric",
        l.t(
            "Mått (samma ord före och efter)",
            "Metric (the same words before and after)",
        ),
    )
    .line("measurement.value", l.t("Värde", "Value"))
    .line("measurement.unit", l.t("Enhet", "Unit"))
    .date("measurement.from", l.t("Från och med", "From"))
    .date("measurement.to", l.t("Till och med", "To"))
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
            l.t("Besluta att införa", "Decide to adopt"),
            l.t("Besluta", "Decide"),
        )
        .radio(
            "form",
            l.t("Hur?", "How?"),
            choices(all.map(|form| (i32::from(form), phrases::adoption_form(l, form)))),
        )
        .lines("reasons", l.t("Motivering", "Reasons"));
        forms.push(decide);
    }
    if may.has(&rights::START) {
        let start = Form::folded(format!("{at}/borja"), l.t("Börja", "Start"), l.t("Börja", "Start"));
        forms.push(start.date("starts_on", l.t("Första dagen", "The first day")));
    }
    if may.has(&rights::COMPLETE) {
        let complete = Form::folded(
            format!("{at}/i-bruk"),
            l.t("Den är i bruk", "It is in use"),
            l.t("Spara", "Save"),
        )
        .date("in_use_from", l.t("Från och med", "From"))
        .lines(
            "deviations",
            l.t("Vad gjorde ni annorlunda?", "What did you do otherwise?"),
        )
        .optional();
        forms.push(complete);
    }
    if may.has(&rights::POSTPONE) {
        let postpone = Form::folded(
            format!("{at}/skjut-upp"),
            l.t("Skjut upp starten", "Begin later"),
            l.t("Skjut upp", "Postpone"),
        )
        .date("starts_on", l.t("Ny första dag", "The new first day"))
        .lines("reason", l.t("Varför?", "Why?"));
        forms.push(postpone);
    }
    if may.has(&rights::RECORD_BASELINE) {
        let baseline = Form::folded(
            format!("{at}/nollage"),
            l.t("Registrera ett nolläge", "Record a baseline"),
            l.t("Registrera", "Record"),
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
            l.t("Registrera nytta", "Record a benefit"),
            l.t("Registrera", "Record"),
        );
        let benefit = measurement(benefit, user)
            .radio(
                "class",
                l.t("Slag", "Class"),
                choices(all.map(|class| (i32::from(class), phrases::benefit_class(l, class)))),
            )
            .lines("evidence", l.t("Vad visar det?", "What shows it?"))
            .optional()
            .lines(
                "no_baseline",
                l.t("Om nolläge saknas: varför?", "If there is no baseline: why?"),
            )
            .optional();
        forms.push(benefit);
    }
    if may.has(&rights::SHARE_EXPERIENCE) {
        let share = Form::folded(
            format!("{at}/dela"),
            l.t("Dela en erfarenhet", "Share an experience"),
            l.t("Dela", "Share"),
        )
        .lines(
            "experience",
            l.t("Vad vill ni berätta för andra?", "What do you want to tell others?"),
        )
        .tick(
            "cleared",
            l.t("Texten har inga personuppgifter.", "The text holds no personal data."),
        );
        forms.push(share);
    }
    if may.has(&rights::DISCONTINUE) {
        let stop = Form::folded(
            format!("{at}/sluta"),
            l.t("Sluta använda lösningen", "Stop using the solution"),
            l.t("Avsluta", "Stop"),
        )
        .lines("reason", l.t("Varför?", "Why?"))
        .lines(
            "lesson",
            l.t(
                "Vad kan andra lära? Visas för alla som ser lösningen.",
                "What can others learn? Shown to all who see the solution.",
            ),
        );
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
    ("sluta", Act::one::<pb::DiscontinueAdoptionRequest>()),
];

pub(super) async fn act(
    user: User,
    Path((adoption, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("adoption", adoption.clone());
    let page = format!("/inforanden/{adoption}");
    carry_out(&user, ACTS, &act, &posted, &page, build(&user, &adoption, None)).await
}
