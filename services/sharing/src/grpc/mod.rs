//! The rpcs: thin. Read the request, seal its texts, decide; or ask a view, check who asks, open the texts.

mod adopt;
mod commands;
mod history;
mod lists;
mod measure;
mod pages;
mod publish;
mod queries;

pub(crate) use commands::Commands;
pub(crate) use queries::Queries;

use std::ops::RangeInclusive;

/// The largest request: a description with room for three-byte characters.
pub(crate) const MAX_REQUEST: usize = 1024 * 1024;

/// Lengths in characters.
const TITLE: RangeInclusive<usize> = 3..=200;
const SHORT: RangeInclusive<usize> = 1..=200;
const PUBLIC: RangeInclusive<usize> = 1..=2_000;
const LONG: RangeInclusive<usize> = 1..=10_000;
const MAYBE_LONG: RangeInclusive<usize> = 0..=10_000;
