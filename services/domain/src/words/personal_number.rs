//! The shape of a personal number, which must never stand where it could not be erased.

/// Whether a text has the shape of a Swedish personal or coordination number in it: the day of birth, with or without the century, to
/// which a coordination number adds 60, and four digits. The check digit is not asked: a slip of the pen points to somebody as well.
///
/// Its parts may stand apart, whatever is written between them but letters: `1981-12-18 - 9876` is one too. `2026-03-01, 2026-04-15` are two days.
pub(crate) fn holds_personal_number(text: &str) -> bool {
    text.split(char::is_alphabetic).any(|between_words| {
        let groups = between_words.split(|letter: char| !letter.is_ascii_digit());
        let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
        (0..groups.len()).any(|first| begins_one(&groups[first..]))
    })
}

/// Whether one begins with the first of these groups of digits: it stands there whole, or its last four digits stand by themselves.
fn begins_one(groups: &[&str]) -> bool {
    let mut joined = String::new();
    for (number, group) in groups.iter().enumerate() {
        joined.push_str(group);
        match (joined.len(), group.len()) {
            (10 | 12, length) if number == 0 || length == 4 => {
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
