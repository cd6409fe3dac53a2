//! What sort of file it is, by its bytes. What the sender says of it must agree; what nobody needs to send is not taken in.

use idesluss_domain::words::MediaType;
use idesluss_proto::Problem;

/// So many bytes are looked at, or the whole of a smaller file.
pub(super) const HEAD: usize = 8 * 1024;

/// Why a file is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mislabelled {
    /// Its bytes say something else than its sender.
    Otherwise,
    /// A program, a page, or nothing that is known.
    NotTaken,
}

impl From<Mislabelled> for Problem {
    fn from(why: Mislabelled) -> Self {
        match why {
            Mislabelled::Otherwise => Self::OtherFile,
            Mislabelled::NotTaken => Self::UnknownFile,
        }
    }
}

/// What its sender says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Kind(MediaType),
    /// A type that is not on the list.
    Other,
}

/// Documents that are zip archives inside, which their first bytes need not show.
const ZIPPED: [MediaType; 7] = [
    MediaType::Docx,
    MediaType::Xlsx,
    MediaType::Pptx,
    MediaType::Odt,
    MediaType::Ods,
    MediaType::Odp,
    MediaType::Zip,
];
/// Documents in the one container of the old Office.
const IN_OLE: [MediaType; 3] = [MediaType::Doc, MediaType::Xls, MediaType::Ppt];

/// The sort of a file that begins with `head` and is said to be `said`, a media type.
pub(super) fn sort_of(said: &str, head: &[u8]) -> Result<MediaType, Mislabelled> {
    let said = read(said);
    let found = infer::get(head).map(|found| found.mime_type());
    match found {
        // Without the container's directory, which may stand at the file's end, this is all that its first bytes tell.
        Some("application/x-ole-storage") => among(said, &IN_OLE, None),
        Some("application/zip") => among(said, &ZIPPED, Some(MediaType::Zip)),
        Some(found) => match MediaType::of(found) {
            Some(kind) if IN_OLE.contains(&kind) => among(said, &IN_OLE, Some(kind)),
            Some(kind) => among(said, &[kind], Some(kind)),
            None => Err(Mislabelled::NotTaken),
        },
        None if is_page(head) => Err(Mislabelled::NotTaken),
        None if is_text(head) => match said {
            // What browsers on Windows say of CSV where Excel is installed.
            Said::Kind(MediaType::Xls) => Ok(MediaType::Text),
            said => among(said, &[MediaType::Text], Some(MediaType::Text)),
        },
        None => match said {
            Said::Kind(_) => Err(Mislabelled::Otherwise),
            Said::Nothing | Said::Other => Err(Mislabelled::NotTaken),
        },
    }
}

/// What is said, if the bytes allow it; where nothing is said, what they are by themselves.
fn among(said: Said, allowed: &[MediaType], unsaid: Option<MediaType>) -> Result<MediaType, Mislabelled> {
    match said {
        Said::Kind(kind) if allowed.contains(&kind) => Ok(kind),
        Said::Nothing => unsaid.ok_or(Mislabelled::NotTaken),
        Said::Kind(_) | Said::Other => Err(Mislabelled::Otherwise),
    }
}

/// Reads a media type as browsers and programs write them.
fn read(said: &str) -> Said {
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = match kind.as_str() {
        "" | "application/octet-stream" | "binary/octet-stream" => return Said::Nothing,
        "text/rtf" => "application/rtf",
        "application/x-zip-compressed" => "application/zip",
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/heic" => "image/heif",
        "image/x-ms-bmp" => "image/bmp",
        "audio/mp3" => "audio/mpeg",
        "audio/mp4" | "audio/x-m4a" => "audio/m4a",
        "audio/wav" | "audio/wave" | "audio/vnd.wave" => "audio/x-wav",
        "application/json" | "application/csv" => "text/plain",
        text if text.starts_with("text/") && !matches!(text, "text/html" | "text/xml") => "text/plain",
        other => other,
    };
    MediaType::of(kind).map_or(Said::Other, Said::Kind)
}

/// Whether a browser could take it for a page: it begins with a tag, behind whatever hides that.
fn is_page(head: &[u8]) -> bool {
    let text = wide(head).unwrap_or_else(|| String::from_utf8_lossy(head).into_owned());
    let begin =
        text.trim_start_matches(|letter: char| letter == '\u{feff}' || letter.is_whitespace() || letter.is_control());
    let mut letters = begin.chars();
    letters.next() == Some('<')
        && letters
            .next()
            .is_some_and(|letter| letter.is_alphabetic() || "!?/".contains(letter))
}

/// Whether it reads as text in UTF-8, in one of the old alphabets, or in UTF-16 that says so.
fn is_text(head: &[u8]) -> bool {
    let obeyed = |letter: u32| letter < 0x20 && !matches!(letter, 0x09 | 0x0a | 0x0c | 0x0d);
    match wide(head) {
        Some(text) => !text
            .chars()
            .any(|letter| obeyed(letter.into()) || letter == char::REPLACEMENT_CHARACTER),
        None => !head.iter().any(|byte| obeyed((*byte).into())),
    }
}

/// The text of bytes that say that they are UTF-16; a character that is cut off at the end is left out.
fn wide(head: &[u8]) -> Option<String> {
    let units: Vec<u16> = match head.first_chunk::<2>()? {
        [0xff, 0xfe] => head[2..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|unit| u16::from_le_bytes(*unit))
            .collect(),
        [0xfe, 0xff] => head[2..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|unit| u16::from_be_bytes(*unit))
            .collect(),
        _ => return None,
    };
    let cut_off = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
    Some(String::from_utf16_lossy(&units[..units.len() - usize::from(cut_off)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.txt";
    const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0";
    const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0";

    #[test]
    fn what_the_bytes_say_is_what_is_kept() {
        for (said, head, kept) in [
            ("application/pdf", PDF, MediaType::Pdf),
            ("application/octet-stream", PDF, MediaType::Pdf),
            ("image/png", PNG, MediaType::Png),
            ("application/vnd.oasis.opendocument.text", ZIP, MediaType::Odt),
            ("application/x-zip-compressed", ZIP, MediaType::Zip),
            ("", ZIP, MediaType::Zip),
            ("application/msword", OLE, MediaType::Doc),
            (
                "text/csv; charset=utf-8",
                "Ärende;antal\r\n1;2".as_bytes(),
                MediaType::Text,
            ),
            ("application/vnd.ms-excel", b"a;b\r\n1;2", MediaType::Text),
            ("text/plain", b"r\xe4ksm\xf6rg\xe5s", MediaType::Text),
            ("text/plain", b"\xff\xfeh\0e\0j\0", MediaType::Text),
            ("text/plain", b"<- f\xc3\xb6re | efter ->", MediaType::Text),
        ] {
            assert_eq!(sort_of(said, head), Ok(kept), "{said}");
        }
    }

    #[test]
    fn a_lie_is_refused_and_so_is_what_nobody_needs_to_send() {
        for (said, head) in [
            ("application/pdf", PNG),
            ("image/png", b"not a picture".as_slice()),
            ("text/plain", PDF),
            ("application/pdf", ZIP),
            ("text/plain", b"\xff\xfeM\0Z\0\x90\0\x03\0\0\0".as_slice()),
            ("image/jpeg", OLE),
            ("image/x-unheard-of", PNG),
            ("application/pdf", b"\0\x01\x02\x03"),
        ] {
            assert_eq!(sort_of(said, head), Err(Mislabelled::Otherwise), "{said}");
        }
        for (said, head) in [
            ("text/plain", EXE),
            ("application/pdf", b"<!DOCTYPE html><script>".as_slice()),
            ("image/svg+xml", b"<?xml version=\"1.0\"?><svg/>"),
            ("application/octet-stream", b"\0\x01\x02\x03"),
            ("", b"#!/bin/sh\nrm"),
            ("text/plain", b"\xef\xbb\xbf<html><script>alert(1)</script>"),
            ("text/plain", b"\n <svg onload=alert(1)>"),
            ("text/plain", b"<img src=x onerror=alert(1)>"),
            ("text/plain", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0"),
        ] {
            assert_eq!(sort_of(said, head), Err(Mislabelled::NotTaken), "{said}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_stumble(
            begins in proptest::sample::select(vec![PDF, PNG, ZIP, OLE, EXE, b"PK\x03\x04", b"[Content_Types].xml"]),
            rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
            cut in 0_usize..240,
        ) {
            let mut bytes = [begins, &rest[..]].concat();
            bytes.truncate(cut);
            let _ = sort_of("application/pdf", &bytes);
        }
    }
}
