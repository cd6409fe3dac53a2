//! One event of every type that this version writes, as it stands in a line.

use std::sync::LazyLock;
use uuid::Uuid;

/// An event's service and the name of its type, its stream, and its data.
pub(crate) type Sample = (&'static str, &'static str, &'static str, &'static str);

/// The samples, one a line.
///
/// `$…` stands for an id: `$I` an idea, `$J` another, `$E` its evaluation, `$S` its solution, `$A` an adoption, `$C` a call, `$P` to `$R` people,
/// `$D` the digest of a text.
pub(crate) static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let parts = |line: &'static str| -> Option<Sample> {
        let mut parts = line.splitn(4, ' ');
        Some((parts.next()?, parts.next()?, parts.next()?, parts.next()?))
    };
    let lines = include_str!("samples.txt").lines();
    lines.map(|line| parts(line).expect("four parts")).collect()
});

/// What in the samples is text, a reference or a name that somebody made up, and must not leave.
pub(crate) const NOT_TO_LEAVE: &[&str] = &[
    "UDD-2026",
    "KS 2026",
    "25 kap",
    "Kalle",
    "Cykel",
    "Lådan",
    "Våra",
    "Nytta",
    "benefit",
    "Kommunstyrelsen",
    "§",
    "disken",
    "gallringsplan",
    "arkivlagen",
    "example.org",
    "CC-BY",
    "application/pdf",
    "dddddddd",
];

/// The sample of a type.
pub(crate) fn sample(service: &str, name: &str) -> &'static Sample {
    let found = SAMPLES.iter().find(|sample| (sample.0, sample.1) == (service, name));
    found.unwrap_or_else(|| panic!("{service} has no sample of {name}"))
}

/// An id of the `idea`-th idea by its letter, the same every time.
pub(crate) fn id(letter: char, idea: u32) -> Uuid {
    Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 | u128::from(idea) << 32 | letter as u128)
}

/// A sample's text with the ids of the `idea`-th idea.
pub(crate) fn filled(text: &str, idea: u32) -> String {
    let mut filled = text.replace("$D", &"d".repeat(64));
    for letter in "IJESACPQR".chars() {
        filled = filled.replace(&format!("${letter}"), &id(letter, idea).to_string());
    }
    filled
}
