//! Verification: whether a bundle holds what happened, all of it, and whether the rules were kept.
//!
//! Trusts the policy's keys and nothing else. What is checked, and in which order, stands in VERIFYING.md.

mod checkpoint;
mod code;
mod content;
mod copies;
mod domain;
mod ending;
mod feed;
mod findings;
mod form;
mod links;
mod log;
mod once;
mod peaks;
mod policies;
mod proofs;
mod reading;
mod report;
mod sources;

pub use checkpoint::KeptError;
pub use code::{Code, Severity};
pub use report::{Finding, LogReport, Report};

use crate::bundle::{ReadError, TrailerError, check_trailer};
use feed::Feed;
use findings::Findings;
use idesluss_proof::policy::Policy;
use idesluss_proof::tree::Hash;
use reading::Reading;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// A checkpoint that the auditor kept from an earlier verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its origin, `<instance>/<service>/<epoch>`. Epochs go on with the same tree, so that only the log counts.
    pub origin: String,
    /// How many entries the tree had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// How a bundle is verified.
#[derive(Default)]
pub struct Options<'a> {
    /// Told how many bytes were read since it was told last; the file is read twice.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

/// Why a bundle can't be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It can't be read.
    #[error("the file can't be read: {0}")]
    Io(#[from] io::Error),
    /// A newer version wrote it.
    #[error("the bundle has form {0}, which this version does not know: use a newer one")]
    Newer(u32),
}

/// Verifies a bundle against a policy, and against what the auditor kept of the same logs.
///
/// The last line is checked before anything else is looked at; the file must not change meanwhile. Reads and hashes in one thread
/// and judges in another. Memory: see VERIFYING.md. Errors: see [`VerifyError`]; whatever is wrong with the bundle is in the report.
pub fn verify<F: Read + Seek + Send>(
    file: &mut F,
    policy: &Policy,
    kept: &[Kept],
    options: &Options<'_>,
) -> Result<Report, VerifyError> {
    let progress = |bytes| {
        if let Some(progress) = options.progress {
            progress(bytes);
        }
    };
    let mut findings = Findings::default();
    let body = match check_trailer(file, &progress) {
        Ok(body) => body,
        Err(TrailerError::Io(error)) => return Err(error.into()),
        Err(wrong) => {
            findings.file(Code::B01, wrong.to_string());
            return Ok(findings.report);
        }
    };
    file.seek(SeekFrom::Start(0))?;
    let counted = Counted {
        file: file.take(body),
        progress: &progress,
    };
    std::thread::scope(|scope| {
        let feed = Feed::start(scope, BufReader::with_capacity(256 << 10, counted));
        let mut reading = Reading::new(policy, kept, findings);
        while let Some(piece) = feed.next() {
            if let Some(batch) = reading.take(piece) {
                feed.give_back(batch);
            }
        }
        match feed.end() {
            Ok(()) => Ok(reading.finish()),
            Err(ReadError::Io(error)) => Err(error.into()),
            Err(ReadError::Newer(form)) => Err(VerifyError::Newer(form)),
            Err(wrong) => {
                reading.broken_off(&wrong);
                Ok(reading.finish())
            }
        }
    })
}

/// Tells how much was read.
struct Counted<'a, F> {
    file: F,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl<F: Read> Read for Counted<'_, F> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        (self.progress)(count as u64);
        Ok(count)
    }
}
