//! The records of an Excel 97-2003 workbook (MS-XLS), walked for size and for what is hidden.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use super::ReadError;
use super::limits::Context;

/// Cells of one sheet's rectangle beyond which the workbook is refused.
const AREA: usize = 4 << 20;

/// Record types of MS-XLS 2.3.
mod record {
    pub const CODE_NAME: u16 = 0x01ba;
    pub const BOF: u16 = 0x0809;
    pub const ROW: u16 = 0x0208;
    pub const COLUMNS: u16 = 0x007d;
    pub const NOTE: u16 = 0x001c;
    pub const TEXT: u16 = 0x01b6;
    pub const CONTINUE: u16 = 0x003c;
    pub const PIVOT_CACHE: u16 = 0x00d5;
    pub const EXTERNAL_BOOK: u16 = 0x01ae;
    pub const ENCRYPTED: u16 = 0x002f;
    pub const DRAWING_GROUP: u16 = 0x00eb;
    pub const CELLS: [u16; 9] = [0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0201, 0x0203, 0x0204, 0x027e];
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub sheets: Vec<Sheet>,
    pub texts: Vec<String>,
    pub authors: Vec<String>,
    pub pivot_caches: usize,
    pub external_links: usize,
    pub macros: bool,
    pub pictures: bool,
}

/// Hidden rows and columns of one sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub rows: BTreeSet<usize>,
    /// Half-open ranges.
    pub columns: Vec<(usize, usize)>,
    bounds: Option<(usize, usize, usize, usize)>,
}

impl Sheet {
    pub fn hides(&self, row: usize, column: usize) -> bool {
        self.rows.contains(&row) || self.columns.iter().any(|(a, b)| (*a..*b).contains(&column))
    }

    fn cell(&mut self, row: usize, column: usize) -> Result<(), ReadError> {
        let (top, left, bottom, right) = self.bounds.unwrap_or((row, column, row, column));
        let bounds = (top.min(row), left.min(column), bottom.max(row), right.max(column));
        self.bounds = Some(bounds);
        let area = (bounds.2 - bounds.0 + 1) * (bounds.3 - bounds.1 + 1);
        if area > AREA { Err(ReadError::Many { what: "cells in one sheet", limit: AREA }) } else { Ok(()) }
    }
}

pub(super) fn walk(bytes: &[u8], context: &Context<'_>) -> Result<Found, ReadError> {
    let bad = |_| ReadError::malformed("the workbook's storage cannot be read");
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(bad)?;
    let mut found = Found { macros: file.exists("/_VBA_PROJECT_CUR"), ..Found::default() };
    let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    let opened = file.open_stream(name).map_err(bad)?;
    opened.take(context.expandable()).read_to_end(&mut stream).map_err(bad)?;
    context.expand(stream.len())?;
    records(&stream, &mut found, context)?;
    Ok(found)
}

fn word(body: &[u8], at: usize) -> usize {
    body.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, |b| usize::from(u16::from_le_bytes(b)))
}

fn records(stream: &[u8], found: &mut Found, context: &Context<'_>) -> Result<(), ReadError> {
    let mut at = 0;
    let mut text: Option<usize> = None;
    // The first substream is the workbook itself.
    let mut substream = 0_usize;
    while let Some(header) = stream.get(at..at + 4) {
        context.spend(10)?;
        let (kind, length) = (word(header, 0), word(header, 2));
        let body = stream.get(at + 4..at + 4 + length).unwrap_or_default();
        at += 4 + length;
        let kind = u16::try_from(kind).unwrap_or(0);
        match kind {
            record::ENCRYPTED => return Err(ReadError::Encrypted),
            record::BOF => {
                // A chart inside a sheet opens a substream too; only worksheets count.
                let is_sheet = matches!(word(body, 2), 0x0010 | 0x0040);
                substream += usize::from(is_sheet);
                if is_sheet {
                    found.sheets.push(Sheet::default());
                }
            }
            record::TEXT => text = Some(word(body, 10)),
            record::CONTINUE => {
                if let Some(length) = text.take().filter(|l| *l > 0) {
                    found.texts.push(unicode(body, length));
                }
            }
            record::NOTE => found.authors.push(note_author(body)),
            record::PIVOT_CACHE => found.pivot_caches += 1,
            record::EXTERNAL_BOOK => found.external_links += usize::from(length > 4),
            record::DRAWING_GROUP => found.pictures |= length > 200,
            record::CODE_NAME => {}
            _ if substream > 0 => sheet_record(kind, body, found)?,
            _ => {}
        }
    }
    Ok(())
}

fn sheet_record(kind: u16, body: &[u8], found: &mut Found) -> Result<(), ReadError> {
    let Some(sheet) = found.sheets.last_mut() else { return Ok(()) };
    match kind {
        record::ROW if word(body, 12) & 0x20 != 0 => drop(sheet.rows.insert(word(body, 0))),
        record::COLUMNS if word(body, 8) & 1 != 0 => {
            let (first, last) = (word(body, 0), word(body, 2).min(255));
            if first <= last {
                sheet.columns.push((first, last + 1));
            }
        }
        _ if record::CELLS.contains(&kind) => {
            sheet.cell(word(body, 0), word(body, 2))?;
            // Records of several cells end with the last column.
            if matches!(kind, 0x00bd | 0x00be) && body.len() > 6 {
                sheet.cell(word(body, 0), word(body, body.len() - 2))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn unicode(body: &[u8], length: usize) -> String {
    let wide = body.first().is_some_and(|f| f & 1 == 1);
    let body = body.get(1..).unwrap_or_default();
    let size = if wide { length * 2 } else { length };
    let body = body.get(..size).unwrap_or(body);
    let encoding = if wide { encoding_rs::UTF_16LE } else { encoding_rs::WINDOWS_1252 };
    encoding.decode_without_bom_handling(body).0.into_owned()
}

fn note_author(body: &[u8]) -> String {
    unicode(body.get(10..).unwrap_or_default(), word(body, 8))
}
