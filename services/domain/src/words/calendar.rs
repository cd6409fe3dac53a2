//! Swedish working days, for promises such as "an answer in ten working days".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Whether offices are open on `day`: neither a weekend, nor a public holiday, nor one of the eves
/// on which Swedish authorities close (midsummer, Christmas and New Year's Eve).
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// The date `count` working days after `start`; `start` itself is not counted.
///
/// Returns `start` for a count of 0, also when it is no working day.
pub fn add_working_days(start: Date, count: u16) -> Date {
    let mut day = start;
    let mut left = count;
    while left > 0 {
        day = day.saturating_add(1.day());
        if is_working_day(day) {
            left -= 1;
        }
        if day == Date::MAX {
            break;
        }
    }
    day
}

/// Weekday holidays and closed eves; those that always fall on a Saturday or Sunday need no entry.
fn is_holiday(day: Date) -> bool {
    let fixed = matches!(
        (day.month(), day.day()),
        (1, 1) | (1, 6) | (5, 1) | (6, 6) | (12, 24) | (12, 25) | (12, 26) | (12, 31)
    );
    let since_easter = (day - easter_sunday(day.year())).get_days();
    // Good Friday, Easter Monday, Ascension Day
    let movable = matches!(since_easter, -2 | 1 | 39);
    // Midsummer Eve: the Friday between 19 and 25 June
    let midsummer = day.month() == 6 && day.weekday() == Weekday::Friday && (19..=25).contains(&day.day());
    fixed || movable || midsummer
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm, in Meeus' form).
fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    date(year, i8::try_from(month).unwrap_or(4), i8::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, month, day) in [
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2010, 4, 4),
            (2014, 4, 20),
            (2019, 4, 21),
            (2024, 3, 31),
            (2026, 4, 5),
            (2029, 4, 1),
            (2038, 4, 25),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    #[test]
    fn the_holidays_of_2026_are_no_working_days() {
        for day in [
            date(2026, 1, 1),
            date(2026, 1, 6),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 5, 1),
            date(2026, 5, 14),
            date(2026, 6, 19),
            date(2026, 12, 24),
            date(2026, 12, 25),
            date(2026, 12, 31),
            date(2026, 11, 28),
            date(2026, 11, 29),
        ] {
            assert!(!is_working_day(day), "{day}");
        }
        assert!(is_working_day(date(2026, 11, 24)));
    }

    #[test]
    fn ten_working_days_from_before_christmas_end_after_epiphany() {
        assert_eq!(add_working_days(date(2026, 12, 18), 10), date(2027, 1, 8));
        assert_eq!(add_working_days(date(2026, 11, 24), 0), date(2026, 11, 24));
    }
}
