//! Databases count in i64, the journal in u64; nothing here ever comes near 2^63.

/// For a parameter.
pub(crate) fn to(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// From a column. A negative number is damage; the largest value lets every later check find it.
pub(crate) fn from(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// From a column that holds an epoch.
pub(crate) fn epoch(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
