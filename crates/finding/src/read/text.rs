//! Plain text and tables of text, in the encodings that offices produce.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ReadError;
use super::builder::Builder;
use super::limits::Context;
use crate::model::{Block, BlockKind, Document, FileKind, Source};

/// Text with the way back to the bytes that it came from.
pub(super) struct Decoded {
    pub text: String,
    pub encoding: &'static Encoding,
    /// Bytes of the byte-order mark.
    pub mark: usize,
    /// True when some bytes fitted no character.
    pub damaged: bool,
}

/// Decodes by byte-order mark, then as UTF-8, then as UTF-16 by its zeros, else as windows-1252.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(bytes, encoding, mark);
    }
    // The cut of a longer text may end inside a character.
    if let Err(e) = std::str::from_utf8(bytes) {
        let cut = e.error_len().is_none() && bytes.len() - e.valid_up_to() < 4;
        if !cut {
            return decode_as(bytes, utf16_by_zeros(bytes).unwrap_or(WINDOWS_1252), 0);
        }
    }
    decode_as(bytes, utf16_by_zeros(bytes).unwrap_or(UTF_8), 0)
}

fn decode_as(bytes: &[u8], encoding: &'static Encoding, mark: usize) -> Decoded {
    let body = bytes.get(mark..).unwrap_or_default();
    let (text, damaged) = encoding.decode_without_bom_handling(body);
    Decoded { text: text.into_owned(), encoding, mark, damaged }
}

/// UTF-16 without a mark: every other byte of Western text is zero.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..2048).unwrap_or(bytes);
    let count = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (count(0), count(1), head.len() / 2);
    match () {
        () if pairs < 2 => None,
        () if odd * 10 > pairs * 6 && even * 10 < pairs => Some(UTF_16LE),
        () if even * 10 > pairs * 6 && odd * 10 < pairs => Some(UTF_16BE),
        () => None,
    }
}

/// True when control characters say that this is not text.
pub(super) fn looks_binary(text: &str) -> bool {
    let odd =
        text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b')).count();
    text.contains('\0') || odd * 50 > text.chars().count()
}

/// How many bytes `text` took in `encoding`.
fn source_length(text: &str, encoding: &'static Encoding) -> usize {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        text.encode_utf16().count() * 2
    } else if encoding.is_single_byte() {
        text.chars().count()
    } else {
        text.len()
    }
}

/// Walks pieces of a decoded text in order and gives each its place in the source bytes.
struct Places<'t> {
    decoded: &'t Decoded,
    text_at: usize,
    byte_at: usize,
}

impl<'t> Places<'t> {
    fn new(decoded: &'t Decoded) -> Self {
        Self { decoded, text_at: 0, byte_at: decoded.mark }
    }

    fn source(&mut self, start: usize, end: usize) -> Source {
        let start = self.advance(start);
        Source::Bytes { start, end: self.advance(end) }
    }

    fn advance(&mut self, to: usize) -> usize {
        let passed = self.decoded.text.get(self.text_at..to).unwrap_or_default();
        self.byte_at += source_length(passed, self.decoded.encoding);
        self.text_at = to;
        self.byte_at
    }
}

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    let decoded = decode(bytes);
    let mut builder = Builder::new(FileKind::Text, context);
    note_damage(&decoded, &mut builder);
    let mut places = Places::new(&decoded);
    for (start, end) in paragraphs(&decoded.text) {
        let text = decoded.text.get(start..end).unwrap_or_default();
        let source = places.source(start, end);
        let kind = BlockKind::Paragraph;
        builder.push(Block { kind, text: text.to_owned(), source, visible: true })?;
    }
    Ok(builder.document)
}

fn note_damage(decoded: &Decoded, builder: &mut Builder<'_>) {
    if decoded.damaged {
        builder.problem("text", format!("some bytes are not {} characters", decoded.encoding.name()));
    }
    builder.meta("encoding", decoded.encoding.name());
}

/// Byte ranges of runs of non-blank lines, without the blank lines between them.
pub(super) fn paragraphs(text: &str) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r', '\x0c']);
        if content.trim().is_empty() {
            ranges.extend(open.take());
        } else {
            let start = open.map_or(at, |(start, _)| start);
            open = Some((start, at + content.len()));
        }
        at += line.len();
    }
    ranges.extend(open);
    ranges
}

/// The separator that gives the same count of three or more fields on each of the first lines.
pub(super) fn separator(text: &str) -> Option<u8> {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(12).collect();
    // The last line may be cut.
    let lines = lines.get(..lines.len().saturating_sub(usize::from(lines.len() > 3))).unwrap_or_default();
    if lines.len() < 2 {
        return None;
    }
    [b',', b'\t', b';', b'|'].into_iter().find(|separator| {
        let count = |line: &&str| fields(line, *separator);
        let first = lines.first().map_or(0, count);
        first >= 3 && lines.iter().all(|line| count(line) == first)
    })
}

/// Fields of a line, with separators inside quotes not counted.
fn fields(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    let mut count = 1;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(byte == separator && !quoted);
    }
    count
}

pub(super) fn read_csv(bytes: &[u8], separator: u8, context: Context<'_>) -> Result<Document, ReadError> {
    let decoded = decode(bytes);
    let mut builder = Builder::new(FileKind::Csv, context);
    note_damage(&decoded, &mut builder);
    let mut places = Places::new(&decoded);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(decoded.text.as_bytes());
    let mut record = csv::StringRecord::new();
    for row in 0.. {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => push_row(&mut builder, &mut places, &record, reader.position(), row)?,
            Err(e) => {
                builder.problem(format!("row {}", row + 1), "the row cannot be read");
                if e.position().is_none() {
                    break;
                }
            }
        }
    }
    Ok(builder.document)
}

fn push_row(
    builder: &mut Builder<'_>,
    places: &mut Places<'_>,
    record: &csv::StringRecord,
    end: &csv::Position,
    row: usize,
) -> Result<(), ReadError> {
    let start = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
    let end = usize::try_from(end.byte()).unwrap_or(start);
    let source = places.source(start, end);
    for (column, field) in record.iter().enumerate() {
        let kind = BlockKind::Cell { table: 0, row, column, header: row == 0 };
        builder.push(Block { kind, text: field.to_owned(), source: source.clone(), visible: true })?;
    }
    Ok(())
}
