//! What an organisation looks like: a colour and a picture, both open for everybody to see.

use super::stored::stored_as_text;
use std::fmt;
use std::str::FromStr;

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour([u8; 3]);

/// A PNG picture of at most 32 KiB, as base64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Logo(String);

/// What is no colour, or no such picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLook {
    /// No colour.
    #[error("write a colour as # and six digits, such as #07404b")]
    Colour,
    /// No picture, or one that is too large.
    #[error("choose a PNG picture of at most 32 KiB")]
    Logo,
}

impl Colour {
    /// How well white words can be read on it, from 1 to 21, as WCAG measures contrast.
    pub fn contrast_with_white(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    }
}

impl FromStr for Colour {
    type Err = InvalidLook;

    fn from_str(text: &str) -> Result<Self, InvalidLook> {
        let digits = text.strip_prefix('#').ok_or(InvalidLook::Colour)?;
        let mut bytes = [0; 3];
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidLook::Colour);
        }
        for (byte, place) in bytes.iter_mut().zip([0, 2, 4]) {
            *byte = u8::from_str_radix(&digits[place..place + 2], 16).map_err(|_| InvalidLook::Colour)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// How base64 of every PNG begins: the format's mark of eight bytes.
const PNG: &str = "iVBORw0KGgo";
/// The largest logo, in bytes.
pub const LARGEST_LOGO: u64 = 32 * 1024;
/// The same in base64.
const MOST: usize = LARGEST_LOGO as usize / 3 * 4 + 4;

impl Logo {
    /// As base64.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Logo {
    type Err = InvalidLook;

    fn from_str(text: &str) -> Result<Self, InvalidLook> {
        let letters = text.trim_end_matches('=');
        let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'+' | b'/');
        let is_base64 = text.len().is_multiple_of(4) && text.len() - letters.len() <= 2;
        if text.len() <= MOST && text.starts_with(PNG) && is_base64 && letters.bytes().all(is_letter) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLook::Logo)
        }
    }
}

impl fmt::Display for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

stored_as_text!(Colour, Logo);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_white_words_are_read_on_dark_ones() {
        for (text, known) in [
            ("#07404b", true),
            ("#FFFFFF", true),
            ("07404b", false),
            ("#07404", false),
            ("#07404bx", false),
            ("#ååå", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Colour>().is_ok(), known, "{text}");
        }
        let contrast = |text: &str| text.parse::<Colour>().expect("a colour").contrast_with_white();
        assert!((contrast("#000000") - 21.0).abs() < 0.01);
        assert!((contrast("#ffffff") - 1.0).abs() < 0.01);
        assert!((contrast("#767676") - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_logo_is_a_small_png() {
        let png = format!("{PNG}{}", "A".repeat(5));
        assert!(png.parse::<Logo>().is_ok());
        for wrong in ["", "PHN2Zz4=", "iVBORw0KGgo", "iVBORw0KGgoA AAA", "iVBORw0KGgoåA"] {
            assert_eq!(wrong.parse::<Logo>(), Err(InvalidLook::Logo), "{wrong}");
        }
        assert!(format!("{PNG}A{}", "AAAA".repeat(MOST / 4)).parse::<Logo>().is_err());
    }
}
