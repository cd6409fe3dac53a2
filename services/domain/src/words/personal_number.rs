//! The shape of a personal number, which must never stand where it could not be erased.

/// What stands between a personal number's day and its last four digits, or is written there instead.
const BETWEEN: [char; 8] = ['-', '+', '–', '.', '/', ':', '_', ' '];

/// Whether a text has the shape of a Swedish personal or coordination number in it: the day of birth, with or without the century, to
/// which a coordination number adds 60, and four digits. The check digit is not asked: a slip of the pen points to somebody as well.
pub(super) fn holds_personal_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let two = |text: &str, at: usize| text[at..at + 2].parse::<u8>().unwrap_or_default();
    // Six digits, of which the first two are any year.
    let is_day = |day: &str| (1..=12).contains(&two(day, 2)) && matches!(two(day, 4), 1..=31 | 61..=91);
    // Year, month and day by themselves, or the last two together.
    let apart = |text: &str| {
        let mut groups = text.split(BETWEEN);
        let mut joined = String::new();
        loop {
            let group = groups.next().unwrap_or_default();
            let length = digits(group);
            joined.push_str(&group[..length]);
            match (joined.len(), length) {
                (10 | 12, 4) => return Some(joined),
                (2..=8, 2 | 4) if length == group.len() => {}
                _ => return None,
            }
        }
    };
    let mut rest = text;
    while let Some(begin) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (number, after) = rest[begin..].split_at(digits(&rest[begin..]));
        let serial = digits(after.trim_start_matches(BETWEEN));
        let born = match (number.len(), serial) {
            (length @ (10 | 12), _) => &number[length - 10..length - 4],
            (length @ (6 | 8), 4) => &number[length - 6..],
            _ => "",
        };
        let joined = match number.len() {
            2 | 4 => apart(&rest[begin..]),
            _ => None,
        };
        let joined = joined.as_deref().unwrap_or_default();
        let apart = joined.get(joined.len().saturating_sub(10)..joined.len().saturating_sub(4));
        if [born, apart.unwrap_or_default()]
            .iter()
            .any(|born| !born.is_empty() && is_day(born))
        {
            return true;
        }
        rest = after;
    }
    false
}
