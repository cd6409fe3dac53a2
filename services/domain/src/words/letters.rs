//! Letters that a text must not hold.

/// Whether a letter turns the direction of writing around it, unseen: a text would read otherwise than it is. Refused also where they come in pairs,
/// which deceive as well as one alone; writing from right to left needs none of them.
pub fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::turns_direction;

    #[test]
    fn marks_of_direction_are_known_and_letters_of_any_script_are_none() {
        let marks = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(marks.chars().all(turns_direction));
        assert!(!"Idé 2 – فكرة, רעיון\u{200b}\u{2060}".contains(turns_direction));
    }
}
