//! The rpcs: what each command leads to, and what each question is answered with.

mod directory;
mod grants;
mod links;
mod local;
mod mapping;
mod organisations;
mod people;
mod programs;
mod sessions;

pub(crate) use grants::Asked;
pub(crate) use organisations::about;

use crate::keys::Keys;
use crate::links::Links;
use crate::local::Local;
use crate::programs::Programs;
use crate::sign_in::SignIn;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::PersonAction;
use idesluss_domain::identity::program::ProgramAction;
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
    pub(crate) sign_in: SignIn,
    pub(crate) local: Local,
    pub(crate) links: Links,
    pub(crate) keys: Keys,
    pub(crate) programs: Programs,
}

impl AsRef<CommandContext> for Identity {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

impl Acts<People> for Identity {}

impl Acts<idesluss_domain::identity::Programs> for Identity {}

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
        .plain_command::<read::ChangePerson, _, _>(people::change)
        .act::<People, _>(|c: read::EnablePerson| (c.person, PersonAction::Enable))
        .command(people::disable)
        .command(people::unlink_accounts)
        .command(people::make_code)
        .command(local::invite)
        .command(local::reset)
        // Roles.
        .command(grants::grant)
        .command(grants::revoke)
        .command(grants::name_administrator)
        // Programs.
        .command(programs::register)
        .command(programs::change_scopes)
        .command(programs::add_secret)
        .command(programs::add_key)
        .command(programs::revoke_credential)
        .act::<idesluss_domain::identity::Programs, _>(|c: read::DisableProgram| (c.program, ProgramAction::Disable))
        .command(programs::enable)
        .member(programs::begin_session)
        .member(programs::get_session)
        .query(programs::list)
        .query(programs::get)
        // Coming in by a provider.
        .command(mapping::adopt)
        .command(mapping::withdraw)
        // Without an account.
        .command(links::allow)
        .command(links::stop)
        .command(links::renew)
        .command(links::revoke)
        .command(links::claim)
        .member(links::begin)
        .member(links::make)
        .member(links::open)
        .member(links::confirm)
        // Who asks.
        .command(sessions::rotate)
        .member(sessions::list_providers)
        .member(sessions::begin_sign_in)
        .member(sessions::finish_sign_in)
        .member(sessions::use_code)
        .member(local::sign_in)
        .member(local::accept)
        .member(local::change)
        .member(local::begin_passkey)
        .member(local::invitation)
        .member(local::means)
        .member(local::begin_codes)
        .member(sessions::begin)
        .member(sessions::keep)
        .member(sessions::end)
        .member(sessions::end_others)
        .member(sessions::keep_form)
        .member(sessions::take_form)
        .member(sessions::end_by_provider)
        .member(sessions::list)
        .member(sessions::get)
        // Questions.
        .query(organisations::list)
        .query(organisations::get_terms)
        .query(mapping::get)
        .query(mapping::preview)
        .query(people::list)
        .query(people::get)
        .query(people::names)
        .streamed_query(directory::read)
}
