use super::{attachments, export, history, idea, lists};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use idesluss_domain::evaluation::evaluation::{Aside, Evaluations};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Idea;
use idesluss_domain::words::{EvaluationId, IdeaId, Role, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, ViewHandle, forbidden, in_messages, takes_no_part, wrong_role};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_query_service_server::SubmissionQueryService;
use idesluss_proto::status::{Problems, refuse};
use idesluss_search::Search;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status};

/// The query service.
pub(crate) struct Queries {
    pub(crate) context: CommandContext,
    pub(crate) ideas: ViewHandle,
    /// Ideas by the words with which they came.
    pub(crate) search: Search,
    /// Ideas by the words of their approved brief.
    pub(crate) briefs: Search,
}

/// How much of an idea somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    /// Everything: who leads or registers or audits it, and its authors.
    All,
    /// The brief, never who submitted it.
    Brief,
}

/// Who may see an idea, and how much; nobody in conflict with it. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) async fn access_level(
    context: &CommandContext,
    asker: &Asker,
    id: IdeaId,
    idea: &Idea,
) -> Result<AccessLevel, Status> {
    let access_level = by_role(asker, idea)?;
    let own = asker.is(&[Role::Submitter]) && idea.authors.contains(&asker.actor.person);
    if !own && is_aside(context, asker, id, idea.rounds).await? {
        return Err(takes_no_part());
    }
    Ok(access_level)
}

/// Whether the asker has declared a conflict of interest at some gate, or asks as an assessor who was taken off at the last one.
async fn is_aside(context: &CommandContext, asker: &Asker, id: IdeaId, rounds: u32) -> Result<bool, Status> {
    if rounds == 0 {
        return Ok(false);
    }
    let streams = (1..=rounds).map(|round| StreamName::evaluation(EvaluationId::derive(id, round)));
    let streams: Vec<StreamName> = streams.collect();
    // What evaluation has said of it is received here.
    let loaded = context.engine.load(&streams).await?;
    let person = asker.actor.person;
    let aside: Vec<_> = streams
        .iter()
        .map(|stream| loaded.state::<Evaluations>(stream))
        .map(|evaluation| (evaluation.conflicted.contains(&person), evaluation.aside(person)))
        .collect();
    let recused = aside.last().is_some_and(|(_, aside)| *aside == Some(Aside::Recused));
    Ok(aside.iter().any(|(conflicted, _)| *conflicted) || (recused && asker.is(&[Role::Assessor])))
}

fn by_role(asker: &Asker, idea: &Idea) -> Result<AccessLevel, Status> {
    let Some(organisation) = idea.organisation() else {
        return Err(refuse(Code::NotFound, "NO_SUCH_IDEA", "There is no such idea."));
    };
    let at_home = asker.actor.organisation == *organisation;
    match asker.actor.role {
        Role::Coordinator | Role::Registrar | Role::Auditor if at_home => Ok(AccessLevel::All),
        Role::Submitter if idea.authors.contains(&asker.actor.person) && idea.received.is_none() => {
            Ok(AccessLevel::All)
        }
        Role::Submitter | Role::NeedOwner | Role::Assessor | Role::DecisionMaker | Role::Steward if at_home => {
            Ok(AccessLevel::Brief)
        }
        Role::Operator => Err(wrong_role()),
        _ => Err(forbidden(
            "WRONG_ORGANISATION",
            "This idea belongs to another organisation.",
        )),
    }
}

/// Parses an idea's id.
pub(super) fn idea_id(text: &str) -> Result<IdeaId, Status> {
    let mut problems = Problems::default();
    let idea = problems.parse("idea", text, "give a UUID");
    problems.finish(idea)
}

/// Loads an idea, once what the asker has seen is here.
pub(super) async fn load(context: &CommandContext, asker: &Asker, idea: IdeaId) -> Result<(Loaded, Idea), Status> {
    context.wait(asker).await?;
    let stream = StreamName::idea(idea);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let state = loaded.state::<Ideas>(&stream);
    Ok((loaded, state))
}

#[tonic::async_trait]
impl SubmissionQueryService for Queries {
    async fn list_my_ideas(
        &self,
        request: Request<pb::ListMyIdeasRequest>,
    ) -> Result<Response<pb::ListMyIdeasResponse>, Status> {
        lists::mine(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_inbox(
        &self,
        request: Request<pb::ListInboxRequest>,
    ) -> Result<Response<pb::ListInboxResponse>, Status> {
        lists::inbox(self, request.into_inner()).await.map(Response::new)
    }

    async fn get_idea(&self, request: Request<pb::GetIdeaRequest>) -> Result<Response<pb::GetIdeaResponse>, Status> {
        idea::get(&self.context, request.into_inner()).await.map(Response::new)
    }

    type GetHistoryStream = BoxStream<'static, Result<pb::GetHistoryResponse, Status>>;

    async fn get_history(
        &self,
        request: Request<pb::GetHistoryRequest>,
    ) -> Result<Response<Self::GetHistoryStream>, Status> {
        let pb::GetHistoryResponse { entries, position } = history::get(&self.context, request.into_inner()).await?;
        let part = move |entries| Ok(pb::GetHistoryResponse { entries, position });
        let parts = in_messages(entries).into_iter().map(part);
        Ok(Response::new(stream::iter(parts).boxed()))
    }

    async fn find_similar_ideas(
        &self,
        request: Request<pb::FindSimilarIdeasRequest>,
    ) -> Result<Response<pb::FindSimilarIdeasResponse>, Status> {
        lists::similar(self, request.into_inner()).await.map(Response::new)
    }

    async fn search_ideas(
        &self,
        request: Request<pb::SearchIdeasRequest>,
    ) -> Result<Response<pb::SearchIdeasResponse>, Status> {
        lists::search(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_calls(
        &self,
        request: Request<pb::ListCallsRequest>,
    ) -> Result<Response<pb::ListCallsResponse>, Status> {
        lists::calls(self, request.into_inner()).await.map(Response::new)
    }

    type DownloadAttachmentStream = ReceiverStream<Result<pb::DownloadAttachmentResponse, Status>>;

    async fn download_attachment(
        &self,
        request: Request<pb::DownloadAttachmentRequest>,
    ) -> Result<Response<Self::DownloadAttachmentStream>, Status> {
        let request = request.into_inner();
        let asker = self.context.asker(request.query.as_ref())?;
        let id = idea_id(&request.idea)?;
        let mut problems = Problems::default();
        let attachment = problems.parse("attachment", &request.attachment, "give a UUID");
        let attachment = problems.finish(attachment)?;
        let (_, idea) = load(&self.context, &asker, id).await?;
        if access_level(&self.context, &asker, id, &idea).await? != AccessLevel::All {
            return Err(wrong_role());
        }
        let mut file = attachments::open(&self.context, id, attachment).await?;
        // Two chunks wait at the most: a slow reader holds the file, not the memory.
        let (send, receive) = mpsc::channel(2);
        self.context.engine.spawn(async move {
            loop {
                let chunk = match file.next().await {
                    Ok(Some(mut chunk)) => Ok(pb::DownloadAttachmentResponse {
                        chunk: std::mem::take(&mut *chunk),
                    }),
                    Ok(None) => return,
                    Err(error) => Err(idesluss_engine::ExecuteError::from(error).into()),
                };
                let failed = chunk.is_err();
                if send.send(chunk).await.is_err() || failed {
                    return;
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(receive)))
    }

    async fn export_brief(
        &self,
        request: Request<pb::ExportBriefRequest>,
    ) -> Result<Response<pb::ExportBriefResponse>, Status> {
        export::export(&self.context, request.into_inner())
            .await
            .map(Response::new)
    }
}
