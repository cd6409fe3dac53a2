//! What an organisation looks like: a colour and a picture, both open for everybody to see.

use super::stored::stored_as_text;
use std::fmt;
use std::str::FromStr;

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour([u8; 3]);

/// A PNG picture of at most [`LARGEST_LOGO`] bytes, and at most [`MOST_PIXELS`] wide and high, as base64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Logo(String);

/// What is no colour, or no such picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLook {
    /// No colour.
    #[error("write a colour as # and six digits, such as #07404b")]
    Colour,
    /// No picture, or one that is too large.
    #[error("choose a PNG picture of at most {LARGEST_LOGO_KIBIBYTES} KiB")]
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
/// How wide and how high a logo may be: a small file can stand for a picture that no browser bears.
pub const MOST_PIXELS: u32 = 1_024;

/// The four bytes at a place of what base64 stands for, as a number: a PNG says its width at 16 and its height at 20.
fn number_at(text: &str, place: usize) -> Option<u32> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    // Each letter stands for six bits.
    let bits = |bit: usize| Some(u32::from(value(*text.as_bytes().get(bit / 6)?)?) >> (5 - bit % 6) & 1);
    (place * 8..place * 8 + 32).try_fold(0, |number, bit| Some(number << 1 | bits(bit)?))
}

/// The largest logo; people are told it in kB.
pub const LARGEST_LOGO_KIBIBYTES: u64 = 32;
/// The same in bytes.
pub const LARGEST_LOGO: u64 = LARGEST_LOGO_KIBIBYTES * 1024;

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
        let bytes = (text.len() / 4 * 3).saturating_sub(text.len() - letters.len()) as u64;
        let fits = |side: Option<u32>| side.is_some_and(|pixels| (1..=MOST_PIXELS).contains(&pixels));
        let is_small = fits(number_at(text, 16)) && fits(number_at(text, 20));
        if bytes <= LARGEST_LOGO && is_small && text.starts_with(PNG) && is_base64 && letters.bytes().all(is_letter) {
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

    /// A PNG's beginning in base64: its mark, and a head that says this width and height.
    fn png(width: u32, height: u32) -> String {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let groups = bytes.chunks(3).flat_map(|group| {
            let number = u32::from_be_bytes([0, group[0], group[1], group[2]]);
            [18, 12, 6, 0].map(|shift| char::from(letters[(number >> shift & 63) as usize]))
        });
        groups.collect()
    }

    #[test]
    fn a_logo_is_a_small_png() {
        assert!(png(64, 64).parse::<Logo>().is_ok());
        for (width, height, fits) in [(1, 1_024, true), (1_025, 1, false), (1, 1_025, false), (0, 1, false)] {
            assert_eq!(png(width, height).parse::<Logo>().is_ok(), fits, "{width} x {height}");
        }
        let begun = png(64, 64);
        for wrong in [
            "",
            "PHN2Zz4=",
            "iVBORw0KGgo",
            &format!("{begun}AA A"),
            &format!("{begun}åA"),
        ] {
            assert_eq!(wrong.parse::<Logo>(), Err(InvalidLook::Logo), "{wrong}");
        }
        // 32,768 bytes are 10,922 groups of three, and two more.
        let of_groups = |groups: usize, end: &str| format!("{begun}{}{end}", "AAAA".repeat(groups - begun.len() / 4));
        assert!(of_groups(10_922, "AAA=").parse::<Logo>().is_ok());
        assert!(of_groups(10_923, "").parse::<Logo>().is_err());
    }
}
