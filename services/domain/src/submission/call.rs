//! A call (utlysning): an invitation for ideas on a need, by somebody with mandate and resources.

use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, CallId, Date, OrganisationId, PersonId, SealedText, named};
use crate::{Act, Decider};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ideas are invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallOpened {
    /// The call.
    pub call: CallId,
    /// Whose need it is.
    pub organisation: OrganisationId,
    /// Who has the need, and the mandate and resources to act on it.
    pub need_owner: PersonId,
    /// By field: `title`, `need`, `resources`.
    #[serde(deserialize_with = "named")]
    pub texts: BTreeMap<String, SealedText>,
    /// The last day for ideas; None: until closed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Date>,
}

/// No more ideas are invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallClosed {
    /// What came of it, if told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<SealedText>,
}

events! {
    /// What happens to a call.
    CallEvent, "submission", "call", [CallOpened, CallClosed]
}

rejections! {
    /// Why something can't be done with a call.
    CallRejection {
        /// Nothing was opened under this id.
        Unknown => NotFound, "NO_SUCH_CALL";
        /// The id is taken.
        OtherCall => Precondition, "OTHER_CALL";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// A text is missing.
        TextsMissing => Invalid, "CALL_INCOMPLETE";
        /// The last day has passed.
        DatePast => Invalid, "DATE_PAST";
        /// It has been closed, or its last day has passed.
        Closed => Precondition, "CALL_CLOSED";
    }
}

/// What the table of rights asks of a call: a list knows it without reading what became of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallHead {
    /// Whose it is; None: there is none.
    pub organisation: Option<OrganisationId>,
    /// Whether it was closed.
    pub closed: bool,
}

rules! {
    /// All that may be done with a call.
    CallHead {
        OPEN_CALL = "open-call", [NeedOwner | Coordinator: Any] => [CallOpened], |call| match call.organisation {
            Some(_) => Err(CallRejection::OtherCall),
            None => Ok(()),
        };
        CLOSE_CALL = "close-call", [NeedOwner | Coordinator: OwnOrganisation] => [CallClosed], |call| match call.closed {
            true => Err(CallRejection::Closed),
            false => Ok(()),
        };
    }
}

impl CallAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<CallHead> {
        match self {
            CallAction::Open { .. } => &OPEN_CALL,
            CallAction::Close(_) => &CLOSE_CALL,
        }
    }
}

impl Ruled for CallHead {
    type Rejection = CallRejection;

    const WRONG_ROLE: CallRejection = CallRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), CallRejection> {
        match &self.organisation {
            _ if relation == Relation::Any => Ok(()),
            None => Err(CallRejection::Unknown),
            Some(home) if *home != actor.organisation => Err(CallRejection::WrongOrganisation),
            Some(_) => Ok(()),
        }
    }
}

/// What somebody wants done with a call.
pub type CallCommand = Act<CallId, CallAction>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallAction {
    /// Open it.
    Open {
        /// By field, see [`CallOpened`].
        texts: BTreeMap<String, SealedText>,
        /// The last day for ideas.
        until: Option<Date>,
    },
    /// Close it, and tell what came of it.
    Close(Option<SealedText>),
}

/// A call as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// How it was opened.
    pub opened: Option<CallOpened>,
    /// Whether it was closed.
    pub closed: bool,
}

impl Call {
    /// What the table of rights asks of it.
    pub fn head(&self) -> CallHead {
        CallHead {
            organisation: self.opened.as_ref().map(|opened| opened.organisation.clone()),
            closed: self.closed,
        }
    }

    /// Whether an idea may still answer it on `today`. Errors: `Unknown`, `Closed`.
    pub fn takes_ideas(&self, today: Date) -> Result<(), CallRejection> {
        let opened = self.opened.as_ref().ok_or(CallRejection::Unknown)?;
        let over = self.closed || opened.until.is_some_and(|until| until < today);
        if over { Err(CallRejection::Closed) } else { Ok(()) }
    }
}

/// The rules of a call.
pub struct Calls;

impl Decider for Calls {
    type Command = CallCommand;
    type Event = CallEvent;
    type State = Call;
    type Rejection = CallRejection;

    fn decide(command: &CallCommand, call: &Call) -> Result<Vec<CallEvent>, CallRejection> {
        command.action.rule().may(&command.actor, &call.head())?;
        match &command.action {
            CallAction::Open { texts, until } => open(command, texts, *until, call),
            CallAction::Close(_) if call.closed => Ok(vec![]),
            CallAction::Close(outcome) => Ok(vec![CallClosed { outcome: *outcome }.into()]),
        }
    }

    fn evolve(mut call: Call, event: &CallEvent) -> Call {
        match event {
            CallEvent::CallOpened(opened) => call.opened = Some(opened.clone()),
            CallEvent::CallClosed(_) => call.closed = true,
        }
        call
    }
}

fn open(
    command: &CallCommand,
    texts: &BTreeMap<String, SealedText>,
    until: Option<Date>,
    call: &Call,
) -> Result<Vec<CallEvent>, CallRejection> {
    let opened = CallOpened {
        call: command.id,
        organisation: command.actor.organisation.clone(),
        need_owner: command.actor.person,
        texts: texts.clone(),
        until,
    };
    match &call.opened {
        Some(before) if *before == opened => return Ok(vec![]),
        Some(_) => return Err(CallRejection::OtherCall),
        None => {}
    }
    // An invitation without resources behind it raises hopes that nobody can meet.
    if !["title", "need", "resources"]
        .into_iter()
        .all(|field| texts.contains_key(field))
    {
        return Err(CallRejection::TextsMissing);
    }
    if until.is_some_and(|until| until < command.today) {
        return Err(CallRejection::DatePast);
    }
    Ok(vec![opened.into()])
}
