use super::PageToken;
use idesluss_domain::sharing::adoption::Decimal;
use idesluss_domain::words::{
    AdoptionId, AttachmentId, CallId, Citation, Colour, CommandId, CredentialId, Date, Digest, EarlierTime,
    EvaluationId, IdeaId, InvalidForm, LARGEST_LOGO_KIBIBYTES, Label, Logo, MOST_PIXELS, MandateReference,
    OrganisationId, PersonId, Prefix, ProgramId, RegisterNumber, ScopeName, SolutionId, Timestamp,
};
use std::fmt;
use std::str::FromStr;

/// What is wrong with which field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's path in the request, such as `scores[2].rationale`.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a field. The sentence for a person says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// Nothing stands there.
    Missing,
    /// A text of too few characters.
    TooShort {
        /// The fewest.
        min: usize,
    },
    /// A text of too many characters.
    TooLong {
        /// The most.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// A text with control characters.
    ControlCharacters,
    /// A text of several lines where one is meant.
    LineBreaks,
    /// A number that is too small or too large.
    OutOfRange {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// Too few or too many of several.
    WrongCount {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// None of those that can be chosen.
    NotAChoice,
    /// No UUID.
    NotAnId,
    /// No day.
    NotADay,
    /// No time as precise as it is known.
    NotATime,
    /// No whole time, to the second.
    NotAMoment,
    /// No whole number.
    NotANumber,
    /// No decimal number.
    NotADecimal,
    /// No organisation's short name.
    NotAnOrganisation,
    /// No provision of law.
    NotACitation,
    /// No register number.
    NotARegisterNumber,
    /// No label.
    NotALabel,
    /// No 2 to 5 capitals.
    NotAPrefix,
    /// No mandate's reference.
    NotAMandate,
    /// No address of mail.
    NotAMailAddress,
    /// No colour.
    NotAColour,
    /// No PNG picture that is small enough.
    NotALogo,
    /// No public key of ours, or more than one.
    NotAPublicKey,
    /// No SHA-256 as 64 hexadecimal digits.
    NotADigest,
    /// Something of the shape of a personal number.
    PersonalNumber,
    /// No token of a page.
    NotAPage,
    /// Neither a problem nor a proposal.
    ProblemOrProposal,
    /// Something that is given twice and may be only once.
    Twice,
    /// Something that is to be confirmed and is not.
    Unconfirmed,
    /// Something that belongs to another answer than the one that was given.
    OfAnotherAnswer,
    /// An organisation that is not one of the instance's.
    UnknownOrganisation,
    /// Somebody who assesses for nobody here.
    NotAnAssessor,
    /// Somebody who may not submit ideas in this organisation.
    NotASubmitter,
    /// A file whose bytes are of no kind that is taken.
    UnknownFile,
    /// A file whose bytes are of another kind than it is said to be.
    OtherFile,
}

/// A parameter of a sentence.
pub(crate) type Parameter = (&'static str, u64);

impl Problem {
    /// One of each.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::TooShort { min: 2 },
        Self::TooLong { max: 2, found: 3 },
        Self::ControlCharacters,
        Self::LineBreaks,
        Self::OutOfRange { min: 1, max: 5 },
        Self::WrongCount { min: 1, max: 5 },
        Self::NotAChoice,
        Self::NotAnId,
        Self::NotADay,
        Self::NotATime,
        Self::NotAMoment,
        Self::NotANumber,
        Self::NotADecimal,
        Self::NotAnOrganisation,
        Self::NotACitation,
        Self::NotARegisterNumber,
        Self::NotALabel,
        Self::NotAPrefix,
        Self::NotAMandate,
        Self::NotAMailAddress,
        Self::NotAColour,
        Self::NotALogo,
        Self::NotAPublicKey,
        Self::NotADigest,
        Self::PersonalNumber,
        Self::NotAPage,
        Self::ProblemOrProposal,
        Self::Twice,
        Self::Unconfirmed,
        Self::OfAnotherAnswer,
        Self::UnknownOrganisation,
        Self::NotAnAssessor,
        Self::NotASubmitter,
        Self::UnknownFile,
        Self::OtherFile,
    ];

    /// Machine-readable, stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "MISSING",
            Self::TooShort { .. } => "TOO_SHORT",
            Self::TooLong { .. } => "TOO_LONG",
            Self::ControlCharacters => "CONTROL_CHARACTERS",
            Self::LineBreaks => "LINE_BREAKS",
            Self::OutOfRange { .. } => "OUT_OF_RANGE",
            Self::WrongCount { .. } => "WRONG_COUNT",
            Self::NotAChoice => "NOT_A_CHOICE",
            Self::NotAnId => "NOT_AN_ID",
            Self::NotADay => "NOT_A_DAY",
            Self::NotATime => "NOT_A_TIME",
            Self::NotAMoment => "NOT_A_MOMENT",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::NotADecimal => "NOT_A_DECIMAL",
            Self::NotAnOrganisation => "NOT_AN_ORGANISATION",
            Self::NotACitation => "NOT_A_CITATION",
            Self::NotARegisterNumber => "NOT_A_REGISTER_NUMBER",
            Self::NotALabel => "NOT_A_LABEL",
            Self::NotAPrefix => "NOT_A_PREFIX",
            Self::NotAMandate => "NOT_A_MANDATE",
            Self::NotAMailAddress => "NOT_A_MAIL_ADDRESS",
            Self::NotAColour => "NOT_A_COLOUR",
            Self::NotALogo => "NOT_A_LOGO",
            Self::NotAPublicKey => "NOT_A_PUBLIC_KEY",
            Self::NotADigest => "NOT_A_DIGEST",
            Self::PersonalNumber => "PERSONAL_NUMBER",
            Self::NotAPage => "NOT_A_PAGE",
            Self::ProblemOrProposal => "PROBLEM_OR_PROPOSAL",
            Self::Twice => "TWICE",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::OfAnotherAnswer => "OF_ANOTHER_ANSWER",
            Self::UnknownOrganisation => "UNKNOWN_ORGANISATION",
            Self::NotAnAssessor => "NOT_AN_ASSESSOR",
            Self::NotASubmitter => "NOT_A_SUBMITTER",
            Self::UnknownFile => "UNKNOWN_FILE",
            Self::OtherFile => "OTHER_FILE",
        }
    }

    /// What its sentence speaks of.
    pub fn parameters(self) -> Vec<Parameter> {
        match self {
            Self::TooShort { min } => vec![("min", min as u64)],
            Self::TooLong { max, found } => vec![("max", max as u64), ("found", found as u64)],
            Self::OutOfRange { min, max } => vec![("min", min), ("max", max)],
            Self::WrongCount { min, max } => vec![("min", min as u64), ("max", max as u64)],
            Self::NotALogo => vec![("max", LARGEST_LOGO_KIBIBYTES), ("pixels", MOST_PIXELS.into())],
            _ => Vec::new(),
        }
    }
}

/// A word of the domain that a field holds in a form of its own.
pub trait Word: FromStr {
    /// What is wrong with a text that is none.
    fn problem(error: Self::Err) -> Problem;
}

macro_rules! words {
    ($($problem:ident: $($word:ty),+;)+) => {
        $($(
            impl Word for $word {
                fn problem(_: Self::Err) -> Problem {
                    Problem::$problem
                }
            }
        )+)+
    };
}

words! {
    NotAnId: IdeaId, CallId, EvaluationId, SolutionId, AdoptionId, AttachmentId, PersonId, CommandId, ProgramId, CredentialId;
    NotAChoice: ScopeName;
    NotADay: Date;
    NotATime: EarlierTime;
    NotAMoment: Timestamp;
    NotADecimal: Decimal;
    NotAPage: PageToken;
    NotAnOrganisation: OrganisationId;
    NotAColour: Colour;
    NotALogo: Logo;
    NotADigest: Digest;
}

macro_rules! forms {
    ($($word:ty),+) => {
        $(
            impl Word for $word {
                fn problem(error: InvalidForm) -> Problem {
                    match error {
                        InvalidForm::Citation => Problem::NotACitation,
                        InvalidForm::RegisterNumber => Problem::NotARegisterNumber,
                        InvalidForm::Label => Problem::NotALabel,
                        InvalidForm::Prefix => Problem::NotAPrefix,
                        InvalidForm::MandateReference => Problem::NotAMandate,
                        InvalidForm::PersonalNumber => Problem::PersonalNumber,
                    }
                }
            }
        )+
    };
}

forms! { Citation, RegisterNumber, Label, Prefix, MandateReference }

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem.code())
    }
}
