//! Signing out: here and at the provider, and where the provider says that somebody was signed out there.

use super::{SignIn, SignInError};
use crate::oidc::{OidcError, said_issuer};
use crate::sessions::{AtProvider, Session, Way};
use idesluss_proto::pb::command as pb;
use url::Url;

impl SignIn {
    /// Where a browser is sent so that it is signed out at its provider too; None: it did not sign in at one, or that one offers no such thing.
    pub(crate) async fn leave_address(&self, ended: &Session, back: &str) -> Option<Url> {
        let Way::Provider(at) = &ended.way else {
            return None;
        };
        let provider = self.provider(&at.provider).ok()?;
        let back: Option<Url> = back.parse().ok();
        self.known.leave_address(provider, &at.token, back).await.ok()?
    }

    /// Ends the sessions of whoever a provider says was signed out there. Returns where the end of the last stands.
    pub(crate) async fn signed_out(&self, logout_token: &str) -> Result<Option<pb::Token>, SignInError> {
        let issuer = said_issuer(logout_token).unwrap_or_default();
        let mut refused = OidcError::NotBelieved("no provider of ours has signed it".to_owned());
        for provider in self
            .providers
            .iter()
            .filter(|provider| provider.issuer.as_str() == issuer)
        {
            let out = match self.known.signed_out(provider, logout_token).await {
                Ok(out) => out,
                Err(error) => {
                    refused = error;
                    continue;
                }
            };
            let name = provider.name.to_string();
            let by_session = match &out.session {
                Some(session) => self.sessions.end_elsewhere(&name, session).await?,
                None => None,
            };
            if by_session.is_some() {
                return Ok(by_session);
            }
            // It names nothing that we know, or all of theirs.
            let account = self.account(provider, &out.subject);
            let Some(person) = self.linked_to(account).await? else {
                return Ok(None);
            };
            let came_by = |session: &Session| {
                let is_it = |at: &AtProvider| {
                    at.provider == name && (out.session.is_none() || at.session.is_none() || at.session == out.session)
                };
                matches!(&session.way, Way::Provider(at) if is_it(at))
            };
            return Ok(self.sessions.end_all(person, came_by).await?);
        }
        Err(refused.into())
    }

    /// The same where a browser says it that was signed out there (front-channel): the session there is known to nobody else.
    pub(crate) async fn signed_out_in_front(
        &self,
        issuer: &str,
        session: &str,
    ) -> Result<Option<pb::Token>, SignInError> {
        let (mut ended, mut is_ours) = (None, false);
        for provider in self
            .providers
            .iter()
            .filter(|provider| provider.issuer.as_str() == issuer)
        {
            let out = self.sessions.end_elsewhere(provider.name.as_ref(), session).await?;
            (ended, is_ours) = (out.or(ended), true);
        }
        match is_ours {
            true => Ok(ended),
            false => Err(OidcError::NotBelieved("no provider of ours is that issuer".to_owned()).into()),
        }
    }
}
