//! Who is who, for the gateway: pages name people and offer them to choose from.

use super::{Answered, Identity};
use crate::views::{self, DirectoryRow};
use futures_util::{StreamExt as _, stream};
use idesluss_engine::{Asker, Parts};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::ReadDirectory;
use idesluss_proto::write_organisation;
use tonic::Status;

/// How many people a part has.
const PART: usize = 500;

pub(super) async fn read(
    identity: Identity,
    asker: Asker,
    asked: ReadDirectory,
) -> Answered<Parts<pb::ReadDirectoryResponse>> {
    let today = identity.context.engine.clock().today();
    let known = asked.known;
    if known != 0 && identity.people.position() <= known {
        return Ok(stream::empty().boxed());
    }
    if known == 0 {
        identity.people.catch_up().await?;
    }
    let ask = move |conn: &rusqlite::Connection| Ok((views::directory(conn, today)?, views::all_programs(conn)?));
    let ((mut rows, programs), position) = identity.people.query_whole(asker.after.as_ref(), ask).await?;
    let organisations = identity.context.organisations().await?;
    // Nobody is offered in a role that waits to be confirmed.
    for row in &mut rows {
        row.roles.retain(|(organisation, _, round)| {
            let organisation = organisation.parse();
            organisation.is_ok_and(|organisation| organisations.counts_of_round(&organisation, *round))
        });
    }
    let first = pb::ReadDirectoryResponse {
        organisations: organisations
            .all
            .values()
            .map(|known| write_organisation(known, today))
            .collect(),
        people: programs.into_iter().map(super::programs::member).collect(),
        position,
    };
    let parts: Vec<Vec<DirectoryRow>> = rows.chunks(PART).map(<[DirectoryRow]>::to_vec).collect();
    // Each part's names are opened when it goes out, never all at once.
    let people = stream::iter(parts).then(move |rows| part(identity.clone(), asker.clone(), rows, position));
    Ok(stream::once(async { Ok(first) }).chain(people).boxed())
}

async fn part(
    identity: Identity,
    asker: Asker,
    rows: Vec<DirectoryRow>,
    position: u64,
) -> Answered<pb::ReadDirectoryResponse> {
    let names = rows.iter().filter_map(|row| row.name.clone());
    let texts = identity.context.open(&asker.permit, names).await?;
    let member = |row: DirectoryRow| pb::Member {
        name: texts.get(row.name.as_ref()),
        person: row.person,
        named_in: row.named_in.unwrap_or_default(),
        roles: (row.roles.into_iter())
            .map(|(organisation, role, _)| pb::MemberRole {
                organisation,
                role,
                substitute_for: String::new(),
            })
            .collect(),
    };
    Ok::<_, Status>(pb::ReadDirectoryResponse {
        organisations: Vec::new(),
        people: rows.into_iter().map(member).collect(),
        position,
    })
}
