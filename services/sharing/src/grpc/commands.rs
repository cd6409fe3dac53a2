use super::{adopt, measure, publish};
use idesluss_engine::CommandContext;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::pb::sharing::sharing_command_service_server::SharingCommandService;
use tonic::{Request, Response, Status};

/// The command service.
pub(crate) struct Commands(pub(crate) CommandContext);

macro_rules! commands {
    ($($rpc:ident($request:ident) -> $response:ident = $function:path;)+) => {
        #[tonic::async_trait]
        impl SharingCommandService for Commands {
            $(
                async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                    $function(&self.0, request.into_inner()).await.map(Response::new)
                }
            )+
        }
    };
}

commands! {
    publish_solution(PublishSolutionRequest) -> PublishSolutionResponse = publish::publish;
    version_solution(VersionSolutionRequest) -> VersionSolutionResponse = publish::version;
    retire_solution(RetireSolutionRequest) -> RetireSolutionResponse = publish::retire;
    register_interest(RegisterInterestRequest) -> RegisterInterestResponse = adopt::register_interest;
    decide_adoption(DecideAdoptionRequest) -> DecideAdoptionResponse = adopt::decide;
    start_adoption(StartAdoptionRequest) -> StartAdoptionResponse = adopt::start;
    complete_adoption(CompleteAdoptionRequest) -> CompleteAdoptionResponse = adopt::complete;
    discontinue_adoption(DiscontinueAdoptionRequest) -> DiscontinueAdoptionResponse = adopt::discontinue;
    share_experience(ShareExperienceRequest) -> ShareExperienceResponse = adopt::share_experience;
    record_baseline(RecordBaselineRequest) -> RecordBaselineResponse = measure::record_baseline;
    measure_benefit(MeasureBenefitRequest) -> MeasureBenefitResponse = measure::measure_benefit;
}
