use super::{afterwards, assess, criteria, decide, earlier, mandates, panel};
use idesluss_engine::{CommandContext, ViewHandle};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::evaluation::evaluation_command_service_server::EvaluationCommandService;
use tonic::{Request, Response, Status};

/// The command service.
pub(crate) struct Commands {
    pub(crate) context: CommandContext,
    pub(crate) evaluations: ViewHandle,
}

macro_rules! commands {
    ($($rpc:ident($request:ident) -> $response:ident = $function:path;)+) => {
        #[tonic::async_trait]
        impl EvaluationCommandService for Commands {
            $(
                async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                    $function(self, request.into_inner()).await.map(Response::new)
                }
            )+
        }
    };
}

commands! {
    adopt_criteria(AdoptCriteriaRequest) -> AdoptCriteriaResponse = criteria::adopt;
    adopt_delegation_order(AdoptDelegationOrderRequest) -> AdoptDelegationOrderResponse = mandates::adopt;
    subdelegate_mandate(SubdelegateMandateRequest) -> SubdelegateMandateResponse = mandates::subdelegate;
    revoke_mandate(RevokeMandateRequest) -> RevokeMandateResponse = mandates::revoke;
    confirm_need_owner(ConfirmNeedOwnerRequest) -> ConfirmNeedOwnerResponse = panel::confirm_need_owner;
    assign_assessors(AssignAssessorsRequest) -> AssignAssessorsResponse = panel::assign;
    declare_no_conflict(DeclareNoConflictRequest) -> DeclareNoConflictResponse = panel::declare_no_conflict;
    declare_conflict(DeclareConflictRequest) -> DeclareConflictResponse = panel::declare_conflict;
    recuse_assessor(RecuseAssessorRequest) -> RecuseAssessorResponse = panel::recuse;
    submit_assessment(SubmitAssessmentRequest) -> SubmitAssessmentResponse = assess::submit;
    revise_assessment(ReviseAssessmentRequest) -> ReviseAssessmentResponse = assess::revise;
    reveal_assessments(RevealAssessmentsRequest) -> RevealAssessmentsResponse = assess::reveal;
    issue_recommendation(IssueRecommendationRequest) -> IssueRecommendationResponse = decide::recommend;
    make_decision(MakeDecisionRequest) -> MakeDecisionResponse = decide::make;
    record_board_decision(RecordBoardDecisionRequest) -> RecordBoardDecisionResponse = decide::record_board;
    reconsider_decision(ReconsiderDecisionRequest) -> ReconsiderDecisionResponse = decide::reconsider;
    report_decision(ReportDecisionRequest) -> ReportDecisionResponse = afterwards::report;
    correct_decision(CorrectDecisionRequest) -> CorrectDecisionResponse = afterwards::correct;
    commit_resources(CommitResourcesRequest) -> CommitResourcesResponse = afterwards::commit_resources;
    arrange_support(ArrangeSupportRequest) -> ArrangeSupportResponse = afterwards::arrange_support;
    start_pilot(StartPilotRequest) -> StartPilotResponse = afterwards::start_pilot;
    complete_pilot(CompletePilotRequest) -> CompletePilotResponse = afterwards::complete_pilot;
    record_earlier_decision(RecordEarlierDecisionRequest) -> RecordEarlierDecisionResponse = earlier::decision;
    record_earlier_assessment(RecordEarlierAssessmentRequest) -> RecordEarlierAssessmentResponse = earlier::assessment;
}
