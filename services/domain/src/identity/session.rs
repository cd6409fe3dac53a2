//! A session that was ended before its time. Those that go on leave nothing here.

use crate::rights::{Relation, Ruled};
use crate::words::{Actor, SessionId};
use crate::{Act, Decider};
use serde::{Deserialize, Serialize};

/// Nothing is done in this session any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {}

events! {
    /// What happens to a session.
    SessionEvent, "identity", "session", [SessionEnded]
}

rejections! {
    /// Why a session is not ended.
    SessionRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
    }
}

/// A session as its stream tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Whether it was ended.
    pub ended: bool,
}

rules! {
    /// All that is written of a session.
    Session {
        // Whoever holds a session's secret, or is the person whose it is, may end it; identity asks that before.
        END_SESSION = "end-session", [Service: Any] => [SessionEnded], |_| Ok(());
    }
}

impl Ruled for Session {
    type Rejection = SessionRejection;

    const WRONG_ROLE: SessionRejection = SessionRejection::WrongRole;

    fn relation(&self, _: Relation, _: &Actor) -> Result<(), SessionRejection> {
        Ok(())
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAction {
    /// End it.
    End,
}

/// The rules of sessions.
pub struct Sessions;

impl Decider for Sessions {
    type Command = Act<SessionId, SessionAction>;
    type Event = SessionEvent;
    type State = Session;
    type Rejection = SessionRejection;

    fn decide(command: &Self::Command, session: &Session) -> Result<Vec<SessionEvent>, SessionRejection> {
        let SessionAction::End = command.action;
        END_SESSION.may(&command.actor, session)?;
        Ok(match session.ended {
            true => vec![],
            false => vec![SessionEnded {}.into()],
        })
    }

    fn evolve(_: Session, event: &SessionEvent) -> Session {
        let SessionEvent::SessionEnded(SessionEnded {}) = event;
        Session { ended: true }
    }
}
