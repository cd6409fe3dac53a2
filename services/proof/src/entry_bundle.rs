//! Entries as a log serves them over HTTP, up to 256 in one answer: C2SP tlog-tiles 0.1.
//!
//! Each stands behind its length, two bytes with the larger one first. Nothing else tells them apart, so a bundle is read only by whoever
//! knows from its path how many there are.

use crate::tree::TILE_WIDTH;

/// The longest entry that the two bytes can tell.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Why there is no bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryBundleError {
    /// Too few or too many.
    #[error("a bundle of entries has 1 to 256 of them, here {wanted}; there are {found}")]
    Count {
        /// How many there are; 257 stands for any more.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// An entry can't be told in two bytes.
    #[error("entry {index} has {bytes} bytes, and a bundle takes at most 65,535")]
    Long {
        /// Its place in the bundle, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// The bytes end within an entry.
    #[error("entry {index} is cut off")]
    Cut {
        /// Its place in the bundle, from 0.
        index: usize,
    },
}

/// Writes a bundle of 1..=256 entries.
pub fn write(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, EntryBundleError> {
    if entries.is_empty() || entries.len() > TILE_WIDTH {
        return Err(EntryBundleError::Count {
            found: entries.len().min(TILE_WIDTH + 1),
            wanted: entries.len().clamp(1, TILE_WIDTH),
        });
    }
    let mut bundle = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let long = EntryBundleError::Long {
            index,
            bytes: entry.len(),
        };
        let length = u16::try_from(entry.len()).map_err(|_| long)?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    Ok(bundle)
}

/// Reads a bundle of `width` entries, 1..=256. That they are the log's is for the hashes of its tile to say.
pub fn read(bytes: &[u8], width: usize) -> Result<Vec<&[u8]>, EntryBundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && entries.len() <= TILE_WIDTH {
        let cut = EntryBundleError::Cut { index: entries.len() };
        let (length, after) = rest.split_first_chunk().ok_or(cut)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(cut)?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() == width && (1..=TILE_WIDTH).contains(&width) {
        Ok(entries)
    } else {
        let found = entries.len();
        Err(EntryBundleError::Count { found, wanted: width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_behind_their_lengths() {
        let entries: [&[u8]; 3] = [b"", b"a", &[7; 300]];
        let bundle = write(&entries).expect("a bundle");
        assert_eq!(bundle[..7], [0, 0, 0, 1, b'a', 1, 44]);
        assert_eq!(read(&bundle, 3), Ok(entries.to_vec()));
        assert_eq!(read(&bundle, 2), Err(EntryBundleError::Count { found: 3, wanted: 2 }));
        assert_eq!(
            read(&bundle[..bundle.len() - 1], 3),
            Err(EntryBundleError::Cut { index: 2 })
        );
        assert_eq!(read(&bundle[..1], 1), Err(EntryBundleError::Cut { index: 0 }));
    }

    #[test]
    fn a_bundle_has_neither_nothing_nor_more_than_a_tile() {
        let many = vec![b"x"; 257];
        assert_eq!(write(&many[..0]), Err(EntryBundleError::Count { found: 0, wanted: 1 }));
        assert_eq!(
            write(&many),
            Err(EntryBundleError::Count {
                found: 257,
                wanted: 256
            })
        );
        let full = write(&many[..256]).expect("a bundle");
        assert_eq!(read(&full, 256).map(|entries| entries.len()), Ok(256));
        let endless = vec![0; 1_000_000];
        assert_eq!(
            read(&endless, 500_000),
            Err(EntryBundleError::Count {
                found: 257,
                wanted: 500_000
            })
        );
        assert_eq!(read(b"", 0), Err(EntryBundleError::Count { found: 0, wanted: 0 }));
    }

    #[test]
    fn the_longest_entry_goes_in_and_a_longer_one_does_not() {
        let longest = vec![1; MAX_ENTRY_BYTES];
        let bundle = write(&[&longest]).expect("a bundle");
        assert_eq!(read(&bundle, 1), Ok(vec![longest.as_slice()]));
        assert_eq!(
            write(&[vec![1; 65_536]]),
            Err(EntryBundleError::Long {
                index: 0,
                bytes: 65_536
            })
        );
    }

    proptest::proptest! {
        #[test]
        fn every_bundle_is_read_as_it_was_written(entries: Vec<Vec<u8>>) {
            if let Ok(bundle) = write(&entries) {
                let read = read(&bundle, entries.len()).expect("a bundle");
                proptest::prop_assert_eq!(read, entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
            } else {
                proptest::prop_assert!(entries.is_empty());
            }
        }

        #[test]
        fn bytes_that_are_read_as_a_bundle_are_written_again_the_same(bytes: Vec<u8>, width in 0usize..10) {
            if let Ok(entries) = read(&bytes, width) {
                proptest::prop_assert_eq!(write(&entries), Ok(bytes.clone()));
            }
        }
    }
}
