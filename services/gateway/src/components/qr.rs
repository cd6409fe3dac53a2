//! A picture that a telephone reads.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// White space around it, in squares, without which nothing finds it.
const AROUND: usize = 4;

/// A text as an inline picture, which no policy of ours has to let in. None: it is too long.
pub(crate) fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, whole) = (code.width(), code.width() + 2 * AROUND);
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (place % width + AROUND, place / width + AROUND);
            write!(path, "M{x} {y}h1v1h-1z").ok()?;
        }
    }
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_of_squares_and_of_nothing_that_the_text_says() {
        let picture = picture("otpauth://totp/<script>").expect("short");
        assert!(picture.starts_with("<svg class=\"qr\"") && picture.matches("h1v1h-1z").count() > 100);
        assert!(!picture.contains("script"), "{picture}");
        assert_eq!(super::picture(&"x".repeat(5_000)), None);
    }
}
