//! Why something was refused, in plain language: by the refusal's code, and by the field that is wrong.

use crate::lang::Lang;
use idesluss_phrases::Kind;
use idesluss_proto::status::{FieldRefusal, Reason, Refusal};

/// A refusal in the page's language.
pub(crate) fn refusal(l: Lang, refusal: &Refusal) -> String {
    let code = if refusal.reason.is_empty() {
        "NO_ANSWER"
    } else {
        &refusal.reason
    };
    let parameters: Vec<_> = (refusal.parameters.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // What another version of a service says is better than nothing.
    l.phrase(Kind::Refusal, code, &parameters)
        .unwrap_or_else(|| refusal.sentence.clone())
}

/// Refusals of a whole command that are about what stands in one of its fields, by the last part of the field's name.
const AT_A_FIELD: [(&str, &str); 14] = [
    ("ABSENT_HOLDS_NO_SUCH_ROLE", "substitute_for"),
    ("ADDRESS_TAKEN", "address"),
    ("ADMINISTRATOR_WITHOUT_END", "until"),
    ("BAD_ORGANISATION_NAME", "name"),
    ("BAD_TERMS", "sv"),
    ("COST_REVERSED", "highest_kronor"),
    ("FAINT_COLOUR", "colour"),
    ("GRANT_ENDS_BEFORE", "until"),
    ("GRANT_FROM_PAST", "from"),
    ("MEETING_TOO_EARLY", "meeting"),
    ("OWN_SUBSTITUTE", "substitute_for"),
    ("NAME_TAKEN", "name"),
    ("PREFIX_TAKEN", "prefix"),
    ("SUBSTITUTE_NEEDS_END", "until"),
];

/// The field that a refusal of a whole command is about, by the last part of its name.
pub(crate) fn field_of(refusal: &Refusal) -> Option<&'static str> {
    let found = AT_A_FIELD.iter().find(|(code, _)| *code == refusal.reason);
    found.map(|(_, field)| *field)
}

/// That something in a form is to be mended.
pub(crate) fn to_be_mended(l: Lang) -> String {
    let code = Reason::InvalidFields.name();
    l.phrase(Kind::Refusal, code, &[]).unwrap_or_else(|| code.to_owned())
}

/// The name of a field as it stands on pages.
pub(crate) fn field(l: Lang, field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    let last = last.split('[').next().unwrap_or(last);
    l.phrase(Kind::Field, last, &[])
        .unwrap_or_else(|| last.replace('_', " "))
}

/// What is wrong with a field.
pub(crate) fn problem(l: Lang, problem: &FieldRefusal) -> String {
    problem.sentence(l)
}

/// What is wrong with a field that is chosen, not written.
pub(crate) fn choice_problem(l: Lang, problem: &FieldRefusal) -> String {
    match problem.code.as_str() {
        "MISSING" | "NOT_AN_ID" | "NOT_AN_ORGANISATION" | "OUT_OF_RANGE" => {
            let code = "NOT_A_CHOICE";
            l.phrase(Kind::Problem, code, &[]).unwrap_or_else(|| code.to_owned())
        }
        _ => problem.sentence(l),
    }
}

/// What is wrong with a file that was chosen in the field `chosen`, or with what is known of it.
pub(crate) fn file_problem(l: Lang, chosen: &str, problem: &FieldRefusal) -> String {
    match problem.code.as_str() {
        "MISSING" => l.t("form-choose-a-file").to_owned(),
        _ if problem.field == chosen => problem.sentence(l),
        _ => format!("{}: {}", field(l, &problem.field), problem.sentence(l)),
    }
}
