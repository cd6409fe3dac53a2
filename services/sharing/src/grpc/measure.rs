//! Before and after.

use super::MAYBE_LONG;
use super::adopt::{act, on_adoption};
use idesluss_domain::sharing::adoption::{AdoptionAction, Measurement};
use idesluss_engine::{CommandContext, RequestReader};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::read_benefit_class;
use idesluss_vault::Scope;
use tonic::Status;

fn read_measurement(reader: &mut RequestReader, measurement: Option<&pb::Measurement>) -> Option<Measurement> {
    let Some(measurement) = measurement else {
        reader.problem("measurement", "say what was measured");
        return None;
    };
    let metric = reader.text("measurement.metric", &measurement.metric, 1..=80);
    let unit = reader.text("measurement.unit", &measurement.unit, 1..=20);
    let number = "write a number such as 12, -3 or 0.25";
    let value = reader.parse("measurement.value", &measurement.value, number);
    let from = reader.date("measurement.from", &measurement.from);
    let to = reader.date("measurement.to", &measurement.to);
    Some(Measurement {
        metric,
        unit,
        value: value?,
        from: from?,
        to: to?,
    })
}

pub(super) async fn record_baseline(
    context: &CommandContext,
    request: pb::RecordBaselineRequest,
) -> Result<pb::RecordBaselineResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "RecordBaseline", &request, command, &request.adoption);
    let measurement = read_measurement(&mut reader, request.measurement.as_ref());
    let (pending, (adoption, measurement)) = reader.finish(adoption.zip(measurement))?;
    let token = Some(act(pending, adoption, AdoptionAction::RecordBaseline(measurement)).await?);
    Ok(pb::RecordBaselineResponse { token })
}

pub(super) async fn measure_benefit(
    context: &CommandContext,
    request: pb::MeasureBenefitRequest,
) -> Result<pb::MeasureBenefitResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "MeasureBenefit", &request, command, &request.adoption);
    let measurement = read_measurement(&mut reader, request.measurement.as_ref());
    let class = reader.chosen("class", read_benefit_class(request.class()));
    let evidence = reader.text("evidence", &request.evidence, MAYBE_LONG);
    let no_baseline = reader.text("no_baseline", &request.no_baseline, MAYBE_LONG);
    let (mut pending, ((adoption, measurement), class)) = reader.finish(adoption.zip(measurement).zip(class))?;
    let (scope, name) = (Scope::Adoption(adoption), "BenefitMeasured");
    let action = AdoptionAction::MeasureBenefit {
        measurement,
        class,
        evidence: pending.seal_if_any(&scope, name, "evidence", &evidence).await?,
        no_baseline: pending.seal_if_any(&scope, name, "no_baseline", &no_baseline).await?,
    };
    let token = Some(act(pending, adoption, action).await?);
    Ok(pb::MeasureBenefitResponse { token })
}
