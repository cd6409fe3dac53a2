//! What was measured, before and after.

use super::Asked;
use crate::door::Visitor;
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::view::{Bar, Bars, Link, Page, Part, Row, Table, text};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as pb;

pub(super) async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = visitor.lang;
    let request = pb::ListBenefitsRequest {
        query: visitor.asks(asked.efter.as_deref()),
        class: asked.typ,
        limit: 100,
        offset: asked.fran,
        ..pb::ListBenefitsRequest::default()
    };
    let found = visitor.services().solutions.list_benefits(request).await;
    let found = found.map_err(|status| visitor.said(&status))?.into_inner();
    let mut page = Page::new(l.t("Nytta", "Benefits")).intro(l.t(
        "Före och efter, bättre eller sämre. Det som inte fungerade är lika värt att veta.",
        "Before and after, better or worse. What did not work is as worth knowing.",
    ));
    page.section("", parts(&visitor, &found.benefits));
    let classes = [
        pb::BenefitClass::Money,
        pb::BenefitClass::Time,
        pb::BenefitClass::Quality,
    ];
    let mut links = vec![Link {
        href: "/nytta".to_owned(),
        text: l.t("Alla", "All").to_owned(),
    }];
    links.extend(classes.map(|class| Link {
        href: format!("/nytta?typ={}", i32::from(class)),
        text: phrases::benefit_class(l, class).to_owned(),
    }));
    page.section(l.t("Visa", "Show"), vec![Part::Links(links)]);
    page.draw(&visitor)
}

/// A picture for each measurement that has a baseline, and a table of all.
pub(super) fn parts(visitor: &Visitor, benefits: &[pb::MeasuredBenefit]) -> Vec<Part> {
    let l = visitor.lang;
    let mut parts: Vec<Part> = benefits
        .iter()
        .filter_map(|measured| picture(visitor, measured))
        .collect();
    let rows = benefits.iter().filter_map(|measured| row(visitor, measured));
    let head = [
        l.t("Mått", "Metric"),
        l.t("Före", "Before"),
        l.t("Efter", "After"),
        l.t("Slag", "Class"),
        l.t("Mätt av", "Measured by"),
        l.t("Period", "Period"),
    ];
    parts.push(Part::Table(Table {
        caption: l
            .t("Alla mätningar, den nyaste först", "All measurements, the newest first")
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        empty: l
            .t("Ingenting är mätt än.", "Nothing has been measured yet.")
            .to_owned(),
    }));
    parts
}

fn said(l: Lang, measurement: &pb::Measurement) -> String {
    let value = if l == Lang::Swedish {
        measurement.value.replace('.', ",")
    } else {
        measurement.value.clone()
    };
    format!("{value} {}", measurement.unit)
}

fn row(visitor: &Visitor, measured: &pb::MeasuredBenefit) -> Option<Row> {
    let l = visitor.lang;
    let benefit = measured.benefit.as_ref()?;
    let now = benefit.measurement.as_ref()?;
    let before = match (&benefit.baseline, &benefit.no_baseline) {
        (Some(baseline), _) => said(l, baseline),
        (None, why) => format!("{} {}", l.t("Saknas:", "None:"), text(l, why.as_ref())),
    };
    Some(Row {
        href: format!("/losningar/{}", measured.solution),
        cells: vec![
            now.metric.clone(),
            before,
            said(l, now),
            phrases::benefit_class(l, benefit.class()).to_owned(),
            visitor.house(&measured.organisation),
            format!("{} – {}", now.from, now.to),
        ],
        urgent: false,
    })
}

fn picture(visitor: &Visitor, measured: &pb::MeasuredBenefit) -> Option<Part> {
    let l = visitor.lang;
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
        said: said(l, measurement),
        from: 0,
        // In thousandths of the larger one, so it always fits.
        length: format!("{:.0}", value / most * 1000.0).parse().unwrap_or(0),
        mark: None,
        class,
    };
    Some(Part::Bars(Bars {
        caption: format!("{} – {}", now.metric, visitor.house(&measured.organisation)),
        bars: vec![
            bar(l.t("Före", "Before"), before, before_value, "before"),
            bar(l.t("Efter", "After"), now, after_value, class),
        ],
    }))
}
