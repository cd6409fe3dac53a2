//! One row, sent as the commands that everybody uses.

use super::rows::{AssessmentRow, IdeaRow, Status};
use backon::{ExponentialBuilder, Retryable as _};
use idesluss_domain::words::{CommandId, IdeaId, OrganisationId, PersonId};
use idesluss_evidence::Services;
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::{evaluation as ev, submission as sub};
use idesluss_proto::status::Refusal;
use idesluss_proto::write_command;
use idesluss_runtime::Peer;
use std::collections::BTreeSet;
use std::time::Duration;
use tonic::{Code, Response, Status as Answer};
use uuid::Uuid;

/// When a command is sent again that a service can't take now. Its id stays the same, so it is carried out once.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_factor(3.0)
    .with_max_times(5);

/// Sends an import's commands. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sender {
    submission: SubmissionCommandServiceClient<Peer>,
    evaluation: EvaluationCommandServiceClient<Peer>,
    import: String,
    /// Everything that an import of this name sends has ids under it.
    namespace: Uuid,
}

impl Sender {
    /// Sends over `services`, in the name of a coordinator of `organisation`.
    pub(super) fn new(
        services: &Services,
        instance: &OrganisationId,
        organisation: &OrganisationId,
        import: String,
    ) -> Self {
        let seed = format!("import/{instance}/{organisation}/{import}");
        Self {
            submission: SubmissionCommandServiceClient::new(services.submission.clone()),
            evaluation: EvaluationCommandServiceClient::new(services.evaluation.clone()),
            import,
            namespace: Uuid::new_v5(&Uuid::NAMESPACE_OID, seed.as_bytes()),
        }
    }

    /// The idea that a reference of the older register becomes.
    pub(super) fn idea(&self, reference: &str) -> IdeaId {
        IdeaId(Uuid::new_v5(&self.namespace, format!("idea/{reference}").as_bytes()))
    }

    /// A command whose id follows from what it is for.
    fn command(&self, what: &str) -> Option<Command> {
        Some(write_command(CommandId(Uuid::new_v5(&self.namespace, what.as_bytes()))))
    }

    /// Takes an idea over with its last state, and what had been decided on it.
    pub(super) async fn idea_row(&self, row: &IdeaRow, submitter: PersonId) -> Result<Token, String> {
        let idea = self.idea(&row.reference);
        let submitted = row.submitted.as_ref().map(ToString::to_string);
        let status = match row.status {
            Status::Open | Status::Superseded => sub::EarlierStatus::Unspecified,
            Status::Accepted => sub::EarlierStatus::Accepted,
            Status::Rejected => sub::EarlierStatus::Rejected,
            Status::Withdrawn => sub::EarlierStatus::Withdrawn,
            Status::Parked => sub::EarlierStatus::Parked,
            Status::Realised => sub::EarlierStatus::Realised,
        };
        let rejected = row.status == Status::Rejected;
        let request = sub::TakeOverIdeaRequest {
            command: self.command(&format!("take-over/{}", row.reference)),
            idea: idea.to_string(),
            import: self.import.clone(),
            reference: row.reference.clone(),
            submitted: submitted.unwrap_or_default(),
            submitter: submitter.to_string(),
            title: row.title.clone(),
            problem: row.problem.clone(),
            proposal: row.proposal.clone(),
            expected_benefit: row.expected_benefit.clone(),
            area: row.area.clone(),
            status: status.into(),
            decline_text: if rejected {
                row.decision_reasons.clone()
            } else {
                String::new()
            },
        };
        let taken = patiently(|| {
            let (mut client, request) = (self.submission.clone(), request.clone());
            async move { client.take_over_idea(request).await }
        });
        let token = taken.await?.token.unwrap_or_default();
        self.decision(row, idea, &token).await?;
        Ok(token)
    }

    /// Records what had been decided, when there is anything to record, where the idea was taken over as `taken` says.
    async fn decision(&self, row: &IdeaRow, idea: IdeaId, taken: &Token) -> Result<(), String> {
        let outcome = match row.status {
            Status::Accepted | Status::Realised => ev::Outcome::Advance,
            Status::Rejected => ev::Outcome::Reject,
            Status::Parked => ev::Outcome::Park,
            // Nobody decided that an idea be taken back, replaced, or left open.
            Status::Open | Status::Withdrawn | Status::Superseded => ev::Outcome::Unspecified,
        };
        let told = row.decided.is_some() || !row.decision_reasons.is_empty();
        if outcome == ev::Outcome::Unspecified && !told {
            return Ok(());
        }
        let decided = row.decided.as_ref().map(ToString::to_string);
        let request = ev::RecordEarlierDecisionRequest {
            command: self.command(&format!("decision/{}", row.reference)),
            idea: idea.to_string(),
            import: self.import.clone(),
            outcome: outcome.into(),
            stated_status: row.status.as_str().to_owned(),
            decided: decided.unwrap_or_default(),
            reasons: row.decision_reasons.clone(),
            before_submission: row.decided_before_submission(),
            after: Some(taken.clone()),
        };
        patiently(|| {
            let (mut client, request) = (self.evaluation.clone(), request.clone());
            async move { client.record_earlier_decision(request).await }
        })
        .await?;
        Ok(())
    }

    /// Links a superseded idea with what took its place.
    pub(super) async fn supersede(&self, row: &IdeaRow, by: Vec<IdeaId>) -> Result<Token, String> {
        let request = sub::SupersedeIdeaRequest {
            command: self.command(&format!("supersede/{}", row.reference)),
            idea: self.idea(&row.reference).to_string(),
            by: by.iter().map(ToString::to_string).collect(),
        };
        let linked = patiently(|| {
            let (mut client, request) = (self.submission.clone(), request.clone());
            async move { client.supersede_idea(request).await }
        });
        Ok(linked.await?.token.unwrap_or_default())
    }

    /// Takes the criteria over that the register's assessments name, under the import's name.
    pub(super) async fn criteria(&self, names: &BTreeSet<&str>) -> Result<(), String> {
        let criterion = |name: &&str| ev::Criterion {
            key: (*name).to_owned(),
            name_sv: (*name).to_owned(),
            name_en: (*name).to_owned(),
            weight: 1,
            steps_sv: Vec::new(),
            steps_en: Vec::new(),
        };
        let joined = names.iter().copied().collect::<Vec<_>>().join("\n");
        let request = ev::AdoptCriteriaRequest {
            command: self.command(&format!("criteria/{joined}")),
            name: self.import.clone(),
            criteria: names.iter().map(criterion).collect(),
            assessments_required: 1,
            load_cap: 1,
            earlier: true,
        };
        patiently(|| {
            let (mut client, request) = (self.evaluation.clone(), request.clone());
            async move { client.adopt_criteria(request).await }
        })
        .await?;
        Ok(())
    }

    /// Takes one assessor's assessment over, of an idea that was taken over as `taken` says.
    pub(super) async fn assessment(
        &self,
        rows: &[AssessmentRow],
        assessor: PersonId,
        taken: Option<Token>,
    ) -> Result<(), String> {
        let Some(first) = rows.first() else { return Ok(()) };
        let score = |row: &AssessmentRow| ev::EarlierScore {
            criterion: row.criterion.clone(),
            score: row.score.into(),
            rationale: row.rationale.clone(),
            assessed: row.assessed.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let request = ev::RecordEarlierAssessmentRequest {
            command: self.command(&format!("assessment/{}/{assessor}", first.reference)),
            idea: self.idea(&first.reference).to_string(),
            import: self.import.clone(),
            assessor: assessor.to_string(),
            scores: rows.iter().map(score).collect(),
            after: taken,
        };
        patiently(|| {
            let (mut client, request) = (self.evaluation.clone(), request.clone());
            async move { client.record_earlier_assessment(request).await }
        })
        .await?;
        Ok(())
    }
}

/// Sends until the service answers for good. Errors: its reason, for a person.
async fn patiently<T, F>(send: impl FnMut() -> F) -> Result<T, String>
where
    F: Future<Output = Result<Response<T>, Answer>>,
{
    let passing = [
        Code::Unavailable,
        Code::Aborted,
        Code::ResourceExhausted,
        Code::DeadlineExceeded,
    ];
    let answered = send.retry(PAUSES).when(|status| passing.contains(&status.code())).await;
    answered.map(Response::into_inner).map_err(|status| describe(&status))
}

fn describe(status: &Answer) -> String {
    let refusal = Refusal::from(status);
    match refusal.reason.as_str() {
        "COMMAND_REUSED" => "it was imported before with other content; nothing is overwritten".to_owned(),
        "" => status.message().to_owned(),
        reason => format!("{} ({reason})", status.message()),
    }
}
