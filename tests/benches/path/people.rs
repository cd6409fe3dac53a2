//! Whoever submits ideas and takes them on, as programs do it.

use idesluss_proto::pb::command::{Role, Token};
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_tests::{Someone, Way};
use tonic::Status;
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

    /// A new idea, as long as people write them, and with words of its own as theirs have.
    pub(crate) fn idea(&self) -> pb::SubmitIdeaRequest {
        let id = Uuid::new_v4();
        let mut words = words(id.as_u128());
        let mut text = |count: usize| words.by_ref().take(count).collect::<Vec<_>>().join(" ");
        pb::SubmitIdeaRequest {
            idea: id.to_string(),
            title: text(4),
            problem: text(30),
            proposal: text(40),
            ..self.submitter.idea()
        }
    }

    /// Submits an idea and approves its brief, so that it can be accepted. Returns its id.
    pub(crate) async fn prepared(&self, to: &Way) -> String {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let request = self.idea();
        let idea = request.idea.clone();
        submission
            .submit_idea(self.submitter.says(request))
            .await
            .expect("an idea");
        let brief = self.coordinator.brief(&idea);
        submission
            .approve_brief(self.coordinator.says(brief))
            .await
            .expect("a brief");
        idea
    }

    /// Accepts a prepared idea.
    pub(crate) async fn accept(&self, to: &Way, idea: String) {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let command = self.coordinator.command();
        let accept = pb::AcceptIdeaRequest { command, idea };
        submission
            .accept_idea(self.coordinator.says(accept))
            .await
            .expect("accepted");
    }

    /// Submits an idea. Returns its id, and where it stands.
    pub(crate) async fn submit(&self, to: &Way) -> (String, Token) {
        let mut submission = SubmissionCommandServiceClient::new(to.clone());
        let request = self.idea();
        let idea = request.idea.clone();
        let answer = submission
            .submit_idea(self.submitter.says(request))
            .await
            .expect("an idea");
        (idea, answer.into_inner().token.expect("a token"))
    }

    /// Whether evaluation shows what it knows when it has received as far as `token`.
    pub(crate) async fn asks_evaluation(&self, to: &Way, token: &Token) -> Result<bool, Status> {
        let request = ev::ListEvaluationsRequest {
            query: self.coordinator.asks_after(Some(token.clone())),
            page_size: 1,
            ..ev::ListEvaluationsRequest::default()
        };
        let mut evaluation = EvaluationQueryServiceClient::new(to.clone());
        evaluation.list_evaluations(self.coordinator.says(request)).await?;
        Ok(true)
    }

    /// Whether an idea has its reference.
    pub(crate) async fn has_reference(&self, to: &Way, idea: &str) -> Result<bool, Status> {
        let request = pb::GetIdeaRequest {
            query: self.submitter.asks(),
            idea: idea.to_owned(),
        };
        let mut submission = SubmissionQueryServiceClient::new(to.clone());
        let answer = submission.get_idea(self.submitter.says(request)).await?.into_inner();
        Ok(answer.row.is_some_and(|row| !row.reference.is_empty()))
    }
}

/// Words made of Swedish syllables, some of them often and most of them hardly ever.
fn words(seed: u128) -> impl Iterator<Item = String> {
    const SYLLABLES: [&str; 32] = [
        "bil", "cy", "kel", "hem", "tjänst", "vår", "skol", "mat", "sal", "kö", "mor", "gon", "väg", "lås", "larm",
        "nät", "ljus", "tid", "plan", "rum", "park", "bad", "hus", "vatten", "pris", "kort", "tele", "fon", "bok",
        "ning", "het", "are",
    ];
    // Any numbers that differ will do (Knuth's MMIX).
    let next = |state: &u128| {
        Some(
            state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    };
    std::iter::successors(next(&seed), next).map(|state| {
        let number = (state >> 33) as usize;
        // A third of all words are among a thousand.
        let kinds = if number.is_multiple_of(3) { 1 } else { 32 };
        [number / 3 % 32, number / 96 % 32, number / 3_072 % kinds]
            .map(|syllable| SYLLABLES[syllable])
            .concat()
    })
}
