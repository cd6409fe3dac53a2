use super::ask::{self, Wanted};
use crate::{CommandContext, ViewHandle};
use idesluss_domain::words::{Role, Timestamp};
use idesluss_proto::pb::audit as pb;
use idesluss_proto::pb::audit::v1::audit_service_server::{AuditService, AuditServiceServer};
use idesluss_proto::status::Problems;
use tonic::{Request, Response, Status};

/// How many changes a page has unless it is said, and at the most.
const PAGE: u32 = 20;
const LARGEST_PAGE: u32 = 200;

/// The audit service over a service's [`ChangesView`](super::ChangesView).
pub fn audit_server(context: CommandContext, changes: ViewHandle) -> AuditServiceServer<impl AuditService> {
    AuditServiceServer::new(Audit { context, changes })
}

struct Audit {
    context: CommandContext,
    changes: ViewHandle,
}

/// Reads a moment; none is the end of time. Errors: INVALID_ARGUMENT.
fn moment(field: &str, text: &str) -> Result<i64, Status> {
    if text.is_empty() {
        return Ok(i64::MAX);
    }
    let mut problems = Problems::default();
    let sentence = "write the time like 2026-11-23T20:00:00Z, or leave it empty";
    let time = problems.parse::<Timestamp>(field, text, sentence);
    Ok(problems.finish(time)?.as_micros())
}

#[tonic::async_trait]
impl AuditService for Audit {
    async fn get_instance_state(
        &self,
        request: Request<pb::GetInstanceStateRequest>,
    ) -> Result<Response<pb::GetInstanceStateResponse>, Status> {
        let request = request.into_inner();
        let asker = self.context.asker(request.query.as_ref())?;
        asker.needs(&[Role::Auditor])?;
        let at = moment("at", &request.at)?;
        let ask = move |conn: &rusqlite::Connection| ask::state_at(conn, at);
        let (mut state_at, position) = self.changes.query(asker.after.as_ref(), ask).await?;
        state_at.position = position;
        Ok(Response::new(state_at))
    }

    async fn list_changes(
        &self,
        request: Request<pb::ListChangesRequest>,
    ) -> Result<Response<pb::ListChangesResponse>, Status> {
        let request = request.into_inner();
        let asker = self.context.asker(request.query.as_ref())?;
        asker.needs(&[Role::Auditor])?;
        let before = if request.page_token.is_empty() {
            i64::MAX
        } else {
            let mut problems = Problems::default();
            let sentence = "give it as it came, or leave it empty";
            let before = problems.parse("page_token", &request.page_token, sentence);
            problems.finish(before)?
        };
        let most = match request.page_size {
            0 => PAGE,
            size => size.min(LARGEST_PAGE),
        };
        let wanted = Wanted {
            organisation: asker.actor.organisation.to_string(),
            until: moment("until", &request.until)?,
            before,
            decisions: request.decisions,
            most: most.into(),
        };
        let ask = move |conn: &rusqlite::Connection| ask::changes(conn, &wanted);
        let (changes, position) = self.changes.query(asker.after.as_ref(), ask).await?;
        let full = changes.len() == most as usize;
        let next = changes
            .last()
            .filter(|_| full)
            .map(|change| change.position.to_string());
        Ok(Response::new(pb::ListChangesResponse {
            next_page_token: next.unwrap_or_default(),
            changes,
            position,
        }))
    }
}
