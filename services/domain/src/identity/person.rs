//! A person: a pseudonym that stands everywhere, and a name and an address that stand sealed here alone.

use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, OrganisationId, PersonId, ProgramId, SealedText};
use crate::{Act, Decider};
use serde::{Deserialize, Serialize};

/// An organisation knows a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRegistered {
    /// The pseudonym under which the person stands in the journals.
    pub person: PersonId,
    /// Whose person it is: who seals what is known, and may change it.
    pub organisation: OrganisationId,
    /// The name.
    pub name: SealedText,
    /// Where mail reaches the person, if it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<SealedText>,
}

/// A person is called otherwise, or reached elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonChanged {
    /// The name from now on.
    pub name: SealedText,
    /// Where mail reaches the person from now on, if it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<SealedText>,
}

/// Whoever sits at the machine has made a code by which the person is let in once, and soon: an administrator whose provider is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInCodeMade {}

/// Somebody has made a link by which the person, who has nothing yet to sign in with here, chooses it: once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationMade {}

/// All that the person signed in with here holds no longer, and a link was made by which they choose anew: once, and soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInReset {}

/// What the person signs in with here is another. What it is, and how it is told from others, stands nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInMeansChanged {
    /// What has changed.
    pub means: Means,
    /// Whether there is one, or another, from now on; false: it holds no longer.
    pub added: bool,
}

/// What somebody signs in with who has an account here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// A key that a device or a key ring keeps, and hands to no page.
    Passkey,
    /// A password.
    Password,
    /// Codes of an app, asked for after the password.
    OneTimeCodes,
    /// Codes on paper, each good once in the place of an app's.
    RecoveryCodes,
}

impl Means {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::Password, Self::OneTimeCodes, Self::RecoveryCodes];
}

/// The person is not let in any more, however they sign in. What they have done stays theirs, and so do their roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDisabled {}

/// The person is let in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEnabled {}

events! {
    /// What happens to what is known of a person.
    PersonEvent, "identity", "person", [
        PersonRegistered, PersonChanged, PersonDisabled, PersonEnabled, SignInCodeMade, InvitationMade, SignInReset, SignInMeansChanged
    ]
}

rejections! {
    /// Why something can't be done with a person.
    PersonRejection {
        /// Nobody was registered under this pseudonym.
        Unknown => NotFound, "NO_SUCH_PERSON";
        /// The pseudonym is somebody else's.
        OtherPerson => Precondition, "OTHER_PERSON";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The person is another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// They are not let in already.
        DisabledAlready => Precondition, "DISABLED_ALREADY";
        /// They are let in.
        NotDisabled => Precondition, "NOT_DISABLED";
        /// Nobody shuts themselves out.
        OwnSelf => Precondition, "NOT_YOURSELF";
        /// Nobody is let in from the machine but administrators: everybody else is by one of them.
        NotAdministrator => Precondition, "NOT_ADMINISTRATOR";
        /// Their organisation's people sign in elsewhere.
        NoLocalAccounts => Precondition, "NO_LOCAL_ACCOUNTS";
        /// Nothing is known that they could call themselves at sign-in.
        NoAddress => Precondition, "NO_ADDRESS";
        /// They sign in here already.
        SignsInAlready => Precondition, "SIGNS_IN_ALREADY";
        /// They have nothing to sign in with here.
        SignsInWithNothing => Precondition, "SIGNS_IN_WITH_NOTHING";
    }
}

/// A person as they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Whose they are; of somebody who is not registered yet, whose they would be.
    pub home: Option<OrganisationId>,
    /// How they were registered.
    pub registered: Option<PersonRegistered>,
    /// The name that holds.
    pub name: Option<SealedText>,
    /// The address that holds.
    pub address: Option<SealedText>,
    /// Whether they are not let in any more.
    pub is_disabled: bool,
    /// Whether they administer an organisation, as far as whoever decides has looked.
    pub administers: bool,
    /// How it stands with an account of theirs here, as far as whoever decides has looked.
    pub local: LocalAccount,
}

/// How it stands with somebody's account here, which the journal does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LocalAccount {
    /// Whether their organisation's people may have one.
    pub is_allowed: bool,
    /// Whether they have something to sign in with.
    pub has_means: bool,
}

impl Person {
    /// Somebody of an organisation who is not registered yet.
    pub fn of(organisation: &OrganisationId) -> Self {
        Self {
            home: Some(organisation.clone()),
            ..Self::default()
        }
    }
}

rules! {
    /// All that may be done with a person.
    Person {
        // Whoever sits at the machine names the first administrators, who have to be called something.
        REGISTER_PERSON = "register-person", [Administrator: OwnOrganisation, Operator | Service: Any] => [PersonRegistered], |person| match person.registered {
            Some(_) => Err(PersonRejection::OtherPerson),
            None => Ok(()),
        };
        CHANGE_PERSON = "change-person", [Administrator: OwnOrganisation] => [PersonChanged], |_| Ok(());
        DISABLE_PERSON = "disable-person", [Administrator: OwnOrganisation, Operator: Any] => [PersonDisabled], |person| match person.is_disabled {
            true => Err(PersonRejection::DisabledAlready),
            false => Ok(()),
        };
        ENABLE_PERSON = "enable-person", [Administrator: OwnOrganisation, Operator: Any] => [PersonEnabled], |person| match person.is_disabled {
            true => Ok(()),
            false => Err(PersonRejection::NotDisabled),
        };
        MAKE_SIGN_IN_CODE = "make-sign-in-code", [Operator: Any] => [SignInCodeMade], |person| match person.administers {
            true => Ok(()),
            false => Err(PersonRejection::NotAdministrator),
        };
        INVITE_PERSON = "invite-person", [Administrator: OwnOrganisation, Operator: Any] => [InvitationMade], |person| match person.local.has_means {
            true => Err(PersonRejection::SignsInAlready),
            false => may_choose_means(person),
        };
        RESET_SIGN_IN = "reset-sign-in", [Administrator: OwnOrganisation, Operator: Any] => [SignInReset], |person| match person.local.has_means {
            true => may_choose_means(person),
            false => Err(PersonRejection::SignsInWithNothing),
        };
        // By the person, who has shown to the service who they are.
        CHANGE_SIGN_IN_MEANS = "change-sign-in-means", [Service: Any] => [SignInMeansChanged], |_| Ok(());
    }
}

/// Errors: the person can have no account here.
fn may_choose_means(person: &Person) -> Result<(), PersonRejection> {
    if !person.local.is_allowed {
        return Err(PersonRejection::NoLocalAccounts);
    }
    // Whoever signs in with a password says who they are by their address.
    person.address.map(drop).ok_or(PersonRejection::NoAddress)
}

impl Ruled for Person {
    type Rejection = PersonRejection;

    const WRONG_ROLE: PersonRejection = PersonRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), PersonRejection> {
        match &self.home {
            _ if relation == Relation::Any => Ok(()),
            None => Err(PersonRejection::Unknown),
            Some(home) if *home != actor.organisation => Err(PersonRejection::WrongOrganisation),
            Some(_) => Ok(()),
        }
    }
}

/// What somebody wants done with a person.
pub type PersonCommand = Act<PersonId, PersonAction>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonAction {
    /// Register them.
    Register {
        /// Whose they are.
        organisation: OrganisationId,
        /// The name.
        name: SealedText,
        /// Where mail reaches them.
        address: Option<SealedText>,
    },
    /// Call them otherwise, or write to them elsewhere.
    Change {
        /// The name.
        name: SealedText,
        /// Where mail reaches them.
        address: Option<SealedText>,
    },
    /// Let them in no more.
    Disable,
    /// Let them in again.
    Enable,
    /// Let them in once by a code.
    MakeSignInCode {
        /// Whether they administer an organisation today.
        administers: bool,
    },
    /// Let them choose what they sign in with here.
    Invite(LocalAccount),
    /// Let nobody sign in with what they have chosen, and let them choose anew.
    ResetSignIn(LocalAccount),
    /// Note what they sign in with from now on.
    ChangeMeans {
        /// What has changed.
        means: Means,
        /// Whether there is one from now on.
        added: bool,
    },
}

impl PersonAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Person> {
        match self {
            Self::Register { .. } => &REGISTER_PERSON,
            Self::Change { .. } => &CHANGE_PERSON,
            Self::Disable => &DISABLE_PERSON,
            Self::Enable => &ENABLE_PERSON,
            Self::MakeSignInCode { .. } => &MAKE_SIGN_IN_CODE,
            Self::Invite(_) => &INVITE_PERSON,
            Self::ResetSignIn(_) => &RESET_SIGN_IN,
            Self::ChangeMeans { .. } => &CHANGE_SIGN_IN_MEANS,
        }
    }
}

/// The rules of people.
pub struct People;

impl Decider for People {
    type Command = PersonCommand;
    type Event = PersonEvent;
    type State = Person;
    type Rejection = PersonRejection;

    fn decide(command: &PersonCommand, person: &Person) -> Result<Vec<PersonEvent>, PersonRejection> {
        let mut about = person.clone();
        if let PersonAction::Register { organisation, .. } = &command.action {
            about.home.get_or_insert_with(|| organisation.clone());
        }
        if let PersonAction::MakeSignInCode { administers } = command.action {
            about.administers = administers;
        }
        if let PersonAction::Invite(local) | PersonAction::ResetSignIn(local) = command.action {
            about.local = local;
        }
        command.action.rule().may(&command.actor, &about)?;
        // Under nobody's pseudonym services and whoever sits at the machine act, and programs under their own.
        if command.id.0.is_nil() || ProgramId::of(command.id).is_some() {
            return Err(PersonRejection::OtherPerson);
        }
        match &command.action {
            PersonAction::Register {
                organisation,
                name,
                address,
            } => {
                let registered = PersonRegistered {
                    person: command.id,
                    organisation: organisation.clone(),
                    name: *name,
                    address: *address,
                };
                match &person.registered {
                    Some(before) if *before == registered => Ok(vec![]),
                    Some(_) => Err(PersonRejection::OtherPerson),
                    None => Ok(vec![registered.into()]),
                }
            }
            PersonAction::Change { name, address } if person.name == Some(*name) && person.address == *address => {
                Ok(vec![])
            }
            PersonAction::Change { name, address } => Ok(vec![
                PersonChanged {
                    name: *name,
                    address: *address,
                }
                .into(),
            ]),
            PersonAction::Disable
            | PersonAction::Enable
            | PersonAction::Invite(_)
            | PersonAction::ResetSignIn(_)
            | PersonAction::ChangeMeans { .. }
                if person.registered.is_none() =>
            {
                Err(PersonRejection::Unknown)
            }
            PersonAction::Disable if command.id == command.actor.person => Err(PersonRejection::OwnSelf),
            PersonAction::Disable if person.is_disabled => Err(PersonRejection::DisabledAlready),
            PersonAction::Disable => Ok(vec![PersonDisabled {}.into()]),
            PersonAction::Enable if !person.is_disabled => Err(PersonRejection::NotDisabled),
            PersonAction::Enable => Ok(vec![PersonEnabled {}.into()]),
            PersonAction::MakeSignInCode { administers: false } => Err(PersonRejection::NotAdministrator),
            PersonAction::MakeSignInCode { administers: true } => Ok(vec![SignInCodeMade {}.into()]),
            PersonAction::Invite(_) => {
                (INVITE_PERSON.state)(&about)?;
                Ok(vec![InvitationMade {}.into()])
            }
            PersonAction::ResetSignIn(_) => {
                (RESET_SIGN_IN.state)(&about)?;
                Ok(vec![SignInReset {}.into()])
            }
            PersonAction::ChangeMeans { means, added } => Ok(vec![
                SignInMeansChanged {
                    means: *means,
                    added: *added,
                }
                .into(),
            ]),
        }
    }

    fn evolve(mut person: Person, event: &PersonEvent) -> Person {
        match event {
            PersonEvent::PersonRegistered(registered) => {
                (person.name, person.address) = (Some(registered.name), registered.address);
                person.home = Some(registered.organisation.clone());
                person.registered = Some(registered.clone());
            }
            PersonEvent::PersonChanged(changed) => {
                (person.name, person.address) = (Some(changed.name), changed.address);
            }
            PersonEvent::PersonDisabled(PersonDisabled {}) => person.is_disabled = true,
            PersonEvent::PersonEnabled(PersonEnabled {}) => person.is_disabled = false,
            // What is good for how long is kept beside the journal.
            PersonEvent::SignInCodeMade(_)
            | PersonEvent::InvitationMade(_)
            | PersonEvent::SignInReset(_)
            | PersonEvent::SignInMeansChanged(_) => {}
        }
        person
    }
}
