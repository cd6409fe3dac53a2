use super::ask::{self, Wanted};
use crate::{Asker, CommandContext, Page, Rpcs, ViewHandle};
use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use idesluss_proto::requests::audit::{GetInstanceState, ListChanges};
use idesluss_proto::{PageToken, Rpc};
use tonic::Status;

/// The largest request: it holds no texts.
const MAX_REQUEST: usize = 64 * 1024;

type Answer<R> = Result<<R as Rpc>::Response, Status>;

/// What auditors ask every service, over its [`ChangesView`](super::ChangesView).
pub fn audit_rpcs(context: CommandContext, changes: ViewHandle) -> Rpcs<Audit> {
    Rpcs::new(Audit { context, changes }, MAX_REQUEST)
        .query(get_instance_state)
        .query(list_changes)
}

/// What auditors are answered with.
#[derive(Clone)]
pub struct Audit {
    context: CommandContext,
    changes: ViewHandle,
}

impl AsRef<CommandContext> for Audit {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

/// A moment in microseconds; none is the end of time.
fn moment(time: Option<Timestamp>) -> i64 {
    time.map_or(i64::MAX, Timestamp::as_micros)
}

async fn get_instance_state(
    audit: Audit,
    asker: Asker,
    asked: GetInstanceState,
) -> Answer<pb::GetInstanceStateRequest> {
    let at = moment(asked.at);
    let ask = move |conn: &rusqlite::Connection| ask::state_at(conn, at);
    let (mut state_at, position) = audit.changes.query(asker.after.as_ref(), ask).await?;
    state_at.position = position;
    Ok(state_at)
}

async fn list_changes(audit: Audit, asker: Asker, asked: ListChanges) -> Answer<pb::ListChangesRequest> {
    let wanted = Wanted {
        organisation: asker.actor().organisation.to_string(),
        until: moment(asked.until),
        page: Page::of(asked.page_size, asked.page_token)?,
        decisions: asked.decisions,
    };
    let ask = move |conn: &rusqlite::Connection| ask::changes(conn, &wanted);
    let (changes, position) = audit.changes.query(asker.after.as_ref(), ask).await?;
    Ok(pb::ListChangesResponse {
        next_page_token: PageToken::after(&changes, asked.page_size, |change| change.position),
        changes,
        position,
    })
}
