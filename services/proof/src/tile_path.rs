//! Where a log's tiles and entries are found over HTTP: C2SP tlog-tiles 0.1.

use crate::number::decimal;
use crate::tree::TILE_WIDTH;
use std::fmt;
use std::str::FromStr;

/// A tile's place: `tile/<L>/<N>`, with `.p/<W>` behind it for one that is not full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// The level, 0 to 63.
    pub level: u8,
    /// The number in its level.
    pub number: u64,
    /// How many hashes, 1..=256.
    pub width: usize,
}

/// The place of the entries under a tile of level 0: `tile/entries/<N>`, with `.p/<W>` behind it where they are fewer than 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntriesPath {
    /// The number of the tile.
    pub number: u64,
    /// How many entries, 1..=256.
    pub width: usize,
}

/// Something that is no tile's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a tile is asked for as tile/<level>/<number>, such as tile/0/x001/234, and entries as tile/entries/<number>, with .p/<width> for one that is not full"
)]
pub struct TilePathError;

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_rest(self.number, self.width, f)
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let (level, rest) = text
            .strip_prefix("tile/")
            .and_then(|text| text.split_once('/'))
            .ok_or(TilePathError)?;
        let level = decimal(level).and_then(|level| u8::try_from(level).ok());
        let level = level.filter(|level| *level < 64).ok_or(TilePathError)?;
        let (number, width) = read_rest(rest).ok_or(TilePathError)?;
        Ok(Self { level, number, width })
    }
}

impl fmt::Display for EntriesPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/")?;
        write_rest(self.number, self.width, f)
    }
}

impl FromStr for EntriesPath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let rest = text.strip_prefix("tile/entries/");
        let (number, width) = rest.and_then(read_rest).ok_or(TilePathError)?;
        Ok(Self { number, width })
    }
}

/// Writes number and width: `x001/x234/067.p/5`.
fn write_rest(number: u64, width: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut groups = vec![number % 1_000];
    let mut rest = number / 1_000;
    while rest > 0 {
        groups.push(rest % 1_000);
        rest /= 1_000;
    }
    for group in groups.iter().skip(1).rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", groups[0])?;
    if width < TILE_WIDTH {
        write!(f, ".p/{width}")?;
    }
    Ok(())
}

/// Reads number and width.
fn read_rest(text: &str) -> Option<(u64, usize)> {
    let (number, width) = match text.split_once(".p/") {
        Some((number, width)) => {
            let width = usize::try_from(decimal(width)?).ok()?;
            (number, Some(width).filter(|width| (1..TILE_WIDTH).contains(width))?)
        }
        None => (text, TILE_WIDTH),
    };
    let mut groups = number.split('/').peekable();
    let mut count = 0u64;
    let mut first = true;
    while let Some(text) = groups.next() {
        let digits = match groups.peek() {
            Some(_) => text.strip_prefix('x')?,
            None => text,
        };
        let digits = group(digits)?;
        // A leading group of zeros would be a second way to write the number.
        if first && digits == 0 && groups.peek().is_some() {
            return None;
        }
        first = false;
        count = count.checked_mul(1_000)?.checked_add(digits)?;
    }
    Some((count, width))
}

/// Three digits.
fn group(text: &str) -> Option<u64> {
    let three = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if three { text.parse().ok() } else { None }
}
