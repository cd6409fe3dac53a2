//! The one place that maps refusals to gRPC status codes, and reads them back.
//!
//! A refusal is a code with parameters: `google.rpc.ErrorInfo` carries it. What is wrong with fields stands beside it twice: as
//! `google.rpc.BadRequest` for every client, and as [`pb::FieldProblems`] with the parameters of each sentence. English sentences come along for
//! people who read them as they are; whoever speaks another language takes the codes.

use crate::pb::command as pb;
use crate::request::{FieldProblem, Problem};
use idesluss_domain::words::{Rejection, RejectionKind};
use idesluss_phrases::{Kind, Language};
use prost::Message as _;
use std::collections::{BTreeMap, HashMap};
use tonic::{Code, Status};
use tonic_types::{StatusExt as _, pb as rpc};

const DOMAIN: &str = "idesluss";
const FIELD_PROBLEMS: &str = "type.googleapis.com/idesluss.command.v1.FieldProblems";

macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $name:literal => $code:ident;)+) => {
        /// Why a service refuses, other than by a rule of the domain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$doc])* $reason,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$reason),+];

            /// Machine-readable, stable.
            pub fn name(self) -> &'static str {
                match self { $(Self::$reason => $name,)+ }
            }

            /// Its status code.
            pub fn code(self) -> Code {
                match self { $(Self::$reason => Code::$code,)+ }
            }
        }
    };
}

reasons! {
    /// Fields are wrong.
    InvalidFields = "INVALID_FIELDS" => InvalidArgument;
    /// The asker's role does not allow it.
    WrongRole = "WRONG_ROLE" => PermissionDenied;
    /// It is another organisation's.
    WrongOrganisation = "WRONG_ORGANISATION" => PermissionDenied;
    /// The connection's certificate is not of a process that may call this.
    WrongCaller = "WRONG_CALLER" => PermissionDenied;
    /// It is not said who asks.
    NoAssertion = "NO_ASSERTION" => Unauthenticated;
    /// What is said of who asks was not said by identity, or not for this.
    NotAsserted = "NOT_ASSERTED" => Unauthenticated;
    /// It takes an assertion that was made for this very command.
    NotBound = "NOT_BOUND" => Unauthenticated;
    /// What identity has said of who asks holds no longer.
    AssertionExpired = "ASSERTION_EXPIRED" => Unauthenticated;
    /// What identity has said of who asks begins to hold later: two clocks are far apart.
    ClockSkew = "CLOCK_SKEW" => Unauthenticated;
    /// The session has ended.
    SessionEnded = "SESSION_ENDED" => Unauthenticated;
    /// What a browser came back with from a provider was not begun by it, or too long ago.
    SignInNotBegun = "SIGN_IN_NOT_BEGUN" => Unauthenticated;
    /// The provider did not let whoever it was in.
    SignInRefused = "SIGN_IN_REFUSED" => Unauthenticated;
    /// What is said to come from the provider does not.
    SignInNotBelieved = "SIGN_IN_NOT_BELIEVED" => Unauthenticated;
    /// Whoever it is has signed in by less than what their organisation demands.
    SignInTooWeak = "SIGN_IN_TOO_WEAK" => PermissionDenied;
    /// Whoever it is holds no role here.
    NobodyHere = "NOBODY_HERE" => PermissionDenied;
    /// Whoever it is was shut out by an administrator.
    PersonDisabled = "PERSON_DISABLED" => PermissionDenied;
    /// The provider does not answer.
    ProviderAway = "PROVIDER_AWAY" => DeadlineExceeded;
    /// There is no such provider.
    NoSuchProvider = "NO_SUCH_PROVIDER" => NotFound;
    /// A code for signing in is used, too old, or none.
    BadSignInCode = "BAD_SIGN_IN_CODE" => Unauthenticated;
    /// The address or the password is wrong, or nobody has it: which, nobody is told.
    WrongPassword = "WRONG_PASSWORD" => Unauthenticated;
    /// The code that is asked for after a password is wrong, or was used before.
    WrongSignInCode = "WRONG_SIGN_IN_CODE" => Unauthenticated;
    /// Too many wrong passwords from browsers that are not known: after so many seconds, `max`, another is looked at.
    TriedTooOften = "TRIED_TOO_OFTEN" => ResourceExhausted;
    /// More people sign in at once than passwords are looked at.
    SignInBusy = "SIGN_IN_BUSY" => ResourceExhausted;
    /// What a passkey says is not believed.
    PasskeyNotBelieved = "PASSKEY_NOT_BELIEVED" => Unauthenticated;
    /// A link by which somebody chooses what they sign in with is used, too old, or none.
    BadInvitation = "BAD_INVITATION" => Unauthenticated;
    /// A password is too short or too long: at least `min` characters and at most `max`.
    PasswordLength = "PASSWORD_LENGTH" => InvalidArgument;
    /// A password is among those that are tried first.
    PasswordCommon = "PASSWORD_COMMON" => InvalidArgument;
    /// What somebody signs in with is changed by whoever has signed in just now.
    SignInAgain = "SIGN_IN_AGAIN" => FailedPrecondition;
    /// Without it they could not sign in any more.
    LastSignInMeans = "LAST_SIGN_IN_MEANS" => FailedPrecondition;
    /// They have no account here.
    NoLocalAccount = "NO_LOCAL_ACCOUNT" => FailedPrecondition;
    /// Whoever is invited has no role yet, and keeps the link until they have one.
    NoRoleYet = "NO_ROLE_YET" => FailedPrecondition;
    /// The password that is to be replaced is another.
    WrongCurrentPassword = "WRONG_CURRENT_PASSWORD" => InvalidArgument;
    /// What is to be changed is not there, or not any more.
    NothingToChange = "NOTHING_TO_CHANGE" => FailedPrecondition;
    /// Somebody else signs in by this address.
    AddressTaken = "ADDRESS_TAKEN" => FailedPrecondition;
    /// They have as many passkeys, `max`, as anybody may.
    ManyPasskeys = "MANY_PASSKEYS" => FailedPrecondition;
    /// A private link that never was, was renewed, revoked or claimed, or that lapsed since no idea came.
    BadLink = "BAD_LINK" => NotFound;
    /// The form by which an idea is given without an account is too old, or another's.
    OldLinkForm = "OLD_LINK_FORM" => FailedPrecondition;
    /// The organisation takes no ideas without an account.
    NoPrivateLinks = "NO_PRIVATE_LINKS" => FailedPrecondition;
    /// So many forms wait for their ideas that no more are taken just now.
    TooManyLinks = "TOO_MANY_LINKS" => ResourceExhausted;
    /// People sign in here: nobody is let in without.
    SignInRequired = "SIGN_IN_REQUIRED" => Unauthenticated;
    /// Identity can't be asked who asks.
    IdentityUnavailable = "IDENTITY_UNAVAILABLE" => Unavailable;
    /// Nobody has said yet who may do what.
    NotKnownWhoMay = "NOT_KNOWN_WHO_MAY" => Unavailable;
    /// The asker does not hold the role.
    RoleNotHeld = "ROLE_NOT_HELD" => PermissionDenied;
    /// The program was not given what it asks for.
    OutsideScopes = "OUTSIDE_SCOPES" => PermissionDenied;
    /// Whoever says that it is a program does not show it, or its program is not let in.
    NotThisProgram = "NOT_THIS_PROGRAM" => Unauthenticated;
    /// The asker's role waits to be confirmed after a restore of identity.
    RoleUnconfirmed = "ROLE_UNCONFIRMED" => PermissionDenied;
    /// Whoever takes no part in judging an idea reads nothing of it.
    TakesNoPart = "TAKES_NO_PART" => PermissionDenied;
    /// An evaluation is for those who take part in it.
    NotTakingPart = "NOT_TAKING_PART" => PermissionDenied;
    /// No such idea.
    NoSuchIdea = "NO_SUCH_IDEA" => NotFound;
    /// No such call.
    NoSuchCall = "NO_SUCH_CALL" => NotFound;
    /// No such evaluation.
    NoSuchEvaluation = "NO_SUCH_EVALUATION" => NotFound;
    /// No such solution.
    NoSuchSolution = "NO_SUCH_SOLUTION" => NotFound;
    /// No such adoption.
    NoSuchAdoption = "NO_SUCH_ADOPTION" => NotFound;
    /// No such file on the idea.
    NoSuchAttachment = "NO_SUCH_ATTACHMENT" => NotFound;
    /// Nothing approved is there to be handed on.
    NoBrief = "NO_BRIEF" => FailedPrecondition;
    /// A brief was approved meanwhile.
    BriefChanged = "BRIEF_CHANGED" => FailedPrecondition;
    /// No command is taken until an operator has looked; says `why`.
    Halted = "HALTED" => Unavailable;
    /// Somebody else was first.
    Conflict = "CONFLICT" => Aborted;
    /// The command's id was used for something else.
    CommandReused = "COMMAND_REUSED" => AlreadyExists;
    /// The journal has no room.
    JournalFull = "JOURNAL_FULL" => ResourceExhausted;
    /// Another replica writes.
    WriterElsewhere = "WRITER_ELSEWHERE" => Unavailable;
    /// No replica writes.
    NoWriter = "NO_WRITER" => Unavailable;
    /// The journal takes nothing.
    JournalClosed = "JOURNAL_CLOSED" => Unavailable;
    /// Whether it was written is not known.
    FateUnknown = "FATE_UNKNOWN" => Unavailable;
    /// The journal does not take this event.
    EventRefused = "EVENT_REFUSED" => InvalidArgument;
    /// The journal can't be read.
    JournalUnreadable = "JOURNAL_UNREADABLE" => Unavailable;
    /// What stands in the journal is not right.
    JournalDamaged = "JOURNAL_DAMAGED" => DataLoss;
    /// The journal was restored from a backup.
    JournalRestored = "JOURNAL_RESTORED" => FailedPrecondition;
    /// The file is too large.
    FileTooLarge = "FILE_TOO_LARGE" => InvalidArgument;
    /// The file came in another order than it must.
    FileOutOfTurn = "FILE_OUT_OF_TURN" => InvalidArgument;
    /// The file did not come whole.
    FileBrokenOff = "FILE_BROKEN_OFF" => InvalidArgument;
    /// The file is empty.
    FileEmpty = "FILE_EMPTY" => InvalidArgument;
    /// No such file.
    UnknownFile = "UNKNOWN_FILE" => NotFound;
    /// It was sealed for something else.
    NotItsOwn = "NOT_ITS_OWN" => FailedPrecondition;
    /// It has been erased.
    Erased = "ERASED" => NotFound;
    /// What the asker has seen has not come here yet.
    Stale = "STALE" => Unavailable;
    /// What a decision rests on has not been found in its source's own log yet.
    Unchecked = "UNCHECKED" => Unavailable;
    /// What a decision rests on came in a source's name, and does not stand in that source's own log.
    SourceContradicted = "SOURCE_CONTRADICTED" => Unavailable;
    /// A token that is not one of this instance's.
    UnknownToken = "UNKNOWN_TOKEN" => InvalidArgument;
    /// The service is shutting down.
    Closing = "CLOSING" => Unavailable;
    /// A mistake in the program.
    Internal = "INTERNAL" => Internal;
    /// The service does not write that source.
    UnknownSource = "UNKNOWN_SOURCE" => NotFound;
    /// A receiver claims to hold more than was written, and does not show it.
    UnprovedLoss = "UNPROVED_LOSS" => OutOfRange;
    /// A tree has no such level.
    NoSuchLevel = "NO_SUCH_LEVEL" => InvalidArgument;
    /// Nothing is signed here.
    NotSigned = "NOT_SIGNED" => Unavailable;
    /// The machine has no random numbers.
    NoRandomness = "NO_RANDOMNESS" => Unavailable;
    /// The search does not answer.
    SearchUnavailable = "SEARCH_UNAVAILABLE" => Unavailable;
    /// Bundles of others are being made.
    BundlesBusy = "BUNDLES_BUSY" => ResourceExhausted;
    /// The bundle can't be made.
    NoBundle = "NO_BUNDLE" => Unavailable;
}

/// A service's refusal.
pub fn refuse(reason: Reason) -> Status {
    refuse_saying(reason, &[])
}

/// The same with what its sentence speaks of.
pub fn refuse_saying(reason: Reason, parameters: &[(&str, &str)]) -> Status {
    let message = english(Kind::Refusal, reason.name(), parameters);
    status(reason.code(), message, reason.name(), parameters, Vec::new())
}

/// Turns a domain refusal into its status.
pub fn from_rejection(rejection: Rejection) -> Status {
    let code = match rejection.kind {
        RejectionKind::NotFound => Code::NotFound,
        RejectionKind::Precondition => Code::FailedPrecondition,
        RejectionKind::Invalid => Code::InvalidArgument,
        RejectionKind::Forbidden => Code::PermissionDenied,
    };
    let limits: Vec<_> = (rejection.limits.iter())
        .map(|(name, limit)| (*name, limit.to_string()))
        .collect();
    let limits: Vec<_> = limits.iter().map(|(name, limit)| (*name, limit.as_str())).collect();
    let message = english(Kind::Refusal, rejection.code, &limits);
    status(code, message, rejection.code, &limits, Vec::new())
}

/// INVALID_ARGUMENT for one field.
pub fn invalid_field(field: &str, problem: Problem) -> Status {
    let field = field.to_owned();
    invalid(&[FieldProblem { field, problem }])
}

/// INVALID_ARGUMENT with everything that is wrong.
pub fn invalid(problems: &[FieldProblem]) -> Status {
    let reason = Reason::InvalidFields;
    let named = problems.iter().map(|FieldProblem { field, problem }| pb::FieldProblem {
        field: field.clone(),
        code: problem.code().to_owned(),
        parameters: (problem.parameters().into_iter())
            .map(|(name, value)| (name.to_owned(), value.to_string()))
            .collect(),
    });
    let named = pb::FieldProblems {
        problems: named.collect(),
    };
    let violations = named.problems.iter().map(|problem| rpc::bad_request::FieldViolation {
        field: problem.field.clone(),
        description: english(Kind::Problem, &problem.code, &pairs(&problem.parameters)),
        reason: problem.code.clone(),
        localized_message: None,
    });
    let violations: Vec<_> = violations.collect();
    // For whoever reads nothing but the message.
    let told = violations
        .iter()
        .map(|violation| format!("{}: {}", violation.field, violation.description));
    let message = told.collect::<Vec<_>>().join("; ");
    let bad = rpc::BadRequest {
        field_violations: violations,
    };
    let details = vec![
        any("type.googleapis.com/google.rpc.BadRequest", &bad),
        any(FIELD_PROBLEMS, &named),
    ];
    status(reason.code(), message, reason.name(), &[], details)
}

fn status(
    code: Code,
    message: String,
    reason: &str,
    parameters: &[(&str, &str)],
    more: Vec<prost_types::Any>,
) -> Status {
    let info = rpc::ErrorInfo {
        reason: reason.to_owned(),
        domain: DOMAIN.to_owned(),
        metadata: (parameters.iter())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let mut details = vec![any("type.googleapis.com/google.rpc.ErrorInfo", &info)];
    details.extend(more);
    let full = rpc::Status {
        code: code.into(),
        message: message.clone(),
        details,
    };
    Status::with_details(code, message, full.encode_to_vec().into())
}

fn any(type_url: &str, message: &impl prost::Message) -> prost_types::Any {
    prost_types::Any {
        type_url: type_url.to_owned(),
        value: message.encode_to_vec(),
    }
}

fn english(kind: Kind, code: &str, parameters: &[(&str, &str)]) -> String {
    let phrase = Language::ENGLISH.phrase(kind, code, parameters);
    phrase.unwrap_or_else(|| code.to_owned())
}

fn pairs(parameters: &HashMap<String, String>) -> Vec<(&str, &str)> {
    parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// A refusal as a caller reads it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub code: Code,
    /// The stable reason, such as `CONFLICT_OF_INTEREST`; empty when the other side gave none.
    pub reason: String,
    /// What its sentence speaks of.
    pub parameters: BTreeMap<String, String>,
    /// The English sentence.
    pub sentence: String,
    /// What is wrong with which field.
    pub fields: Vec<FieldRefusal>,
}

/// What is wrong with a field, as a caller reads it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRefusal {
    /// The field's path in the request.
    pub field: String,
    /// What is wrong, such as `TOO_LONG`.
    pub code: String,
    /// What its sentence speaks of.
    pub parameters: BTreeMap<String, String>,
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let info = status.get_details_error_info();
        let details = rpc::Status::decode(status.details())
            .map(|full| full.details)
            .unwrap_or_default();
        let problems = details.iter().find(|detail| detail.type_url == FIELD_PROBLEMS);
        let problems = problems.and_then(|detail| pb::FieldProblems::decode(detail.value.as_slice()).ok());
        let fields = problems
            .unwrap_or_default()
            .problems
            .into_iter()
            .map(|problem| FieldRefusal {
                field: problem.field,
                code: problem.code,
                parameters: problem.parameters.into_iter().collect(),
            });
        let (reason, parameters) = info.map(|info| (info.reason, info.metadata)).unwrap_or_default();
        Self {
            code: status.code(),
            reason,
            parameters: parameters.into_iter().collect(),
            sentence: status.message().to_owned(),
            fields: fields.collect(),
        }
    }
}

impl FieldRefusal {
    /// The sentence that says what to do, in a language.
    pub fn sentence(&self, language: Language) -> String {
        let parameters: Vec<_> = (self.parameters.iter())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        // Of some fields it is said what to write there; of all others, what is wrong.
        let last = self.field.rsplit('.').next().unwrap_or_default();
        let own = format!("{}-{}", self.code, last.split('[').next().unwrap_or_default());
        language
            .phrase(Kind::Problem, &own, &parameters)
            .or_else(|| language.phrase(Kind::Problem, &self.code, &parameters))
            .unwrap_or_else(|| self.code.clone())
    }
}
