use super::{attachments, export, history, idea, lists};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Idea;
use idesluss_domain::words::{IdeaId, Role, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, ViewHandle, wrong_role};
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
    pub(crate) search: Search,
}

/// How much of an idea somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    /// Everything: who leads or registers or audits it, and its authors.
    All,
    /// The brief, never who submitted it.
    Brief,
}

/// Who may see an idea, and how much. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) fn access_level(asker: &Asker, idea: &Idea) -> Result<AccessLevel, Status> {
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
        _ => Err(refuse(
            Code::PermissionDenied,
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

    async fn get_history(
        &self,
        request: Request<pb::GetHistoryRequest>,
    ) -> Result<Response<pb::GetHistoryResponse>, Status> {
        history::get(&self.context, request.into_inner())
            .await
            .map(Response::new)
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
        if access_level(&asker, &idea)? != AccessLevel::All {
            return Err(wrong_role());
        }
        let mut file = attachments::open(&self.context, id, attachment).await?;
        // Two chunks wait at the most: a slow reader holds the file, not the memory.
        let (send, receive) = mpsc::channel(2);
        self.context.engine.spawn(async move {
            loop {
                let chunk = match file.next().await {
                    Ok(Some(chunk)) => Ok(pb::DownloadAttachmentResponse { chunk }),
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
