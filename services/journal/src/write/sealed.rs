//! Keys, sealed texts and files that come with an append: what is checked before they are written.

use super::{Batch, Rows, WriteError, refuse};
use crate::{KeyRow, StagedFile, TextRow, number, sum};

/// A row of `files`.
#[derive(Debug, Clone)]
pub(crate) struct FileRow {
    pub(crate) seq: i64,
    pub(crate) upload: [u8; 16],
    pub(crate) began: i64,
    pub(crate) digest: Option<[u8; 32]>,
    pub(crate) key: Option<[u8; 16]>,
    pub(crate) plain_bytes: Option<i64>,
    pub(crate) chunks: Option<i64>,
    pub(crate) claimed: i64,
    pub(crate) gone: i64,
    pub(crate) sum: i64,
}

impl FileRow {
    /// The row of an upload that begins now.
    pub(crate) fn begun(upload: [u8; 16], began: i64) -> Self {
        Self {
            seq: 0,
            upload,
            began,
            digest: None,
            key: None,
            plain_bytes: None,
            chunks: None,
            claimed: 0,
            gone: 0,
            sum: 0,
        }
    }

    /// The row of an upload that has ended as `file`.
    pub(crate) fn ended(seq: i64, upload: [u8; 16], began: i64, file: &StagedFile) -> Self {
        Self {
            seq,
            digest: Some(file.digest),
            key: Some(file.key),
            plain_bytes: Some(number::to(file.plain_bytes)),
            chunks: Some(i64::from(file.chunks)),
            ..Self::begun(upload, began)
        }
    }

    /// What the row's checksum must be.
    pub(crate) fn expected_sum(&self) -> i64 {
        let numbers = [
            self.began,
            self.plain_bytes.unwrap_or(-1),
            self.chunks.unwrap_or(-1),
            self.claimed,
            self.gone,
        ];
        sum::sum(&[
            &self.upload,
            self.digest.as_ref().map_or(&[][..], |digest| digest),
            self.key.as_ref().map_or(&[][..], |key| key),
            &numbers.map(i64::to_be_bytes).concat(),
        ])
    }

    /// The file as others see it; None while its upload goes on.
    pub(crate) fn staged(&self) -> Option<StagedFile> {
        Some(StagedFile {
            digest: self.digest?,
            key: self.key?,
            plain_bytes: number::from(self.plain_bytes?),
            chunks: u32::try_from(self.chunks?).ok()?,
            claimed: self.claimed != 0,
        })
    }
}

impl<R: Rows> Batch<'_, R> {
    /// Refuses texts under a key that is not here or was erased: nobody could read them, nobody could erase them.
    pub(crate) fn check_sealed(&mut self, keys: &[KeyRow], texts: &[TextRow]) -> Result<(), WriteError<R::Error>> {
        for key in keys {
            if !self.is_usable(&key.id) && self.rows.find_key(&key.id)? == Some(true) {
                return refuse(format!("a key of {} has been erased: seal under a new one", key.scope));
            }
        }
        let mut last = None;
        for text in texts {
            if last == Some(&text.key) || keys.iter().any(|key| key.id == text.key) {
                continue;
            }
            if !self.is_usable(&text.key) {
                if self.rows.find_key(&text.key)? != Some(false) {
                    return refuse("a text's key has been erased or was never here: seal it again");
                }
                self.note_usable(text.key);
            }
            last = Some(&text.key);
        }
        Ok(())
    }

    /// Writes keys and texts that were checked.
    pub(crate) fn add_sealed(&mut self, keys: &[KeyRow], texts: &[TextRow]) -> Result<(), WriteError<R::Error>> {
        for key in keys {
            if !self.is_usable(&key.id) {
                self.rows.add_key(key)?;
                self.note_usable(key.id);
            }
        }
        texts.iter().try_for_each(|text| self.rows.add_text(text))
    }

    /// Finds the files that an append claims.
    pub(super) fn check_claims(&mut self, claimed: &[[u8; 32]]) -> Result<Vec<FileRow>, WriteError<R::Error>> {
        let mut files = Vec::new();
        for digest in claimed {
            match self.rows.find_file(digest)? {
                Some(file) => files.push(file),
                None => return refuse("an attachment is not here any more: upload it again"),
            }
        }
        Ok(files)
    }

    pub(super) fn claim(&mut self, files: Vec<FileRow>) -> Result<(), WriteError<R::Error>> {
        for file in files.into_iter().filter(|file| file.claimed == 0) {
            self.rows.claim_file(&FileRow { claimed: 1, ..file })?;
        }
        Ok(())
    }
}
