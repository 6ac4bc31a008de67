//! Invented documents, built by code.

use std::io::{Cursor, Write};

use lopdf::{Dictionary, Object, Stream, dictionary};
use zip::write::SimpleFileOptions;

/// A ZIP of named parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A Word document with this body and further parts.
pub fn docx(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let main =
        format!(r#"<w:document xmlns:w="w" xmlns:r="r" xmlns:a="a"><w:body>{body}</w:body></w:document>"#);
    let mut parts =
        vec![("[Content_Types].xml", b"<Types/>".as_slice()), ("word/document.xml", main.as_bytes())];
    parts.extend(more.iter().map(|(n, t)| (*n, t.as_bytes())));
    zip(&parts)
}

/// A workbook with one sheet's XML, sheet attributes, and further parts.
pub fn xlsx(sheet: &str, state: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let book = format!(
        r#"<workbook xmlns:r="r"><sheets><sheet name="Cases" sheetId="1" r:id="rId1"/><sheet name="Staff" sheetId="2" {state} r:id="rId2"/></sheets><definedNames><definedName name="Officer">Cases!$A$1</definedName></definedNames></workbook>"#
    );
    let relations = r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>"#;
    let first = format!("<worksheet>{sheet}</worksheet>");
    let second = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Mabel Thorne</t></is></c></row></sheetData></worksheet>"#;
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd\/mm\/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;
    let mut parts = vec![
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", book.as_str()),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", first.as_str()),
        ("xl/worksheets/sheet2.xml", second),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", "<sst><si><t>Shared words</t></si></sst>"),
    ];
    parts.extend_from_slice(more);
    zip(&parts.iter().map(|(n, t)| (*n, t.as_bytes())).collect::<Vec<_>>())
}

/// A PDF of one page with this content; `change` may add to the document before it is written.
pub fn pdf(
    content: &str,
    change: impl FnOnce(&mut lopdf::Document, lopdf::ObjectId, &mut Dictionary),
) -> Vec<u8> {
    let mut file = lopdf::Document::with_version("1.5");
    let font = file.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" });
    let stream = file.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    let pages = file.new_object_id();
    let page = file.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => stream,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
    });
    file.set_object(pages, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 });
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
    change(&mut file, page, &mut catalog);
    let catalog = file.add_object(catalog);
    file.trailer.set("Root", Object::Reference(catalog));
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).unwrap();
    bytes
}

/// Text at a place on a page.
pub fn at(x: u32, y: u32, text: &str) -> String {
    format!("BT /F1 12 Tf {x} {y} Td ({text}) Tj ET\n")
}

/// An Outlook message with text properties, one recipient and one attachment.
pub fn msg(subject: &str, body: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let wide = |t: &str| t.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut put = |path: &str, bytes: &[u8]| file.create_stream(path).unwrap().write_all(bytes).unwrap();
    put("/__properties_version1.0", &[0; 32]);
    put("/__substg1.0_0037001F", &wide(subject));
    put("/__substg1.0_1000001F", &wide(body));
    put("/__substg1.0_0042001F", &wide("Ada Bell"));
    put("/__substg1.0_5D02001F", &wide("ada@example.org"));
    put("/__substg1.0_007D001F", &wide("Received: from 192.0.2.7"));
    put("/__substg1.0_3A08001F", &wide("01632 960 001"));
    for storage in ["/__recip_version1.0_#00000000", "/__attach_version1.0_#00000000"] {
        file.create_storage(storage).unwrap();
    }
    let mut put = |path: &str, bytes: &[u8]| file.create_stream(path).unwrap().write_all(bytes).unwrap();
    put("/__recip_version1.0_#00000000/__substg1.0_3001001F", &wide("Ben Vale"));
    put("/__recip_version1.0_#00000000/__substg1.0_39FE001F", &wide("ben@example.org"));
    put("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("note.txt"));
    put("/__attach_version1.0_#00000000/__substg1.0_37010102", b"Inside the note");
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A `winmail.dat` with a subject, a body and one attachment.
pub fn tnef(subject: &str, body: &str) -> Vec<u8> {
    let mut out = 0x223e_9f78_u32.to_le_bytes().to_vec();
    out.extend_from_slice(&1_u16.to_le_bytes());
    let mut attribute = |level: u8, id: u32, data: &[u8]| {
        out.push(level);
        out.extend_from_slice(&id.to_le_bytes());
        out.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend_from_slice(data);
        let sum = data.iter().fold(0_u16, |s, b| s.wrapping_add(u16::from(*b)));
        out.extend_from_slice(&sum.to_le_bytes());
    };
    attribute(1, 0x0001_8004, subject.as_bytes());
    attribute(1, 0x0002_800c, body.as_bytes());
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, b"list.txt\0");
    attribute(2, 0x0006_800f, b"Inside the list");
    out
}

/// A message with a plain and an HTML body, an attachment and a message inside.
pub fn eml() -> Vec<u8> {
    let text = "From: =?utf-8?q?Zo=C3=AB_Marsh?= <zoe@example.org>\r\nTo: Ben Vale <ben@example.org>\r\nSubject: Larch Court\r\n\
Date: Tue, 3 Mar 2026 16:19:00 +0000\r\nReceived: from a by b; Tue, 3 Mar 2026 16:19:00 +0000\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
The caf=E9 is shut.\r\n> When does it open?\r\n\r\n--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<p>The café is shut.</p><p>Only in the page: extra words.</p><img src=\"https://t.example/p\" width=1 height=1>\r\n--inner--\r\n\
--outer\r\nContent-Type: text/csv; name=\"people.csv\"\r\nContent-Disposition: attachment; filename=\"people.csv\"\r\n\r\n\
name,town,age\r\nAda,Leeds,40\r\nBen,York,50\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n\
From: inner@example.org\r\nTo: zoe@example.org\r\nSubject: Inner\r\n\r\nThe inner words.\r\n--outer--\r\n";
    text.as_bytes().to_vec()
}
