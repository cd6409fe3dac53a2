use super::stored::stored_as_text;
use super::{Date, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A moment as precisely as an older register knew it: `2004`, `2004-05`, `2004-05-31` or a whole time.
///
/// No month, day or midnight is ever added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierTime(String);

stored_as_text!(EarlierTime);

/// A text that is no year, month, day or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written 2004, 2004-05, 2004-05-31 or 2004-05-31T12:00:00Z, as precisely as it is known")]
pub struct InvalidEarlierTime;

impl FromStr for EarlierTime {
    type Err = InvalidEarlierTime;
    fn from_str(text: &str) -> Result<Self, InvalidEarlierTime> {
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        let valid = match shape.as_str() {
            "9999" => format!("{text}-01-01").parse::<Date>().is_ok(),
            "9999-99" => format!("{text}-01").parse::<Date>().is_ok(),
            "9999-99-99" => text.parse::<Date>().is_ok(),
            _ => shape.starts_with("9999-99-99T") && text.len() <= 40 && text.parse::<Timestamp>().is_ok(),
        };
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEarlierTime)
        }
    }
}

impl EarlierTime {
    /// The first day that it may mean: of a month or a year the first, of a moment the day in UTC.
    pub fn first_day(&self) -> Date {
        let day = match (self.moment(), self.0.len()) {
            (Some(moment), _) => moment.to_string().get(..10).map(str::to_owned),
            (None, 4) => Some(format!("{self}-01-01")),
            (None, 7) => Some(format!("{self}-01")),
            (None, _) => Some(self.0.clone()),
        };
        // Every form was read as a day when it was made.
        day.and_then(|day| day.parse().ok()).unwrap_or(Date::MIN)
    }

    /// The moment, where it is known as precisely as that.
    pub fn moment(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }
}

impl fmt::Display for EarlierTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
