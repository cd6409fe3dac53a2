use super::{
    Code,
    tell::{At, Tell},
};
use idesluss_proof::tree::Hash;

/// A log's checkpoint, as far as it could be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) cosigned: u64,
}

#[derive(Debug, Default)]
pub struct Policy;

pub(super) fn look(
    note: &[u8],
    log: &crate::bundle::LogManifest,
    _policy: &Policy,
    tell: &mut Tell,
    at: At<'_>,
) -> Option<Signed> {
    use base64::Engine as _;
    let text = std::str::from_utf8(note).ok()?;
    let mut lines = text.lines();
    let o = lines.next()?;
    let s: u64 = lines.next()?.parse().ok()?;
    let root = base64::engine::general_purpose::STANDARD
        .decode(lines.next()?)
        .ok()?
        .try_into()
        .ok()?;
    if o != log.origin || s != log.size {
        tell.broken(Code::T01, at, "other");
    }
    Some(Signed {
        size: s,
        root,
        cosigned: 0,
    })
}

pub(super) fn keys(_: &[u8], _: &Policy, _: &mut Tell, _: At<'_>) {}

impl Policy {
    pub fn parse(_: &str) -> Result<Self, String> {
        Ok(Self)
    }
}
impl super::Kept {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut l = text.lines();
        let o = l.next().ok_or("x")?;
        let s = l.next().ok_or("x")?.parse().map_err(|_| "x")?;
        Ok(Self {
            origin: o.into(),
            size: s,
            root: [0; 32],
        })
    }
}
