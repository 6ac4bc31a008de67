//! The workbook copy: values only.
//!
//! A new workbook is written from the surviving cells: no formula, name, comment, link, pivot, style,
//! picture or property of the source can be in it, because none is ever read into a flow.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::flow::{Flow, Item, Table, plain};
use super::{Words, WriteError};

/// Excel's limits on rows and columns of a sheet and characters of a cell.
const ROWS: usize = 1_048_576;
const COLUMNS: usize = 16_384;
const CELL: usize = 32_767;
/// When each copy says that it was made: the writer would otherwise put the time of writing into the file.
pub(crate) const MADE: &str = "2000-01-01T00:00:00Z";

/// Writes the tables of `flow` as sheets (`Sheet 1`, `Sheet 2` …) of a new workbook, each cell at its
/// place in the source sheet; other content goes to a last sheet of text.
///
/// # Errors
///
/// [`WriteError::Sheet`] when a table is larger than a sheet can be.
pub fn xlsx(flow: &Flow, words: &Words) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let epoch = ExcelDateTime::parse_from_str(MADE).map_err(|e| refused(&e))?;
    workbook.set_properties(&DocProperties::new().set_title(&flow.title).set_creation_datetime(&epoch));
    let mut sheets = 0;
    let mut notes: Vec<String> = Vec::new();
    for item in &flow.items {
        match item {
            Item::Table(table) => {
                sheets += 1;
                let sheet = workbook.add_worksheet();
                sheet.set_name(format!("{} {sheets}", words.sheet)).map_err(|e| refused(&e))?;
                fill(sheet, table, words).map_err(|e| refused(&e))?;
            }
            Item::Heading(_, runs) | Item::Text(_, runs) => notes.push(plain(runs, words)),
            Item::Field(name, runs) => notes.push(format!("{name}: {}", plain(runs, words))),
        }
    }
    notes.retain(|n| !n.trim().is_empty());
    if sheets == 0 || !notes.is_empty() {
        let sheet = workbook.add_worksheet();
        sheet.set_name(format!("{} {}", words.sheet, sheets + 1)).map_err(|e| refused(&e))?;
        for (row, note) in (0_u32..).zip(&notes) {
            sheet.write_string(row, 0, clip(note)).map_err(|e| refused(&e))?;
        }
    }
    workbook.save_to_buffer().map_err(|e| refused(&e))
}

fn refused(error: &XlsxError) -> WriteError {
    WriteError::Sheet(error.to_string())
}

fn fill(sheet: &mut Worksheet, table: &Table, words: &Words) -> Result<(), XlsxError> {
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let head = body.clone().set_bold();
    let (top, left) = table.origin;
    for (r, row) in table.rows.iter().enumerate() {
        let format = if table.has_header && r == 0 { &head } else { &body };
        for (c, runs) in row.iter().enumerate() {
            let text = plain(runs, words);
            if text.is_empty() {
                continue;
            }
            let (row, column) = place(top + r, left + c)?;
            match number(&text) {
                Some(value) => sheet.write_number_with_format(row, column, value, format)?,
                None => sheet.write_string_with_format(row, column, clip(&text), format)?,
            };
        }
    }
    for c in 0..table.columns() {
        let (_, column) = place(0, left + c)?;
        sheet.set_column_width(column, 22)?;
    }
    Ok(())
}

fn place(row: usize, column: usize) -> Result<(u32, u16), XlsxError> {
    let beyond = || XlsxError::RowColumnLimitError;
    if row >= ROWS || column >= COLUMNS {
        return Err(beyond());
    }
    Ok((u32::try_from(row).map_err(|_| beyond())?, u16::try_from(column).map_err(|_| beyond())?))
}

/// A number when the text is how that number is written; never a reference such as `007` or one too
/// long to be kept exactly.
fn number(text: &str) -> Option<f64> {
    if text.len() > 15 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

fn clip(text: &str) -> String {
    if text.encode_utf16().count() <= CELL { text.to_owned() } else { text.chars().take(CELL / 2).collect() }
}
