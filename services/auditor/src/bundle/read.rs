use super::{FORM, MAX_HEAD_BYTES, MAX_LINE_BYTES, MAX_MEMBER_BYTES, MAX_MEMBER_LINES, Manifest, Member, Order};
use idesluss_proof::tree::{Hash, leaf_hash};
use std::io::{self, Read};

/// How many bytes of lines are handed on at a time, about.
const BATCH_BYTES: usize = 256 << 10;
/// The largest window of a zstd frame, as a power of two: what unpacking may need of memory.
const WINDOW_LOG: u32 = 23;

/// Lines of one member, in order.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// Where each line ends; it begins after the newline of the one before.
    ends: Vec<usize>,
    leaves: Vec<Hash>,
}

impl Batch {
    /// The lines without their newlines, each with its hash as a leaf where the member holds entries.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], Option<&Hash>)> {
        let mut begin = 0;
        self.ends.iter().enumerate().map(move |(index, &end)| {
            let line = &self.bytes[begin..end];
            begin = end + 1;
            (line, self.leaves.get(index))
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.leaves.clear();
    }
}

/// What comes out of a bundle, in its order.
#[derive(Debug)]
pub enum Piece<'a> {
    /// The manifest.
    Manifest(Manifest),
    /// A member begins.
    Begin(Member),
    /// All bytes of a checkpoint, keys, an edge or a table of rights, after its beginning.
    Head(Member, Vec<u8>),
    /// Some lines of a member. Whoever takes them may leave another batch for what follows.
    Lines(Member, &'a mut Batch),
}

/// Why a bundle can't be read further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Io(io::Error),
    /// It does not have the form.
    #[error("{member}: {what}")]
    Form {
        /// The member, as far as its name could be read.
        member: String,
        /// What is wrong with it.
        what: String,
    },
    /// A newer version wrote it.
    #[error("the bundle has form {0}, which this version does not know; use a newer one")]
    Newer(u32),
    /// Whoever took the pieces has stopped.
    #[error("nobody takes what is read")]
    Stopped,
}

/// Whoever takes the pieces wants no more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Reads a bundle's archive and shows its pieces to `sink`, in order.
///
/// `file` yields the bytes before the last line and no more. Memory: about 9 MiB, whatever the bundle holds, and one batch.
/// Errors: see [`ReadError`]; the pieces before were good.
pub fn read(file: impl Read, mut sink: impl FnMut(Piece<'_>) -> Result<(), Stop>) -> Result<(), ReadError> {
    let mut archive = tar::Archive::new(file);
    let mut order = Order::default();
    let mut services: Vec<String> = Vec::new();
    let mut batch = Batch::default();
    // Raw: what a header says of another member, such as a long name, is no part of the form and would be read into memory whole.
    let members = archive.entries().map_err(ReadError::Io)?.raw(true);
    for member in members {
        let mut entry = member.map_err(archive_error)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let wrong = |what: &dyn std::fmt::Display| ReadError::Form {
            member: name.clone(),
            what: what.to_string(),
        };
        if !entry.header().entry_type().is_file() {
            return Err(wrong(&"it is no ordinary file"));
        }
        let (path, packed) = match name.strip_suffix(".zst") {
            Some(path) => (path, true),
            None => (&*name, false),
        };
        let member = Member::of(path, &services).ok_or_else(|| wrong(&"such a member is not in the form"))?;
        if matches!(member, Member::Texts { number: 0 } | Member::Policy { .. }) && !order.may_end(services.len()) {
            return Err(wrong(&"a log is missing before it"));
        }
        order.next(member).map_err(|error| wrong(&error))?;
        let limit = if member.has_lines() {
            MAX_MEMBER_BYTES
        } else {
            MAX_HEAD_BYTES
        };
        if entry.size() > limit || (packed && !member.has_lines()) {
            return Err(wrong(
                &"it is larger than the form allows, or compressed where it may not be",
            ));
        }
        let mut piece = |piece: Piece<'_>| sink(piece).map_err(|Stop| ReadError::Stopped);
        match member {
            Member::Manifest => {
                let manifest = manifest(&mut entry).map_err(|what| match what {
                    Unread::Newer(form) => ReadError::Newer(form),
                    Unread::Io(error) => archive_error(error),
                    Unread::Form(what) => wrong(&what),
                })?;
                services = manifest.logs.iter().map(|log| log.service.clone()).collect();
                piece(Piece::Manifest(manifest))?;
            }
            member if member.has_lines() => {
                piece(Piece::Begin(member))?;
                let mut hand_on = |batch: &mut Batch| piece(Piece::Lines(member, batch));
                let read = if packed {
                    let mut frames = zstd::Decoder::new(&mut entry).map_err(ReadError::Io)?;
                    frames.window_log_max(WINDOW_LOG).map_err(ReadError::Io)?;
                    lines(frames, member, &mut batch, &mut hand_on)
                } else {
                    lines(&mut entry, member, &mut batch, &mut hand_on)
                };
                read.map_err(|what| match what {
                    Line::Io(error) if packed => wrong(&error),
                    Line::Io(error) => archive_error(error),
                    Line::Form(what) => wrong(&what),
                    Line::Other(error) => error,
                })?;
            }
            member => {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(archive_error)?;
                if bytes.len() as u64 != entry.size() {
                    return Err(wrong(&"it is cut off"));
                }
                piece(Piece::Begin(member))?;
                piece(Piece::Head(member, bytes))?;
            }
        }
    }
    if !order.may_end(services.len()) {
        return Err(ReadError::Form {
            member: "the archive".to_owned(),
            what: "it ends before its last member".to_owned(),
        });
    }
    rest_is_empty(archive.into_inner())
}

/// What is wrong with the manifest.
enum Unread {
    Newer(u32),
    Io(io::Error),
    Form(String),
}

fn manifest(entry: &mut impl Read) -> Result<Manifest, Unread> {
    #[derive(serde::Deserialize)]
    struct OnlyForm {
        form: u32,
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(Unread::Io)?;
    let no_manifest = |error: serde_json::Error| Unread::Form(format!("it is not in its form: {error}"));
    let OnlyForm { form } = serde_json::from_slice(&bytes).map_err(no_manifest)?;
    if form > FORM {
        return Err(Unread::Newer(form));
    }
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(no_manifest)?;
    match manifest.contradiction() {
        Some(what) => Err(Unread::Form(what)),
        None => Ok(manifest),
    }
}

/// Why a member's lines can't be read.
enum Line {
    Io(io::Error),
    Form(&'static str),
    Other(ReadError),
}

/// Reads lines and hands them on in batches.
fn lines(
    mut from: impl Read,
    member: Member,
    batch: &mut Batch,
    hand_on: &mut impl FnMut(&mut Batch) -> Result<(), ReadError>,
) -> Result<(), Line> {
    let hashed = matches!(member, Member::Entries { .. } | Member::Picked { .. });
    let (mut count, mut bytes) = (0, 0_u64);
    let mut carried = Vec::new();
    batch.clear();
    loop {
        let begin = batch.bytes.len();
        batch.bytes.append(&mut carried);
        let carried_bytes = batch.bytes.len() - begin;
        let wanted = (BATCH_BYTES.max(MAX_LINE_BYTES + 1) - carried_bytes) as u64;
        let read = from
            .by_ref()
            .take(wanted)
            .read_to_end(&mut batch.bytes)
            .map_err(Line::Io)?;
        bytes += read as u64;
        if bytes > MAX_MEMBER_BYTES {
            return Err(Line::Form("it holds more bytes than the form allows"));
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &batch.bytes) {
            if end - start > MAX_LINE_BYTES {
                return Err(Line::Form("one of its lines is longer than the form allows"));
            }
            batch.ends.push(end);
            if hashed {
                batch.leaves.push(leaf_hash(&batch.bytes[start..end]));
            }
            start = end + 1;
        }
        count += batch.ends.len();
        if count > MAX_MEMBER_LINES {
            return Err(Line::Form("it holds more lines than the form allows"));
        }
        carried.extend_from_slice(&batch.bytes[start..]);
        if carried.len() > MAX_LINE_BYTES {
            return Err(Line::Form("one of its lines is longer than the form allows"));
        }
        if !batch.ends.is_empty() {
            hand_on(batch).map_err(Line::Other)?;
        }
        batch.clear();
        if read == 0 {
            break;
        }
    }
    if !carried.is_empty() {
        return Err(Line::Form("its last line has no end"));
    }
    if count == 0 {
        return Err(Line::Form("it holds no line"));
    }
    Ok(())
}

/// An archive that is cut off or has a broken header does not have the form; what else goes wrong is the file's.
fn archive_error(error: io::Error) -> ReadError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::Other | Kind::UnexpectedEof | Kind::InvalidData | Kind::InvalidInput => ReadError::Form {
            member: "the archive".to_owned(),
            what: error.to_string(),
        },
        _ => ReadError::Io(error),
    }
}

/// After the archive's end only zeroes may follow, as tar programs pad.
fn rest_is_empty(mut rest: impl Read) -> Result<(), ReadError> {
    let mut piece = [0; 4096];
    loop {
        let count = rest.read(&mut piece).map_err(ReadError::Io)?;
        if count == 0 {
            return Ok(());
        }
        if piece[..count].iter().any(|byte| *byte != 0) {
            return Err(ReadError::Form {
                member: "the archive".to_owned(),
                what: "something stands after its end".to_owned(),
            });
        }
    }
}
