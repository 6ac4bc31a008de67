//! What a camera or program wrote into a picture: EXIF, and the text chunks of PNG.

use super::archive::readable_runs;
use super::builder::Builder;
use crate::model::HiddenKind;

/// Tags that say something about people, places, times or devices (EXIF 2.32).
const TAGS: [(u16, &str); 22] = [
    (0x010e, "description"),
    (0x010f, "camera make"),
    (0x0110, "camera model"),
    (0x0131, "software"),
    (0x0132, "modified"),
    (0x013b, "author"),
    (0x013c, "computer"),
    (0x02bc, "XMP"),
    (0x8298, "copyright"),
    (0x9003, "taken"),
    (0x9004, "digitised"),
    (0x9286, "comment"),
    (0x9c9b, "title"),
    (0x9c9c, "comment"),
    (0x9c9d, "author"),
    (0x9c9e, "keywords"),
    (0x9c9f, "subject"),
    (0xa430, "camera owner"),
    (0xa431, "camera serial number"),
    (0xa435, "lens serial number"),
    (0x83bb, "IPTC"),
    (0xa420, "unique image identifier"),
];

/// Directories of one picture; each is read once, so that neither a loop nor a fan of them costs much.
const DIRECTORIES: usize = 16;

/// What was met on the way through the directories.
#[derive(Default)]
struct Met {
    directories: Vec<usize>,
    /// Latitude, whether south, longitude, whether west.
    position: [Option<f64>; 4],
}

/// A TIFF structure with its byte order.
struct Tiff<'b> {
    bytes: &'b [u8],
    big: bool,
}

impl Tiff<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let pair = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let four = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if self.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }).ok()
    }

    /// A fraction as a number.
    fn ratio(&self, at: usize) -> Option<f64> {
        let (top, bottom) = (self.u32(at)?, self.u32(at + 4)?);
        let exact = |n: usize| u32::try_from(n).ok().map(f64::from);
        (bottom != 0).then_some(exact(top)? / exact(bottom)?)
    }

    /// Degrees, minutes and seconds as degrees.
    fn degrees(&self, at: usize) -> Option<f64> {
        Some(self.ratio(at)? + self.ratio(at + 8)? / 60.0 + self.ratio(at + 16)? / 3600.0)
    }
}

/// Reads a TIFF structure (an EXIF block, or a TIFF file) into the metadata.
pub(super) fn read_tiff(bytes: &[u8], builder: &mut Builder<'_>) {
    let tiff = Tiff { bytes, big: bytes.starts_with(b"MM") };
    let Some(first) = tiff.u32(4) else { return };
    let mut met = Met::default();
    directory(&tiff, first, &mut met, builder);
    if let [Some(latitude), Some(south), Some(longitude), Some(west)] = met.position {
        let sign = |negative: f64| if negative > 0.0 { -1.0 } else { 1.0 };
        let text = format!("{:.6}, {:.6}", latitude * sign(south), longitude * sign(west));
        note("position", &text, builder);
    }
}

/// Reads the EXIF block of a picture. A second directory holds a preview, which may show what was cut
/// off or painted over later.
fn read_exif(bytes: &[u8], builder: &mut Builder<'_>) {
    read_tiff(bytes, builder);
    let tiff = Tiff { bytes, big: bytes.starts_with(b"MM") };
    let second = || {
        let first = tiff.u32(4)?;
        tiff.u32(first.checked_add(2 + usize::from(tiff.u16(first)?) * 12)?)
    };
    if second().is_some_and(|at| at != 0) {
        builder.hide(HiddenKind::CroppedPicture, "preview picture", 1);
    }
}

fn note(name: &str, value: &str, builder: &mut Builder<'_>) {
    if !value.trim().is_empty() {
        builder.hide(HiddenKind::Metadata, "picture properties", 1);
    }
    builder.meta(name, value);
}

fn directory(tiff: &Tiff<'_>, at: usize, met: &mut Met, builder: &mut Builder<'_>) {
    let Some(count) = tiff.u16(at) else { return };
    if met.directories.len() >= DIRECTORIES || met.directories.contains(&at) {
        return;
    }
    let outermost = met.directories.is_empty();
    met.directories.push(at);
    for index in 0..usize::from(count).min(512) {
        let entry = at + 2 + index * 12;
        let (Some(tag), Some(kind), Some(length)) =
            (tiff.u16(entry), tiff.u16(entry + 2), tiff.u32(entry + 4))
        else {
            return;
        };
        let size = length.saturating_mul(match kind {
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        });
        let value = if size <= 4 { Some(entry + 8) } else { tiff.u32(entry + 8) };
        let Some(value) = value else { continue };
        match tag {
            0x8769 | 0x8825 | 0xa005 => {
                if let Some(inner) = tiff.u32(entry + 8) {
                    directory(tiff, inner, met, builder);
                }
            }
            1..=4 if !outermost => gps(tiff, tag, value, &mut met.position),
            _ => text(tiff, tag, value, size, builder),
        }
    }
}

fn gps(tiff: &Tiff<'_>, tag: u16, at: usize, position: &mut [Option<f64>; 4]) {
    let letter = |bad: u8| Some(if tiff.bytes.get(at) == Some(&bad) { 1.0 } else { 0.0 });
    let [latitude, south, longitude, west] = position;
    match tag {
        1 => *south = letter(b'S'),
        2 => *latitude = tiff.degrees(at),
        3 => *west = letter(b'W'),
        _ => *longitude = tiff.degrees(at),
    }
}

fn text(tiff: &Tiff<'_>, tag: u16, at: usize, size: usize, builder: &mut Builder<'_>) {
    let Some((_, name)) = TAGS.iter().find(|(t, _)| *t == tag) else { return };
    let end = at.saturating_add(size.min(1 << 16)).min(tiff.bytes.len());
    let bytes = tiff.bytes.get(at..end).unwrap_or_default();
    let value = match tag {
        // Windows writes its own tags in UTF-16.
        0x9c9b..=0x9c9f => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
        0x9286 => String::from_utf8_lossy(bytes.get(8..).unwrap_or_default()).into_owned(),
        0x83bb => readable_runs(bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    note(name, value.trim_end_matches('\0'), builder);
}

/// Reads the segments of a JPEG: EXIF, XMP, IPTC and comments.
pub(super) fn read_jpeg(bytes: &[u8], builder: &mut Builder<'_>) {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let body = bytes.get(at + 4..at + 2 + length.max(2)).unwrap_or_default();
        match marker {
            0xe1 if body.starts_with(b"Exif\0\0") => read_exif(body.get(6..).unwrap_or_default(), builder),
            0xe1 => note("XMP", &readable_runs(body), builder),
            0xed => note("IPTC", &readable_runs(body), builder),
            0xfe => note("comment", &String::from_utf8_lossy(body), builder),
            // The picture itself begins.
            0xda => return,
            _ => {}
        }
        at += 2 + length.max(2);
    }
}

/// Reads the chunks of a PNG: text and EXIF.
pub(super) fn read_png(bytes: &[u8], builder: &mut Builder<'_>) {
    let mut at = 8;
    while let Some(header) = bytes.get(at..at + 8) {
        let length = header.get(..4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes) as usize;
        let body = bytes.get(at + 8..(at + 8).saturating_add(length)).unwrap_or_default();
        match header.get(4..8) {
            Some(b"tEXt") => {
                let (key, value) = body.split_at(body.iter().position(|b| *b == 0).unwrap_or(0));
                let value =
                    encoding_rs::WINDOWS_1252.decode_without_bom_handling(value.get(1..).unwrap_or_default());
                note(&String::from_utf8_lossy(key), &value.0, builder);
            }
            Some(b"iTXt") => note("text", &String::from_utf8_lossy(body).replace('\0', " "), builder),
            Some(b"zTXt") => {
                builder.problem(
                    "picture properties",
                    "a compressed text in the picture's properties is not read",
                );
            }
            Some(b"eXIf") => read_exif(body, builder),
            _ => {}
        }
        at = (at + 12).saturating_add(length);
    }
}
