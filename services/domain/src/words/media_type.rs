use serde::{Deserialize, Serialize};

/// What sort of file an attachment is. A closed list: in a line that can't be changed stands nothing that somebody wrote freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the type that it is stored as")]
pub enum MediaType {
    #[serde(rename = "application/pdf")]
    Pdf,
    #[serde(rename = "application/rtf")]
    Rtf,
    #[serde(rename = "application/msword")]
    Doc,
    #[serde(rename = "application/vnd.ms-excel")]
    Xls,
    #[serde(rename = "application/vnd.ms-powerpoint")]
    Ppt,
    #[serde(rename = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    Docx,
    #[serde(rename = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Xlsx,
    #[serde(rename = "application/vnd.openxmlformats-officedocument.presentationml.presentation")]
    Pptx,
    #[serde(rename = "application/vnd.oasis.opendocument.text")]
    Odt,
    #[serde(rename = "application/vnd.oasis.opendocument.spreadsheet")]
    Ods,
    #[serde(rename = "application/vnd.oasis.opendocument.presentation")]
    Odp,
    #[serde(rename = "application/zip")]
    Zip,
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/gif")]
    Gif,
    #[serde(rename = "image/webp")]
    Webp,
    #[serde(rename = "image/tiff")]
    Tiff,
    #[serde(rename = "image/bmp")]
    Bmp,
    #[serde(rename = "image/heif")]
    Heif,
    #[serde(rename = "audio/mpeg")]
    Mp3,
    #[serde(rename = "audio/m4a")]
    M4a,
    #[serde(rename = "audio/x-wav")]
    Wav,
    #[serde(rename = "audio/ogg")]
    Ogg,
    #[serde(rename = "video/mp4")]
    Mp4,
    #[serde(rename = "video/quicktime")]
    Mov,
    #[serde(rename = "video/webm")]
    Webm,
    #[serde(rename = "text/plain")]
    Text,
}

/// The largest file that an idea may have; people are told it in MB.
pub const MAX_FILE_MEBIBYTES: u64 = 10;
/// The same in bytes.
pub const MAX_FILE_BYTES: u64 = MAX_FILE_MEBIBYTES * 1024 * 1024;

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::Pdf,
        Self::Rtf,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Zip,
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Tiff,
        Self::Bmp,
        Self::Heif,
        Self::Mp3,
        Self::M4a,
        Self::Wav,
        Self::Ogg,
        Self::Mp4,
        Self::Mov,
        Self::Webm,
        Self::Text,
    ];

    /// The stored and wire form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Rtf => "application/rtf",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Zip => "application/zip",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Heif => "image/heif",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/m4a",
            Self::Wav => "audio/x-wav",
            Self::Ogg => "audio/ogg",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
            Self::Text => "text/plain",
        }
    }

    /// How names of such files end, the usual end first: `.jpg,.jpeg`.
    pub fn extensions(self) -> &'static str {
        match self {
            Self::Pdf => ".pdf",
            Self::Rtf => ".rtf",
            Self::Doc => ".doc",
            Self::Xls => ".xls",
            Self::Ppt => ".ppt",
            Self::Docx => ".docx",
            Self::Xlsx => ".xlsx",
            Self::Pptx => ".pptx",
            Self::Odt => ".odt",
            Self::Ods => ".ods",
            Self::Odp => ".odp",
            Self::Zip => ".zip",
            Self::Jpeg => ".jpg,.jpeg",
            Self::Png => ".png",
            Self::Gif => ".gif",
            Self::Webp => ".webp",
            Self::Tiff => ".tif,.tiff",
            Self::Bmp => ".bmp",
            Self::Heif => ".heic,.heif",
            Self::Mp3 => ".mp3",
            Self::M4a => ".m4a",
            Self::Wav => ".wav",
            Self::Ogg => ".ogg,.oga",
            Self::Mp4 => ".mp4",
            Self::Mov => ".mov",
            Self::Webm => ".webm",
            Self::Text => ".txt",
        }
    }

    /// The type that is stored as `text`; None: it is not on the list.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_stored_as_it_is_written() {
        for known in MediaType::ALL {
            assert_eq!(crate::words::json::to_string(&known), format!("\"{}\"", known.as_str()));
            assert_eq!(MediaType::of(known.as_str()), Some(known));
        }
        assert_eq!(MediaType::of("text/html"), None);
    }
}
