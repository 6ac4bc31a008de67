//! A workbook opened again: its cells by `calamine`, its parts as XML.

use std::io::{Cursor, Read};

use calamine::{Reader, Xlsx};
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Check;

/// The parts of a workbook of values; sheets are matched by their folder.
const PARTS: [&str; 9] = [
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/app.xml",
    "docProps/core.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/theme/theme1.xml",
    "xl/sharedStrings.xml",
];
/// What the writer says about itself, and the one day on which it says that every copy was made: a source written
/// by the same library may say the same.
const PROGRAM: [&str; 3] = ["Microsoft Excel", "Worksheets", crate::write::SHEET_MADE];
const SHEETS: &str = "xl/worksheets/sheet";
/// Elements that hold more than a value.
const FOREIGN: [(&str, &str); 14] = [
    ("f", "a formula"),
    ("definedName", "a name"),
    ("hyperlink", "a link"),
    ("drawing", "a drawing"),
    ("legacyDrawing", "a comment"),
    ("dataValidation", "a validation rule"),
    ("autoFilter", "a filter"),
    ("pivotCache", "a pivot table"),
    ("pivotCaches", "a pivot table"),
    ("externalReference", "a link to another workbook"),
    ("oleObject", "an embedded object"),
    ("control", "a control"),
    ("conditionalFormatting", "a conditional format"),
    ("headerFooter", "a page header"),
];

pub(super) fn check(check: &mut Check<'_>, bytes: &[u8]) {
    match cells(bytes) {
        Some(text) => check.prose(&text, "cells"),
        None => check.unreadable("calamine"),
    }
    if parts(check, bytes).is_none() {
        check.unreadable("xml");
    }
    check.bytes(&without_part_names(bytes), "bytes");
}

/// The bytes without the names of known parts, which stand uncompressed before each part and again at
/// the end.
fn without_part_names(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for name in PARTS.into_iter().chain([SHEETS]) {
        for at in memchr::memmem::find_iter(bytes, name) {
            out.get_mut(at..at + name.len()).unwrap_or_default().fill(0);
        }
    }
    out
}

fn cells(bytes: &[u8]) -> Option<String> {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    for name in workbook.sheet_names() {
        text.push_str(&name);
        text.push('\n');
        for (_, _, value) in workbook.worksheet_range(&name).ok()?.used_cells() {
            text.push_str(&value.to_string());
            text.push('\n');
        }
    }
    Some(text)
}

fn parts(check: &mut Check<'_>, bytes: &[u8]) -> Option<()> {
    const MOST: u64 = 512 << 20;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if !archive.comment().is_empty() {
        check.foreign("an archive comment");
    }
    for index in 0..archive.len() {
        let part = archive.by_index(index).ok()?;
        let name = part.name().ok()?.into_owned();
        if !PARTS.contains(&name.as_str()) && !is_sheet(&name) {
            check.strings(&name, "part names");
            check.foreign("a part that a workbook of values never has");
        }
        let mut xml = String::new();
        part.take(MOST).read_to_string(&mut xml).ok()?;
        self::xml(check, &xml, &name)?;
    }
    Some(())
}

fn is_sheet(name: &str) -> bool {
    let number = name.strip_prefix(SHEETS).and_then(|rest| rest.strip_suffix(".xml"));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn xml(check: &mut Check<'_>, source: &str, part: &str) -> Option<()> {
    let mut reader = quick_xml::Reader::from_str(source);
    let (mut text, mut attributes) = (String::new(), String::new());
    let mut points = false;
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                if element.local_name().into_inner() == "c" {
                    points = points_to_string(&element)?;
                }
                self::element(check, &element, &mut attributes)?;
            }
            // The place of a string among the shared ones, which are searched where they stand: in a long list
            // such numbers come to read like any house number or date of birth.
            Event::Text(words) if points && is_place(&words) => {}
            Event::Text(words) => {
                text.push_str(&words);
                text.push('\n');
            }
            Event::GeneralRef(_) | Event::End(_) | Event::Decl(_) => {}
            Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_) => {
                check.foreign("a comment in its XML");
            }
        }
    }
    // The cells were counted by the first reader; here one string may stand for many cells.
    check.strings(&PROGRAM.iter().fold(text, |text, ours| text.replace(ours, "")), "parts");
    if part.starts_with("docProps") || part.starts_with("xl/w") {
        check.strings(&attributes, "attributes");
    }
    Some(())
}

fn element(check: &mut Check<'_>, element: &BytesStart<'_>, attributes: &mut String) -> Option<()> {
    let name = element.local_name();
    let name = name.into_inner();
    if let Some((_, what)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        check.foreign(*what);
    }
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let value = &attribute.value;
        let hides = matches!(attribute.key.into_inner(), "hidden" | "state" | "veryHidden");
        if hides && !matches!(value.as_ref(), "0" | "false" | "visible") {
            check.foreign("something hidden");
        }
        if !is_bookkeeping(value) {
            attributes.push_str(value);
            attributes.push('\n');
        }
    }
    Some(())
}

/// Whether a cell holds the place of a shared string instead of a value.
fn points_to_string(cell: &BytesStart<'_>) -> Option<bool> {
    for attribute in cell.attributes() {
        let attribute = attribute.ok()?;
        if attribute.key.into_inner() == "t" {
            return Some(attribute.value == "s");
        }
    }
    Some(false)
}

/// A number that can be a place: no sheet has more cells than ten digits can count.
fn is_place(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Name spaces, references such as `A1:G20` and measures such as `22.71`, which every sheet is full of.
fn is_bookkeeping(value: &str) -> bool {
    let spaces = ["http://schemas.openxmlformats.org/", "http://purl.org/dc/", "http://www.w3.org/"];
    let reference = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b':' || b == b'.';
    spaces.iter().any(|space| value.starts_with(space)) || value.len() <= 16 && value.bytes().all(reference)
}
