use super::{Around, dossier, lists, page, terms};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use idesluss_domain::evaluation::evaluation::{Aside, Evaluation, EvaluationRejection};
use idesluss_domain::words::{EvaluationId, IdeaId, OrganisationId, Role};
use idesluss_engine::{Asker, CommandContext, Loaded, ViewHandle, forbidden, in_messages, takes_no_part};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::evaluation::evaluation_query_service_server::EvaluationQueryService;
use idesluss_proto::status::Problems;
use tonic::{Request, Response, Status};

/// The query service.
pub(crate) struct Queries {
    pub(crate) context: CommandContext,
    pub(crate) evaluations: ViewHandle,
}

/// Who sees every evaluation of their organisation.
pub(super) const INSIDE: &[Role] = &[
    Role::Coordinator,
    Role::Registrar,
    Role::NeedOwner,
    Role::DecisionMaker,
    Role::Steward,
    Role::Auditor,
];

/// How much of an evaluation somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    /// All that the role allows.
    Role,
    /// Nothing but why they take no part.
    OwnDeclaration(Aside),
}

/// Errors: NOT_FOUND, PERMISSION_DENIED unless the asker works with evaluations of its organisation, or assesses this one.
pub(super) fn access_level(asker: &Asker, evaluation: &Evaluation) -> Result<AccessLevel, Status> {
    let Some(organisation) = organisation(evaluation) else {
        return Err(super::rejected(EvaluationRejection::Unknown));
    };
    let person = asker.actor.person;
    let assesses = asker.is(&[Role::Assessor]) && evaluation.assessors.contains_key(&person);
    let inside = asker.is(INSIDE) && asker.actor.organisation == *organisation;
    if assesses || inside {
        return Ok(match evaluation.aside(person) {
            // A conflict is the person's, in whichever role; who was only taken off as assessor may have another task.
            Some(aside @ (Aside::Author | Aside::Conflict)) => AccessLevel::OwnDeclaration(aside),
            Some(aside @ Aside::Recused) if asker.is(&[Role::Assessor]) => AccessLevel::OwnDeclaration(aside),
            Some(Aside::Recused) | None => AccessLevel::Role,
        });
    }
    let sentence = "This evaluation is for those who take part in it.";
    Err(forbidden("NOT_TAKING_PART", sentence))
}

/// The organisation whose idea it is.
pub(super) fn organisation(evaluation: &Evaluation) -> Option<&OrganisationId> {
    let opened = evaluation.opened.as_ref().map(|opened| &opened.organisation);
    let decided = evaluation
        .earlier_decisions
        .first()
        .map(|earlier| &earlier.organisation);
    let assessed = evaluation
        .earlier_assessments
        .first()
        .map(|earlier| &earlier.organisation);
    opened.or(decided).or(assessed)
}

/// Parses an evaluation's id.
pub(super) fn evaluation_id(text: &str) -> Result<EvaluationId, Status> {
    let mut problems = Problems::default();
    let evaluation = problems.parse("evaluation", text, "give a UUID");
    problems.finish(evaluation)
}

/// Parses an idea's id.
pub(super) fn idea_id(text: &str) -> Result<IdeaId, Status> {
    let mut problems = Problems::default();
    let idea = problems.parse("idea", text, "give a UUID");
    problems.finish(idea)
}

/// Loads an evaluation, with what is known of its idea, for somebody who may see it, once what the asker has seen is here.
///
/// Errors: NOT_FOUND, PERMISSION_DENIED, also for whoever takes no part in it.
pub(super) async fn load(
    context: &CommandContext,
    asker: &Asker,
    evaluation: EvaluationId,
) -> Result<(Loaded, Evaluation), Status> {
    match load_for(context, asker, evaluation).await? {
        (loaded, state, AccessLevel::Role) => Ok((loaded, state)),
        (_, _, AccessLevel::OwnDeclaration(_)) => Err(takes_no_part()),
    }
}

/// The same, for whoever takes no part too.
pub(super) async fn load_for(
    context: &CommandContext,
    asker: &Asker,
    evaluation: EvaluationId,
) -> Result<(Loaded, Evaluation, AccessLevel), Status> {
    context.wait(asker).await?;
    let about = super::load(context, evaluation).await?.about();
    let about = about.ok_or_else(|| super::rejected(EvaluationRejection::Unknown))?;
    let around = Around::of(context, evaluation, about).await?;
    let loaded = context.engine.load(&around.streams()).await?;
    let state = around.state(&loaded);
    let access = access_level(asker, &state)?;
    Ok((loaded, state, access))
}

macro_rules! queries {
    ($($rpc:ident($request:ident) -> $response:ident = $function:path;)+) => {
        #[tonic::async_trait]
        impl EvaluationQueryService for Queries {
            $(
                async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                    $function(self, request.into_inner()).await.map(Response::new)
                }
            )+

            type GetHistoryStream = BoxStream<'static, Result<pb::GetHistoryResponse, Status>>;

            async fn get_history(
                &self,
                request: Request<pb::GetHistoryRequest>,
            ) -> Result<Response<Self::GetHistoryStream>, Status> {
                let pb::GetHistoryResponse { entries, position } = dossier::history(self, request.into_inner()).await?;
                let part = move |entries| Ok(pb::GetHistoryResponse { entries, position });
                let parts = in_messages(entries).into_iter().map(part);
                Ok(Response::new(stream::iter(parts).boxed()))
            }
        }
    };
}

queries! {
    list_to_assess(ListToAssessRequest) -> ListToAssessResponse = lists::to_assess;
    list_to_decide(ListToDecideRequest) -> ListToDecideResponse = lists::to_decide;
    list_evaluations(ListEvaluationsRequest) -> ListEvaluationsResponse = lists::overview;
    list_idea_evaluations(ListIdeaEvaluationsRequest) -> ListIdeaEvaluationsResponse = lists::of_idea;
    get_evaluation(GetEvaluationRequest) -> GetEvaluationResponse = page::get;
    get_decision_page(GetDecisionPageRequest) -> GetDecisionPageResponse = dossier::page;
    get_decision(GetDecisionRequest) -> GetDecisionResponse = dossier::decision;
    get_terms(GetTermsRequest) -> GetTermsResponse = terms::get;
    list_criteria_sets(ListCriteriaSetsRequest) -> ListCriteriaSetsResponse = lists::criteria_sets;
    get_delegation_order(GetDelegationOrderRequest) -> GetDelegationOrderResponse = lists::delegation_order;
    list_assessor_loads(ListAssessorLoadsRequest) -> ListAssessorLoadsResponse = lists::loads;
}
