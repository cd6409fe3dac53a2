//! An account: what somebody signs in with, at a provider or here. That it is a certain person's stands here; whose account it is elsewhere
//! stands nowhere: its id is a fingerprint under a key of the instance.

use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{AccountId, Actor, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};

/// Whoever signs in with the account is this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLinked {
    /// Whose it is.
    pub person: PersonId,
}

/// Nobody signs in with the account any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUnlinked {}

events! {
    /// What happens to an account.
    AccountEvent, "identity", "account", [AccountLinked, AccountUnlinked]
}

rejections! {
    /// Why an account is not linked, or not unlinked.
    AccountRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// It is the account of somebody of another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Nobody is registered under the pseudonym.
        NoSuchPerson => NotFound, "NO_SUCH_PERSON";
        /// They have none.
        NoAccount => Precondition, "NO_ACCOUNT";
        /// It is somebody else's.
        OtherPerson => Precondition, "OTHER_PERSONS_ACCOUNT";
    }
}

/// An account as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// Whose it is; None: nobody's, or nobody's any more.
    pub person: Option<PersonId>,
}

/// What the table of rights asks of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountHead {
    /// Where the person is known whose it is, or would be; None: nobody is registered under the pseudonym.
    pub home: Option<OrganisationId>,
}

rules! {
    /// All that may be done with an account.
    AccountHead {
        // At a sign-in, when its provider has said whose it is.
        LINK_ACCOUNT = "link-account", [Service: Any] => [AccountLinked], |_| Ok(());
        UNLINK_ACCOUNT = "unlink-account", [Administrator: OwnOrganisation] => [AccountUnlinked], |_| Ok(());
    }
}

impl Ruled for AccountHead {
    type Rejection = AccountRejection;

    const WRONG_ROLE: AccountRejection = AccountRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), AccountRejection> {
        match relation {
            Relation::Any => Ok(()),
            _ if self.home.as_ref() == Some(&actor.organisation) => Ok(()),
            _ => Err(AccountRejection::WrongOrganisation),
        }
    }
}

/// What somebody wants done with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCommand {
    /// Who acts.
    pub actor: Actor,
    /// Which.
    pub account: AccountId,
    /// Whose it is, or would be.
    pub person: PersonId,
    /// Where that person is known; None: nobody is registered under the pseudonym.
    pub home: Option<OrganisationId>,
    /// What is to be done.
    pub action: AccountAction,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountAction {
    /// Let whoever signs in with it be the person.
    Link,
    /// Let nobody sign in with it.
    Unlink,
}

impl AccountAction {
    /// The line of the table that it falls under.
    pub fn rule(self) -> &'static Rule<AccountHead> {
        match self {
            Self::Link => &LINK_ACCOUNT,
            Self::Unlink => &UNLINK_ACCOUNT,
        }
    }
}

/// The rules of accounts.
pub struct Accounts;

impl Decider for Accounts {
    type Command = AccountCommand;
    type Event = AccountEvent;
    type State = Account;
    type Rejection = AccountRejection;

    fn decide(command: &AccountCommand, account: &Account) -> Result<Vec<AccountEvent>, AccountRejection> {
        let head = AccountHead {
            home: command.home.clone(),
        };
        command.action.rule().may(&command.actor, &head)?;
        if command.home.is_none() {
            return Err(AccountRejection::NoSuchPerson);
        }
        match (command.action, account.person) {
            (_, Some(other)) if other != command.person => Err(AccountRejection::OtherPerson),
            (AccountAction::Link, Some(_)) => Ok(vec![]),
            (AccountAction::Unlink, None) => Err(AccountRejection::NoAccount),
            (AccountAction::Link, None) => {
                let person = command.person;
                Ok(vec![AccountLinked { person }.into()])
            }
            (AccountAction::Unlink, Some(_)) => Ok(vec![AccountUnlinked {}.into()]),
        }
    }

    fn evolve(_: Account, event: &AccountEvent) -> Account {
        let person = match event {
            AccountEvent::AccountLinked(linked) => Some(linked.person),
            AccountEvent::AccountUnlinked(_) => None,
        };
        Account { person }
    }
}
