//! What the bytes are, by content first.

use std::io::Cursor;

use super::{Hint, ReadError, guard, package, text};
use crate::model::FileKind;

/// A format with a reader of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Csv(u8),
    Html,
    Email,
    Mbox,
    Msg,
    Tnef,
    Pst,
    Docx,
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    Odt,
    Odp,
    Pptx,
    Rtf,
    Pdf,
    Image(ImageKind),
    Zip,
}

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageKind {
    Png,
    Jpeg,
    Gif,
    Bmp,
    Tiff,
    Webp,
}

impl Format {
    pub fn kind(self) -> FileKind {
        match self {
            Self::Text => FileKind::Text,
            Self::Csv(_) => FileKind::Csv,
            Self::Html => FileKind::Html,
            Self::Email => FileKind::Email,
            Self::Mbox => FileKind::Mbox,
            Self::Msg | Self::Tnef => FileKind::Msg,
            Self::Pst => FileKind::Pst,
            Self::Docx => FileKind::Docx,
            Self::Xlsx | Self::Xlsb | Self::Xls | Self::Ods => FileKind::Spreadsheet,
            Self::Pptx | Self::Odp => FileKind::Pptx,
            Self::Odt => FileKind::Odt,
            Self::Rtf => FileKind::Rtf,
            Self::Pdf => FileKind::Pdf,
            Self::Image(_) => FileKind::Image,
            Self::Zip => FileKind::Zip,
        }
    }
}

const IMAGES: [(&[u8], ImageKind); 7] = [
    (b"\x89PNG\r\n\x1a\n", ImageKind::Png),
    (b"\xff\xd8\xff", ImageKind::Jpeg),
    (b"GIF87a", ImageKind::Gif),
    (b"GIF89a", ImageKind::Gif),
    (b"II*\0", ImageKind::Tiff),
    (b"MM\0*", ImageKind::Tiff),
    (b"BM", ImageKind::Bmp),
];

/// Formats that people send and that are named in the refusal.
const REFUSED: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"ID3", "sound; attach it by hand"),
    (b"OggS", "sound or video; attach it by hand"),
    (b"\x1aE\xdf\xa3", "video; attach it by hand"),
];

pub(super) fn sniff(bytes: &[u8], hint: &Hint<'_>) -> Result<Format, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if let Some(format) = by_magic(bytes)? {
        return Ok(format);
    }
    if let Some((_, what)) = REFUSED.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ReadError::Unsupported { what });
    }
    let head = bytes.get(..64 << 10).unwrap_or(bytes);
    let decoded = text::decode(head);
    if text::looks_binary(&decoded.text) {
        return Err(ReadError::Unsupported { what: "not a known format and not text" });
    }
    Ok(by_words(&decoded.text, hint))
}

fn by_magic(bytes: &[u8]) -> Result<Option<Format>, ReadError> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    if memchr::memmem::find(head, b"%PDF-").is_some() && !head.starts_with(b"From ") {
        return Ok(Some(Format::Pdf));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package::format(bytes).map(Some);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes).map(Some);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Some(Format::Image(ImageKind::Webp)));
    }
    if bytes.starts_with(b"!BDN") {
        return Ok(Some(Format::Pst));
    }
    if bytes.starts_with(b"\x78\x9f\x3e\x22") {
        return Ok(Some(Format::Tnef));
    }
    if head.trim_ascii_start().starts_with(b"{\\rtf") {
        return Ok(Some(Format::Rtf));
    }
    // A bitmap's header repeats the file's size; two letters alone would take in English text.
    let bitmap = |kind| kind != ImageKind::Bmp || bytes.get(6..10) == Some(&[0; 4]);
    let image = IMAGES.iter().find(|(magic, kind)| bytes.starts_with(magic) && bitmap(*kind));
    Ok(image.map(|(_, kind)| Format::Image(*kind)))
}

/// An OLE compound file: Outlook message, old Excel, or something that is refused by name.
fn compound(bytes: &[u8]) -> Result<Format, ReadError> {
    guard::guarded("compound file", || {
        let file = cfb::CompoundFile::open(Cursor::new(bytes))
            .map_err(|_| ReadError::malformed("its table of contents cannot be read"))?;
        let has = |name: &str| file.exists(name);
        if has("/__properties_version1.0") {
            Ok(Format::Msg)
        } else if has("/EncryptedPackage") {
            Err(ReadError::Encrypted)
        } else if has("/Workbook") || has("/Book") {
            Ok(Format::Xls)
        } else if has("/WordDocument") {
            Err(ReadError::Unsupported { what: "a Word 97-2003 document; save it as .docx" })
        } else if has("/PowerPoint Document") {
            Err(ReadError::Unsupported { what: "a PowerPoint 97-2003 presentation; save it as .pptx" })
        } else {
            Err(ReadError::Unsupported { what: "an OLE compound file of an unknown program" })
        }
    })
}

fn by_words(text: &str, hint: &Hint<'_>) -> Format {
    let extension = hint.name.and_then(|n| n.rsplit_once('.')).map(|(_, e)| e.to_ascii_lowercase());
    let extension = extension.as_deref().unwrap_or_default();
    let media = hint.media_type.unwrap_or_default().to_ascii_lowercase();
    if is_mbox(text) {
        return Format::Mbox;
    }
    if extension == "eml" || media.starts_with("message/") || is_email(text) {
        return Format::Email;
    }
    if matches!(extension, "html" | "htm" | "xhtml") || media.starts_with("text/html") || is_html(text) {
        return Format::Html;
    }
    if extension == "tsv" || media == "text/tab-separated-values" {
        return Format::Csv(b'\t');
    }
    if extension == "csv" || media.starts_with("text/csv") {
        return Format::Csv(text::separator(text).unwrap_or(b','));
    }
    let plain = matches!(extension, "txt" | "md" | "log" | "json" | "xml") || media.starts_with("text/plain");
    match text::separator(text) {
        Some(separator) if !plain => Format::Csv(separator),
        _ => Format::Text,
    }
}

/// A Unix mailbox: `From ` with a sender and a year on the first line, and a header after it.
fn is_mbox(text: &str) -> bool {
    let mut lines = text.trim_start_matches(['\n', '\r']).lines();
    let Some(first) = lines.next().and_then(|l| l.strip_prefix("From ")) else { return false };
    let year = first.split_whitespace().any(|w| w.len() == 4 && w.starts_with(['1', '2']) && is_digits(w));
    year && lines.next().is_some_and(|l| header_name(l).is_some() || l.is_empty())
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

const HEADERS: [&str; 21] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "reply-to",
    "sender",
    "in-reply-to",
    "references",
    "x-mailer",
    "content-transfer-encoding",
    "dkim-signature",
    "envelope-to",
    "bcc",
    "user-agent",
];

fn header_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let sound = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    sound.then_some(name)
}

/// A message: header lines before the first blank line, two of them well known and one of those
/// about how it was sent (a memo that begins with "To:" and "Subject:" is not a message).
fn is_email(text: &str) -> bool {
    let mut known = 0;
    let mut sent = false;
    for (number, line) in text.trim_start_matches(['\n', '\r']).lines().enumerate() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && number > 0 {
            continue;
        }
        let Some(name) = header_name(line) else { return known >= 3 && sent };
        let name = name.to_ascii_lowercase();
        known += usize::from(HEADERS.contains(&name.as_str()));
        sent |= matches!(
            name.as_str(),
            "received" | "message-id" | "mime-version" | "return-path" | "content-type" | "date" | "from"
        );
    }
    known >= 2 && sent
}

fn is_html(text: &str) -> bool {
    let lower = text.get(..text.len().min(4096)).map_or_else(
        || text.chars().take(4096).collect::<String>().to_ascii_lowercase(),
        str::to_ascii_lowercase,
    );
    let start = lower.trim_start();
    let opens = ["<!doctype html", "<html", "<head", "<body", "<table", "<div", "<p>", "<meta"];
    opens.iter().any(|tag| start.starts_with(tag)) || (start.starts_with('<') && lower.contains("<html"))
}
