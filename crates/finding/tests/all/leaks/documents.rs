//! Documents of many kinds that say something about planted people, some of it where nobody looks.

use std::process::Command;

use counterfoil_finding::corpus::Dice;
use lopdf::{Dictionary, Object, Stream, dictionary};

use super::planted::{Planted, Somebody};
use crate::read::fixture::{docx, pdf, xlsx};

/// A document that was made.
#[derive(Debug)]
pub struct Made {
    /// Its file name, which tells too.
    pub name: String,
    pub bytes: Vec<u8>,
    /// Whether it shows pixels, so that OCR must look at the copy.
    pub drawn: bool,
}

type Maker = fn(&Planted, &mut Dice) -> Option<Made>;

/// Each kind by name. None when a tool that it takes is not installed.
pub const KINDS: [(&str, Maker); 8] = [
    ("text", text),
    ("page", html),
    ("mail", mail),
    ("word", word),
    ("sheet", sheet),
    ("pdf", born),
    ("scan", scan),
    ("picture", picture),
];

fn named(person: &Somebody, extension: &str, bytes: Vec<u8>, drawn: bool) -> Option<Made> {
    Some(Made { name: format!("{} {}.{extension}", person.forename, person.surname), bytes, drawn })
}

/// A sentence about somebody, in one of the ways that people write.
fn sentence(person: &Somebody, dice: &mut Dice) -> String {
    let Somebody { forename, surname, email, phone, nino } = person;
    match dice.below(9) {
        0 => format!("I spoke to {forename} {surname} about the boiler."),
        1 => format!("{}, {forename} has not replied.", surname.to_uppercase()),
        2 => format!("The neighbour, {forename}\u{a0}{surname}, said that the lift was out."),
        3 => format!("Ring {surname} on {phone}, or write to {email}."),
        4 => format!("{surname}'s National Insurance number is {nino}."),
        5 => format!("It was agreed that {forename} would call back on {}.", phone.replace(' ', "")),
        6 => format!("From {email}: the stairs are not safe."),
        7 => format!("Mr {surname} and the officer met at the office."),
        _ => format!("According to {forename} {surname} the damp began in March."),
    }
}

/// Some sentences, the first without anybody in it.
fn sentences(planted: &Planted, dice: &mut Dice) -> Vec<String> {
    let mut all = vec!["The boiler was looked at on Tuesday.".to_owned()];
    for turn in 0..dice.between(4, 9) {
        all.push(sentence(&planted.people[turn % 2], dice));
    }
    all
}

fn text(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let lines = sentences(planted, dice).join("\n\n");
    let [one, two] = &planted.people;
    let wrapped =
        format!("{lines}\n\nShe wrote:\n> I met {}\n> {} there.\n{}", one.forename, one.surname, two.full());
    named(one, "txt", wrapped.into_bytes(), false)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn html(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let [one, two] = &planted.people;
    let body: String = sentences(planted, dice).iter().map(|s| format!("<p>{}</p>", escaped(s))).collect();
    let (head, tail) = two.surname.split_at(3);
    let page = format!(
        "<html><head><title>{0}</title><meta name=\"author\" content=\"{0}\"><!-- {1} --></head><body>{body}\
         <p style=\"display:none\">{0}</p><p>Seen: {2} {head}<b>{tail}</b>, &#{3};{4}</p>\
         <table><tr><th>Who</th><th>Number</th></tr><tr><td>{0}</td><td>{5}</td></tr></table>\
         <a href=\"mailto:{1}\">write</a><script>var a = '{0}';</script></body></html>",
        one.full(),
        one.email,
        two.forename,
        u32::from(one.surname.chars().next().unwrap()),
        &one.surname[1..],
        one.nino,
    );
    named(one, "html", page.into_bytes(), false)
}

fn mail(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let [one, two] = &planted.people;
    let body = sentences(planted, dice).join("\r\n");
    let inner = word(planted, dice)?;
    let packed = base64(&inner.bytes);
    let message = format!(
        "From: {0} <{1}>\r\nTo: Desk <desk@example.com>\r\nCc: \"{2}\" <{3}>\r\nSubject: {2} and the boiler\r\n\
         Date: Tue, 3 Mar 2026 16:19:00 +0000\r\nMIME-Version: 1.0\r\nX-Sender: {1}\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n\r\n\
         On Monday {2} wrote:\r\n> {4}\r\n> {5} called about the boiler\r\n--b\r\n\
         Content-Type: application/octet-stream; name=\"{6}\"\r\nContent-Disposition: attachment; filename=\"{6}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{packed}\r\n--b--\r\n",
        one.full(),
        one.email,
        two.full(),
        two.email,
        one.forename,
        one.surname,
        inner.name,
    );
    named(one, "eml", message.into_bytes(), false)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (number, three) in bytes.chunks(3).enumerate() {
        if number > 0 && number % 19 == 0 {
            out.push_str("\r\n");
        }
        let bits = three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

fn word(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let [one, two] = &planted.people;
    let mut body = String::new();
    for sentence in sentences(planted, dice) {
        // Programs cut a sentence into runs wherever its look changed once.
        let cut = sentence.char_indices().nth(dice.below(sentence.chars().count())).map_or(0, |(at, _)| at);
        let (head, tail) = sentence.split_at(cut);
        body.push_str(&format!(
            "<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escaped(head),
            escaped(tail)
        ));
    }
    body.push_str(&format!(
        "<w:p><w:del w:author=\"{0}\"><w:r><w:delText>{1}</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr>\
         <w:t>{0}</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>{1}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        two.full(),
        one.full()
    ));
    let comment = format!(
        "<w:comments><w:comment w:author=\"{0}\"><w:p><w:r><w:t>ask {1}</w:t></w:r></w:p></w:comment></w:comments>",
        two.full(),
        one.email
    );
    let core = format!("<p><creator>{}</creator><title>{}</title></p>", one.full(), two.full());
    let header = format!("<w:hdr><w:p><w:r><w:t>File of {}</w:t></w:r></w:p></w:hdr>", two.full());
    let more = [
        ("word/comments.xml", comment.as_str()),
        ("docProps/core.xml", core.as_str()),
        ("word/header1.xml", header.as_str()),
    ];
    named(two, "docx", docx(&body, &more), false)
}

fn sheet(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let [one, two] = &planted.people;
    let cell =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text));
    let mut rows = format!("<row r=\"1\">{}{}</row>", cell("A1", "Who"), cell("B1", "The boiler"));
    for (number, sentence) in (2..).zip(sentences(planted, dice)) {
        let person = &planted.people[number % 2];
        let cells = [cell(&format!("A{number}"), &person.full()), cell(&format!("B{number}"), &sentence)];
        let hidden = if number == 3 { " hidden=\"1\"" } else { "" };
        rows.push_str(&format!("<row r=\"{number}\"{hidden}>{}</row>", cells.concat()));
    }
    let sheet = format!(
        "<cols><col min=\"3\" max=\"3\" hidden=\"1\"/></cols><sheetData>{rows}</sheetData>\
         <autoFilter><filterColumn><filters><filter val=\"{}\"/></filters></filterColumn></autoFilter>",
        one.full()
    );
    let cache = format!("<d><sharedItems><s v=\"{}\"/></sharedItems></d>", two.full());
    let notes =
        format!("<comments><authors><author>{}</author></authors><t>{}</t></comments>", one.full(), two.nino);
    let more =
        [("xl/pivotCache/pivotCacheDefinition1.xml", cache.as_str()), ("xl/comments1.xml", notes.as_str())];
    named(two, "xlsx", xlsx(&sheet, "state=\"hidden\"", &more), false)
}

/// Lines of text as a page's operators, at a size that OCR reads well.
fn page(lines: &[String], dice: &mut Dice) -> String {
    let mut operators = String::new();
    for (row, line) in (0..).zip(lines) {
        let y = 780 - 26 * row;
        let line = line.replace('\u{a0}', " ").replace('\\', "").replace(['(', ')'], "");
        // Half of the lines are cut into pieces with advances between, as typesetters do.
        if dice.below(2) == 0 {
            operators.push_str(&format!("BT /F1 13 Tf 50 {y} Td ({line}) Tj ET\n"));
        } else {
            let pieces: String = line.chars().map(|c| format!("({c}) -12 ")).collect();
            operators.push_str(&format!("BT /F1 13 Tf 50 {y} Td [{pieces}] TJ ET\n"));
        }
    }
    operators
}

/// A PDF that a program wrote, with properties, a bookmark, a note, and text under a box.
fn born(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let [one, two] = &planted.people;
    let mut content = page(&sentences(planted, dice), dice);
    content.push_str(&format!("BT /F1 13 Tf 50 120 Td ({}) Tj ET 0 g 45 110 400 30 re f\n", two.full()));
    content.push_str(&format!("BT 3 Tr /F1 13 Tf 50 90 Td ({}) Tj ET\n", one.email));
    let bytes = pdf(&content, |file, page, catalog| {
        let text = |t: &str| Object::string_literal(t);
        let info =
            file.add_object(dictionary! { "Title" => text(&one.full()), "Author" => text(&two.email) });
        file.trailer.set("Info", info);
        let entry = file.add_object(dictionary! { "Title" => text(&two.full()) });
        let outline = file.add_object(dictionary! { "First" => entry, "Last" => entry, "Count" => 1 });
        catalog.set("Outlines", outline);
        let area = Object::from(vec![9.into(), 9.into(), 50.into(), 50.into()]);
        let note = dictionary! { "Type" => "Annot", "Subtype" => "Text", "Rect" => area, "Contents" => text(&two.phone) };
        let note = file.add_object(note);
        file.get_dictionary_mut(page).unwrap().set("Annots", vec![note.into()]);
        let kept = file.add_object(Stream::new(Dictionary::new(), one.full().into_bytes()));
        catalog.set("Metadata", kept);
    });
    named(one, "pdf", bytes, true)
}

/// The upper part of a drawn page at 150 dots an inch.
fn drawn(planted: &Planted, dice: &mut Dice) -> Option<image::GrayImage> {
    let lines: Vec<String> = sentences(planted, dice).into_iter().take(6).collect();
    let folder = tempfile::tempdir().unwrap();
    let (source, root) = (folder.path().join("a.pdf"), folder.path().join("a"));
    std::fs::write(&source, pdf(&page(&lines, dice), |_, _, _| {})).unwrap();
    let size =
        ["-r", "150", "-gray", "-png", "-singlefile", "-x", "0", "-y", "60", "-W", "1240", "-H", "420"];
    let status = Command::new("pdftoppm").args(size).arg(&source).arg(&root).status();
    if !status.is_ok_and(|s| s.success()) || !crate::redact::has("tesseract") {
        println!("skipped: pdftoppm or tesseract is not installed");
        return None;
    }
    Some(image::open(root.with_extension("png")).unwrap().into_luma8())
}

fn scan(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let page = drawn(planted, dice)?;
    let (width, height) = (page.width(), page.height());
    let bytes = pdf("595 0 0 202 0 600 cm /Im Do", |file, page_id, _| {
        let picture = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        };
        let mut stream = Stream::new(picture, page.into_raw());
        stream.compress().unwrap();
        let picture = file.add_object(stream);
        let resources = file.get_dictionary_mut(page_id).unwrap().get_mut(b"Resources").unwrap();
        resources.as_dict_mut().unwrap().set("XObject", dictionary! { "Im" => picture });
    });
    named(&planted.people[0], "pdf", bytes, true)
}

/// A picture that also carries a text of its own in its file.
fn picture(planted: &Planted, dice: &mut Dice) -> Option<Made> {
    let page = drawn(planted, dice)?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    page.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let mut bytes = bytes.into_inner();
    let body = format!("Comment\0taken by {}", planted.people[1].full());
    let mut chunk = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend_from_slice(b"tEXt");
    chunk.extend_from_slice(body.as_bytes());
    chunk.extend_from_slice(&sum(&chunk[4..]).to_be_bytes());
    bytes.splice(33..33, chunk);
    named(&planted.people[0], "png", bytes, true)
}

/// The check sum of a PNG's chunk (CRC-32).
fn sum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { s >> 1 ^ 0xedb8_8320 } else { s >> 1 })
    };
    !bytes.iter().fold(!0, step)
}
