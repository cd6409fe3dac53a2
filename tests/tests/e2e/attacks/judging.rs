//! An idea on its way to a decision, for what is tried against fair judging.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::{evaluation as ev, submission as sub};
use idesluss_tests::{ForeignAnswer, ForeignClient, Instance, Someone};
use serde_json::{Value, json};

/// What the original says and the brief does not.
pub(crate) const NAME: &str = "Vilhelmina Kvistgren";

/// An idea in evaluation, with two assessors; and a client that is none of ours.
pub(crate) struct Judged {
    pub(crate) instance: Instance,
    pub(crate) client: ForeignClient,
    pub(crate) idea: String,
    pub(crate) evaluation: String,
}

pub(crate) fn submitter() -> Someone {
    Someone::who("uddevalla", Role::Submitter)
}

pub(crate) fn coordinator() -> Someone {
    Someone::who("uddevalla", Role::Coordinator)
}

pub(crate) fn decider() -> Someone {
    Someone::who("uddevalla", Role::DecisionMaker)
}

pub(crate) fn assessors() -> [Someone; 2] {
    [
        Someone::who("uddevalla", Role::Assessor),
        Someone::second("uddevalla", Role::Assessor),
    ]
}

/// Submits an idea that names somebody, and sends its brief, which does not, to evaluation.
pub(crate) async fn accepted(instance: &Instance) -> String {
    let submit = sub::SubmitIdeaRequest {
        title: format!("Cykelpool som {NAME} ville ha"),
        problem: format!("Bilarna står i kö på morgonen, säger {NAME} på enheten i Ljungskile."),
        ..submitter().idea()
    };
    let idea = instance.submit(submitter().says(submit)).await.expect("submitted");
    let assign = sub::AssignCoordinatorRequest {
        command: coordinator().command(),
        idea: idea.clone(),
        coordinator: coordinator().person(),
    };
    instance
        .submission()
        .assign_coordinator(coordinator().says(assign))
        .await
        .expect("assigned");
    let brief = sub::ApproveBriefRequest {
        title: "Cykelpool med elcyklar för hemtjänstens morgonbesök".into(),
        problem: "Bilarna räcker inte till hemtjänstens morgonbesök i centrum, och personalen står i kö.".into(),
        proposal: "Skaffa elcyklar med lås som öppnas med tjänstekortet.".into(),
        expected_benefit: "Kortare väntan och fler besök.".into(),
        ..coordinator().brief(&idea)
    };
    instance.accept(brief).await;
    idea
}

impl Judged {
    /// Two assessors are assigned and have declared that they have no conflict.
    pub(crate) async fn start() -> Self {
        let instance = Instance::start();
        let idea = accepted(&instance).await;
        let judged = Self {
            evaluation: instance.opened_evaluation(&idea).await,
            client: ForeignClient::start(),
            instance,
            idea,
        };
        let assign = ev::AssignAssessorsRequest {
            command: coordinator().command(),
            evaluation: judged.evaluation.clone(),
            assessors: assessors().iter().map(Someone::person).collect(),
        };
        judged
            .instance
            .evaluation()
            .assign_assessors(coordinator().says(assign))
            .await
            .expect("assigned");
        for assessor in assessors() {
            judged.declare(&assessor).await;
        }
        judged
    }

    pub(crate) async fn declare(&self, who: &Someone) {
        let declare = ev::DeclareNoConflictRequest {
            command: who.command(),
            evaluation: self.evaluation.clone(),
        };
        let declared = self.instance.evaluation().declare_no_conflict(who.says(declare)).await;
        declared.expect("declared");
    }

    /// Both assess.
    pub(crate) async fn assess(&self) {
        for assessor in assessors() {
            self.give(&assessor, scores(4, "Hjälper många.")).await;
        }
    }

    /// Somebody gives an assessment.
    pub(crate) async fn give(&self, assessor: &Someone, scores: Vec<ev::Score>) {
        let submit = ev::SubmitAssessmentRequest {
            command: assessor.command(),
            evaluation: self.evaluation.clone(),
            scores,
        };
        let assessed = self
            .instance
            .evaluation()
            .submit_assessment(assessor.says(submit))
            .await;
        assessed.expect("assessed");
    }

    /// All is shown, the decider has declared, and holds a mandate.
    pub(crate) async fn reveal(&self) {
        let reveal = ev::RevealAssessmentsRequest {
            command: coordinator().command(),
            evaluation: self.evaluation.clone(),
        };
        self.instance
            .evaluation()
            .reveal_assessments(coordinator().says(reveal))
            .await
            .expect("shown");
        let order = coordinator().order(&decider());
        let adopted = self
            .instance
            .evaluation()
            .adopt_delegation_order(coordinator().says(order))
            .await;
        adopted.expect("an order");
        self.declare(&decider()).await;
    }

    /// Decides, once everything that has come meanwhile was seen.
    pub(crate) async fn decide(&self, outcome: ev::Outcome) -> Result<(), tonic::Status> {
        let decision = ev::MakeDecisionRequest {
            evaluation: self.evaluation.clone(),
            outcome: outcome.into(),
            reasons: "Så här är det.".into(),
            ..ev::MakeDecisionRequest::default()
        };
        self.instance.decide(&decider(), decision).await.map(drop)
    }

    /// Asks a colleague to be a co-author.
    pub(crate) async fn propose(&self, coauthor: &Someone) {
        let propose = sub::ProposeCoauthorRequest {
            command: submitter().command(),
            idea: self.idea.clone(),
            coauthor: coauthor.person(),
        };
        let proposed = self
            .instance
            .submission()
            .propose_coauthor(submitter().says(propose))
            .await;
        proposed.expect("asked");
    }

    /// A colleague agrees to be a co-author; returns once evaluation has heard of it.
    pub(crate) async fn agree(&self, coauthor: &Someone) {
        self.propose(coauthor).await;
        let coauthor = coauthor.claiming(Role::Submitter);
        let agree = sub::AgreeToCoauthorshipRequest {
            command: coauthor.command(),
            idea: self.idea.clone(),
        };
        let agreed = self
            .instance
            .submission()
            .agree_to_coauthorship(coauthor.says(agree))
            .await;
        let token = agreed.expect("agreed").into_inner().token;
        let seen = ev::ListEvaluationsRequest {
            query: coordinator().asks_after(token),
            ..ev::ListEvaluationsRequest::default()
        };
        self.instance
            .evaluations()
            .list_evaluations(coordinator().says(seen))
            .await
            .expect("heard");
    }

    /// The evaluation as somebody sees it.
    pub(crate) async fn seen_by(&self, who: &Someone) -> ev::Evaluation {
        let request = ev::GetEvaluationRequest {
            query: who.asks(),
            evaluation: self.evaluation.clone(),
        };
        let seen = self.instance.evaluations().get_evaluation(who.says(request)).await;
        seen.expect("seen").into_inner().evaluation.expect("an evaluation")
    }

    /// A call of evaluation's by the client that is none of ours, about this evaluation.
    pub(crate) async fn evaluation(&self, rpc: &str, who: &Someone, also: Value) -> ForeignAnswer {
        let service = if rpc.starts_with("Get") || rpc.starts_with("List") {
            "EvaluationQueryService"
        } else {
            "EvaluationCommandService"
        };
        let method = format!("/idesluss.evaluation.v1.{service}/{rpc}");
        let whole = with(who, service.contains("Command"), also);
        self.client
            .call_by(&self.instance, who, "evaluation", &method, whole)
            .await
    }

    /// The same of submission's.
    pub(crate) async fn submission(&self, rpc: &str, who: &Someone, also: Value) -> ForeignAnswer {
        let asks = ["Get", "List", "Find", "Search"]
            .iter()
            .any(|verb| rpc.starts_with(verb));
        let service = if asks {
            "SubmissionQueryService"
        } else {
            "SubmissionCommandService"
        };
        let method = format!("/idesluss.submission.v1.{service}/{rpc}");
        let whole = with(who, !asks, also);
        self.client
            .call_by(&self.instance, who, "submission", &method, whole)
            .await
    }
}

/// A request with what a command or a question begins with.
fn with(who: &Someone, commands: bool, mut also: Value) -> Value {
    if commands {
        also["command"] = who.command_as_json();
    } else {
        also["query"] = json!({});
    }
    also
}

/// The same score, for the same reasons, for every standard criterion.
pub(crate) fn scores(score: u32, why: &str) -> Vec<ev::Score> {
    let keys = idesluss_domain::evaluation::standard_criteria();
    let scored = keys.into_iter().map(|criterion| ev::Score {
        criterion: criterion.key.into(),
        score,
        rationale: why.into(),
    });
    scored.collect()
}
