//! What was measured, before and after.

use super::Asked;
use crate::components::{Bar, Bars, Link, Row, Table};
use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::legacy::{Page, Part};
use crate::phrases;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::text;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as pb;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListBenefitsRequest {
        query: user.asks(asked.after.as_deref()),
        class: asked.kind,
        page_size: 0,
        page_token: asked.page_token.clone(),
        ..pb::ListBenefitsRequest::default()
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let mut page =
        Page::new(Frame::of(&user), l.t("common-benefits")).intro(l.t("benefits-before-and-after-better-or"));
    let mut shown = pictures(&user, &found.benefits);
    shown.push(table(&user, &found.benefits).in_all_up_to(l, found.total).into());
    shown.extend(asked.next(l, "/nytta", &found.next_page_token));
    page.section("", shown);
    let classes = [
        pb::BenefitClass::Money,
        pb::BenefitClass::Time,
        pb::BenefitClass::Quality,
    ];
    let mut links = vec![Link {
        href: "/nytta".to_owned(),
        text: l.t("common-all").to_owned(),
    }];
    links.extend(classes.map(|class| Link {
        href: format!("/nytta?typ={}", i32::from(class)),
        text: phrases::benefit_class(l, class).to_owned(),
    }));
    page.section(l.t("common-show"), vec![Part::Links(links)]);
    page.draw(&user)
}

/// A picture for each measurement that has a baseline, and a table of all.
pub(super) fn parts(user: &User, benefits: &[pb::MeasuredBenefit]) -> Vec<Part> {
    let mut parts = pictures(user, benefits);
    parts.push(table(user, benefits).into());
    parts
}

fn pictures(user: &User, benefits: &[pb::MeasuredBenefit]) -> Vec<Part> {
    benefits.iter().filter_map(|measured| picture(user, measured)).collect()
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
    ];
    Table {
        caption: l.t("benefits-all-measurements-the-newest-first").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        empty: l.t("benefits-nothing-has-been-measured-yet").to_owned(),
        ..Table::default()
    }
}

fn measurement_text(l: Lang, measurement: &pb::Measurement) -> String {
    let value = measurement.value.replace('.', l.either(",", "."));
    format!("{value} {}", measurement.unit)
}

fn row(user: &User, measured: &pb::MeasuredBenefit) -> Option<Row> {
    let l = user.lang;
    let benefit = measured.benefit.as_ref()?;
    let now = benefit.measurement.as_ref()?;
    let before = match (&benefit.baseline, &benefit.no_baseline) {
        (Some(baseline), _) => measurement_text(l, baseline),
        (None, why) => format!("{} {}", l.t("benefits-none"), text(l, why.as_ref())),
    };
    Some(Row {
        href: format!("/losningar/{}", measured.solution),
        cells: vec![
            now.metric.clone(),
            before,
            measurement_text(l, now),
            phrases::benefit_class(l, benefit.class()).to_owned(),
            user.organisation_name(&measured.organisation),
            format!("{} – {}", now.from, now.to),
        ],
        urgent: false,
    })
}

fn picture(user: &User, measured: &pb::MeasuredBenefit) -> Option<Part> {
    let l = user.lang;
    let benefit = measured.benefit.as_ref()?;
    let (now, before) = (benefit.measurement.as_ref()?, benefit.baseline.as_ref()?);
    let (after_value, before_value): (f64, f64) = (now.value.parse().ok()?, before.value.parse().ok()?);
    let most = after_value.max(before_value);
    if most <= 0.0 || after_value < 0.0 || before_value < 0.0 {
        // A bar can't show less than nothing: the table does.
        return None;
    }
    let class = match benefit.class() {
        pb::BenefitClass::Money => "money",
        pb::BenefitClass::Time => "time",
        _ => "quality",
    };
    let bar = |label: &str, measurement: &pb::Measurement, value: f64, class: &'static str| Bar {
        label: label.to_owned(),
        said: measurement_text(l, measurement),
        from: 0,
        // In thousandths of the larger one, so it always fits.
        length: format!("{:.0}", value / most * 1000.0).parse().unwrap_or(0),
        mark: None,
        class,
    };
    Some(Part::Bars(Bars {
        change: None,
        caption: format!("{} – {}", now.metric, user.organisation_name(&measured.organisation)),
        bars: vec![
            bar(l.t("benefits-before"), before, before_value, "before"),
            bar(l.t("benefits-after"), now, after_value, class),
        ],
    }))
}
