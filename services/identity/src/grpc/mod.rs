//! The rpcs: what each command leads to, and what each question is answered with.

mod directory;
mod grants;
mod organisations;
mod people;
mod sessions;

pub(crate) use grants::Asked;
pub(crate) use organisations::about;

use crate::keys::Keys;
use crate::sessions::Sessions;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::PersonAction;
use idesluss_engine::{Acts, CommandContext, Rpcs, ViewHandle};
use idesluss_proto::Rpc;
use idesluss_proto::requests::identity as read;
use idesluss_search::Search;
use tonic::Status;

/// The largest request: five hundred codes with their names.
const MAX_REQUEST: usize = 512 * 1024;

/// What the rpcs are answered with.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) context: CommandContext,
    pub(crate) people: ViewHandle,
    pub(crate) search: Search,
    pub(crate) sessions: Sessions,
    pub(crate) keys: Keys,
}

impl AsRef<CommandContext> for Identity {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

impl Acts<People> for Identity {}

/// What an rpc answers.
type Answer<R> = Result<<R as Rpc>::Response, Status>;

/// What a handler gives.
type Answered<T> = Result<T, Status>;

/// All rpcs of the service.
pub(crate) fn rpcs(identity: Identity) -> Rpcs<Identity> {
    Rpcs::new(identity, MAX_REQUEST)
        // Organisations.
        .command(organisations::register)
        .command(organisations::change)
        .command(organisations::adopt_codes)
        .command(organisations::adopt_terms)
        .command(organisations::change_look)
        .command(organisations::confirm_roles)
        // People.
        .plain_command::<read::RegisterPerson, _, _>(people::register)
        .act::<People, _>(|c: read::ChangePerson| {
            let (name, address) = (c.name, c.address);
            (c.person, PersonAction::Change { name, address })
        })
        // Roles.
        .command(grants::grant)
        .command(grants::revoke)
        .command(grants::name_administrator)
        // Who asks.
        .command(sessions::rotate)
        .member(sessions::begin)
        .member(sessions::keep)
        .member(sessions::end)
        .member(sessions::get)
        // Questions.
        .query(organisations::list)
        .query(organisations::get_terms)
        .query(people::list)
        .query(people::get)
        .query(people::names)
        .streamed_query(directory::read)
}
