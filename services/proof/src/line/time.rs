/// Days from 1970-01-01 to a civil date (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Writes a moment as `2026-11-23T20:00:00.000001Z`: always 27 bytes, for the years 0 to 9999.
pub fn format_micros(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros.div_euclid(1_000_000);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    digits(year, 4, out);
    out.push(b'-');
    digits(month, 2, out);
    out.push(b'-');
    digits(day, 2, out);
    out.push(b'T');
    digits(of_day / 3_600, 2, out);
    out.push(b':');
    digits(of_day / 60 % 60, 2, out);
    out.push(b':');
    digits(of_day % 60, 2, out);
    out.push(b'.');
    digits(micros.rem_euclid(1_000_000), 6, out);
    out.push(b'Z');
}

fn digits(value: i64, width: u32, out: &mut Vec<u8>) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

/// Reads exactly the form that [`format_micros`] writes; anything else is None.
pub fn parse_micros(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 27 {
        return None;
    }
    for (at, mark) in [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'.'),
        (26, b'Z'),
    ] {
        if bytes[at] != mark {
            return None;
        }
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        bytes[from..to].iter().try_fold(0_i64, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let micro = number(20, 26)?;
    if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    // 30 February and the like come back as another day.
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    Some((days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000 + micro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_six_decimals_and_read_back() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_795_464_000_000_001, "2026-11-23T20:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        ] {
            let mut out = Vec::new();
            format_micros(micros, &mut out);
            assert_eq!(String::from_utf8(out).expect("ASCII"), text);
            assert_eq!(parse_micros(text), Some(micros));
        }
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "2026-02-30T00:00:00.000000Z",
            "2026-11-23T24:00:00.000000Z",
            "2026-11-23T20:00:00Z",
            "2026-11-23 20:00:00.000000Z",
            "+026-11-23T20:00:00.000000Z",
        ] {
            assert_eq!(parse_micros(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_moment_of_ten_thousand_years_comes_back(micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
            let mut out = Vec::new();
            format_micros(micros, &mut out);
            proptest::prop_assert_eq!(parse_micros(std::str::from_utf8(&out).expect("ASCII")), Some(micros));
        }
    }
}
