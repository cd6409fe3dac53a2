use super::VerifierKey;
use super::key::is_name;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// The largest note that is read. 64 signatures of the largest known kind take about 210 KB.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The most signatures in a note that is read.
pub const MAX_SIGNATURES: usize = 64;

/// How a signature line begins: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Why something is no signed note, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too large.
    #[error("a signed note has at most {MAX_NOTE_BYTES} bytes and {MAX_SIGNATURES} signatures")]
    Large,
    /// Not text.
    #[error("a signed note is UTF-8 without control characters other than newlines")]
    Text,
    /// No text, an empty line and signatures.
    #[error("a signed note is a text, an empty line and lines of signatures, each with its newline")]
    Form,
    /// A line that is none.
    #[error("signature line {line} is not written `\u{2014} name base64`")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// A key that is trusted has not signed this.
    #[error("the signature of {name} does not hold")]
    Signature {
        /// Whose.
        name: String,
    },
    /// Nobody who is known.
    #[error("nobody who is trusted has signed it")]
    Nobody,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: [u8; 4],
    /// What the key has signed, by its algorithm.
    pub blob: Vec<u8>,
}

impl fmt::Display for Signature {
    /// The line without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.blob].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    /// Reads a line without its newline. Errors name it line 1.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Line { line: 1 };
        let (name, encoded) = line
            .strip_prefix(DASH)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(wrong.clone())?;
        let decoded = STANDARD.decode(encoded).map_err(|_| wrong.clone())?;
        match decoded.split_first_chunk::<4>() {
            Some((id, blob)) if is_name(name) && !blob.is_empty() => Ok(Self {
                name: name.to_owned(),
                id: *id,
                blob: blob.to_vec(),
            }),
            _ => Err(wrong),
        }
    }
}

impl Signature {
    /// Reads signature lines, each with its newline: 1..=64 of them. So ends a note, and so a witness answers.
    pub fn read_lines(text: &str) -> Result<Vec<Self>, NoteError> {
        let lines = text.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == MAX_SIGNATURES {
                return Err(NoteError::Large);
            }
            signatures.push(line.parse().map_err(|_| NoteError::Line { line: index + 1 })?);
        }
        Ok(signatures)
    }
}

/// Who has signed: a key by its place among those that were trusted, and when, if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The key's place among the trusted ones.
    pub key: usize,
    /// A cosignature's time, in seconds since 1970.
    pub time: Option<u64>,
}

/// A text with signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

impl SignedNote {
    /// A text that nobody has signed yet. Errors: it is no text, or does not end in a newline.
    pub fn new(text: String) -> Result<Self, NoteError> {
        check_text(text.as_bytes())?;
        if !text.ends_with('\n') {
            return Err(NoteError::Form);
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note. Says nothing of whether its signatures hold.
    pub fn read(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = check_text(bytes)?;
        // The last empty line: the text may have others.
        let at = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, lines) = (&note[..=at], &note[at + 2..]);
        let signatures = Signature::read_lines(lines)?;
        let text = text.to_owned();
        Ok(Self { text, signatures })
    }

    /// The text, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, of known and unknown keys.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature, in the place of an earlier one by the same key.
    pub fn add(&mut self, signature: Signature) {
        let same = |other: &Signature| (&other.name, other.id) == (&signature.name, signature.id);
        self.signatures.retain(|other| !same(other));
        self.signatures.push(signature);
    }

    /// Tells which of the trusted `keys` have signed, each once; signatures of others are passed over.
    ///
    /// Errors: a trusted key's signature does not hold, even beside one that does, or none of them has signed.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            // A key that can't be checked here is no known key, and hides none that has its name and id.
            let known =
                |key: &VerifierKey| key.is_supported() && key.name() == signature.name && key.id() == signature.id;
            let Some(key) = keys.iter().position(known) else {
                continue;
            };
            match keys[key].check(&self.text, &signature.blob) {
                Some(Ok(_)) if verified.iter().any(|seen| seen.key == key) => {}
                Some(Ok(time)) => verified.push(Verified { key, time }),
                Some(Err(())) => {
                    let name = signature.name.clone();
                    return Err(NoteError::Signature { name });
                }
                None => {}
            }
        }
        if verified.is_empty() {
            Err(NoteError::Nobody)
        } else {
            Ok(verified)
        }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

fn check_text(bytes: &[u8]) -> Result<&str, NoteError> {
    if bytes.len() > MAX_NOTE_BYTES {
        return Err(NoteError::Large);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
    let wrong = |char: char| char < ' ' && char != '\n';
    if text.contains(wrong) {
        Err(NoteError::Text)
    } else {
        Ok(text)
    }
}
