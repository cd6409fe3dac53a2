//! `idesluss organisation`, `user` and `role`: what whoever sits at the machine sets up, before anybody administers anything, and when nobody can come in.

use crate::audit::read_person;
use crate::links;
use crate::session::{Session, SessionError};
use clap::{Args, Subcommand, ValueEnum};
use idesluss_domain::identity::organisations::{USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS};
use idesluss_domain::words::{CommandId, OrganisationId, PersonId, Prefix};
use idesluss_proto::pb::command::{Command, Query};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::identity_command_service_client::IdentityCommandServiceClient;
use idesluss_proto::pb::identity::identity_query_service_client::IdentityQueryServiceClient;
use idesluss_proto::write_command;
use idesluss_runtime::HeldRole;
use idesluss_terminal::print_line;
use std::path::PathBuf;
use uuid::Uuid;

/// Organisations of the instance.
#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Lists them, each with how many people administer it.
    List(Folder),
    /// Lets one more take part.
    Add(Add),
}

/// People of the instance.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Registers a person, and prints the pseudonym under which they stand everywhere.
    Add(AddUser),
    /// Lists them with their pseudonyms and roles.
    List(Folder),
    /// Makes a link by which an administrator signs in once, within a quarter of an hour: for when their sign-in service is away. It is noted in the history.
    Code(OneUser),
    /// Makes a link by which somebody chooses what they sign in with here, good once and for seven days; where providers.toml lets their organisation's people
    /// have accounts here. It is noted in the history.
    Invite(OneUser),
    /// Lets nobody sign in with what somebody has chosen here, and makes a link by which they choose anew, good once and for an hour. It is noted in the
    /// history.
    Reset(OneUser),
    /// Lets somebody in no more, however they sign in, and ends their sessions.
    Disable(OneUser),
    /// Lets them in again.
    Enable(OneUser),
}

/// Somebody who is known.
#[derive(Debug, Args)]
pub(crate) struct OneUser {
    /// The person's pseudonym.
    #[arg(value_name = "ID", value_parser = read_person)]
    pub(crate) person: PersonId,
    #[command(flatten)]
    pub(crate) folder: Folder,
}

/// Roles.
#[derive(Debug, Subcommand)]
pub(crate) enum RoleCommand {
    /// Names an administrator of an organisation, who then grants all other roles: at once where there is none, otherwise for the day after
    /// tomorrow, and the others see it meanwhile.
    Administrator(Administrator),
}

/// Where.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Services that run apart instead, reached as a gateway with these settings reaches them: with a certificate that names the machine.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    gateway: Option<PathBuf>,
}

/// What a new organisation is.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Its short name, such as uddevalla; never changed.
    #[arg(long, value_name = "ORG")]
    id: OrganisationId,
    /// Its name as people write it.
    #[arg(long)]
    name: String,
    /// The beginning of its references: two to five capitals, such as UDD.
    #[arg(long)]
    prefix: Prefix,
    /// What it is.
    #[arg(long, value_enum)]
    kind: Kind,
    /// It is a public body in the sense of the law on public access, as companies under municipal control are.
    #[arg(long)]
    public_body: bool,
    /// In how many working days a submitter hears from a person.
    #[arg(long, default_value_t = 10)]
    answer_working_days: u32,
    /// In how many days an idea is decided.
    #[arg(long, default_value_t = 60)]
    decision_days: u32,
    /// After how many minutes without use whoever acts for it is signed out.
    #[arg(long, default_value_t = USUAL_IDLE_MINUTES.into())]
    idle_minutes: u32,
    /// After how many hours they are signed out whatever they do.
    #[arg(long, default_value_t = USUAL_SESSION_HOURS.into())]
    session_hours: u32,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Kommun.
    Municipality,
    /// Kommunalförbund.
    Federation,
    /// Bolag eller annan partner.
    Company,
}

/// A new person.
#[derive(Debug, Args)]
pub(crate) struct AddUser {
    /// The name; shown to those who work with ideas, never written into a history.
    #[arg(long)]
    name: String,
    /// Where mail reaches them.
    #[arg(long, default_value = "")]
    address: String,
    /// Whose they are: the short name of the organisation that looks after their name and address.
    #[arg(long, value_name = "ORG")]
    organisation: OrganisationId,
    #[command(flatten)]
    folder: Folder,
}

/// A new administrator.
#[derive(Debug, Args)]
pub(crate) struct Administrator {
    /// The person's pseudonym.
    #[arg(long, value_name = "ID", value_parser = read_person)]
    person: PersonId,
    /// The organisation's short name.
    #[arg(long, value_name = "ORG")]
    organisation: OrganisationId,
    #[command(flatten)]
    folder: Folder,
}

/// Why nothing was set up. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdministerError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{}", .0.message())]
    Refused(#[from] tonic::Status),
    #[error("the machine has no randomness for a link: {0}")]
    Random(getrandom::Error),
}

/// The services, asked by whoever sits at the machine as nobody else.
pub(crate) struct Machine(Session);

impl Machine {
    pub(crate) async fn open(folder: &Folder) -> Result<Self, AdministerError> {
        Ok(Self(match &folder.gateway {
            Some(settings) => Session::beyond(settings).await?,
            None => Session::open(&folder.data, false).await?,
        }))
    }

    pub(crate) fn commands(&self) -> IdentityCommandServiceClient<idesluss_runtime::Peer> {
        IdentityCommandServiceClient::new(self.0.services.identity.clone())
    }

    async fn organisations(&self) -> Result<Vec<pb::Organisation>, tonic::Status> {
        let request = pb::ListOrganisationsRequest {
            query: Some(Query::default()),
        };
        let told = IdentityQueryServiceClient::new(self.0.services.identity.clone())
            .list_organisations(request)
            .await;
        Ok(told?.into_inner().organisations)
    }

    pub(crate) async fn close<T>(self, done: Result<T, tonic::Status>) -> Result<T, AdministerError> {
        self.0.close().await?;
        Ok(done?)
    }
}

/// What a new command begins with.
pub(crate) fn new_command() -> Option<Command> {
    Some(write_command(CommandId(Uuid::now_v7())))
}

pub(crate) async fn organisation(command: OrganisationCommand) -> Result<(), AdministerError> {
    match command {
        OrganisationCommand::List(folder) => list(&folder).await,
        OrganisationCommand::Add(add) => {
            let machine = Machine::open(&add.folder).await?;
            let request = pb::RegisterOrganisationRequest {
                command: new_command(),
                organisation: add.id.to_string(),
                settings: Some(pb::OrganisationSettings {
                    name: add.name,
                    prefix: add.prefix.to_string(),
                    kind: match add.kind {
                        Kind::Municipality => pb::OrganisationKind::Municipality,
                        Kind::Federation => pb::OrganisationKind::Federation,
                        Kind::Company => pb::OrganisationKind::Company,
                    }
                    .into(),
                    public_body: add.public_body,
                    answer_working_days: add.answer_working_days,
                    decision_days: add.decision_days,
                    idle_minutes: add.idle_minutes,
                    session_hours: add.session_hours,
                }),
            };
            let done = machine.commands().register_organisation(request).await;
            machine.close(done).await?;
            print_line!(
                "{} takes part. Name somebody who administers it: idesluss role administrator",
                add.id
            );
            Ok(())
        }
    }
}

async fn list(folder: &Folder) -> Result<(), AdministerError> {
    let machine = Machine::open(folder).await?;
    let told = machine.organisations().await;
    for organisation in machine.close(told).await? {
        let settings = organisation.settings.unwrap_or_default();
        print_line!(
            "{}  {}  {}  administrators: {}",
            organisation.organisation,
            settings.prefix,
            settings.name,
            organisation.administrators
        );
    }
    Ok(())
}

pub(crate) async fn user(command: UserCommand) -> Result<(), AdministerError> {
    match command {
        UserCommand::Add(add) => add_user(add).await,
        UserCommand::List(folder) => list_users(&folder).await,
        UserCommand::Code(one) => links::code(one).await,
        UserCommand::Invite(one) => links::invite(one).await,
        UserCommand::Reset(one) => links::reset(one).await,
        UserCommand::Disable(one) => {
            let machine = Machine::open(&one.folder).await?;
            let request = pb::DisablePersonRequest {
                command: new_command(),
                person: one.person.to_string(),
            };
            let done = machine.commands().disable_person(request).await;
            machine.close(done).await?;
            print_line!("{} is not let in any more", one.person);
            Ok(())
        }
        UserCommand::Enable(one) => {
            let machine = Machine::open(&one.folder).await?;
            let request = pb::EnablePersonRequest {
                command: new_command(),
                person: one.person.to_string(),
            };
            let done = machine.commands().enable_person(request).await;
            machine.close(done).await?;
            print_line!("{} is let in again", one.person);
            Ok(())
        }
    }
}

async fn add_user(add: AddUser) -> Result<(), AdministerError> {
    let machine = Machine::open(&add.folder).await?;
    let person = PersonId(Uuid::new_v4());
    let request = pb::RegisterPersonRequest {
        command: new_command(),
        person: person.to_string(),
        name: add.name,
        address: add.address,
        organisation: add.organisation.to_string(),
    };
    let done = machine.commands().register_person(request).await;
    machine.close(done).await?;
    print_line!("{person}");
    Ok(())
}

async fn list_users(folder: &Folder) -> Result<(), AdministerError> {
    let machine = Machine::open(folder).await?;
    let directory = machine.0.directory.clone();
    machine.close(Ok(())).await?;
    for person in &directory.people {
        let role = |held: &HeldRole| format!("{} {}", held.organisation, held.role);
        let roles: Vec<String> = person.roles.iter().map(role).collect();
        print_line!("{}  {}  {}", person.id, person.name, roles.join(", "));
    }
    Ok(())
}

pub(crate) async fn role(command: RoleCommand) -> Result<(), AdministerError> {
    let RoleCommand::Administrator(named) = command;
    let machine = Machine::open(&named.folder).await?;
    let told = machine.organisations().await;
    let name = named.organisation.to_string();
    let before = match told {
        Ok(told) => told.into_iter().find(|known| known.organisation == name),
        Err(status) => return machine.close::<()>(Err(status)).await,
    };
    let request = pb::NameAdministratorRequest {
        command: new_command(),
        person: named.person.to_string(),
        organisation: named.organisation.to_string(),
    };
    let done = machine.commands().name_administrator(request).await;
    machine.close(done).await?;
    let from = match before.map_or(0, |known| known.administrators) {
        0 => "at once",
        _ => "from the day after tomorrow, since others administer it and see it meanwhile; who did already goes on",
    };
    print_line!("{} administers {} {from}", named.person, named.organisation);
    Ok(())
}

pub(crate) async fn rotate_signing_key(folder: &Folder) -> Result<(), AdministerError> {
    let machine = Machine::open(folder).await?;
    let request = pb::RotateSigningKeyRequest { command: new_command() };
    let done = machine.commands().rotate_signing_key(request).await;
    machine.close(done).await?;
    print_line!("Who asks is asserted under a new key. The one before is retired in some minutes by itself");
    Ok(())
}
