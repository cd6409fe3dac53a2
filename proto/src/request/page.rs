use std::fmt;
use std::str::FromStr;

/// So many rows are counted beside a list where nothing keeps count; one more says that there are more.
pub const MOST_COUNTED: u32 = 1_000;

/// A search finds so many at the most: the best.
pub const MOST_FOUND: u32 = 200;

/// Where a page begins: opaque to whoever asks, a key of the last row before it to whoever answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageToken(pub u64);

/// A token that this installation did not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no token of a page")]
pub struct InvalidPageToken;

/// Tells tokens of what was found from those of lists: no journal has so many entries.
const FOUND: u64 = 1 << 63;

impl PageToken {
    /// The token of the page after so many of those that a search has found: they have an order of their own.
    fn after_found(shown: u64) -> Self {
        Self(FOUND | shown)
    }

    /// How many of those that a search has found were shown; None: it is the token of a list.
    pub fn found(self) -> Option<u64> {
        (self.0 & FOUND != 0).then_some(self.0 & !FOUND)
    }

    /// A page of what a search has found, and the token of the one after. Whatever is found is in the order of how well it fits, so a page
    /// goes on after so many. None: the token is a list's.
    pub fn of_found<T>(found: Vec<T>, size: u32, token: Option<Self>) -> Option<(Vec<T>, String)> {
        let skip = token.map_or(Some(0), Self::found)?;
        let total = found.len() as u64;
        let shown = skip.saturating_add(size.into());
        let next = if shown < total {
            Self::after_found(shown).to_string()
        } else {
            String::new()
        };
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let rows = found.into_iter().skip(count(skip)).take(size as usize);
        Some((rows.collect(), next))
    }

    /// The token of the page after these rows, if they fill theirs.
    pub fn after<T>(rows: &[T], size: u32, key: impl Fn(&T) -> u64) -> String {
        let is_full = u32::try_from(rows.len()).is_ok_and(|found| found >= size);
        let last = rows.last().filter(|_| is_full);
        last.map(|row| Self(key(row)).to_string()).unwrap_or_default()
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{:x}", self.0)
    }
}

impl FromStr for PageToken {
    type Err = InvalidPageToken;

    fn from_str(text: &str) -> Result<Self, InvalidPageToken> {
        let digits = text.strip_prefix('p');
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let key = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        key.map(Self).ok_or(InvalidPageToken)
    }
}

/// How many rows a page has, as it is asked for.
pub(crate) fn page_size(asked: u32, usual: u32, most: u32) -> u32 {
    if asked == 0 { usual } else { asked.min(most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_a_search_is_none_of_a_list() {
        assert_eq!(PageToken::after_found(40).found(), Some(40));
        assert_eq!(PageToken(40).found(), None);
    }

    #[test]
    fn a_token_is_read_back_and_nothing_else_is_one() {
        assert_eq!(PageToken(4_711).to_string().parse(), Ok(PageToken(4_711)));
        for wrong in ["", "4711", "p", "pxyz", "p-1", "p+1", "p11111111111111111"] {
            assert_eq!(wrong.parse::<PageToken>(), Err(InvalidPageToken), "{wrong}");
        }
    }

    #[test]
    fn what_was_found_is_told_page_by_page() {
        let (first, next) = PageToken::of_found(vec!['a', 'b', 'c'], 2, None).expect("a page");
        assert_eq!(first, ['a', 'b']);
        let (rest, next) = PageToken::of_found(vec!['a', 'b', 'c'], 2, next.parse().ok()).expect("a page");
        assert_eq!((rest, next.as_str()), (vec!['c'], ""));
        assert_eq!(PageToken::of_found(vec!['a'], 2, Some(PageToken(1))), None);
    }

    #[test]
    fn only_a_full_page_has_one_after_it() {
        assert_eq!(PageToken::after(&[7, 5], 2, |row| *row), "p5");
        assert_eq!(PageToken::after(&[7, 5], 3, |row| *row), "");
        assert_eq!(PageToken::after(&[], 0, |row: &u64| *row), "");
    }
}
