//! XLS and XLSB through `calamine`; for XLS, what is hidden comes from an own walk of its records.

use std::io::Cursor;

use calamine::{Data, Reader, SheetVisible, Xls, Xlsb};

use super::builder::Builder;
use super::limits::Context;
use super::package::Package;
use super::sniff::Format;
use super::{ReadError, biff, guard, xlsx_dates};
use crate::model::{Block, BlockKind, Document, FileKind, HiddenKind, Source};

pub(super) fn read(format: Format, bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("spreadsheet", || match format {
        Format::Xlsb => xlsb(bytes, context),
        _ => xls(bytes, context),
    })
}

fn xls(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    // INVARIANT: calamine is called only after the records were walked, because it reserves a
    // rectangle from the first to the last cell of each sheet.
    let found = biff::walk(bytes, &context)?;
    let mut builder = Builder::new(FileKind::Spreadsheet, context);
    let mut book: Xls<_> =
        Xls::new(Cursor::new(bytes)).map_err(|_| ReadError::malformed("the workbook cannot be read"))?;
    for (number, sheet) in book.sheets_metadata().to_vec().iter().enumerate() {
        let Ok(range) = book.worksheet_range(&sheet.name) else {
            builder.problem(format!("sheet `{}`", sheet.name), "the sheet cannot be read");
            continue;
        };
        let hidden = visibility(sheet.visible, &sheet.name, &mut builder);
        let records = found.sheets.get(number);
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row + first_row as usize, column + first_column as usize);
            let concealed = records.is_some_and(|s| s.hides(row, column));
            push(&sheet.name, number, (row, column), &show(value), !(hidden || concealed), &mut builder)?;
        }
        if let Some(records) = records {
            let place = format!("sheet `{}`", sheet.name);
            builder.hide(HiddenKind::Rows, &place, records.rows.len());
            builder.hide(HiddenKind::Columns, &place, records.columns.iter().map(|(a, b)| b - a).sum());
        }
    }
    side(&found, &mut book, &mut builder)?;
    Ok(builder.document)
}

/// Comments, text boxes, names and macros of an XLS.
fn side(
    found: &biff::Found,
    book: &mut Xls<Cursor<&[u8]>>,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    for (element, words) in found.texts.iter().enumerate() {
        builder.concealed(HiddenKind::Comment, words, "comments and text boxes", element)?;
    }
    for author in &found.authors {
        builder.meta("comment by", author);
    }
    for (element, (name, value)) in book.defined_names().to_vec().iter().enumerate() {
        builder.concealed(HiddenKind::DefinedName, &format!("{name} {value}"), "names", element)?;
    }
    builder.hide(HiddenKind::PivotCache, "workbook", found.pivot_caches);
    builder.hide(HiddenKind::ExternalLink, "workbook", found.external_links);
    builder.hide(HiddenKind::Script, "workbook", usize::from(found.macros));
    if found.pivot_caches > 0 {
        builder.problem(
            "pivot cache",
            "the copy of the source data of a pivot table is not read; save it as .xlsx",
        );
    }
    if found.external_links > 0 {
        builder.problem("external links", "cached values of other workbooks are not read; save it as .xlsx");
    }
    if found.pictures {
        builder.problem(
            "drawings",
            "pictures and charts in an Excel 97-2003 workbook are not read; save it as .xlsx",
        );
    }
    Ok(())
}

fn xlsb(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    // calamine unpacks without a bound, so every part is unpacked within the limits first.
    let mut package = Package::open(bytes, context.limits.entries)?;
    for index in package.names.iter().map(|(_, i)| *i).collect::<Vec<_>>() {
        drop(package.entry(index, &context)?);
    }
    let mut builder = Builder::new(FileKind::Spreadsheet, context);
    let mut book: Xlsb<_> =
        Xlsb::new(Cursor::new(bytes)).map_err(|_| ReadError::malformed("the workbook cannot be read"))?;
    for (number, sheet) in book.sheets_metadata().to_vec().iter().enumerate() {
        let hidden = visibility(sheet.visible, &sheet.name, &mut builder);
        let place = format!("sheet `{}`", sheet.name);
        builder.problem(&place, "hidden rows and columns of an .xlsb are not told apart; save it as .xlsx");
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet.name) else {
            builder.problem(&place, "the sheet cannot be read");
            continue;
        };
        while let Ok(Some(cell)) = cells.next_cell() {
            let (row, column) = cell.get_position();
            let value = show(&Data::from(cell.get_value().clone()));
            push(&sheet.name, number, (row as usize, column as usize), &value, !hidden, &mut builder)?;
        }
    }
    super::package::properties(&mut package, &mut builder)?;
    let read = |n: &str| n.starts_with("xl/") && n.ends_with(".bin") && !n.contains("vbaProject");
    super::archive::carried(&mut package, &mut builder, read)?;
    Ok(builder.document)
}

fn visibility(visible: SheetVisible, name: &str, builder: &mut Builder<'_>) -> bool {
    let what = match visible {
        SheetVisible::Visible => return false,
        SheetVisible::Hidden => HiddenKind::Sheet,
        SheetVisible::VeryHidden => HiddenKind::VeryHiddenSheet,
    };
    builder.hide(what, &format!("sheet `{name}`"), 1);
    true
}

fn push(
    sheet: &str,
    table: usize,
    (row, column): (usize, usize),
    text: &str,
    visible: bool,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let kind = BlockKind::Cell { table, row, column, header: row == 0 };
    let source = Source::Sheet { sheet: sheet.to_owned(), row, column };
    builder.push(Block { kind, text: text.to_owned(), source, visible })
}

fn show(value: &Data) -> String {
    match value {
        Data::DateTime(date) => {
            xlsx_dates::serial_date(date.as_f64(), false).unwrap_or_else(|| date.as_f64().to_string())
        }
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        other => other.to_string(),
    }
}
