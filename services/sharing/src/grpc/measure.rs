//! Before and after.

use super::MAYBE_LONG;
use super::adopt::{act, on_adoption};
use idesluss_domain::sharing::adoption::{AdoptionAction, Measurement};
use idesluss_engine::{Desk, Form};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::read_benefit_class;
use idesluss_vault::Scope;
use tonic::Status;

fn read_measurement(form: &mut Form, measurement: Option<&pb::Measurement>) -> Option<Measurement> {
    let Some(measurement) = measurement else {
        form.problem("measurement", "say what was measured");
        return None;
    };
    let metric = form.text("measurement.metric", &measurement.metric, 1..=80);
    let unit = form.text("measurement.unit", &measurement.unit, 1..=20);
    let number = "write a number such as 12, -3 or 0.25";
    let value = form.parse("measurement.value", &measurement.value, number);
    let from = form.date("measurement.from", &measurement.from);
    let to = form.date("measurement.to", &measurement.to);
    Some(Measurement {
        metric,
        unit,
        value: value?,
        from: from?,
        to: to?,
    })
}

pub(super) async fn record_baseline(
    desk: &Desk,
    request: pb::RecordBaselineRequest,
) -> Result<pb::RecordBaselineResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "RecordBaseline", &request, command, &request.adoption);
    let measurement = read_measurement(&mut form, request.measurement.as_ref());
    let (work, (adoption, measurement)) = form.finish(adoption.zip(measurement))?;
    let token = Some(act(work, adoption, AdoptionAction::RecordBaseline(measurement)).await?);
    Ok(pb::RecordBaselineResponse { token })
}

pub(super) async fn measure_benefit(
    desk: &Desk,
    request: pb::MeasureBenefitRequest,
) -> Result<pb::MeasureBenefitResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "MeasureBenefit", &request, command, &request.adoption);
    let measurement = read_measurement(&mut form, request.measurement.as_ref());
    let class = form.chosen("class", read_benefit_class(request.class()));
    let evidence = form.text("evidence", &request.evidence, MAYBE_LONG);
    let no_baseline = form.text("no_baseline", &request.no_baseline, MAYBE_LONG);
    let (mut work, ((adoption, measurement), class)) = form.finish(adoption.zip(measurement).zip(class))?;
    let (scope, name) = (Scope::Adoption(adoption), "BenefitMeasured");
    let action = AdoptionAction::MeasureBenefit {
        measurement,
        class,
        evidence: work.seal_if_any(&scope, name, "evidence", &evidence).await?,
        no_baseline: work.seal_if_any(&scope, name, "no_baseline", &no_baseline).await?,
    };
    let token = Some(act(work, adoption, action).await?);
    Ok(pb::MeasureBenefitResponse { token })
}
