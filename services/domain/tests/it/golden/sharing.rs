use super::Samples;
use crate::ids::{day, idea, organisation, person, text};
use idesluss_domain::sharing::adoption::*;
use idesluss_domain::sharing::solution::*;
use idesluss_domain::words::{EvaluationId, SolutionId};

pub(super) fn write(samples: &mut Samples) {
    solutions(samples);
    adoptions(samples);
}

fn solutions(samples: &mut Samples) {
    let drafted = SolutionDrafted {
        solution: SolutionId::derive(idea(1)),
        organisation: organisation("uddevalla"),
        idea: idea(1),
        decided_in: Some(EvaluationId::derive(idea(1), 4)),
    };
    samples.page(
        SolutionEvent::from,
        drafted,
        &[("without-decided-in", &|event| event.decided_in = None)],
    );
    let description = Description {
        title: "Halkfri entré".into(),
        summary: "Mattor som ligger \"still\".".into(),
        kind: SolutionKind::Product,
        licence: "CC-BY-4.0".into(),
        contact: "utveckling@uddevalla.example".into(),
        cost_kronor: Some((500, 900)),
        prerequisites: "En entré.".into(),
    };
    let published = SolutionPublished {
        description: description.clone(),
        steward: person(4),
        visibility: Visibility::Own,
    };
    samples.words(SolutionEvent::from, published.clone(), "visibility", |event, word| {
        event.visibility = word
    });
    samples.words(SolutionEvent::from, published.clone(), "kind", |event, word| {
        event.description.kind = word
    });
    samples.page(
        SolutionEvent::from,
        published,
        &[("without-cost", &|event| event.description.cost_kronor = None)],
    );
    let versioned = SolutionVersioned {
        version: 2,
        description,
        visibility: Visibility::Region,
        changes: "Nu för alla.".into(),
    };
    samples.page(
        SolutionEvent::from,
        versioned,
        &[("without-cost", &|event| event.description.cost_kronor = None)],
    );
    let retired = SolutionRetired {
        reason: "Finns inte längre.".into(),
        replaced_by: Some(SolutionId::derive(idea(2))),
    };
    samples.page(
        SolutionEvent::from,
        retired,
        &[("without-replaced-by", &|event| event.replaced_by = None)],
    );
}

fn adoptions(samples: &mut Samples) {
    let interest = InterestRegistered {
        solution: SolutionId::derive(idea(1)),
        organisation: organisation("trollhattan"),
        need: Some(text(1)),
    };
    samples.page(
        AdoptionEvent::from,
        interest,
        &[("without-need", &|event| event.need = None)],
    );
    let decided = AdoptionDecided {
        form: AdoptionForm::Adapt,
        reasons: text(2),
    };
    samples.words(AdoptionEvent::from, decided.clone(), "form", |event, word| {
        event.form = word
    });
    samples.page(AdoptionEvent::from, decided, &[]);
    samples.page(AdoptionEvent::from, AdoptionStarted { starts_on: day(2) }, &[]);
    let postponed = AdoptionPostponed {
        starts_on: day(9),
        reason: text(8),
    };
    samples.page(AdoptionEvent::from, postponed, &[]);
    let completed = AdoptionCompleted {
        in_use_from: day(10),
        deviations: Some(text(3)),
    };
    samples.page(
        AdoptionEvent::from,
        completed,
        &[("without-deviations", &|event| event.deviations = None)],
    );
    let measurement = Measurement {
        metric: "fall".into(),
        unit: "antal".into(),
        value: "-12.50".parse().expect("a number"),
        from: day(1),
        to: day(20),
    };
    let baseline = BaselineRecorded {
        measurement: measurement.clone(),
    };
    samples.page(AdoptionEvent::from, baseline, &[]);
    let benefit = BenefitMeasured {
        measurement,
        class: BenefitClass::Quality,
        better: Better::Higher,
        evidence: Some(text(4)),
        no_baseline: Some(text(5)),
    };
    samples.words(AdoptionEvent::from, benefit.clone(), "class", |event, word| {
        event.class = word
    });
    samples.words(AdoptionEvent::from, benefit.clone(), "better", |event, word| {
        event.better = word
    });
    samples.page(
        AdoptionEvent::from,
        benefit,
        &[
            ("without-evidence", &|event| event.evidence = None),
            ("without-no-baseline", &|event| event.no_baseline = None),
        ],
    );
    let stopped = AdoptionDiscontinued {
        reason: text(6),
        lesson: text(7),
    };
    samples.page(AdoptionEvent::from, stopped, &[]);
    let experience = "Mattorna gled ändå.".to_owned();
    samples.page(AdoptionEvent::from, ExperienceShared { experience }, &[]);
}
