//! The shape of a personal number, which must never stand where it could not be erased.

/// Whether a text has the shape of a Swedish personal or coordination number in it: the day of birth, with or without the century, to
/// which a coordination number adds 60, and four digits. The check digit is not asked: a slip of the pen points to somebody as well.
///
/// Its parts may stand apart, whatever is written between them but letters: `1981-12-18 - 9876` is one too. `2026-03-01, 2026-04-15` are two days.
pub fn holds_personal_number(text: &str) -> bool {
    let read: String = text
        .chars()
        .filter(|letter| !has_no_width(*letter))
        .map(plain)
        .collect();
    read.split(char::is_alphabetic).any(|between_words| {
        let groups = between_words.split(|letter: char| !letter.is_ascii_digit());
        let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
        (0..groups.len()).any(|first| begins_one(&groups[first..]))
    })
}

/// Whether nobody sees a letter, wherever it stands: it would hide a number in the middle of its digits.
fn has_no_width(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A digit of another script, as the digit that it is; any other letter as it stands.
fn plain(letter: char) -> char {
    // The first digit of each script that people here may write with; its others follow.
    let zeros = [
        '\u{660}',
        '\u{6f0}',
        '\u{966}',
        '\u{9e6}',
        '\u{ff10}',
        '\u{1d7ce}',
        '\u{1d7d8}',
        '\u{1d7e2}',
        '\u{1d7ec}',
        '\u{1d7f6}',
    ];
    let digit = zeros.iter().find_map(|zero| {
        let digit = u32::from(letter).checked_sub(u32::from(*zero))?;
        char::from_digit(digit, 10)
    });
    digit.unwrap_or(letter)
}

/// Whether one begins with the first of these groups of digits: it stands there whole, or its last four digits stand by themselves.
fn begins_one(groups: &[&str]) -> bool {
    let mut joined = String::new();
    for (number, group) in groups.iter().enumerate() {
        joined.push_str(group);
        match (joined.len(), group.len()) {
            (10 | 12, length) if number == 0 || length == 4 || (number == 1 && length == 6) => {
                return is_born(&joined) && !begins_day(&groups[number..]);
            }
            (2..=8, 2 | 4 | 6 | 8) => {}
            _ => return false,
        }
    }
    false
}

/// Whether a day of some year stands there with its parts apart.
fn begins_day(groups: &[&str]) -> bool {
    let is = |part: &str, range: std::ops::RangeInclusive<u8>| {
        part.len() == 2 && part.parse().is_ok_and(|part| range.contains(&part))
    };
    matches!(groups, [year, month, day, ..] if year.len() == 4 && is(month, 1..=12) && is(day, 1..=31))
}

/// Whether ten or twelve digits begin with a day of birth, of any year.
fn is_born(digits: &str) -> bool {
    let two = |before_end: usize| {
        let at = digits.len() - before_end;
        digits[at..at + 2].parse::<u8>().unwrap_or_default()
    };
    (1..=12).contains(&two(8)) && matches!(two(6), 1..=31 | 61..=91)
}
