//! Letters that a text must not hold.

/// Whether a letter turns the direction of writing around it, unseen: a text would read otherwise than it is. Refused also where they come in pairs,
/// which deceive as well as one alone; writing from right to left needs none of them.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a letter does something that nobody sees: it controls a terminal or turns the direction of writing. No line may hold one.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control() || turns_direction(letter)
}

/// The same in a text of several lines, which has breaks and tabs.
pub fn is_unseen_in_prose(letter: char) -> bool {
    is_unseen(letter) && !matches!(letter, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_direction_are_known_and_letters_of_any_script_are_none() {
        let marks = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(marks.chars().all(turns_direction));
        assert!(!"Idé 2 – فكرة, רעיון\u{200b}\u{2060}".contains(turns_direction));
    }

    #[test]
    fn a_line_has_no_break_and_prose_has() {
        let unseen = "\u{0}\u{1b}\u{7f}\u{85}\u{202e}";
        assert!(unseen.chars().all(is_unseen) && unseen.chars().all(is_unseen_in_prose));
        assert!("\n\r\t".chars().all(is_unseen));
        assert!(!"En rad.\r\n\tEn till.".contains(is_unseen_in_prose));
    }
}
