//! Solutions and adoptions in the sample region.

use super::stage::{DemoError, Story, done, until};
use idesluss_domain::words::{Role, SolutionId};
use idesluss_proto::pb::sharing as pb;

/// What a solution is published as.
pub(super) struct Offer {
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) kind: pb::SolutionKind,
    pub(super) kronor: (u64, u64),
    pub(super) prerequisites: &'static str,
    pub(super) visibility: pb::Visibility,
}

/// A neighbour's use, with what was measured before and after.
pub(super) struct Use {
    pub(super) home: &'static str,
    pub(super) form: pb::AdoptionForm,
    pub(super) need: &'static str,
    pub(super) metric: &'static str,
    pub(super) unit: &'static str,
    /// None: nothing was measured before.
    pub(super) before: Option<&'static str>,
    pub(super) after: &'static str,
    pub(super) class: pb::BenefitClass,
    pub(super) ends: Ends,
}

/// How a use came out.
pub(super) enum Ends {
    /// It is in use; what the adopter tells others.
    InUse(&'static str),
    /// It was given up: why, and what others can learn.
    Stopped(&'static str, &'static str),
}

/// Publishes the draft that an idea led to.
pub(super) async fn publish(story: &mut Story, home: &str, offer: &Offer) -> Result<SolutionId, DemoError> {
    let stage = story.stage.clone();
    let solution = SolutionId::derive(story.idea());
    let steward = stage.who(home, Role::Steward, 0);
    story.wait(5);
    let command = story.next();
    until("a draft of the solution", || {
        let mut sharing = stage.sharing(&steward);
        let request = pb::PublishSolutionRequest {
            command: command.clone(),
            solution: solution.to_string(),
            description: Some(pb::Description {
                title: offer.title.into(),
                summary: offer.summary.into(),
                kind: offer.kind.into(),
                licence: "CC-BY-4.0".into(),
                contact: format!("idesluss@{home}.example"),
                cost_known: true,
                lowest_kronor: offer.kronor.0,
                highest_kronor: offer.kronor.1,
                prerequisites: offer.prerequisites.into(),
            }),
            visibility: offer.visibility.into(),
            cleared: true,
        };
        async move { done("publishing", sharing.publish_solution(request).await).ok() }
    })
    .await?;
    Ok(solution)
}

/// Plays a neighbour's use of a solution.
pub(super) async fn adopt(story: &mut Story, solution: SolutionId, using: &Use) -> Result<(), DemoError> {
    let stage = story.stage.clone();
    let adopter = stage.who(using.home, Role::Adopter, 0);
    let adoption = story.id(&format!("adoption/{}", using.home)).to_string();
    story.wait(6);
    let interest = pb::RegisterInterestRequest {
        command: story.next(),
        adoption: adoption.clone(),
        solution: solution.to_string(),
        need: using.need.into(),
    };
    done("interest", stage.sharing(&adopter).register_interest(interest).await)?;
    let measurement = |value: &str, from: &str, to: &str| {
        Some(pb::Measurement {
            metric: using.metric.into(),
            unit: using.unit.into(),
            value: value.into(),
            from: from.into(),
            to: to.into(),
        })
    };
    if let Some(before) = using.before {
        let baseline = pb::RecordBaselineRequest {
            command: story.next(),
            adoption: adoption.clone(),
            measurement: measurement(before, "2026-03-01", "2026-05-31"),
        };
        done("the baseline", stage.sharing(&adopter).record_baseline(baseline).await)?;
    }
    story.wait(5);
    let decide = pb::DecideAdoptionRequest {
        command: story.next(),
        adoption: adoption.clone(),
        form: using.form.into(),
        reasons: "Samma behov finns hos oss, och grannen har visat att det går.".into(),
    };
    done(
        "the adoption's decision",
        stage.sharing(&adopter).decide_adoption(decide).await,
    )?;
    let start = pb::StartAdoptionRequest {
        command: story.next(),
        adoption: adoption.clone(),
        starts_on: "2026-06-08".into(),
    };
    done(
        "the adoption's start",
        stage.sharing(&adopter).start_adoption(start).await,
    )?;
    let complete = pb::CompleteAdoptionRequest {
        command: story.next(),
        adoption: adoption.clone(),
        in_use_from: "2026-06-29".into(),
        deviations: String::new(),
    };
    done(
        "taking into use",
        stage.sharing(&adopter).complete_adoption(complete).await,
    )?;
    story.wait(30);
    let measure = pb::MeasureBenefitRequest {
        command: story.next(),
        adoption: adoption.clone(),
        measurement: measurement(using.after, "2026-07-01", "2026-09-30"),
        class: using.class.into(),
        better: match using.class {
            pb::BenefitClass::Quality => pb::Better::Higher,
            _ => pb::Better::Lower,
        }
        .into(),
        evidence: "Enhetens egen logg.".into(),
        no_baseline: match using.before {
            Some(_) => String::new(),
            None => "Ingen räknade innan vi började.".into(),
        },
    };
    done("the benefit", stage.sharing(&adopter).measure_benefit(measure).await)?;
    match using.ends {
        Ends::InUse(experience) => {
            let share = pb::ShareExperienceRequest {
                command: story.next(),
                adoption,
                experience: experience.into(),
                cleared: true,
            };
            done("the experience", stage.sharing(&adopter).share_experience(share).await)?;
        }
        Ends::Stopped(reason, lesson) => {
            let stop = pb::DiscontinueAdoptionRequest {
                command: story.next(),
                adoption,
                reason: reason.into(),
                lesson: lesson.into(),
            };
            done("giving up", stage.sharing(&adopter).discontinue_adoption(stop).await)?;
        }
    }
    Ok(())
}
