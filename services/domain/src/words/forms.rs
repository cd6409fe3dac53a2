//! What may stand unsealed in a line that can't be changed: forms that leave no room for a sentence about somebody.

use std::fmt;
use std::str::FromStr;

/// A provision of law with what it is decided under, such as `GDPR art. 17.1 a; gallringsbeslut 2026-03` or `OSL 21 kap. 7 §`: words of the law,
/// and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation(String);

/// A number in a register, such as `KS 2026/0123`: abbreviations in capitals, and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterNumber(String);

/// One word by which something is named where it was made, such as `2026-1`, `pep` or `P-0248`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

/// A text is not in its form. The sentences say what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidForm {
    /// No provision.
    #[error(
        "write the provision by its usual abbreviation and numbers, such as GDPR art. 17.1 a or OSL 21 kap. 7 §, and nothing else"
    )]
    Citation,
    /// No register number.
    #[error("write the number alone, such as KS 2026/0123")]
    RegisterNumber,
    /// No label.
    #[error("write one word of letters and digits, such as 2026-1")]
    Label,
}

/// Statutes by their usual abbreviations and names, and the words between their numbers.
const LAW: [&str; 44] = [
    "GDPR",
    "dataskyddsförordningen",
    "dataskyddslagen",
    "DSL",
    "OSL",
    "OSF",
    "TF",
    "RF",
    "YGL",
    "AL",
    "ArkL",
    "arkivlagen",
    "arkivförordningen",
    "ArkF",
    "FL",
    "KL",
    "SoL",
    "HSL",
    "PDL",
    "LSS",
    "LOU",
    "LUF",
    "LOV",
    "MBL",
    "LAS",
    "URL",
    "SFS",
    "EU",
    "RA-FS",
    "RA-MS",
    "art",
    "artikel",
    "kap",
    "§",
    "§§",
    "st",
    "stycket",
    "p",
    "punkt",
    "led",
    "och",
    "gallringsbeslut",
    "dnr",
    "beslut",
];

/// Whether a word has a digit and besides that hardly anything.
fn is_number(word: &str) -> bool {
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let fits = |letter: char| letter.is_alphanumeric() || "./:-–§()".contains(letter);
    letters <= 6 && word.chars().any(|letter| letter.is_ascii_digit()) && word.chars().all(fits)
}

fn is_abbreviation(word: &str) -> bool {
    (1..=6).contains(&word.chars().count()) && word.chars().all(|letter| letter.is_uppercase() || letter == '-')
}

impl FromStr for Citation {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let words: Vec<&str> = text.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        let fits = |word: &&str| {
            let bare = word.trim_end_matches(['.', ')']).trim_start_matches('(');
            let is_letter = bare.chars().count() == 1 && bare.chars().all(|letter| letter.is_ascii_lowercase());
            LAW.contains(&bare) || is_letter || is_number(word)
        };
        if text.chars().count() <= 200 && !words.is_empty() && words.iter().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidForm::Citation)
        }
    }
}

impl FromStr for RegisterNumber {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let fits = |word: &str| is_number(word) || is_abbreviation(word);
        if text.chars().count() <= 60 && text.split(' ').all(fits) && text.split(' ').any(is_number) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidForm::RegisterNumber)
        }
    }
}

impl FromStr for Label {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let fits = |letter: char| letter.is_alphanumeric() || "._-/".contains(letter);
        if (1..=60).contains(&text.chars().count()) && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidForm::Label)
        }
    }
}

macro_rules! as_text {
    ($($form:ty),+) => {
        $(
            impl fmt::Display for $form {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl From<$form> for String {
                fn from(form: $form) -> Self {
                    form.0
                }
            }
        )+
    };
}

as_text!(Citation, RegisterNumber, Label);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provisions_are_read_and_sentences_about_somebody_are_not() {
        for known in [
            "GDPR art. 17.1 a; gallringsbeslut 2026-03",
            "OSL 21 kap. 7 §",
            "arkivlagen (1990:782) 10 §",
            "GDPR artikel 17.1 led d",
            "OSL 25 kap. 1 § och 2 §",
            "§ 12",
        ] {
            assert_eq!(known.parse::<Citation>().map(String::from).as_deref(), Ok(known));
        }
        for wrong in [
            "",
            " ",
            ";",
            "Anna Andersson",
            "OSL 21 kap. 7 § Anna",
            "GDPR art. 17: hon ringde",
            "\u{1b}[2J",
            "070-1234567890a!",
            &"a".repeat(64),
        ] {
            assert_eq!(wrong.parse::<Citation>(), Err(InvalidForm::Citation), "{wrong:?}");
        }
        let digest = "6e2dbb6dd7fa1e0c4f1d1dd6a3bdc8a0ad0e0ce4a63c0efdc2f0f9a1dbb2d8f1";
        assert!(
            digest.parse::<Citation>().is_err(),
            "no digest of a sealed text stands there"
        );
    }

    #[test]
    fn register_numbers_and_labels_are_short_and_plain() {
        for known in ["KS 2026/0123", "2026-12", "SBN-2026-7", "Dnr2026/3"] {
            assert!(known.parse::<RegisterNumber>().is_ok(), "{known}");
        }
        for wrong in ["", "KS", "Anna 2026/1 ", "KS 2026/1 Anna", "KS  2026/1"] {
            assert!(wrong.parse::<RegisterNumber>().is_err(), "{wrong:?}");
        }
        for known in ["2026-1", "pep", "P-0248", "nytta"] {
            assert!(known.parse::<Label>().is_ok(), "{known}");
        }
        for wrong in ["", "två ord", "a\u{202e}b", &"x".repeat(61)] {
            assert!(wrong.parse::<Label>().is_err(), "{wrong:?}");
        }
    }
}
