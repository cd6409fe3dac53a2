use super::{MAX_LINE_BYTES, MAX_MEMBER_LINES, WriteError};

/// How many bytes of lines are gathered before a member is written.
const FULL_BYTES: usize = 4 << 20;

/// Lines that become one member.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    lines: usize,
}

impl Chunk {
    pub(super) fn push(&mut self, line: &[u8]) -> Result<(), WriteError> {
        if line.len() > MAX_LINE_BYTES || line.contains(&b'\n') {
            return Err(WriteError::Line("it is too long, or holds a newline".to_owned()));
        }
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        self.lines += 1;
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL_BYTES || self.lines >= MAX_MEMBER_LINES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The member's bytes, as one frame of zstd where a level is given; the chunk is empty afterwards.
    pub(super) fn take(&mut self, zstd: Option<i32>) -> Result<Vec<u8>, WriteError> {
        self.lines = 0;
        let packed = match zstd {
            Some(level) => zstd::bulk::compress(&self.bytes, level)?,
            None => return Ok(std::mem::take(&mut self.bytes)),
        };
        self.bytes.clear();
        Ok(packed)
    }
}
