//! What people usually do before that which a test is about. A test whose content matters puts its own in the place of theirs.

use crate::instance::eventually;
use crate::region::Someone;
use crate::ways::Ways;
use idesluss_domain::words::{EvaluationId, IdeaId};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::{evaluation as ev, submission as sub};
use idesluss_proto::status::Refusal;
use tonic::{Request, Status};
use uuid::Uuid;

/// How the services refuse a decision that does not rest on the newest that has come.
const SOMETHING_NEW: &str = "SOMETHING_NEW";

impl Someone {
    /// A new idea of this person's, as people usually write them.
    pub fn idea(&self) -> sub::SubmitIdeaRequest {
        sub::SubmitIdeaRequest {
            command: self.command(),
            idea: Uuid::new_v4().to_string(),
            title: "Larm på kylskåpen".into(),
            problem: "Mat blir dålig när kylen stannar.".into(),
            terms: "2026-1".into(),
            owner: sub::IdeaOwner::Organisation.into(),
            ..sub::SubmitIdeaRequest::default()
        }
    }

    /// A brief of an idea, approved by this coordinator.
    pub fn brief(&self, idea: &str) -> sub::ApproveBriefRequest {
        sub::ApproveBriefRequest {
            command: self.command(),
            idea: idea.to_owned(),
            title: "Larm".into(),
            problem: "Mat blir dålig.".into(),
            deidentified: true,
            ..sub::ApproveBriefRequest::default()
        }
    }

    /// An order by which somebody decides at the first gate, adopted by this coordinator.
    pub fn order(&self, decider: &Self) -> ev::AdoptDelegationOrderRequest {
        ev::AdoptDelegationOrderRequest {
            command: self.command(),
            form: ev::OrderForm::Delegation.into(),
            adopted_by: "Kommunstyrelsen".into(),
            adopted_on: "2026-01-14".into(),
            paragraph: "§ 3".into(),
            valid_from: "2026-02-01".into(),
            valid_until: String::new(),
            clauses: vec![ev::Clause {
                number: "4.2".into(),
                gates: vec![ev::Gate::Opportunity.into()],
                up_to_kronor: 100_000,
                holder: decider.person(),
                may_subdelegate: false,
            }],
        }
    }
}

impl Ways {
    /// Submits an idea. Returns its id.
    pub async fn submit(&self, idea: Request<sub::SubmitIdeaRequest>) -> Result<String, Status> {
        let id = idea.get_ref().idea.clone();
        self.submission().submit_idea(idea).await?;
        Ok(id)
    }

    /// Has somebody in Uddevalla submit an idea. Returns its id.
    pub async fn submitted_idea(&self) -> String {
        let submitter = Someone::who("uddevalla", Role::Submitter);
        self.submit(submitter.says(submitter.idea())).await.expect("submitted")
    }

    /// Has Uddevalla's coordinator approve this brief, and accept its idea.
    pub async fn accept(&self, brief: sub::ApproveBriefRequest) {
        let coordinator = Someone::who("uddevalla", Role::Coordinator);
        let accept = sub::AcceptIdeaRequest {
            command: coordinator.command(),
            idea: brief.idea.clone(),
        };
        let mut submission = self.submission();
        submission
            .approve_brief(coordinator.says(brief))
            .await
            .expect("a brief");
        submission
            .accept_idea(coordinator.says(accept))
            .await
            .expect("accepted");
    }

    /// Has somebody in Uddevalla submit an idea that is then carried out by the line, and that others may have use of. Returns its id.
    pub async fn implemented_idea(&self) -> String {
        let idea = self.submitted_idea().await;
        let coordinator = Someone::who("uddevalla", Role::Coordinator);
        let mut submission = self.submission();
        let hand = sub::HandToLineRequest {
            command: coordinator.command(),
            idea: idea.clone(),
            unit: "Kostenheten".into(),
            responsible: "Enhetschefen".into(),
            due: "2027-01-31".into(),
        };
        submission
            .hand_to_line(coordinator.says(hand))
            .await
            .expect("handed to the line");
        let implement = sub::ImplementIdeaRequest {
            command: coordinator.command(),
            idea: idea.clone(),
            result: "Mindre svinn.".into(),
            shareable: true,
        };
        submission
            .implement_idea(coordinator.says(implement))
            .await
            .expect("carried out");
        idea
    }

    /// Waits until an accepted idea's evaluation at the first gate is open. Returns the evaluation's id.
    pub async fn opened_evaluation(&self, idea: &str) -> String {
        let parsed: IdeaId = idea.parse().expect("a UUID");
        let evaluation = EvaluationId::derive(parsed, 1).to_string();
        let coordinator = Someone::who("uddevalla", Role::Coordinator);
        eventually(async || {
            let request = ev::GetEvaluationRequest {
                query: coordinator.asks(),
                evaluation: evaluation.clone(),
            };
            self.evaluations()
                .get_evaluation(coordinator.says(request))
                .await
                .map(Some)
        })
        .await;
        evaluation
    }

    /// Decides, once everything that has come meanwhile was seen: whoever is sent back to the page sees it drawn anew.
    ///
    /// Returns what was seen in the end, and the answer.
    pub async fn decide(
        &self,
        decider: &Someone,
        decision: ev::MakeDecisionRequest,
    ) -> Result<(u64, ev::MakeDecisionResponse), Status> {
        eventually(async || {
            let page = ev::GetDecisionPageRequest {
                since: 0,
                query: decider.asks(),
                evaluation: decision.evaluation.clone(),
                cost_kronor: decision.cost_kronor,
            };
            let seen = match self.evaluations().get_decision_page(decider.says(page)).await {
                Ok(page) => page.into_inner().seen,
                Err(status) => return Ok(Some(Err(status))),
            };
            let decide = ev::MakeDecisionRequest {
                command: decider.command(),
                seen,
                ..decision.clone()
            };
            match self
                .evaluation()
                .make_decision(decider.decides(&decide.command.clone(), decide))
                .await
            {
                Ok(decided) => Ok(Some(Ok((seen, decided.into_inner())))),
                Err(status) if Refusal::from(&status).reason == SOMETHING_NEW => Ok(None),
                Err(status) => Ok(Some(Err(status))),
            }
        })
        .await
    }
}
