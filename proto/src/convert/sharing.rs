use crate::pb::sharing as pb;
use crate::requests::sharing as read;
use idesluss_domain::sharing::adoption::Measurement;
use idesluss_domain::sharing::solution::Description;

impl From<&Description> for pb::Description {
    fn from(description: &Description) -> Self {
        let (lowest_kronor, highest_kronor) = description.cost_kronor.unwrap_or_default();
        Self {
            title: description.title.clone(),
            summary: description.summary.clone(),
            kind: pb::SolutionKind::from(description.kind).into(),
            licence: description.licence.clone(),
            contact: description.contact.clone(),
            cost_known: description.cost_kronor.is_some(),
            lowest_kronor,
            highest_kronor,
            prerequisites: description.prerequisites.clone(),
        }
    }
}

impl From<read::Description> for Description {
    fn from(read: read::Description) -> Self {
        let costs = (read.lowest_kronor, read.highest_kronor);
        Self {
            title: read.title,
            summary: read.summary,
            kind: read.kind,
            licence: read.licence,
            contact: read.contact,
            cost_kronor: read.cost_known.then_some(costs),
            prerequisites: read.prerequisites,
        }
    }
}

impl From<&Measurement> for pb::Measurement {
    fn from(measurement: &Measurement) -> Self {
        Self {
            metric: measurement.metric.clone(),
            unit: measurement.unit.clone(),
            value: measurement.value.as_str().to_owned(),
            from: measurement.from.to_string(),
            to: measurement.to.to_string(),
        }
    }
}

impl From<read::Measurement> for Measurement {
    fn from(read: read::Measurement) -> Self {
        Self {
            metric: read.metric,
            unit: read.unit,
            value: read.value,
            from: read.from,
            to: read.to,
        }
    }
}
