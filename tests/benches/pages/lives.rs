//! Ideas of today beside those that were taken over: assessed, decided, some of them carried out, offered to the neighbours and taken into use.

use futures_util::{StreamExt as _, stream};
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::{IdeaId, SolutionId};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use idesluss_runtime::Directory;
use idesluss_tests::{Server, Someone, Ways};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;

const HOME: &str = "uddevalla";
const NEIGHBOUR: &str = "trollhattan";
/// How many are lived at once.
const AT_ONCE: usize = 32;
/// How long the other services may be behind at the beginning.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Of so many ideas one is of today.
const OF: usize = 100;

/// How far an idea gets: of ten, so many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    Submitted,
    Accepted,
    Rejected,
    Advanced,
    InUse,
}

const TEN: [Far; 10] = [
    Far::Submitted,
    Far::Accepted,
    Far::Rejected,
    Far::Advanced,
    Far::InUse,
    Far::Rejected,
    Far::Advanced,
    Far::Rejected,
    Far::Advanced,
    Far::InUse,
];

/// Who takes part.
struct Cast {
    ways: Ways,
    submitter: Someone,
    coordinator: Someone,
    assessors: [Someone; 2],
    decider: Someone,
    steward: Someone,
    adopter: Someone,
}

/// Asks again until reactions have done what they do, also where they have much to catch up with.
async fn until<T>(ask: impl AsyncFn() -> Result<T, Status>) -> T {
    let began = Instant::now();
    loop {
        match ask().await {
            Ok(found) => return found,
            Err(status) => assert!(began.elapsed() < PATIENCE, "it has not happened: {status}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Cast {
    fn of(server: &Server, directory: &Directory) -> Self {
        let named = |name: &str, organisation: &str, role: Role| {
            let person = directory.people.iter().find(|person| person.name == name);
            Someone::of(
                person.expect("a person of the sample region").id.to_string(),
                organisation,
                role,
            )
        };
        let [submission, evaluation, sharing] =
            ["submission", "evaluation", "sharing"].map(|service| server.way(service));
        Self {
            ways: Ways {
                submission,
                evaluation,
                sharing,
            },
            submitter: named("Samir Haddad", HOME, Role::Submitter),
            coordinator: named("Anders Holm", HOME, Role::Coordinator),
            assessors: ["Eva Sandberg", "Jonas Ek"].map(|name| named(name, HOME, Role::Assessor)),
            decider: named("Karin Åkesson", HOME, Role::DecisionMaker),
            steward: named("Sofia Marklund", HOME, Role::Steward),
            adopter: named("Daniel Kvist", NEIGHBOUR, Role::Adopter),
        }
    }

    /// Waits until the other services have heard of all that was taken over: they may be far behind.
    async fn hear(&self) {
        let idea = self.submitter.says(self.submitter.idea());
        let submitted = self.ways.submission().submit_idea(idea).await.expect("submitted");
        let after = submitted.into_inner().token;
        let began = Instant::now();
        loop {
            let overview = ev::ListEvaluationsRequest {
                query: self.coordinator.asks_after(after.clone()),
                ..ev::ListEvaluationsRequest::default()
            };
            let solutions = sh::ListSolutionsRequest {
                query: self.coordinator.asks_after(after.clone()),
                ..sh::ListSolutionsRequest::default()
            };
            let heard = self
                .ways
                .evaluations()
                .list_evaluations(self.coordinator.says(overview))
                .await;
            let told = self
                .ways
                .solutions()
                .list_solutions(self.coordinator.says(solutions))
                .await;
            if heard.is_ok() && told.is_ok() {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "not everybody has heard: {heard:?}, {told:?}"
            );
        }
    }

    /// Criteria by which two people can have hundreds of ideas before them.
    async fn adopt_criteria(&self) {
        let criteria = standard_criteria()
            .into_iter()
            .take(2)
            .map(|criterion| ev::Criterion::from(&criterion));
        let request = ev::AdoptCriteriaRequest {
            command: self.coordinator.command(),
            name: "Snabbprövning".into(),
            criteria: criteria.collect(),
            assessments_required: 2,
            load_cap: 500,
            earlier: false,
        };
        self.ways
            .evaluation()
            .adopt_criteria(self.coordinator.says(request))
            .await
            .expect("adopted");
    }

    async fn live(&self, text: &[String; 2], far: Far) {
        let idea = sub::SubmitIdeaRequest {
            title: text[0].clone(),
            problem: text[1].clone(),
            ..self.submitter.idea()
        };
        let id = self.ways.submit(self.submitter.says(idea)).await.expect("submitted");
        if far == Far::Submitted {
            return;
        }
        let brief = sub::ApproveBriefRequest {
            title: text[0].clone(),
            problem: text[1].clone(),
            ..self.coordinator.brief(&id)
        };
        let accept = sub::AcceptIdeaRequest {
            command: self.coordinator.command(),
            idea: id.clone(),
        };
        let mut submission = self.ways.submission();
        submission
            .approve_brief(self.coordinator.says(brief))
            .await
            .expect("a brief");
        submission
            .accept_idea(self.coordinator.says(accept))
            .await
            .expect("accepted");
        if far > Far::Accepted {
            self.judge(&id, far).await;
        }
        if far == Far::InUse {
            self.carry_out(&id, &text[0]).await;
        }
    }

    async fn judge(&self, idea: &str, far: Far) {
        let evaluation = self.opened(idea).await;
        let mut client = self.ways.evaluation();
        let assign = ev::AssignAssessorsRequest {
            command: self.coordinator.command(),
            evaluation: evaluation.clone(),
            assessors: self.assessors.each_ref().map(Someone::person).to_vec(),
        };
        client
            .assign_assessors(self.coordinator.says(assign))
            .await
            .expect("assigned");
        for (assessor, score) in self.assessors.iter().zip([3, 5]) {
            self.declare(assessor, &evaluation).await;
            let given = standard_criteria().into_iter().take(2).map(|criterion| ev::Score {
                criterion: criterion.key.into(),
                score,
                rationale: "Märks direkt för dem vi är till för.".into(),
            });
            let submit = ev::SubmitAssessmentRequest {
                command: assessor.command(),
                evaluation: evaluation.clone(),
                scores: given.collect(),
            };
            client.submit_assessment(assessor.says(submit)).await.expect("assessed");
        }
        let reveal = ev::RevealAssessmentsRequest {
            command: self.coordinator.command(),
            evaluation: evaluation.clone(),
        };
        client
            .reveal_assessments(self.coordinator.says(reveal))
            .await
            .expect("shown");
        let outcome = if far == Far::Rejected {
            ev::Outcome::Reject
        } else {
            ev::Outcome::Advance
        };
        let [first, _] = &self.assessors;
        let recommend = ev::IssueRecommendationRequest {
            command: first.command(),
            evaluation: evaluation.clone(),
            proposal: outcome.into(),
            reasons: "Panelen är enig.".into(),
            panel: self.assessors.each_ref().map(Someone::person).to_vec(),
            dissent: Vec::new(),
        };
        client
            .issue_recommendation(first.says(recommend))
            .await
            .expect("recommended");
        self.declare(&self.decider, &evaluation).await;
        let decision = ev::MakeDecisionRequest {
            evaluation,
            outcome: outcome.into(),
            home: far == Far::InUse,
            reasons: "Nyttan och kostnaden är vägda mot varandra.".into(),
            cost_kronor: 40_000,
            ..ev::MakeDecisionRequest::default()
        };
        self.ways.decide(&self.decider, decision).await.expect("decided");
    }

    async fn declare(&self, person: &Someone, evaluation: &str) {
        let declare = ev::DeclareNoConflictRequest {
            command: person.command(),
            evaluation: evaluation.to_owned(),
        };
        self.ways
            .evaluation()
            .declare_no_conflict(person.says(declare))
            .await
            .expect("declared");
    }

    /// The evaluation at the first gate, once it is open.
    async fn opened(&self, idea: &str) -> String {
        let idea: IdeaId = idea.parse().expect("a UUID");
        let evaluation = idesluss_domain::words::EvaluationId::derive(idea, 1).to_string();
        until(async || {
            let request = ev::GetEvaluationRequest {
                query: self.coordinator.asks(),
                evaluation: evaluation.clone(),
            };
            self.ways
                .evaluations()
                .get_evaluation(self.coordinator.says(request))
                .await
        })
        .await;
        evaluation
    }

    /// Carried out by the line, offered to others, and taken into use by a neighbour.
    async fn carry_out(&self, idea: &str, title: &str) {
        until(async || {
            let hand = sub::HandToLineRequest {
                command: self.coordinator.command(),
                idea: idea.to_owned(),
                unit: "Enheten som idén gäller".into(),
                responsible: "Enhetschefen".into(),
                due: "2027-12-31".into(),
            };
            // The decision reaches submission a moment later.
            let mut submission = self.ways.submission();
            submission.hand_to_line(self.coordinator.says(hand)).await
        })
        .await;
        let implement = sub::ImplementIdeaRequest {
            command: self.coordinator.command(),
            idea: idea.to_owned(),
            result: "Prövat i tre månader med gott resultat.".into(),
            shareable: true,
        };
        self.ways
            .submission()
            .implement_idea(self.coordinator.says(implement))
            .await
            .expect("carried out");
        let solution = SolutionId::derive(idea.parse().expect("a UUID")).to_string();
        until(async || {
            let publish = sh::PublishSolutionRequest {
                command: self.steward.command(),
                solution: solution.clone(),
                description: Some(sh::Description {
                    title: title.to_owned(),
                    summary: "Prövat i tre månader med gott resultat.".into(),
                    kind: sh::SolutionKind::WayOfWorking.into(),
                    licence: "CC-BY-4.0".into(),
                    contact: "idesluss@uddevalla.example".into(),
                    cost_known: true,
                    lowest_kronor: 1_000,
                    highest_kronor: 20_000,
                    prerequisites: "En som håller i det.".into(),
                }),
                visibility: sh::Visibility::Region.into(),
                cleared: true,
            };
            self.ways.sharing().publish_solution(self.steward.says(publish)).await
        })
        .await;
        self.adopt(&solution).await;
    }

    async fn adopt(&self, solution: &str) {
        let (adopter, mut sharing) = (&self.adopter, self.ways.sharing());
        let adoption = uuid::Uuid::new_v4().to_string();
        let measurement = |value: &str, from: &str, to: &str| {
            Some(sh::Measurement {
                metric: "Timmar per vecka".into(),
                unit: "h".into(),
                value: value.into(),
                from: from.into(),
                to: to.into(),
            })
        };
        let interest = sh::RegisterInterestRequest {
            command: adopter.command(),
            adoption: adoption.clone(),
            solution: solution.to_owned(),
            need: "Samma behov finns hos oss.".into(),
        };
        sharing
            .register_interest(adopter.says(interest))
            .await
            .expect("interest");
        let baseline = sh::RecordBaselineRequest {
            command: adopter.command(),
            adoption: adoption.clone(),
            measurement: measurement("6", "2026-03-01", "2026-05-31"),
        };
        sharing
            .record_baseline(adopter.says(baseline))
            .await
            .expect("a baseline");
        let decide = sh::DecideAdoptionRequest {
            command: adopter.command(),
            adoption: adoption.clone(),
            form: sh::AdoptionForm::Copy.into(),
            reasons: "Grannen har visat att det går.".into(),
        };
        sharing.decide_adoption(adopter.says(decide)).await.expect("decided");
        let start = sh::StartAdoptionRequest {
            command: adopter.command(),
            adoption: adoption.clone(),
            starts_on: "2026-06-08".into(),
        };
        sharing.start_adoption(adopter.says(start)).await.expect("started");
        let complete = sh::CompleteAdoptionRequest {
            command: adopter.command(),
            adoption: adoption.clone(),
            in_use_from: "2026-06-29".into(),
            deviations: String::new(),
        };
        sharing.complete_adoption(adopter.says(complete)).await.expect("in use");
        let measure = sh::MeasureBenefitRequest {
            command: adopter.command(),
            adoption,
            measurement: measurement("4", "2026-07-01", "2026-09-30"),
            class: sh::BenefitClass::Time.into(),
            better: sh::Better::Lower.into(),
            evidence: "Enhetens egen logg.".into(),
            no_baseline: String::new(),
        };
        sharing.measure_benefit(adopter.says(measure)).await.expect("measured");
    }
}

/// Lives one idea for each hundred that were taken over, with these titles and problems. How many were lived stands in `lived`, so that one that was
/// interrupted goes on.
pub(crate) fn live(data: &Path, lived: &Path, taken_over: usize, texts: &[[String; 2]]) {
    let server = Server::start_saying(data, &["--demo"], "warn");
    let directory = Directory::load(&data.join("instance.toml")).expect("who takes part");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let before = std::fs::read_to_string(lived).ok();
    let mut number = before.and_then(|told| told.parse().ok()).unwrap_or(0);
    runtime.block_on(async {
        let cast = Arc::new(Cast::of(&server, &directory));
        cast.hear().await;
        if number == 0 {
            cast.adopt_criteria().await;
        }
        while number < taken_over / OF {
            let next = (number + AT_ONCE).min(taken_over / OF);
            stream::iter(number..next)
                .for_each_concurrent(AT_ONCE, |number| {
                    let (cast, far) = (Arc::clone(&cast), TEN[number % TEN.len()]);
                    // Another text each time: 37 and 700 have no factor in common.
                    let text = &texts[number * 37 % texts.len()];
                    async move { cast.live(text, far).await }
                })
                .await;
            number = next;
            std::fs::write(lived, number.to_string()).expect("written");
        }
    });
    let stopped = server.stop();
    assert!(stopped.success(), "{stopped}");
}
