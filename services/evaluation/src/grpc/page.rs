//! One evaluation as the asker may see it.

use super::access::{AccessLevel, load_for};
use super::assess::unseal;
use super::declared;
use super::lists::criteria_set;
use super::{Answer, Service};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::delegation_order::DelegationOrders;
use idesluss_domain::evaluation::evaluation::rights::RULES;
use idesluss_domain::evaluation::evaluation::{
    Assessor, CriterionSummary, DecidedBy, DecisionMade, Dissent, EarlierAssessmentRecorded, EarlierDecisionRecorded,
    EarlierScore, Evaluation, EvaluationOpened, Given, PilotState, ResourcesCommitted, Scores, SupportArranged,
};
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::rights::offered;
use idesluss_domain::words::{EvaluationId, MandateReference, OrganisationId, PersonId, Role, SealedText, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, Recorded, Texts, members_in};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::GetEvaluation;
use std::collections::BTreeMap;
use tonic::Status;

pub(super) async fn get(service: Service, asker: Asker, asked: GetEvaluation) -> Answer<pb::GetEvaluationRequest> {
    let (context, id) = (&service.context, asked.evaluation);
    let position = context.engine.store().head().borrow().size;
    let (loaded, state, access) = load_for(context, &asker, id).await?;
    let evaluation = match access {
        AccessLevel::Role => draw(context, &asker, id, &loaded, &state).await?,
        AccessLevel::OwnDeclaration(aside) => declared::draw(context, &asker, id, &loaded, &state, aside).await?,
    };
    Ok(pb::GetEvaluationResponse {
        evaluation: Some(evaluation),
        position,
    })
}

/// Everything that is drawn from.
struct Page<'a> {
    asker: &'a Asker,
    id: EvaluationId,
    entries: &'a [Recorded],
    state: &'a Evaluation,
    texts: Texts,
}

/// Draws an evaluation for somebody who may see it. All texts are opened in one batch.
pub(super) async fn draw(
    context: &CommandContext,
    asker: &Asker,
    id: EvaluationId,
    loaded: &Loaded,
    state: &Evaluation,
) -> Result<pb::Evaluation, Status> {
    let stream = StreamName::evaluation(id);
    let mut members = members_in(loaded.entries(&stream), sealed_texts(asker, state));
    if let Some(opened) = &state.opened {
        let holder = context
            .engine
            .holder(loaded, &StreamName::idea(opened.idea), &opened.brief)
            .await?;
        members.extend(holder.iter().flat_map(Recorded::sealed_members));
    }
    let texts = context.open(&asker.permit, members).await?;
    let page = Page {
        asker,
        id,
        entries: loaded.entries(&stream),
        state,
        texts,
    };
    let Some(organisation) = state.home() else {
        return Ok(pb::Evaluation::default());
    };
    let (criteria, order) = (
        StreamName::criteria(organisation),
        StreamName::delegation_order(organisation),
    );
    let others = context.engine.load(&[criteria.clone(), order.clone()]).await?;
    let mandate = |reference: &MandateReference| {
        let orders = others.state::<DelegationOrders>(&order);
        orders.mandate(reference).map(pb::Mandate::from)
    };
    let opened = state.opened.as_ref();
    let (summaries, weighted_hundredths) = state.summary().unwrap_or_default();
    let decisions: Vec<pb::Decision> = (0..state.decisions.len())
        .map(|index| page.decision(index, &state.decisions[index], &mandate))
        .collect();
    let (decision, reconsidered) = match decisions.split_last() {
        Some((last, before)) => (Some(last.clone()), before.to_vec()),
        None => (None, Vec::new()),
    };
    Ok(pb::Evaluation {
        summary: Some(page.summary(organisation)),
        brief: opened.map(|opened| page.brief(opened)),
        criteria: opened.map(|opened| {
            let sets = others.state::<Criteria>(&criteria).0;
            let standard = standard_set(organisation);
            let used = sets
                .iter()
                .find(|set| set.version == opened.criteria_version)
                .unwrap_or(&standard);
            criteria_set(used, String::new())
        }),
        need_owner: state.need_owner.map(|person| person.to_string()).unwrap_or_default(),
        assessors: page.assessors(),
        assessments: page.assessments(),
        summaries: summaries.iter().map(spread).collect(),
        weighted_hundredths,
        recommendation: page.recommendation(),
        decision,
        reconsidered,
        resources: state
            .resources
            .iter()
            .map(|set_aside| page.resources(set_aside))
            .collect(),
        support: state.support.iter().map(|support| page.support(support)).collect(),
        pilots: state.pilots.iter().map(|pilot| page.pilot(pilot)).collect(),
        earlier_decisions: page.earlier_decisions(),
        earlier_assessments: page.earlier_assessments(),
        actions: offered(RULES, asker.actor(), state),
        own_declaration: None,
        falls_short: state.falls_short(),
    })
}

fn spread(summary: &CriterionSummary) -> pb::CriterionSummary {
    pb::CriterionSummary {
        criterion: summary.criterion.to_string(),
        count: summary.count,
        mean_hundredths: summary.mean_hundredths,
        lowest: summary.lowest.into(),
        highest: summary.highest.into(),
        spread: summary.spread.into(),
    }
}

/// Whether the asker may see this person's assessment: all once shown, before that only one's own.
fn may_see(asker: &Asker, state: &Evaluation, person: PersonId) -> bool {
    state.revealed.is_some() || (asker.actor().person == person && asker.actor().role == Role::Assessor)
}

/// All texts of the evaluation itself that the asker may read; the brief is another event's.
fn sealed_texts(asker: &Asker, state: &Evaluation) -> Vec<SealedText> {
    let mut digests: Vec<SealedText> = Vec::new();
    for (person, assessor) in &state.assessors {
        if let Some(given) = assessor.given.as_ref().filter(|_| may_see(asker, state, *person)) {
            digests.push(given.sealed);
            digests.extend(given.rationales.values());
        }
    }
    if let Some(recommendation) = &state.recommendation {
        digests.push(recommendation.reasons);
        digests.extend(recommendation.dissent.iter().map(|voice| voice.reasons));
    }
    for decision in &state.decisions {
        digests.push(decision.reasons);
        digests.extend(decision.conditions);
    }
    digests.extend(state.corrections.iter().map(|(_, correction)| *correction));
    digests.extend(state.resources.iter().filter_map(|set_aside| set_aside.note));
    digests.extend(state.support.iter().filter_map(|support| support.note));
    for pilot in &state.pilots {
        digests.extend([pilot.started.hypothesis, pilot.started.metric]);
        digests.extend(pilot.completed.iter().map(|completed| completed.result));
    }
    digests.extend(state.earlier_decisions.iter().filter_map(|earlier| earlier.reasons));
    let scores = state.earlier_assessments.iter().flat_map(|earlier| &earlier.scores);
    digests.extend(scores.filter_map(|score| score.rationale));
    digests
}

impl Page<'_> {
    /// When something happened, of the entries that `is` chooses.
    fn time(&self, is: impl Fn(&EvaluationEvent) -> bool) -> String {
        let found = self
            .entries
            .iter()
            .find(|entry| matches!(&entry.event, Some(Event::Evaluation(event)) if is(event)));
        found.map(|entry| entry.recorded.to_string()).unwrap_or_default()
    }

    /// When it happened last.
    fn last_time(&self, is: impl Fn(&EvaluationEvent) -> bool) -> String {
        let mut newest_first = self.entries.iter().rev();
        let found = newest_first.find(|entry| matches!(&entry.event, Some(Event::Evaluation(event)) if is(event)));
        found.map(|entry| entry.recorded.to_string()).unwrap_or_default()
    }

    fn summary(&self, organisation: &OrganisationId) -> pb::EvaluationSummary {
        let state = self.state;
        let opened = state.opened.as_ref();
        let ends = |entry: Option<&Recorded>| entry.map(|entry| entry.recorded.to_string()).unwrap_or_default();
        let idea = state.about();
        let earlier = state.earlier_decisions.first();
        let outcome = state.decision().map(|decision| decision.outcome);
        let outcome = outcome.or(earlier.and_then(|earlier| earlier.outcome));
        let decided_at = match state.decision() {
            Some(_) => self.decided_at(state.decisions.len() - 1).0,
            None => earlier
                .and_then(|earlier| earlier.decided.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default(),
        };
        let active = state.active_assessors();
        pb::EvaluationSummary {
            evaluation: self.id.to_string(),
            idea: idea.map(|idea| idea.to_string()).unwrap_or_default(),
            organisation: organisation.to_string(),
            gate: opened.map_or(0, |opened| pb::Gate::from(opened.gate) as i32),
            round: opened.map_or(0, |opened| opened.round),
            phase: state.status().map_or(pb::Phase::TakenOver, pb::Phase::from).into(),
            title: self
                .texts
                .get(opened.and_then(|opened| opened.brief.get("title").copied())),
            opened_at: ends(self.entries.first()),
            changed_at: ends(self.entries.last()),
            assigned: count(active),
            assessed: count(
                state
                    .active_assessors()
                    .filter(|(_, assessor)| assessor.given.is_some()),
            ),
            required: opened.map_or(0, |opened| opened.assessments_required),
            need_owner: state.need_owner.is_some(),
            outcome: outcome.map_or(0, |outcome| pb::Outcome::from(outcome) as i32),
            home: state.decision().is_some_and(|decision| decision.home),
            decided_at,
            closed: state.closed.map_or(0, |reason| pb::CloseReason::from(reason) as i32),
        }
    }

    fn brief(&self, opened: &EvaluationOpened) -> pb::Brief {
        let written = opened.brief.iter();
        pb::Brief {
            version: opened.brief_version,
            texts: written
                .filter_map(|(field, text)| Some((field.clone(), self.texts.get(Some(*text))?)))
                .collect(),
        }
    }

    fn assessors(&self) -> Vec<pb::AssessorState> {
        let state = self.state;
        let one = |(person, assessor): (&PersonId, &Assessor)| {
            let assigned = |event: &EvaluationEvent| matches!(event, EvaluationEvent::AssessorAssigned(assigned) if assigned.assessor == *person);
            pb::AssessorState {
                assessor: person.to_string(),
                assigned_at: self.time(assigned),
                declared_no_conflict: state.without_conflict.contains(person),
                declared_conflict: state.is_in_conflict(*person),
                assessed: assessor.given.is_some(),
                recused: assessor.recused,
                replaced_by: assessor
                    .replaced_by
                    .map(|person| person.to_string())
                    .unwrap_or_default(),
                author: state.is_excluded(*person),
            }
        };
        state.assessors.iter().map(one).collect()
    }

    fn assessments(&self) -> Vec<pb::Assessment> {
        let visible = (self.state.assessors.iter())
            .filter(|(person, _)| may_see(self.asker, self.state, **person))
            .filter_map(|(person, assessor)| Some((*person, assessor.given.as_ref()?)));
        visible.map(|(person, given)| self.assessment(person, given)).collect()
    }

    fn assessment(&self, person: PersonId, given: &Given) -> pb::Assessment {
        let shown = self.state.revealed.iter().flat_map(|shown| &shown.assessments);
        let shown = shown.into_iter().find(|shown| shown.assessor == person);
        let json = match shown {
            Some(shown) => Some(shown.scores.clone()),
            None => self
                .texts
                .get(Some(given.sealed))
                .and_then(|text| Some(unseal(&text.text)?.1)),
        };
        let scores: Scores = json
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default();
        let keys: BTreeMap<&String, &SealedText> = given.rationales.iter().collect();
        let criterion = |(criterion, rationale): (&&String, &&SealedText)| pb::AssessedCriterion {
            criterion: (*criterion).clone(),
            score: scores.get(*criterion).copied().unwrap_or_default().into(),
            rationale: self.texts.get(Some(**rationale)),
        };
        pb::Assessment {
            assessor: person.to_string(),
            commitment: given.commitment.to_string(),
            criteria: keys.iter().map(criterion).collect(),
            scores_json: shown.map(|shown| shown.scores.clone()).unwrap_or_default(),
            nonce: shown.map(|shown| hex::encode(shown.nonce.0)).unwrap_or_default(),
            revisions: given.revisions,
        }
    }

    fn recommendation(&self) -> Option<pb::Recommendation> {
        let recommendation = self.state.recommendation.as_ref()?;
        let voice = |dissent: &Dissent| pb::DissentText {
            assessor: dissent.assessor.to_string(),
            reasons: self.texts.get(Some(dissent.reasons)),
        };
        Some(pb::Recommendation {
            proposal: pb::Outcome::from(recommendation.proposal).into(),
            reasons: self.texts.get(Some(recommendation.reasons)),
            panel: recommendation.panel.iter().map(ToString::to_string).collect(),
            dissent: recommendation.dissent.iter().map(voice).collect(),
            issued_at: self.last_time(|event| matches!(event, EvaluationEvent::RecommendationIssued(_))),
            set_aside: self.state.recommendation_in_force().is_none(),
        })
    }

    /// When the `index`-th decision was written, and where it stands.
    fn decided_at(&self, index: usize) -> (String, u64) {
        let decision = |entry: &&Recorded| {
            matches!(
                &entry.event,
                Some(Event::Evaluation(
                    EvaluationEvent::DecisionMade(_) | EvaluationEvent::DecisionReconsidered(_)
                ))
            )
        };
        let found = self.entries.iter().filter(decision).nth(index);
        found.map_or_else(Default::default, |entry| (entry.recorded.to_string(), entry.position))
    }

    fn decision(
        &self,
        index: usize,
        made: &DecisionMade,
        mandate: &impl Fn(&MandateReference) -> Option<pb::Mandate>,
    ) -> pb::Decision {
        let (decided_at, position) = self.decided_at(index);
        let reports = self.state.reports.iter().filter(|(about, _)| *about == index);
        let corrections = self.state.corrections.iter().filter(|(about, _)| *about == index);
        let mut decision = pb::Decision {
            outcome: pb::Outcome::from(made.outcome).into(),
            home: made.home,
            reasons: self.texts.get(Some(made.reasons)),
            conditions: self.texts.get(made.conditions),
            cost_kronor: made.cost_kronor,
            decided_on: made.decided_on.to_string(),
            decided_at,
            basis: Some(pb::Basis::from(&made.basis)),
            reports: reports
                .map(|(_, report)| pb::Report {
                    board: report.board.clone(),
                    meeting: report.meeting.to_string(),
                    paragraph: report.paragraph.as_ref().map(ToString::to_string).unwrap_or_default(),
                })
                .collect(),
            corrections: corrections
                .filter_map(|(_, text)| self.texts.get(Some(*text)))
                .collect(),
            position,
            ..pb::Decision::default()
        };
        match &made.decided_by {
            DecidedBy::Person {
                person,
                mandate: reference,
            } => {
                decision.decider = person.to_string();
                decision.decider_is_author = self.state.is_excluded(*person);
                decision.mandate = mandate(reference);
            }
            DecidedBy::Board {
                board,
                meeting,
                paragraph,
                ..
            } => {
                decision.board.clone_from(board);
                decision.meeting = meeting.to_string();
                decision.paragraph = paragraph.to_string();
            }
        }
        decision
    }

    fn resources(&self, set_aside: &ResourcesCommitted) -> pb::Resources {
        pb::Resources {
            amount_kronor: set_aside.amount_kronor,
            hours: set_aside.hours,
            until: set_aside.until.map(|day| day.to_string()).unwrap_or_default(),
            note: self.texts.get(set_aside.note),
        }
    }

    fn support(&self, support: &SupportArranged) -> pb::Support {
        pb::Support {
            partner: support.partner.to_string(),
            kind: pb::SupportKind::from(support.kind).into(),
            note: self.texts.get(support.note),
        }
    }

    fn pilot(&self, pilot: &PilotState) -> pb::Pilot {
        let (started, completed) = (&pilot.started, pilot.completed.as_ref());
        pb::Pilot {
            hypothesis: self.texts.get(Some(started.hypothesis)),
            metric: self.texts.get(Some(started.metric)),
            starts_on: started.starts_on.to_string(),
            ends_on: started.ends_on.map(|day| day.to_string()).unwrap_or_default(),
            verdict: completed.map_or(0, |completed| pb::PilotVerdict::from(completed.verdict) as i32),
            result: self.texts.get(completed.map(|completed| completed.result)),
            completed_on: completed
                .map(|completed| completed.completed_on.to_string())
                .unwrap_or_default(),
        }
    }

    fn earlier_decisions(&self) -> Vec<pb::EarlierDecision> {
        let one = |earlier: &EarlierDecisionRecorded| pb::EarlierDecision {
            import: earlier.import.to_string(),
            outcome: earlier.outcome.map_or(0, |outcome| pb::Outcome::from(outcome) as i32),
            stated_status: earlier
                .stated_status
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            decided: earlier.decided.as_ref().map(ToString::to_string).unwrap_or_default(),
            reasons: self.texts.get(earlier.reasons),
            before_submission: earlier.before_submission,
        };
        self.state.earlier_decisions.iter().map(one).collect()
    }

    fn earlier_assessments(&self) -> Vec<pb::EarlierAssessment> {
        let score = |score: &EarlierScore| pb::EarlierAssessedCriterion {
            criterion: score.criterion.to_string(),
            score: score.score.into(),
            rationale: self.texts.get(score.rationale),
            assessed: score.assessed.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let one = |earlier: &EarlierAssessmentRecorded| pb::EarlierAssessment {
            import: earlier.import.to_string(),
            assessor: earlier.assessor.to_string(),
            criteria: earlier.scores.iter().map(score).collect(),
        };
        self.state.earlier_assessments.iter().map(one).collect()
    }
}

fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}
