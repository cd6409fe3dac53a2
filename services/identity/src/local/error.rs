//! Why somebody with an account of here is not signed in, or nothing changed; and what whoever asks is told.

use super::account::MOST_PASSKEYS;
use super::passwords::{HashError, LONGEST, NotTaken, SHORTEST};
use super::tries::TooEarly;
use crate::sign_in::SignInError;
use idesluss_engine::ExecuteError;
use idesluss_proto::status::{Reason, refuse, refuse_saying};
use idesluss_runtime::report_refusal;
use tonic::Status;

/// Why somebody is not signed in, or nothing changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocalError {
    #[error("the address or the password is wrong")]
    WrongPassword,
    #[error("the password that is to be replaced is another")]
    WrongCurrentPassword,
    #[error("whoever is invited has no role yet")]
    NoRoleYet,
    #[error("the code is wrong, or was used")]
    WrongCode,
    #[error("too many wrong tries: the next in {} seconds", .0.seconds)]
    TooEarly(TooEarly),
    #[error("what a passkey says is not believed")]
    PasskeyNotBelieved,
    /// An address of digits has no passkeys, and what is no address has none either.
    #[error("passkeys are good for names of hosts")]
    NoPasskeysHere,
    #[error("nothing was begun that this could end")]
    NotBegun,
    #[error("a link that is used, too old, or none")]
    BadLink,
    #[error("somebody else is known by the address")]
    AddressTaken,
    #[error("whoever it is has no account here")]
    NoAccount,
    #[error("what is to be changed is not there")]
    NothingThere,
    #[error("the session has ended")]
    SessionEnded,
    #[error("whoever it is has signed in too long ago")]
    NotFresh,
    #[error("it is the last means")]
    LastMeans,
    #[error("there are as many passkeys as may be")]
    ManyPasskeys,
    #[error(transparent)]
    Password(#[from] NotTaken),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Journal(#[from] ExecuteError),
}

impl From<LocalError> for Status {
    fn from(error: LocalError) -> Self {
        let mut limits = Vec::new();
        let reason = match error {
            LocalError::Journal(error) => return error.into(),
            LocalError::SignIn(error) => return error.into(),
            LocalError::WrongPassword => Reason::WrongPassword,
            LocalError::WrongCurrentPassword => Reason::WrongCurrentPassword,
            LocalError::NoRoleYet => Reason::NoRoleYet,
            LocalError::WrongCode => Reason::WrongSignInCode,
            LocalError::TooEarly(early) => {
                limits.push(("max", early.seconds.to_string()));
                Reason::TriedTooOften
            }
            LocalError::PasskeyNotBelieved | LocalError::NoPasskeysHere => Reason::PasskeyNotBelieved,
            LocalError::NotBegun => Reason::SignInNotBegun,
            LocalError::BadLink => Reason::BadInvitation,
            LocalError::AddressTaken => Reason::AddressTaken,
            LocalError::NoAccount => Reason::NoLocalAccount,
            LocalError::NothingThere => Reason::NothingToChange,
            LocalError::SessionEnded => Reason::SessionEnded,
            LocalError::NotFresh => Reason::SignInAgain,
            LocalError::LastMeans => Reason::LastSignInMeans,
            LocalError::ManyPasskeys => {
                limits.push(("max", MOST_PASSKEYS.to_string()));
                Reason::ManyPasskeys
            }
            LocalError::Password(NotTaken::Length) => {
                limits.push(("min", SHORTEST.to_string()));
                limits.push(("max", LONGEST.to_string()));
                Reason::PasswordLength
            }
            LocalError::Password(NotTaken::Common) => Reason::PasswordCommon,
            LocalError::Hash(HashError::Busy) => Reason::SignInBusy,
            LocalError::Hash(HashError::Failed(why)) => {
                tracing::error!(why, "no hash of a password can be made");
                Reason::Internal
            }
        };
        // What can only be an attack, or somebody who does not remember; that a password is too short, or a sign-in too long ago, happens every day.
        let is_told = matches!(
            reason,
            Reason::WrongPassword
                | Reason::WrongCurrentPassword
                | Reason::WrongSignInCode
                | Reason::TriedTooOften
                | Reason::PasskeyNotBelieved
                | Reason::BadInvitation
                | Reason::SignInBusy
        );
        if is_told {
            report_refusal(reason.name());
        }
        let limits: Vec<(&str, &str)> = limits.iter().map(|(name, limit)| (*name, limit.as_str())).collect();
        match limits.is_empty() {
            true => refuse(reason),
            false => refuse_saying(reason, &limits),
        }
    }
}
