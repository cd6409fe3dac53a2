//! Evaluations in the sample region.

use super::stage::{DemoError, Stage, Story, done, until};
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::{EvaluationId, Role};
use idesluss_proto::pb::command::Query;
use idesluss_proto::pb::evaluation as pb;
use idesluss_runtime::ForCommand;
use tonic::Request;
use uuid::Uuid;

/// How far an evaluation is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Far {
    Assigned,
    OneAssessed,
    Revealed,
    Recommended,
    Decided(pb::Outcome, Home),
}

/// Whether an idea that advances is carried out at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Home {
    Yes,
    No,
}

/// Rationales by criterion: for a high score, and for a low one.
const RATIONALES: [(&str, &str, &str); 7] = [
    (
        "citizen-benefit",
        "Märks direkt för dem vi är till för.",
        "Nyttan finns, men för en liten grupp.",
    ),
    (
        "feasibility",
        "Går att göra med den personal och de lokaler som finns.",
        "Kräver att flera förvaltningar ändrar sitt sätt att arbeta.",
    ),
    (
        "cost",
        "Kostnaden är låg och betalar sig inom ett år.",
        "Kostnaden är osäker och behöver räknas om.",
    ),
    (
        "novelty",
        "Har inte prövats i regionen.",
        "Liknande finns redan på andra håll, vilket också är en trygghet.",
    ),
    ("reach", "Berör många, varje vecka.", "Berör få, men dem desto mer."),
    (
        "spread",
        "Grannarna har samma behov och kan göra likadant.",
        "Bygger på hur det ser ut just här.",
    ),
    (
        "risk",
        "Inga hinder i lag som vi kan se.",
        "Personuppgifter behöver utredas innan vi börjar.",
    ),
];

fn rationale(index: usize, score: u32) -> String {
    let (_, high, low) = RATIONALES[index % RATIONALES.len()];
    (if score >= 4 { high } else { low }).to_owned()
}

/// A score from 2 to 5 that follows from the seed.
fn score(story: &Story, round: u32, assessor: &str, criterion: &str) -> u32 {
    let id: Uuid = story.id(&format!("score/{round}/{assessor}/{criterion}"));
    2 + u32::from(id.as_bytes()[0]) % 4
}

/// Adopts what decisions rest on, in every organisation that decides.
pub(super) async fn adopt_orders(stage: &Stage) -> Result<(), DemoError> {
    let homes = [
        "uddevalla",
        "trollhattan",
        "vanersborg",
        "fyrbodal",
        "innovatum",
        "entreprenorsarenan",
    ];
    for home in homes {
        let mut story = Story::new(stage, &format!("order/{home}"), jiff::civil::date(2026, 1, 14));
        let coordinator = stage.who(home, Role::Coordinator, 0);
        let decider = stage.who(home, Role::DecisionMaker, 0);
        let company = matches!(home, "innovatum" | "entreprenorsarenan");
        let clause = |number: &str, gates: &[pb::Gate], up_to_kronor| pb::Clause {
            number: number.to_owned(),
            gates: gates.iter().map(|gate| (*gate).into()).collect(),
            up_to_kronor,
            holder: decider.person.to_string(),
            may_subdelegate: true,
        };
        let form = if company {
            pb::OrderForm::SigningAuthority
        } else {
            pb::OrderForm::Delegation
        };
        let board = match home {
            "fyrbodal" => "Direktionen",
            _ if company => "Styrelsen",
            _ => "Kommunstyrelsen",
        };
        let request = pb::AdoptDelegationOrderRequest {
            command: story.next(),
            form: form.into(),
            adopted_by: board.to_owned(),
            adopted_on: "2026-01-14".into(),
            paragraph: "§ 7".into(),
            valid_from: "2026-01-15".into(),
            valid_until: String::new(),
            clauses: vec![
                clause("4.1", &[pb::Gate::Opportunity, pb::Gate::Concept], 100_000),
                clause("4.2", &[pb::Gate::Pilot, pb::Gate::Rollout], 500_000),
            ],
        };
        done(
            "the delegation order",
            stage.evaluation(&coordinator).adopt_delegation_order(request).await,
        )?;
    }
    Ok(())
}

/// Plays an idea's round at a gate, from its opening as far as asked.
pub(super) async fn evaluate(
    story: &mut Story,
    home: &str,
    round: u32,
    gate: pb::Gate,
    far: Far,
) -> Result<(), DemoError> {
    let stage = story.stage.clone();
    let id = story.round(round);
    let coordinator = stage.who(home, Role::Coordinator, 0);
    until("the opening of an evaluation", || {
        let mut evaluations = stage.evaluations(&coordinator);
        let request = pb::GetEvaluationRequest {
            query: Some(Query::default()),
            evaluation: id.to_string(),
        };
        async move { evaluations.get_evaluation(request).await.ok() }
    })
    .await?;
    story.wait(4);
    let assessors = [stage.who(home, Role::Assessor, 0), stage.who(home, Role::Assessor, 1)];
    let assign = pb::AssignAssessorsRequest {
        command: story.next(),
        evaluation: id.to_string(),
        assessors: assessors.iter().map(|assessor| assessor.person.to_string()).collect(),
    };
    done(
        "assigning",
        stage.evaluation(&coordinator).assign_assessors(assign).await,
    )?;
    if gate != pb::Gate::Opportunity {
        let need_owner = stage.who(home, Role::NeedOwner, 0);
        let confirm = pb::ConfirmNeedOwnerRequest {
            command: story.next(),
            evaluation: id.to_string(),
        };
        done(
            "the need owner",
            stage.evaluation(&need_owner).confirm_need_owner(confirm).await,
        )?;
    }
    let count = match far {
        Far::Assigned => 0,
        Far::OneAssessed => 1,
        _ => 2,
    };
    for assessor in &assessors[..count] {
        story.wait(3);
        let declare = pb::DeclareNoConflictRequest {
            command: story.next(),
            evaluation: id.to_string(),
        };
        done(
            "declaring",
            stage.evaluation(assessor).declare_no_conflict(declare).await,
        )?;
        let scores = standard_criteria().into_iter().enumerate().map(|(index, criterion)| {
            let score = score(story, round, &assessor.person.to_string(), criterion.key.as_str());
            pb::Score {
                criterion: criterion.key.into(),
                score,
                rationale: rationale(index, score),
            }
        });
        let scores = scores.collect();
        let submit = pb::SubmitAssessmentRequest {
            command: story.next(),
            evaluation: id.to_string(),
            scores,
        };
        done("assessing", stage.evaluation(assessor).submit_assessment(submit).await)?;
    }
    if far < Far::Revealed {
        return Ok(());
    }
    story.wait(1);
    let reveal = pb::RevealAssessmentsRequest {
        command: story.next(),
        evaluation: id.to_string(),
    };
    done(
        "showing",
        stage.evaluation(&coordinator).reveal_assessments(reveal).await,
    )?;
    if far < Far::Recommended {
        return Ok(());
    }
    let proposal = match far {
        Far::Decided(outcome, _) => outcome,
        _ => pb::Outcome::Advance,
    };
    story.wait(2);
    let recommend = pb::IssueRecommendationRequest {
        command: story.next(),
        evaluation: id.to_string(),
        proposal: proposal.into(),
        reasons: recommendation(proposal).to_owned(),
        panel: assessors.iter().map(|assessor| assessor.person.to_string()).collect(),
        dissent: Vec::new(),
    };
    done(
        "recommending",
        stage.evaluation(&assessors[0]).issue_recommendation(recommend).await,
    )?;
    if let Far::Decided(outcome, at_home) = far {
        decide(story, home, id, outcome, at_home).await?;
    }
    Ok(())
}

fn recommendation(proposal: pb::Outcome) -> &'static str {
    match proposal {
        pb::Outcome::Reject => "Nyttan svarar inte mot kostnaden.",
        pb::Outcome::Park => "Idén är god, men inte i år.",
        pb::Outcome::Return => "Underlaget behöver säga mer om kostnaden.",
        _ => "Panelen är enig: nyttan är tydlig och riskerna går att hantera.",
    }
}

async fn decide(
    story: &mut Story,
    home: &str,
    id: EvaluationId,
    outcome: pb::Outcome,
    at_home: Home,
) -> Result<(), DemoError> {
    let stage = story.stage.clone();
    let decider = stage.who(home, Role::DecisionMaker, 0);
    story.wait(3);
    let declare = pb::DeclareNoConflictRequest {
        command: story.next(),
        evaluation: id.to_string(),
    };
    done(
        "the decider's declaration",
        stage.evaluation(&decider).declare_no_conflict(declare).await,
    )?;
    story.wait(1);
    let command = story.next();
    // What the services note meanwhile is new to the page: then it is drawn again, as a person would.
    until("a decision on the newest page", || {
        let (mut evaluations, mut evaluation) = (stage.evaluations(&decider), stage.evaluation(&decider));
        let page = pb::GetDecisionPageRequest {
            since: 0,
            query: Some(Query::default()),
            evaluation: id.to_string(),
            cost_kronor: 40_000,
        };
        let command = command.clone();
        async move {
            let seen = evaluations.get_decision_page(page).await.ok()?.into_inner().seen;
            let request = pb::MakeDecisionRequest {
                command,
                evaluation: id.to_string(),
                outcome: outcome.into(),
                home: at_home == Home::Yes,
                reasons: reasons(outcome, at_home).to_owned(),
                conditions: String::new(),
                cost_kronor: 40_000,
                seen,
            };
            let made = evaluation.make_decision(for_command(request)).await;
            done("the decision", made).ok()
        }
    })
    .await?;
    Ok(())
}

/// A decision is asserted for that very command.
fn for_command(request: pb::MakeDecisionRequest) -> Request<pb::MakeDecisionRequest> {
    let id = request.command.as_ref().map(|command| command.command_id.clone());
    ForCommand::request(&id.unwrap_or_default(), request)
}

fn reasons(outcome: pb::Outcome, at_home: Home) -> &'static str {
    match (outcome, at_home) {
        (pb::Outcome::Reject, _) => {
            "Vi säger nej, eftersom försöket visade att nyttan är mindre än kostnaden. Tack för att ni vågade prova."
        }
        (pb::Outcome::Park, _) => "Vi väntar till nästa budget. Idén ligger kvar och tas upp igen då.",
        (pb::Outcome::Return, _) => "Vi behöver veta mer om kostnaden innan vi går vidare.",
        (_, Home::Yes) => "Nyttan är stor och kostnaden liten. Enheten genomför den själv under hösten.",
        (_, Home::No) => "Bedömarna är eniga om nyttan. Vi går vidare till nästa grind.",
    }
}

/// Runs a pilot at its gate.
pub(super) async fn pilot(story: &mut Story, home: &str, round: u32, worked: bool) -> Result<(), DemoError> {
    let stage = story.stage.clone();
    let id = story.round(round);
    let coordinator = stage.who(home, Role::Coordinator, 0);
    until("the opening of the pilot gate", || {
        let mut evaluations = stage.evaluations(&coordinator);
        let request = pb::GetEvaluationRequest {
            query: Some(Query::default()),
            evaluation: id.to_string(),
        };
        async move { evaluations.get_evaluation(request).await.ok() }
    })
    .await?;
    story.wait(7);
    let starts_on = story.day.to_string();
    let start = pb::StartPilotRequest {
        command: story.next(),
        evaluation: id.to_string(),
        hypothesis: "Om vi provar på en enhet i sex veckor sparar vi minst två timmar i veckan.".into(),
        metric: "Timmar per vecka, enligt enhetens egen tidslogg.".into(),
        starts_on,
        ends_on: String::new(),
    };
    done(
        "the pilot's start",
        stage.evaluation(&coordinator).start_pilot(start).await,
    )?;
    story.wait(42);
    let (verdict, result) = if worked {
        (
            pb::PilotVerdict::Confirmed,
            "Tre timmar i veckan sparades, och personalen vill fortsätta.",
        )
    } else {
        (
            pb::PilotVerdict::Refuted,
            "Ingen tid sparades: koderna repades och de flesta ringde ändå.",
        )
    };
    let complete = pb::CompletePilotRequest {
        command: story.next(),
        evaluation: id.to_string(),
        verdict: verdict.into(),
        result: result.into(),
        completed_on: story.day.to_string(),
    };
    done(
        "the pilot's end",
        stage.evaluation(&coordinator).complete_pilot(complete).await,
    )?;
    Ok(())
}
