//! Whose account it is with which somebody has signed in at a provider: a person's of before, or somebody's of whom nothing was known.

use super::{SignIn, SignInError};
use crate::oidc::SignedInThere;
use crate::providers::Provider;
use crate::registration::{self, Registered};
use crate::views;
use idesluss_domain::Decider as _;
use idesluss_domain::identity::account::{AccountAction, AccountCommand};
use idesluss_domain::identity::{Accounts, People};
use idesluss_domain::words::{
    AccountId, Actor, AggregateId as _, CommandId, OrganisationId, PersonId, Rejection, is_unseen,
};
use idesluss_engine::{Call, Decided, ExecuteError, Loaded};
use idesluss_proto::pb::command as pb;
use idesluss_vault::Opened;
use uuid::Uuid;

/// The longest name and address that are taken over from a provider, in characters.
const LONGEST_NAME: usize = 120;
const LONGEST_ADDRESS: usize = 254;

impl SignIn {
    /// Under what an account is known: whose it is elsewhere, nobody learns from it.
    pub(super) fn account(&self, provider: &Provider, subject: &str) -> AccountId {
        let whose = format!("{}\n{subject}", provider.issuer.as_str());
        let print = self.context.engine.vault().fingerprint("account", whose.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&print[..16]);
        AccountId(uuid::Builder::from_custom_bytes(id).into_uuid())
    }

    /// Whose an account is; None: nobody's.
    pub(super) async fn linked_to(&self, account: AccountId) -> Result<Option<PersonId>, ExecuteError> {
        let stream = account.stream();
        let loaded = self.context.engine.load(std::slice::from_ref(&stream)).await?;
        Ok(loaded.state::<Accounts>(&stream).person)
    }

    /// The person whose account it is: linked before, or known to an organisation by the address that its provider vouches for, and linked now.
    pub(super) async fn whose(
        &self,
        provider: &Provider,
        there: &SignedInThere,
    ) -> Result<Option<(PersonId, Option<pb::Token>)>, SignInError> {
        let account = self.account(provider, &there.subject);
        if let Some(person) = self.linked_to(account).await? {
            // A provider is believed about people of the organisations that it may speak for now.
            let home = self.context.engine.state::<People>(person).await?.home;
            return match home.is_some_and(|home| provider.speaks_for(&home)) {
                true => Ok(Some((person, None))),
                false => Err(SignInError::NobodyHere),
            };
        }
        let Some((person, home)) = self.of_address(provider, &there.address).await? else {
            return Ok(None);
        };
        let linked = self.link(account, person, &home).await?;
        Ok(Some((person, Some(linked))))
    }

    /// The one of the people of the provider's organisations who has this address and no account.
    async fn of_address(
        &self,
        provider: &Provider,
        address: &str,
    ) -> Result<Option<(PersonId, OrganisationId)>, SignInError> {
        if !provider.vouches_for(address) {
            return Ok(None);
        }
        self.people.catch_up().await.map_err(ExecuteError::from)?;
        let mut found = None;
        for organisation in &provider.organisations {
            let of = organisation.to_string();
            let ask = move |conn: &rusqlite::Connection| views::without_account(conn, &of);
            let (rows, _) = self.people.query(None, ask).await.map_err(ExecuteError::from)?;
            let own = rows
                .iter()
                .filter_map(|row| Some((row, row.address_for(organisation)?.clone())));
            let (people, members): (Vec<_>, Vec<_>) = own.unzip();
            let opened = self.context.engine.vault().open_texts(&members).await;
            for (row, opened) in people.into_iter().zip(opened.map_err(ExecuteError::from)?) {
                let is_it = matches!(opened, Opened::Text(text) if text.as_str().trim().eq_ignore_ascii_case(address));
                if let (true, Ok(person)) = (is_it, row.person.parse()) {
                    if found.is_some() {
                        tracing::warn!(
                            "two people have the address that somebody signs in with: neither is signed in by it"
                        );
                        return Ok(None);
                    }
                    found = Some((person, organisation.clone()));
                }
            }
        }
        Ok(found)
    }

    async fn link(
        &self,
        account: AccountId,
        person: PersonId,
        home: &OrganisationId,
    ) -> Result<pb::Token, SignInError> {
        let stream = account.stream();
        let call = Call::by_service("LinkAccount", home, CommandId(Uuid::new_v4()), None);
        let decide = |loaded: &Loaded| self.linked(loaded, (account, person), home);
        let done = self
            .context
            .engine
            .execute(call, std::slice::from_ref(&stream), decide)
            .await;
        Ok(done?)
    }

    fn linked(
        &self,
        loaded: &Loaded,
        (account, person): (AccountId, PersonId),
        home: &OrganisationId,
    ) -> Result<Vec<Decided>, Rejection> {
        let command = AccountCommand {
            actor: Actor::service(home),
            account,
            person,
            home: Some(home.clone()),
            action: AccountAction::Link,
        };
        let stream = account.stream();
        let events = Accounts::decide(&command, &loaded.state::<Accounts>(&stream))?;
        Ok(vec![Decided::of(&stream, person.0, events)])
    }

    /// Registers somebody of whom nothing was known, with their account, at once.
    pub(super) async fn register(
        &self,
        home: &OrganisationId,
        provider: &Provider,
        there: &SignedInThere,
    ) -> Result<(PersonId, Option<pb::Token>), SignInError> {
        let account = self.account(provider, &there.subject);
        let stream = account.stream();
        let before = self
            .context
            .engine
            .load(std::slice::from_ref(&stream))
            .await?
            .version(&stream);
        // Derived from the account as it stands, so that whoever signs in twice at once is one person, and another after it was unlinked.
        let of = |what: &str| Uuid::new_v5(&account.0, format!("{what} {before}").as_bytes());
        let (person, step) = (PersonId(of("person")), CommandId(of("register")));
        let mut call = Call::by_service("RegisterAtSignIn", home, step, None);
        let name = shortened(&there.name, LONGEST_NAME);
        // Of other addresses it may say what it likes.
        let vouched = Some(&there.address).filter(|address| provider.vouches_for(address));
        let address = vouched
            .map(|address| shortened(address, LONGEST_ADDRESS))
            .unwrap_or_default();
        let of = Registered {
            person,
            home,
            name: if name.is_empty() { "–" } else { &name },
            address: (!address.is_empty()).then_some(&address),
        };
        let act = registration::seal(&self.context, &mut call, of).await?;
        let streams = [person.stream(), stream];
        let decide = |loaded: &Loaded| {
            let mut decided = vec![Decided::by::<People>(&act, loaded, person.0)?];
            decided.extend(self.linked(loaded, (account, person), home)?);
            Ok(decided)
        };
        let done = self.context.engine.execute(call, &streams, decide).await?;
        Ok((person, Some(done)))
    }
}

/// A text of a provider's as it is taken over: one line, and not longer than a text of ours.
fn shortened(text: &str, most: usize) -> String {
    let seen = text.chars().filter(|letter| !is_unseen(*letter));
    seen.take(most).collect::<String>().trim().to_owned()
}
