//! What was measured, before and after.

use super::Asked;
use crate::components::{Bar, Bars, BarsPart, Change, Empty, Facets, Link, Pager, Row, Table, Wording, bars, change};
use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{drawn, text};
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as pb;

/// All that was measured.
#[derive(Template)]
#[template(path = "benefits.html")]
struct BenefitsPage {
    frame: Frame,
    facets: Facets,
    measured: Measured,
    pager: Pager,
}

/// A picture for each measurement that has a baseline, and a table of all.
#[derive(Template)]
#[template(path = "measured.html")]
pub(super) struct Measured {
    l: Lang,
    pictures: Vec<Bars>,
    table: Table,
}

impl HtmlSafe for Measured {}

/// So many are shown at once: each says what was measured, when, of what and by whom.
const SHOWN: u32 = 20;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListBenefitsRequest {
        query: user.asks(asked.after.as_deref()),
        class: asked.kind,
        page_size: SHOWN,
        page_token: asked.page_token.clone(),
        ..pb::ListBenefitsRequest::default()
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let mut measured = Measured::of(&user, &found.benefits);
    measured.table = measured.table.or(empty(&user, &asked)).in_all_up_to(l, found.total);
    let page = BenefitsPage {
        frame: Frame::of(&user),
        facets: Facets(vec![asked.kinds(l, "/nytta", l.t("common-class"), |class| {
            phrases::benefit_class(l, class)
        })]),
        measured,
        pager: asked.pager(l, "/nytta", &found.next_page_token),
    };
    drawn(&user, &page)
}

/// What stands there when nothing was measured.
fn empty(user: &User, asked: &Asked) -> Empty {
    let l = user.lang;
    match asked.is_of_all() {
        true => Empty::new(
            l.t("benefits-nothing-has-been-measured-yet"),
            user.link::<pb::ListAdoptionsRequest>("/inforanden", "benefits-to-the-adoptions"),
        ),
        false => Empty::new(
            l.t("benefits-nothing-of-this-class"),
            Some(Link::new("/nytta", l.t("benefits-show-all"))),
        ),
    }
}

impl Measured {
    pub(super) fn of(user: &User, benefits: &[pb::MeasuredBenefit]) -> Self {
        Self {
            l: user.lang,
            pictures: (benefits.iter().filter_map(|measured| picture(user, measured))).collect(),
            table: table(user, benefits),
        }
    }

    /// A picture in the language of the page.
    fn picture<'a>(&self, shown: &'a Bars) -> BarsPart<'a> {
        bars(self.l, shown)
    }
}

fn table(user: &User, benefits: &[pb::MeasuredBenefit]) -> Table {
    let l = user.lang;
    let rows = benefits.iter().filter_map(|measured| row(user, measured));
    let head = [
        l.t("common-metric"),
        l.t("benefits-before"),
        l.t("benefits-after"),
        l.t("common-class"),
        l.t("benefits-measured-by"),
        l.t("common-period"),
        l.t("benefits-why-none-before"),
    ];
    let mut table = Table::new(l.t("benefits-all-measurements-the-newest-first"), head).rows(rows);
    // Where everything was measured before as well, there is no such column.
    let is_said = |row: &Row| row.cells.last().is_some_and(|why| !why.is_empty());
    if !table.rows.iter().any(is_said) {
        table.head.pop();
        for row in &mut table.rows {
            row.cells.pop();
        }
    }
    table
}

/// Whether it became better; None: nothing was measured before, or not in numbers.
fn changed(l: Lang, benefit: &pb::Benefit) -> Option<Change> {
    let value = |measured: Option<&pb::Measurement>| measured?.value.parse::<f64>().ok();
    let (before, after) = (value(benefit.baseline.as_ref())?, value(benefit.measurement.as_ref())?);
    match benefit.better() {
        pb::Better::Unspecified => None,
        better => Some(change(l, before, after, better == pb::Better::Higher)),
    }
}

/// A value with its unit.
pub(super) fn measurement_text(l: Lang, measurement: &pb::Measurement) -> String {
    format!("{} {}", l.decimal(&measurement.value), measurement.unit)
}

/// The days that it covers.
pub(super) fn period(l: Lang, measurement: &pb::Measurement) -> String {
    let (from, to) = (l.day(&measurement.from), l.day(&measurement.to));
    l.say("benefits-period", &[("from", &from), ("to", &to)])
}

fn row(user: &User, measured: &pb::MeasuredBenefit) -> Option<Row> {
    let l = user.lang;
    let benefit = measured.benefit.as_ref()?;
    let now = benefit.measurement.as_ref()?;
    Some(Row {
        href: format!("/losningar/{}", measured.solution),
        cells: vec![
            Wording::written(&now.metric),
            match &benefit.baseline {
                Some(baseline) => measurement_text(l, baseline).into(),
                None => l.t("benefits-none-before").into(),
            },
            match changed(l, benefit) {
                Some(change) => format!("{} {} {}", measurement_text(l, now), change.arrow, change.said).into(),
                None => measurement_text(l, now).into(),
            },
            phrases::benefit_class(l, benefit.class()).into(),
            user.organisation_name(&measured.organisation).into(),
            period(l, now).into(),
            text(l, benefit.no_baseline.as_ref()),
        ],
        urgent: false,
    })
}

fn picture(user: &User, measured: &pb::MeasuredBenefit) -> Option<Bars> {
    let l = user.lang;
    let benefit = measured.benefit.as_ref()?;
    let (now, before) = (benefit.measurement.as_ref()?, benefit.baseline.as_ref()?);
    let (after_value, before_value): (f64, f64) = (now.value.parse().ok()?, before.value.parse().ok()?);
    let most = after_value.max(before_value);
    if most <= 0.0 || after_value < 0.0 || before_value < 0.0 {
        // A bar can't show less than nothing: the table does.
        return None;
    }
    let bar = |label: &str, measurement: &pb::Measurement, value: f64, class: &'static str| Bar {
        label: label.to_owned(),
        said: measurement_text(l, measurement),
        from: 0,
        // In thousandths of the larger one, so it always fits.
        length: format!("{:.0}", value / most * 1000.0).parse().unwrap_or(0),
        mark: None,
        class,
    };
    let by = user.organisation_name(&measured.organisation);
    Some(Bars {
        change: changed(l, benefit),
        caption: l.say("benefits-metric-by", &[("metric", &now.metric), ("by", &by)]),
        bars: vec![
            bar(l.t("benefits-before"), before, before_value, "before"),
            bar(l.t("benefits-after"), now, after_value, "after"),
        ],
    })
}
