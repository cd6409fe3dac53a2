use sha2::{Digest as _, Sha256};
use std::io::{self, Read, Seek, SeekFrom, Write};

/// How many bytes the last line has: `sha256:`, 64 small hexadecimal digits, a newline.
pub const TRAILER_BYTES: u64 = 72;

/// How much is read at a time.
const PIECE_BYTES: usize = 256 << 10;

/// Why the bytes of a file are not those that were written.
#[derive(Debug, thiserror::Error)]
pub enum TrailerError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Io(#[from] io::Error),
    /// There is no such line at its end.
    #[error("the file does not end with the line sha256:<64 hexadecimal digits>: it is cut off, or no bundle")]
    Form,
    /// The line tells another hash.
    #[error("its last line says {told}, and they give {found}")]
    Other {
        /// What the line says.
        told: String,
        /// What the bytes give.
        found: String,
    },
}

/// Checks the last line against all bytes before it. Returns how many those are.
///
/// `progress` is told how many bytes were read since it was told last.
pub fn check_trailer<F: Read + Seek>(file: &mut F, progress: &dyn Fn(u64)) -> Result<u64, TrailerError> {
    let size = file.seek(SeekFrom::End(0))?;
    let body = size.checked_sub(TRAILER_BYTES).ok_or(TrailerError::Form)?;
    file.seek(SeekFrom::Start(body))?;
    let mut line = [0; TRAILER_BYTES as usize];
    file.read_exact(&mut line)?;
    let told = stated_hash(&line).ok_or(TrailerError::Form)?;
    file.seek(SeekFrom::Start(0))?;
    let (mut hasher, mut left) = (Sha256::new(), body);
    let mut piece = vec![0; PIECE_BYTES];
    while left > 0 {
        let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = file.read(&mut piece[..wanted])?;
        if count == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        hasher.update(&piece[..count]);
        left -= count as u64;
        progress(count as u64);
    }
    let found = hex::encode(hasher.finalize());
    if found == told {
        Ok(body)
    } else {
        let told = told.to_owned();
        Err(TrailerError::Other { told, found })
    }
}

/// The hash that the line tells.
fn stated_hash(line: &[u8]) -> Option<&str> {
    let digits = line.strip_prefix(b"sha256:")?.strip_suffix(b"\n")?;
    let small = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    std::str::from_utf8(digits).ok().filter(|_| small)
}

/// Hashes what is written through it, to write the last line in the end.
pub(super) struct Trailing<W> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Trailing<W> {
    pub(super) fn new(out: W) -> Self {
        let hasher = Sha256::new();
        Self { out, hasher }
    }

    pub(super) fn inner(&mut self) -> &mut W {
        &mut self.out
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        let digest = hex::encode(self.hasher.finalize());
        self.out.write_all(format!("sha256:{digest}\n").as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Trailing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
