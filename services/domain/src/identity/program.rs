//! A program that acts for an organisation: in one role, and of what that role may, only what it was given.
//!
//! Its pseudonym is the one that nobody else can have ([`ProgramId`]), so an entry says by itself that a program wrote it, and its right is this
//! stream: registered, not shut out, and with that very rpc among its scopes. What it shows itself with is kept beside the journal; here stands
//! that there is something, and until when.

use crate::rights::{Relation, Rule, Ruled};
use crate::words::{
    Actor, CredentialId, Date, OrganisationId, PersonId, ProgramId, Role, ScopeName, holds_personal_number, is_unseen,
};
use crate::{Act, Decider};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many characters a program's name has at most.
pub const LONGEST_NAME: usize = 80;
/// The most scopes of a program.
pub const MOST_SCOPES: usize = 60;
/// How many secrets and keys hold at once: one is changed for another without a moment without.
pub const MOST_CREDENTIALS: usize = 3;

/// A program acts for an organisation. It may do nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramRegistered {
    /// Which.
    pub program: ProgramId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// What it is called: a program's name, and nobody's.
    pub name: String,
    /// Who answers for it.
    pub contact: PersonId,
    /// In which role it acts.
    pub role: Role,
    /// With which epoch of identity's journal all roles had been suspended last; 0: never.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub round: u32,
}

/// It may do this from now on, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramScopesChanged {
    /// The rpcs that it may call.
    pub scopes: BTreeSet<ScopeName>,
}

/// It can show who it is by this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramCredentialAdded {
    /// Which.
    pub credential: CredentialId,
    /// What it is.
    pub kind: CredentialKind,
    /// The first day.
    pub from: Date,
    /// The last day; None: until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Date>,
}

/// It can show who it is by that no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramCredentialRevoked {
    /// Which.
    pub credential: CredentialId,
}

/// It is not let in any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramDisabled {}

/// It is let in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramEnabled {
    /// With which epoch of identity's journal all roles had been suspended last; 0: never.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub round: u32,
}

/// By what a program shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// By a secret that it was given once.
    Secret,
    /// By a signature with a key of its own, of which we know the public half.
    Key,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(round: &u32) -> bool {
    *round == 0
}

events! {
    /// What happens to a program.
    ProgramEvent, "identity", "program", [
        ProgramRegistered, ProgramScopesChanged, ProgramCredentialAdded, ProgramCredentialRevoked, ProgramDisabled, ProgramEnabled,
    ]
}

rejections! {
    /// Why a program is not registered, or changed.
    ProgramRejection {
        /// There is no such program.
        Unknown => NotFound, "NO_SUCH_PROGRAM";
        /// Something else is registered under its id.
        OtherProgram => Precondition, "OTHER_PROGRAM";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The program is another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Its name is none, or too long, or tells of somebody.
        BadName => Invalid, "BAD_PROGRAM_NAME", max = LONGEST_NAME;
        /// Nobody of the organisation is registered under the contact's pseudonym.
        NoContact => NotFound, "NO_SUCH_CONTACT";
        /// It takes a person to act in the role.
        TakesPerson => Invalid, "ROLE_NOT_FOR_PROGRAMS";
        /// No program in its role may be given one of these.
        ScopeNotGiven => Invalid, "SCOPE_NOT_FOR_PROGRAMS";
        /// More than a program is given.
        TooManyScopes => Invalid, "TOO_MANY_SCOPES", max = MOST_SCOPES;
        /// So many hold already.
        TooManyCredentials => Precondition, "TOO_MANY_CREDENTIALS", max = MOST_CREDENTIALS;
        /// It would not hold for a day.
        EndsBefore => Invalid, "CREDENTIAL_ENDS_BEFORE";
        /// It has none of this id that holds.
        NoCredential => NotFound, "NO_SUCH_CREDENTIAL";
        /// It is not let in already.
        DisabledAlready => Precondition, "PROGRAM_DISABLED_ALREADY";
        /// It is let in.
        NotDisabled => Precondition, "PROGRAM_NOT_DISABLED";
    }
}

/// Until when something holds by which a program shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldCredential {
    /// What it is.
    pub kind: CredentialKind,
    /// The first day.
    pub from: Date,
    /// The last day; None: until it is revoked.
    pub until: Option<Date>,
}

impl HeldCredential {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A program as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Program {
    /// Whose it is; of one that is not registered yet, whose it would be.
    pub home: Option<OrganisationId>,
    /// How it was registered.
    pub registered: Option<ProgramRegistered>,
    /// What it may do.
    pub scopes: BTreeSet<ScopeName>,
    /// What it shows itself with, of which none was revoked, in the order in which it got them.
    pub credentials: Vec<(CredentialId, HeldCredential)>,
    /// Whether it is not let in any more.
    pub is_disabled: bool,
}

impl Program {
    /// One of an organisation that is not registered yet.
    pub fn of(organisation: &OrganisationId) -> Self {
        Self {
            home: Some(organisation.clone()),
            ..Self::default()
        }
    }

    /// Whether it acts as this one says, if it counts after a restore of identity: for its organisation, in its role, and let in.
    pub fn acts_as(&self, actor: &Actor) -> bool {
        let registered = self.registered.as_ref();
        let is_its_own = registered.is_some_and(|registered| {
            registered.program.pseudonym() == actor.person
                && registered.organisation == actor.organisation
                && registered.role == actor.role
        });
        is_its_own && !self.is_disabled
    }

    /// Whether it may call an rpc, by its path.
    pub fn has_scope(&self, rpc: &str) -> bool {
        ScopeName::of_path(rpc).is_some_and(|scope| self.scopes.contains(&scope))
    }

    /// Whether it may give a command of a service, by the names that both have in the contract.
    pub fn has_command(&self, service: &str, rpc: &str) -> bool {
        let is_it = |scope: &ScopeName| scope.service() == service && scope.rpc() == rpc;
        self.scopes.iter().any(is_it)
    }

    /// The round in which it was let in last.
    pub fn round(&self) -> u32 {
        self.registered.as_ref().map_or(0, |registered| registered.round)
    }

    fn has_credential(&self, id: CredentialId) -> bool {
        self.credentials.iter().any(|(known, _)| *known == id)
    }

    /// What it can show itself with on a day, the oldest first.
    pub fn held(&self, day: Date) -> impl Iterator<Item = (CredentialId, HeldCredential)> + '_ {
        let all = self.credentials.iter().copied();
        all.filter(move |(_, held)| held.holds(day))
    }
}

rules! {
    /// All that may be done with a program.
    Program {
        REGISTER_PROGRAM = "register-program", [Administrator: OwnOrganisation] => [ProgramRegistered], |program| match program.registered {
            Some(_) => Err(ProgramRejection::OtherProgram),
            None => Ok(()),
        };
        CHANGE_PROGRAM_SCOPES = "change-program-scopes", [Administrator: OwnOrganisation] => [ProgramScopesChanged], registered;
        ADD_PROGRAM_CREDENTIAL = "add-program-credential", [Administrator: OwnOrganisation] => [ProgramCredentialAdded], registered;
        REVOKE_PROGRAM_CREDENTIAL = "revoke-program-credential", [Administrator: OwnOrganisation] => [ProgramCredentialRevoked], |program| {
            match program.credentials.is_empty() {
                true => Err(ProgramRejection::NoCredential),
                false => Ok(()),
            }
        };
        DISABLE_PROGRAM = "disable-program", [Administrator: OwnOrganisation] => [ProgramDisabled], |program| match program.is_disabled {
            true => Err(ProgramRejection::DisabledAlready),
            false => registered(program),
        };
        ENABLE_PROGRAM = "enable-program", [Administrator: OwnOrganisation] => [ProgramEnabled], |program| match program.is_disabled {
            true => Ok(()),
            false => Err(ProgramRejection::NotDisabled),
        };
    }
}

fn registered(program: &Program) -> Result<(), ProgramRejection> {
    match program.registered {
        Some(_) => Ok(()),
        None => Err(ProgramRejection::Unknown),
    }
}

impl Ruled for Program {
    type Rejection = ProgramRejection;

    const WRONG_ROLE: ProgramRejection = ProgramRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), ProgramRejection> {
        match &self.home {
            _ if relation == Relation::Any => Ok(()),
            None => Err(ProgramRejection::Unknown),
            Some(home) if *home != actor.organisation => Err(ProgramRejection::WrongOrganisation),
            Some(_) => Ok(()),
        }
    }
}

/// What somebody wants done with a program.
pub type ProgramCommand = Act<ProgramId, ProgramAction>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramAction {
    /// Register it.
    Register {
        /// For which organisation.
        organisation: OrganisationId,
        /// What it is called.
        name: String,
        /// Who answers for it.
        contact: PersonId,
        /// Whether somebody of the organisation is registered under that pseudonym.
        is_contact_known: bool,
        /// In which role it acts.
        role: Role,
        /// With which epoch of identity's journal all roles were suspended last; 0: never.
        round: u32,
    },
    /// Let it do this and nothing else.
    ChangeScopes {
        /// What.
        scopes: BTreeSet<ScopeName>,
        /// Whether the table of rpcs lets a program in its role be given each of them.
        are_given: bool,
    },
    /// Let it show itself by this.
    AddCredential {
        /// Its id.
        credential: CredentialId,
        /// What it is.
        kind: CredentialKind,
        /// The last day.
        until: Option<Date>,
    },
    /// Let it show itself by that no more.
    RevokeCredential(CredentialId),
    /// Let it in no more.
    Disable,
    /// Let it in again.
    Enable {
        /// With which epoch of identity's journal all roles were suspended last; 0: never.
        round: u32,
    },
}

impl ProgramAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Program> {
        match self {
            Self::Register { .. } => &REGISTER_PROGRAM,
            Self::ChangeScopes { .. } => &CHANGE_PROGRAM_SCOPES,
            Self::AddCredential { .. } => &ADD_PROGRAM_CREDENTIAL,
            Self::RevokeCredential(_) => &REVOKE_PROGRAM_CREDENTIAL,
            Self::Disable => &DISABLE_PROGRAM,
            Self::Enable { .. } => &ENABLE_PROGRAM,
        }
    }
}

fn is_name(name: &str) -> bool {
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && name.trim() == name && !name.contains(is_unseen);
    fits && !holds_personal_number(name)
}

/// The rules of programs.
pub struct Programs;

impl Decider for Programs {
    type Command = ProgramCommand;
    type Event = ProgramEvent;
    type State = Program;
    type Rejection = ProgramRejection;

    fn decide(command: &ProgramCommand, program: &Program) -> Result<Vec<ProgramEvent>, ProgramRejection> {
        let mut about = program.clone();
        if let ProgramAction::Register { organisation, .. } = &command.action {
            about.home.get_or_insert_with(|| organisation.clone());
        }
        command.action.rule().may(&command.actor, &about)?;
        let today = command.today;
        let event: ProgramEvent = match &command.action {
            ProgramAction::Register { .. } => return register(command, program),
            // Whatever else: there must be one.
            _ if program.registered.is_none() => return Err(ProgramRejection::Unknown),
            ProgramAction::ChangeScopes { scopes, .. } if *scopes == program.scopes => return Ok(vec![]),
            ProgramAction::ChangeScopes { are_given: false, .. } => return Err(ProgramRejection::ScopeNotGiven),
            ProgramAction::ChangeScopes { scopes, .. } if scopes.len() > MOST_SCOPES => {
                return Err(ProgramRejection::TooManyScopes);
            }
            ProgramAction::ChangeScopes { scopes, .. } => {
                let scopes = scopes.clone();
                ProgramScopesChanged { scopes }.into()
            }
            ProgramAction::AddCredential { credential, .. } if program.has_credential(*credential) => {
                return Ok(vec![]);
            }
            ProgramAction::AddCredential { until, .. } if until.is_some_and(|until| until < today) => {
                return Err(ProgramRejection::EndsBefore);
            }
            ProgramAction::AddCredential { .. } if program.held(today).count() >= MOST_CREDENTIALS => {
                return Err(ProgramRejection::TooManyCredentials);
            }
            ProgramAction::AddCredential {
                credential,
                kind,
                until,
            } => ProgramCredentialAdded {
                credential: *credential,
                kind: *kind,
                from: today,
                until: *until,
            }
            .into(),
            ProgramAction::RevokeCredential(credential) if !program.has_credential(*credential) => {
                return Err(ProgramRejection::NoCredential);
            }
            ProgramAction::RevokeCredential(credential) => {
                let credential = *credential;
                ProgramCredentialRevoked { credential }.into()
            }
            ProgramAction::Disable if program.is_disabled => return Err(ProgramRejection::DisabledAlready),
            ProgramAction::Disable => ProgramDisabled {}.into(),
            ProgramAction::Enable { .. } if !program.is_disabled => return Err(ProgramRejection::NotDisabled),
            ProgramAction::Enable { round } => ProgramEnabled { round: *round }.into(),
        };
        Ok(vec![event])
    }

    fn evolve(mut program: Program, event: &ProgramEvent) -> Program {
        match event {
            ProgramEvent::ProgramRegistered(registered) => {
                program.home = Some(registered.organisation.clone());
                program.registered = Some(registered.clone());
            }
            ProgramEvent::ProgramScopesChanged(changed) => program.scopes.clone_from(&changed.scopes),
            ProgramEvent::ProgramCredentialAdded(added) => {
                // What is over is over: nobody asks for it any more.
                let is_over = |held: &HeldCredential| held.until.is_some_and(|until| until < added.from);
                program.credentials.retain(|(_, held)| !is_over(held));
                let held = HeldCredential {
                    kind: added.kind,
                    from: added.from,
                    until: added.until,
                };
                program.credentials.push((added.credential, held));
            }
            ProgramEvent::ProgramCredentialRevoked(revoked) => {
                program.credentials.retain(|(id, _)| *id != revoked.credential);
            }
            ProgramEvent::ProgramDisabled(ProgramDisabled {}) => program.is_disabled = true,
            ProgramEvent::ProgramEnabled(enabled) => {
                program.is_disabled = false;
                if let Some(registered) = &mut program.registered {
                    registered.round = enabled.round;
                }
            }
        }
        program
    }
}

fn register(command: &ProgramCommand, program: &Program) -> Result<Vec<ProgramEvent>, ProgramRejection> {
    let ProgramAction::Register {
        organisation,
        name,
        contact,
        is_contact_known,
        role,
        round,
    } = &command.action
    else {
        return Ok(vec![]);
    };
    // An id of another form is a pseudonym that a person may have.
    if ProgramId::of(command.id.pseudonym()) != Some(command.id) {
        return Err(ProgramRejection::OtherProgram);
    }
    let registered = ProgramRegistered {
        program: command.id,
        organisation: organisation.clone(),
        name: name.clone(),
        contact: *contact,
        role: *role,
        round: *round,
    };
    match &program.registered {
        Some(before) if *before == registered => return Ok(vec![]),
        Some(_) => return Err(ProgramRejection::OtherProgram),
        None => {}
    }
    if !is_name(name) {
        return Err(ProgramRejection::BadName);
    }
    if !is_contact_known {
        return Err(ProgramRejection::NoContact);
    }
    if !role.may_be_a_programs() {
        return Err(ProgramRejection::TakesPerson);
    }
    Ok(vec![registered.into()])
}
