//! Where a log's tiles are found over HTTP: C2SP tlog-tiles.

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

/// Something that is no tile's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a tile is asked for as tile/<level>/<number>, such as tile/0/x001/234, with .p/<width> for one that is not full"
)]
pub struct TilePathError;

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        let mut groups = vec![self.number % 1_000];
        let mut rest = self.number / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Three digits.
fn group(text: &str) -> Option<u64> {
    let three = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if three { text.parse().ok() } else { None }
}

fn read(text: &str) -> Option<TilePath> {
    let (level, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let level = u8::try_from(decimal(level)?).ok().filter(|level| *level < 64)?;
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, usize::try_from(decimal(width)?).ok()?),
        None => (rest, TILE_WIDTH),
    };
    let partial = rest.contains(".p/");
    if width == 0 || width > TILE_WIDTH || (partial && width == TILE_WIDTH) {
        return None;
    }
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
    Some(TilePath {
        level,
        number: count,
        width,
    })
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        read(text).ok_or(TilePathError)
    }
}
