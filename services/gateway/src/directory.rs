//! Who is who, as identity tells it: kept at hand, since every page names people, and read again when something has happened.

use arc_swap::ArcSwap;
use idesluss_domain::words::{Actor, Role};
use idesluss_proto::pb::command::Query;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::identity_query_service_client::IdentityQueryServiceClient;
use idesluss_proto::write_actor;
use idesluss_runtime::{Directory, HeldRole, Organisation, OrganisationKind, Peer, Person};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;

/// How often it is asked whether anything has happened.
const LOOK: Duration = Duration::from_secs(1);
/// So often everything is read, since roles begin and end with a day.
const ANEW: Duration = Duration::from_secs(600);

/// Keeps `who` as identity tells it, for as long as it is polled. While identity can't be reached, what it told last holds.
pub(crate) async fn follow(identity: Peer, who: Arc<ArcSwap<Directory>>) {
    let (mut known, mut read) = (0, Instant::now());
    loop {
        if read.elapsed() >= ANEW {
            known = 0;
        }
        match once(&identity, &who, known).await {
            Ok(Some(position)) => (known, read) = (position, Instant::now()),
            Ok(None) => {}
            Err(status) => tracing::debug!(code = ?status.code(), "identity does not tell who is who"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Reads what there is. None: nothing has happened since `known`.
async fn once(identity: &Peer, who: &ArcSwap<Directory>, known: u64) -> Result<Option<u64>, Status> {
    let before = who.load_full();
    let request = pb::ReadDirectoryRequest {
        query: Some(Query {
            actor: Some(write_actor(&Actor::service(&before.instance))),
            after: None,
        }),
        known,
    };
    let mut parts = IdentityQueryServiceClient::new(identity.clone())
        .read_directory(request)
        .await?
        .into_inner();
    let (mut organisations, mut people, mut position) = (Vec::new(), Vec::new(), None);
    while let Some(part) = parts.message().await? {
        organisations.extend(part.organisations.iter().filter_map(organisation));
        people.extend(part.people.into_iter().filter_map(person));
        position = Some(part.position);
    }
    // An identity that has written nothing down yet knows less than the file.
    if position.is_some() && !organisations.is_empty() {
        who.store(Arc::new(Directory {
            instance: before.instance.clone(),
            organisations,
            people,
        }));
    }
    Ok(position)
}

fn organisation(told: &pb::Organisation) -> Option<Organisation> {
    Some(Organisation {
        id: told.organisation.parse().ok()?,
        name: told.name.clone(),
        prefix: told.prefix.clone(),
        kind: match told.kind() {
            pb::OrganisationKind::Municipality => OrganisationKind::Municipality,
            pb::OrganisationKind::Federation => OrganisationKind::Federation,
            pb::OrganisationKind::Company => OrganisationKind::Company,
            pb::OrganisationKind::Unspecified => return None,
        },
        public_body: told.public_body,
        answer_working_days: u16::try_from(told.answer_working_days).ok()?,
        decision_days: u16::try_from(told.decision_days).ok()?,
    })
}

fn person(told: pb::Member) -> Option<Person> {
    let role = |role: &pb::MemberRole| {
        Some(HeldRole {
            organisation: role.organisation.parse().ok()?,
            role: Role::try_from(role.role()).ok()?,
        })
    };
    Some(Person {
        id: told.person.parse().ok()?,
        roles: told.roles.iter().filter_map(role).collect(),
        name: told.name.map(|name| name.text).unwrap_or_default(),
    })
}
