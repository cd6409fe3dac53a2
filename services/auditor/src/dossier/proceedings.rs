use super::{Case, TextNow};
use crate::Reading;
use idesluss_domain::evaluation::criteria::CriteriaAdopted;
use idesluss_domain::evaluation::evaluation::{AssessmentsRevealed, Evaluation, Evaluations};
use idesluss_domain::evaluation::{CriteriaEvent, EvaluationEvent, standard_set};
use idesluss_domain::{Decider as _, Event};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the decision could be grounded on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proceedings {
    /// The idea as the assessors and the decider saw it.
    pub brief: Brief,
    /// What it was assessed by.
    pub criteria: Criteria,
    /// What the assessors gave; None: it was not revealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<Scores>,
    /// What was declared about conflicts of interest, in order.
    pub conflicts: Vec<Declaration>,
    /// Who was asked to assess.
    pub panel: Vec<PanelMember>,
    /// What the panel recommended; None: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<Recommendation>,
    /// Who owned the need; None: nobody had confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need_owner: Option<String>,
}

/// The brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brief {
    /// Its version, from 1.
    pub version: u32,
    /// Its texts by field.
    pub texts: BTreeMap<String, TextNow>,
}

/// The criteria in force for this evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Criteria {
    /// The name of the set.
    pub set: String,
    /// Its version; 0: the instance's standard set, which nobody adopted.
    pub version: u32,
    /// How many independent assessments there had to be.
    pub assessments_required: u32,
    /// Each criterion, in order.
    pub criteria: Vec<CriterionSeen>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CriterionSeen {
    /// Its short name.
    pub key: String,
    /// Its Swedish name; empty: the set that it is from is not among the entries.
    pub name_sv: String,
    /// Its English name.
    pub name_en: String,
    /// Its weight, 1 to 100.
    pub weight: u32,
}

/// What the assessors gave, as it was revealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scores {
    /// The mean over all criteria by weight, in hundredths.
    pub weighted_hundredths: u32,
    /// Each criterion.
    pub criteria: Vec<Scored>,
    /// Each assessor's scores by criterion.
    pub assessors: BTreeMap<String, BTreeMap<String, u8>>,
}

/// How the assessors saw one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scored {
    /// The criterion.
    pub key: String,
    /// How many scored it.
    pub count: u32,
    /// The mean in hundredths.
    pub mean_hundredths: u32,
    /// The lowest score.
    pub lowest: u8,
    /// The highest score.
    pub highest: u8,
    /// Highest minus lowest.
    pub spread: u8,
}

/// What somebody declared about a conflict of interest (jäv).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declaration {
    /// Who.
    pub person: String,
    /// Whether there is one.
    pub conflict: bool,
    /// The position in evaluation's journal.
    pub position: u64,
    /// When it was recorded, UTC.
    pub recorded: String,
    /// What it is, if told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<TextNow>,
}

/// Somebody who was asked to assess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelMember {
    /// Who.
    pub assessor: String,
    /// Whether there is an assessment.
    pub assessed: bool,
    /// How often it was revised before it was revealed.
    pub revisions: u32,
    /// Whether the assessor was taken off.
    pub recused: bool,
    /// Who took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Why each score was given, by criterion.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rationales: BTreeMap<String, TextNow>,
}

/// What the panel recommended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// What it proposed.
    pub proposal: String,
    /// Why; None: the text is not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<TextNow>,
    /// Who stood behind it.
    pub panel: Vec<String>,
    /// Who saw it otherwise.
    pub dissent: Vec<DissentSeen>,
}

/// One of the panel saw it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DissentSeen {
    /// Who.
    pub assessor: String,
    /// Why; None: the text is not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<TextNow>,
}

pub(super) fn proceedings(case: &Case<'_>) -> Proceedings {
    let own = |reading: &&Reading| reading.own && case.is_known(reading);
    let mut readings: Vec<&Reading> = case.read.iter().filter(own).collect();
    readings.sort_by_key(|reading| reading.position);
    let mut state = Evaluation::default();
    let (mut conflicts, mut rationales, mut recommendation) = (Vec::new(), BTreeMap::new(), None);
    for reading in readings {
        let Event::Evaluation(event) = &reading.event else {
            continue;
        };
        state = Evaluations::evolve(state, event);
        let mut texts = case.texts(reading);
        let declared = |person: String, conflict, reason| Declaration {
            person,
            conflict,
            position: reading.position,
            recorded: reading.recorded.to_string(),
            reason,
        };
        match event {
            EvaluationEvent::NoConflictDeclared(event) => {
                conflicts.push(declared(event.person.to_string(), false, None));
            }
            EvaluationEvent::ConflictDeclared(event) => {
                conflicts.push(declared(event.person.to_string(), true, texts.remove("reason")));
            }
            EvaluationEvent::AssessmentSubmitted(event) => {
                drop(rationales.insert(event.assessor, below("rationales", texts)))
            }
            EvaluationEvent::AssessmentRevised(event) => {
                drop(rationales.insert(event.assessor, below("rationales", texts)))
            }
            EvaluationEvent::RecommendationIssued(issued) => {
                let dissent = issued.dissent.iter().enumerate().map(|(index, dissent)| DissentSeen {
                    assessor: dissent.assessor.to_string(),
                    reasons: texts.get(&format!("dissent.{index}.reasons")).cloned(),
                });
                recommendation = Some(Recommendation {
                    proposal: issued.proposal.as_str().to_owned(),
                    reasons: texts.get("reasons").cloned(),
                    panel: issued.panel.iter().map(ToString::to_string).collect(),
                    dissent: dissent.collect(),
                });
            }
            _ => {}
        }
    }
    let member = |(person, assessor): (&_, &idesluss_domain::evaluation::evaluation::Assessor)| PanelMember {
        assessor: ToString::to_string(person),
        assessed: assessor.given.is_some(),
        revisions: assessor.given.as_ref().map_or(0, |given| given.revisions),
        recused: assessor.recused,
        replaced_by: assessor.replaced_by.map(|person| person.to_string()),
        rationales: rationales.remove(person).unwrap_or_default(),
    };
    Proceedings {
        brief: Brief {
            version: case.opened.brief_version,
            texts: below("brief", case.texts(case.opening)),
        },
        criteria: criteria(case),
        scores: state.revealed.as_ref().map(scores),
        conflicts,
        panel: state.assessors.iter().map(member).collect(),
        recommendation,
        need_owner: state.need_owner.map(|person| person.to_string()),
    }
}

/// The texts of one member, by what comes after its name.
fn below(member: &str, texts: BTreeMap<String, TextNow>) -> BTreeMap<String, TextNow> {
    let inside = |(path, text): (String, TextNow)| {
        let field = path.strip_prefix(member)?.strip_prefix('.')?.to_owned();
        Some((field, text))
    };
    texts.into_iter().filter_map(inside).collect()
}

fn criteria(case: &Case<'_>) -> Criteria {
    let opened = case.opened;
    let adopted = |reading: &Reading| match &reading.event {
        Event::Criteria(CriteriaEvent::CriteriaAdopted(set)) if reading.own => Some(set.clone()),
        _ => None,
    };
    let ours =
        |set: &CriteriaAdopted| set.organisation == opened.organisation && set.version == opened.criteria_version;
    let set = match opened.criteria_version {
        0 => Some(standard_set(&opened.organisation)),
        _ => case.read.iter().filter_map(adopted).find(ours),
    };
    let one = |weighted: &idesluss_domain::evaluation::evaluation::WeightedCriterion| {
        let known = set
            .iter()
            .flat_map(|set| &set.criteria)
            .find(|known| known.key == weighted.key);
        CriterionSeen {
            key: weighted.key.to_string(),
            name_sv: known.map(|known| known.name_sv.clone()).unwrap_or_default(),
            name_en: known.map(|known| known.name_en.clone()).unwrap_or_default(),
            weight: weighted.weight,
        }
    };
    Criteria {
        set: opened.criteria_set.to_string(),
        version: opened.criteria_version,
        assessments_required: opened.assessments_required,
        criteria: opened.criteria.iter().map(one).collect(),
    }
}

fn scores(revealed: &AssessmentsRevealed) -> Scores {
    let scored = |summary: &idesluss_domain::evaluation::evaluation::CriterionSummary| Scored {
        key: summary.criterion.to_string(),
        count: summary.count,
        mean_hundredths: summary.mean_hundredths,
        lowest: summary.lowest,
        highest: summary.highest,
        spread: summary.spread,
    };
    let given = |assessment: &idesluss_domain::evaluation::evaluation::RevealedAssessment| {
        // What is no list of scores is none; `audit verify` says so.
        let scores = serde_json::from_str(&assessment.scores).unwrap_or_default();
        (assessment.assessor.to_string(), scores)
    };
    Scores {
        weighted_hundredths: revealed.weighted_hundredths,
        criteria: revealed.criteria.iter().map(scored).collect(),
        assessors: revealed.assessments.iter().map(given).collect(),
    }
}
