use idesluss_domain::evaluation::delegation_order::OrderForm;
use idesluss_domain::evaluation::evaluation::{CloseReason, PilotVerdict, SupportKind};
use idesluss_domain::sharing::adoption::{AdoptionForm, BenefitClass, Better};
use idesluss_domain::sharing::solution::{SolutionKind, Visibility};
use idesluss_domain::submission::idea::{DeclineReason, IdeaOwner, ReferralAnswer, SecrecyCheck};
use idesluss_domain::words::{Date, EarlierTime, Gate, Label, OrganisationId, Outcome, Timestamp};

/// Which form a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Whole,
    Truth,
    Moment,
}

/// One thing that an event or an object says: a word of ours, a date, a number. Never a text that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Truth(bool),
    Moment(Timestamp),
}

/// What can stand as a value. The list below is the whole of it, so that no text gets into an export by mistake.
pub(super) trait Says {
    const FORM: Form;
    fn value(self) -> Value;
}

/// A member of an event or object, and its value if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) value: Option<Value>,
}

impl Attribute {
    pub(super) fn new<T: Says>(name: &'static str, value: Option<T>) -> Self {
        Self {
            name,
            form: T::FORM,
            value: value.map(T::value),
        }
    }
}

/// A moment as all formats write it: UTC with its offset, microseconds kept.
pub(super) fn moment(time: Timestamp) -> String {
    let mut bytes = Vec::with_capacity(32);
    idesluss_proof::line::format_micros(time.as_micros(), &mut bytes);
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    text.truncate(text.len().saturating_sub(1));
    text.push_str("+00:00");
    text
}

macro_rules! says {
    ($form:ident: $($type:ty => $with:expr),+ $(,)?) => {$(
        impl Says for $type {
            const FORM: Form = Form::$form;
            fn value(self) -> Value {
                Value::$form($with(self))
            }
        }
    )+};
}

says! { Truth: bool => |truth| truth }
says! { Moment: Timestamp => |time| time }
says! { Whole: u8 => i64::from, u32 => i64::from, u64 => saturated, usize => |count| saturated(count as u64) }
says! { Text: Date => |day: Date| day.to_string(), Gate => |gate: Gate| gate.as_str().to_owned(), Outcome => |outcome: Outcome| outcome.as_str().to_owned() }
says! { Text: &'static str => str::to_owned, &OrganisationId => |name: &OrganisationId| name.to_string() }
says! { Text: &Label => |label: &Label| label.to_string(), &EarlierTime => |time: &EarlierTime| time.to_string() }
says! { Text: OrderForm => stored, CloseReason => stored, PilotVerdict => stored, SupportKind => stored, AdoptionForm => stored }
says! { Text: BenefitClass => stored, Better => stored, SolutionKind => stored, Visibility => stored, DeclineReason => stored, IdeaOwner => stored }
says! { Text: ReferralAnswer => stored, SecrecyCheck => stored }

/// A word as the journal writes it.
fn stored(word: impl serde::Serialize) -> String {
    let value = serde_json::to_value(word).ok();
    value
        .as_ref()
        .and_then(|value| value.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn saturated(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_its_microseconds_and_says_its_offset() {
        let time = Timestamp::from_micros(1_795_464_000_000_001).expect("a time");
        assert_eq!(moment(time), "2026-11-23T20:00:00.000001+00:00");
    }

    #[test]
    fn a_word_is_exported_as_the_journal_writes_it() {
        assert_eq!(
            AdoptionForm::JointProcurement.value(),
            Value::Text("joint-procurement".to_owned())
        );
    }
}
