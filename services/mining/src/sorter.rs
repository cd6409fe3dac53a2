use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How much is gathered in memory before it is sorted and written away.
const BUFFER_BYTES: usize = 32 * 1024 * 1024;
/// How many sorted files are merged at once: each takes a file handle and a read buffer.
const FAN: usize = 16;
const READ_BUFFER_BYTES: usize = 128 * 1024;

/// Sorts any number of records by their keys, with a scratch file where they do not fit into memory.
///
/// The files have no name: nothing is left of them, whatever happens to the process.
/// Memory: about 70 MB at most, however much is sorted. Disc: what is sorted, twice while files are merged.
/// Records with the same key come out in no certain order.
#[derive(Debug)]
pub(super) struct Sorter {
    folder: PathBuf,
    buffer_bytes: usize,
    bytes: Vec<u8>,
    /// Where each record of `bytes` begins, and the length of its key and value.
    records: Vec<(usize, u32, u32)>,
    /// Sorted files; those of a level are merged into one of the next when there are [`FAN`] of them.
    levels: Vec<Vec<File>>,
}

/// A key and its value.
pub(super) type Record = (Vec<u8>, Vec<u8>);

impl Sorter {
    /// Sorts with scratch files in `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self::with_buffer(folder, BUFFER_BYTES)
    }

    fn with_buffer(folder: &Path, buffer_bytes: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            buffer_bytes,
            bytes: Vec::new(),
            records: Vec::new(),
            levels: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput);
        self.records.push((self.bytes.len(), length(key)?, length(value)?));
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        if self.bytes.len() + self.records.len() * size_of::<(usize, u32, u32)>() >= self.buffer_bytes {
            self.spill()?;
        }
        Ok(())
    }

    /// All records, by key.
    pub(super) fn sorted(mut self) -> io::Result<Sorted> {
        if !self.records.is_empty() {
            self.spill()?;
        }
        Sorted::of(self.levels.into_iter().flatten().collect())
    }

    /// Sorts what is in memory and writes it away.
    fn spill(&mut self) -> io::Result<()> {
        let bytes = &self.bytes;
        let key = |(at, key, _): &(usize, u32, u32)| &bytes[*at..at + *key as usize];
        self.records.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
        for (at, key, value) in &self.records {
            out.write_all(&key.to_le_bytes())?;
            out.write_all(&value.to_le_bytes())?;
            out.write_all(&bytes[*at..at + *key as usize + *value as usize])?;
        }
        let file = out.into_inner().map_err(|error| error.into_error())?;
        self.bytes.clear();
        self.records.clear();
        self.add(0, file)
    }

    fn add(&mut self, level: usize, file: File) -> io::Result<()> {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        self.levels[level].push(file);
        if self.levels[level].len() < FAN {
            return Ok(());
        }
        let files = std::mem::take(&mut self.levels[level]);
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
        for record in Sorted::of(files)? {
            write_record(&record?, &mut out)?;
        }
        let merged = out.into_inner().map_err(|error| error.into_error())?;
        self.add(level + 1, merged)
    }
}

/// Records in the order of their keys, read from several sorted files at once.
#[derive(Debug)]
pub(super) struct Sorted {
    files: Vec<BufReader<File>>,
    /// The first record of each file that has any left.
    fronts: BinaryHeap<Reverse<(Record, usize)>>,
}

impl Sorted {
    fn of(files: Vec<File>) -> io::Result<Self> {
        let mut sorted = Self {
            files: Vec::with_capacity(files.len()),
            fronts: BinaryHeap::with_capacity(files.len()),
        };
        for mut file in files {
            file.seek(SeekFrom::Start(0))?;
            sorted.files.push(BufReader::with_capacity(READ_BUFFER_BYTES, file));
            sorted.read(sorted.files.len() - 1)?;
        }
        Ok(sorted)
    }

    fn read(&mut self, from: usize) -> io::Result<()> {
        if let Some(record) = read_record(&mut self.files[from])? {
            self.fronts.push(Reverse((record, from)));
        }
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((record, from)) = self.fronts.pop()?;
        Some(self.read(from).map(|()| record))
    }
}

fn write_record((key, value): &Record, out: &mut impl Write) -> io::Result<()> {
    for part in [key, value] {
        let length = u32::try_from(part.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        out.write_all(&length.to_le_bytes())?;
    }
    out.write_all(key)?;
    out.write_all(value)
}

fn read_record(from: &mut BufReader<File>) -> io::Result<Option<Record>> {
    let mut lengths = [0; 8];
    match from.read_exact(&mut lengths) {
        Ok(()) => {}
        // Only whole records were written.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [a, b, c, d, e, f, g, h] = lengths;
    let mut key = vec![0; u32::from_le_bytes([a, b, c, d]) as usize];
    let mut value = vec![0; u32::from_le_bytes([e, f, g, h]) as usize];
    from.read_exact(&mut key)?;
    from.read_exact(&mut value)?;
    Ok(Some((key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(records: &[Record], buffer_bytes: usize) -> Vec<Record> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sorter = Sorter::with_buffer(folder.path(), buffer_bytes);
        for (key, value) in records {
            sorter.push(key, value).expect("there is room");
        }
        let sorted = sorter.sorted().expect("there is room");
        let records = sorted.collect::<io::Result<_>>().expect("what was written can be read");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            0,
            "no file has a name"
        );
        records
    }

    #[test]
    fn nothing_sorted_is_nothing() {
        assert_eq!(sorted(&[], 1), []);
    }

    #[test]
    fn more_files_than_are_merged_at_once_are_merged_in_steps() {
        let record = |number: u32| (number.to_be_bytes().to_vec(), vec![7; 3]);
        let mixed: Vec<Record> = (0..1_000).map(|number| record(number * 617 % 1_000)).collect();
        let wanted: Vec<Record> = (0..1_000).map(record).collect();
        assert_eq!(sorted(&mixed, 1), wanted);
    }

    proptest! {
        #[test]
        fn every_record_comes_out_once_and_by_its_key(
            values in prop::collection::vec(any::<Vec<u8>>(), 0..200), buffer_bytes in 1_usize..4_000
        ) {
            let records: Vec<Record> = values.into_iter().enumerate().map(|(at, mut key)| {
                key.extend(at.to_be_bytes());
                (key, at.to_le_bytes().to_vec())
            }).collect();
            let mut wanted = records.clone();
            wanted.sort();
            prop_assert_eq!(sorted(&records, buffer_bytes), wanted);
        }
    }
}
