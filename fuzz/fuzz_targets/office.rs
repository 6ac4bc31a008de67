#![no_main]
//! The XML parts of Office packages: the bytes become the main part of a package.

use counterfoil_finding::read::{self, Hint, Limits};
use libfuzzer_sys::fuzz_target;

use std::io::{Cursor, Write};

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let _ = writer.start_file(*name, zip::write::SimpleFileOptions::default());
        let _ = writer.write_all(bytes);
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let file = match first % 5 {
        0 => package(&[("word/document.xml", rest)]),
        1 => package(&[
            ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>"#),
            ("xl/_rels/workbook.xml.rels", br#"<R><Relationship Id="a" Target="s.xml"/></R>"#),
            ("xl/s.xml", rest),
        ]),
        2 => package(&[
            ("ppt/presentation.xml", br#"<p><sldSz cx="10" cy="10"/></p>"#),
            ("ppt/slides/slide1.xml", rest),
        ]),
        3 => package(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", rest)]),
        _ => package(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", rest)]),
    };
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let _ = read::read(&file, &Hint::default(), &limits);
});
