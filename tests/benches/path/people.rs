//! Whoever submits ideas and takes them on, as programs do it.

use idesluss_proto::pb::command::{Role, Token};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_tests::Someone;
use tonic::transport::Channel;
use uuid::Uuid;

/// A submitter and a coordinator of one municipality.
#[derive(Clone)]
pub(crate) struct People {
    submitter: Someone,
    pub(crate) coordinator: Someone,
}

impl People {
    pub(crate) fn new() -> Self {
        Self {
            submitter: Someone::who("uddevalla", Role::Submitter),
            coordinator: Someone::who("uddevalla", Role::Coordinator),
        }
    }

    /// A new idea, as long as people write them.
    pub(crate) fn idea(&self) -> pb::SubmitIdeaRequest {
        let sentence = "Bilarna står i kö på morgonen och de som har längst väg kommer sist till dem som väntar. ";
        pb::SubmitIdeaRequest {
            command: self.submitter.command(),
            idea: Uuid::new_v4().to_string(),
            title: "Cykelpool för hemtjänsten i centrum".into(),
            problem: sentence.repeat(3).trim().into(),
            proposal: sentence.repeat(4).trim().into(),
            terms: "2026-1".into(),
            owner: pb::IdeaOwner::Organisation.into(),
            ..pb::SubmitIdeaRequest::default()
        }
    }

    /// Submits an idea and approves its brief, so that it can be accepted. Returns its id.
    pub(crate) async fn prepared(&self, to: &Channel) -> String {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let request = self.idea();
        let idea = request.idea.clone();
        submission.submit_idea(request).await.expect("an idea");
        let brief = pb::ApproveBriefRequest {
            command: self.coordinator.command(),
            idea: idea.clone(),
            title: "Cykelpool".into(),
            problem: "Bilar i kö.".into(),
            proposal: "Elcyklar.".into(),
            expected_benefit: String::new(),
            deidentified: true,
        };
        submission.approve_brief(brief).await.expect("a brief");
        idea
    }

    /// Accepts a prepared idea.
    pub(crate) async fn accept(&self, to: &Channel, idea: String) {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let command = self.coordinator.command();
        let accept = pb::AcceptIdeaRequest { command, idea };
        submission.accept_idea(accept).await.expect("accepted");
    }

    /// Submits an idea. Returns where it stands.
    pub(crate) async fn submit(&self, to: &Channel) -> Token {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let answer = submission.submit_idea(self.idea()).await.expect("an idea");
        answer.into_inner().token.expect("a token")
    }
}
