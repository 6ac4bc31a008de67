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
/// What the writer says about itself.
const PROGRAM: [&str; 2] = ["Microsoft Excel", "Worksheets"];
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
    check.bytes(bytes, "bytes");
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
        if !PARTS.contains(&name.as_str()) && !name.starts_with("xl/worksheets/sheet") {
            check.foreign("a part that a workbook of values never has");
        }
        let mut xml = String::new();
        part.take(MOST).read_to_string(&mut xml).ok()?;
        check.strings(&name, "part names");
        self::xml(check, &xml, &name)?;
    }
    Some(())
}

fn xml(check: &mut Check<'_>, source: &str, part: &str) -> Option<()> {
    let mut reader = quick_xml::Reader::from_str(source);
    let (mut text, mut attributes) = (String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => self::element(check, &element, &mut attributes)?,
            Event::Text(words) => {
                text.push_str(&words);
                text.push('\n');
            }
            Event::GeneralRef(_) | Event::End(_) | Event::Decl(_) => {}
            Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_) => {
                check.foreign("a comment in its XML")
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
        attributes.push_str(value);
        attributes.push('\n');
    }
    Some(())
}
