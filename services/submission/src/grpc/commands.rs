use super::{attachments, authors, calls, disclose, lifecycle, screening, submit};
use idesluss_engine::CommandContext;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_command_service_server::SubmissionCommandService;
use tonic::{Request, Response, Status, Streaming};

/// The command service.
pub(crate) struct Commands(pub(crate) CommandContext);

macro_rules! commands {
    ($($rpc:ident($request:ident) -> $response:ident = $function:path;)+) => {
        #[tonic::async_trait]
        impl SubmissionCommandService for Commands {
            $(
                async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                    $function(&self.0, request.into_inner()).await.map(Response::new)
                }
            )+

            async fn attach_file(
                &self,
                request: Request<Streaming<pb::AttachFileRequest>>,
            ) -> Result<Response<pb::AttachFileResponse>, Status> {
                attachments::attach(&self.0, request.into_inner()).await.map(Response::new)
            }
        }
    };
}

commands! {
    submit_idea(SubmitIdeaRequest) -> SubmitIdeaResponse = submit::submit;
    take_over_idea(TakeOverIdeaRequest) -> TakeOverIdeaResponse = submit::take_over;
    propose_coauthor(ProposeCoauthorRequest) -> ProposeCoauthorResponse = authors::propose_coauthor;
    agree_to_coauthorship(AgreeToCoauthorshipRequest) -> AgreeToCoauthorshipResponse = authors::agree_to_coauthorship;
    decline_coauthorship(DeclineCoauthorshipRequest) -> DeclineCoauthorshipResponse = authors::decline_coauthorship;
    express_support(ExpressSupportRequest) -> ExpressSupportResponse = authors::express_support;
    give_consent(GiveConsentRequest) -> GiveConsentResponse = authors::give_consent;
    withdraw_consent(WithdrawConsentRequest) -> WithdrawConsentResponse = authors::withdraw_consent;
    provide_clarification(ProvideClarificationRequest) -> ProvideClarificationResponse = authors::provide_clarification;
    withdraw_idea(WithdrawIdeaRequest) -> WithdrawIdeaResponse = authors::withdraw_idea;
    assign_coordinator(AssignCoordinatorRequest) -> AssignCoordinatorResponse = screening::assign_coordinator;
    register_idea(RegisterIdeaRequest) -> RegisterIdeaResponse = screening::register_idea;
    move_answer_due(MoveAnswerDueRequest) -> MoveAnswerDueResponse = screening::move_answer_due;
    request_clarification(RequestClarificationRequest) -> RequestClarificationResponse = screening::request_clarification;
    suggest_similar_ideas(SuggestSimilarIdeasRequest) -> SuggestSimilarIdeasResponse = screening::suggest_similar_ideas;
    approve_brief(ApproveBriefRequest) -> ApproveBriefResponse = screening::approve_brief;
    accept_idea(AcceptIdeaRequest) -> AcceptIdeaResponse = screening::accept_idea;
    hand_to_line(HandToLineRequest) -> HandToLineResponse = screening::hand_to_line;
    refer_idea(ReferIdeaRequest) -> ReferIdeaResponse = screening::refer_idea;
    decline_idea(DeclineIdeaRequest) -> DeclineIdeaResponse = screening::decline_idea;
    reopen_idea(ReopenIdeaRequest) -> ReopenIdeaResponse = lifecycle::reopen_idea;
    park_idea(ParkIdeaRequest) -> ParkIdeaResponse = lifecycle::park_idea;
    reactivate_idea(ReactivateIdeaRequest) -> ReactivateIdeaResponse = lifecycle::reactivate_idea;
    link_duplicate(LinkDuplicateRequest) -> LinkDuplicateResponse = lifecycle::link_duplicate;
    supersede_idea(SupersedeIdeaRequest) -> SupersedeIdeaResponse = lifecycle::supersede_idea;
    implement_idea(ImplementIdeaRequest) -> ImplementIdeaResponse = lifecycle::implement_idea;
    deliver_feedback(DeliverFeedbackRequest) -> DeliverFeedbackResponse = lifecycle::deliver_feedback;
    close_idea(CloseIdeaRequest) -> CloseIdeaResponse = lifecycle::close_idea;
    request_erasure(RequestErasureRequest) -> RequestErasureResponse = lifecycle::request_erasure;
    decide_erasure(DecideErasureRequest) -> DecideErasureResponse = lifecycle::decide_erasure;
    refuse_erasure(RefuseErasureRequest) -> RefuseErasureResponse = lifecycle::refuse_erasure;
    disclose_texts(DiscloseTextsRequest) -> DiscloseTextsResponse = disclose::disclose_texts;
    open_call(OpenCallRequest) -> OpenCallResponse = calls::open_call;
    close_call(CloseCallRequest) -> CloseCallResponse = calls::close_call;
}
