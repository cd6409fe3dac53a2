use idesluss_domain::Event;
use idesluss_domain::words::{Actor, Date, Digest, IdeaId, OrganisationId, PersonId, Role, SealedText};
use std::fmt::Display;
use std::str::FromStr;
use uuid::Uuid;

/// An organisation by its short name.
pub(crate) fn organisation(name: &str) -> OrganisationId {
    name.parse().expect("a short name")
}

/// Somebody, told apart by a number.
pub(crate) fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Somebody acting for Uddevalla.
pub(crate) fn actor(number: u128, role: Role) -> Actor {
    Actor {
        person: person(number),
        organisation: organisation("uddevalla"),
        role,
    }
}

/// An idea, told apart by a number.
pub(crate) fn idea(number: u128) -> IdeaId {
    IdeaId(Uuid::from_u128(0x1dea_0000 + number))
}

/// A sealed text, told apart by a number.
pub(crate) fn text(number: u8) -> SealedText {
    SealedText(Digest([number; 32]))
}

/// A text in its form.
pub(crate) fn form<T: FromStr<Err: Display>>(text: &str) -> T {
    text.parse().unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

/// A day in November 2026.
pub(crate) fn day(number: i8) -> Date {
    Date::new(2026, 11, number).expect("a day")
}

/// Holds what was decided against what the rule says may come of it.
pub(crate) fn written_by<E: Clone + Into<Event>, R>(writes: &[&str], decided: Result<Vec<E>, R>) -> Result<Vec<E>, R> {
    for event in decided.iter().flatten() {
        let event: Event = event.clone().into();
        assert!(
            writes.contains(&event.type_name()),
            "{} is not among {writes:?}",
            event.type_name()
        );
    }
    decided
}
