//! Hostile files end in an error or in problems, within bounded work.

use std::time::Instant;

use counterfoil_finding::read::{self, Hint, Limits, ReadError};

use crate::growth::patience;

use super::fixture::{at, docx, eml, msg, pdf, tnef, xlsx, zip};

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>"#;
    vec![
        ("docx", docx("<w:p><w:r><w:t>Words of a paragraph</w:t></w:r></w:p>", &[])),
        ("xlsx", xlsx(sheet, "", &[])),
        ("pdf", pdf(&at(50, 700, "Words on a page"), |_, _, _| {})),
        (
            "rtf",
            br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Words {\v hidden}\par\'e9\u8364?{\object{\*\objdata 4848}}}"
                .to_vec(),
        ),
        ("eml", eml()),
        ("msg", msg("Subject", "Body")),
        ("tnef", tnef("Subject", "Body")),
        ("html", b"<html><body><p style='color:#fff'>a</p><table><tr><td>b</table><!-- c -->".to_vec()),
        ("zip", zip(&[("a.txt", b"words of a file"), ("b.csv", b"a,b,c\n1,2,3\n4,5,6\n")])),
        ("mbox", [b"From a Tue Mar  3 16:19:00 2026\n".as_slice(), &eml()].concat()),
        ("txt", "Müller\n\nwords".as_bytes().to_vec()),
    ]
}

/// A small budget: what fits in it takes at most seconds on a slow machine.
fn small() -> Limits {
    Limits { work: 60_000_000, expanded: 64 << 20, ..Limits::default() }
}

fn survives(name: &str, bytes: &[u8]) {
    let begun = Instant::now();
    let hint = Hint { name: Some(name), media_type: None };
    let _ = read::read(bytes, &hint, &small());
    assert!(begun.elapsed() < patience(20), "{name} took {:?}", begun.elapsed());
}

#[test]
fn truncations_at_every_fiftieth_end() {
    for (name, bytes) in samples() {
        for part in 0..50 {
            survives(name, &bytes[..bytes.len() * part / 50]);
        }
    }
}

#[test]
fn flipped_bits_end() {
    let mut seed = 0x9e37_79b9_u64;
    for (name, bytes) in samples() {
        for _ in 0..60 {
            let mut bad = bytes.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(seed >> 33).unwrap() % bad.len();
                bad[at] ^= 1 << (seed % 8);
            }
            survives(name, &bad);
        }
    }
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b'0'; 40 << 20];
    let bomb = zip(&[("big.txt", &zeros)]);
    let limits = Limits { expanded: 8 << 20, ..Limits::default() };
    assert_eq!(read::read(&bomb, &Hint::default(), &limits).unwrap_err(), ReadError::Expands);
    let office = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", " ".repeat(20 << 20)), &[]);
    assert_eq!(read::read(&office, &Hint::default(), &limits).unwrap_err(), ReadError::Expands);
}

#[test]
fn a_pdf_stream_that_explodes_is_refused_before_it_is_unpacked() {
    let bytes = pdf("", |file, page, _| {
        let mut stream = lopdf::Stream::new(lopdf::Dictionary::new(), vec![b' '; 40 << 20]);
        stream.compress().unwrap();
        let id = file.add_object(stream);
        file.get_dictionary_mut(page).unwrap().set("Contents", id);
    });
    let limits = Limits { expanded: 8 << 20, ..Limits::default() };
    assert_eq!(read::read(&bytes, &Hint::default(), &limits).unwrap_err(), ReadError::Expands);
}

#[test]
fn a_pdf_form_that_draws_itself_ten_times_over_runs_out_of_work() {
    let bytes = pdf("/X0 Do", |file, page, _| {
        let ids: Vec<_> = (0..12).map(|_| file.new_object_id()).collect();
        for (n, id) in ids.iter().enumerate() {
            let next = ids.get(n + 1).copied();
            let content = if next.is_some() { "/X Do ".repeat(10) } else { "0 0 9 9 re f ".into() };
            let mut dict = lopdf::dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 500.into(), 500.into()] };
            if let Some(next) = next {
                dict.set("Resources", lopdf::dictionary! { "XObject" => lopdf::dictionary! { "X" => next } });
            }
            file.set_object(*id, lopdf::Stream::new(dict, content.into_bytes()));
        }
        let resources =
            file.get_dictionary_mut(page).unwrap().get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
        resources.set("XObject", lopdf::dictionary! { "X0" => ids[0] });
    });
    let begun = Instant::now();
    let limits = Limits { work: 20_000_000, ..Limits::default() };
    assert_eq!(read::read(&bytes, &Hint::default(), &limits).unwrap_err(), ReadError::OutOfWork);
    assert!(begun.elapsed() < patience(30));
}

#[test]
fn archives_in_archives_stop_at_the_limit() {
    let mut inner = zip(&[("words.txt", b"the innermost words")]);
    for _ in 0..20 {
        inner = zip(&[("inner.zip", &inner)]);
    }
    let mut document = read::read(&inner, &Hint::default(), &Limits::default()).unwrap();
    let mut depth = 0;
    let why = loop {
        let attachment = document.attachments.into_iter().next().unwrap();
        match attachment.content {
            Ok(next) => document = *next,
            Err(problem) => break problem.why,
        }
        depth += 1;
    };
    assert_eq!(depth, Limits::default().nesting);
    assert!(why.contains("more than 8 deep"), "{why}");
}

#[test]
fn a_file_that_hides_behind_anothers_name_is_reported() {
    let mut twins = zip(&[("a.txt", b"first words"), ("b.txt", b"second words")]);
    for at in 0..twins.len() - 5 {
        if &twins[at..at + 5] == b"b.txt" {
            twins[at] = b'a';
        }
    }
    let document = read::read(&twins, &Hint::default(), &Limits::default()).unwrap();
    assert!(document.problems.iter().any(|p| p.why.contains("name of another")), "{:?}", document.problems);
}

#[test]
fn nesting_ends_without_a_stack_overflow() {
    let deep = 200_000;
    let xml = format!("{}{}", "<w:x>".repeat(deep), "</w:x>".repeat(deep));
    assert_eq!(
        read::read(&docx(&xml, &[]), &Hint::default(), &Limits::default()).unwrap_err(),
        ReadError::Deep { limit: 256 }
    );
    let rtf = format!(r"{{\rtf1 {}", "{".repeat(deep));
    assert_eq!(
        read::read(rtf.as_bytes(), &Hint::default(), &Limits::default()).unwrap_err(),
        ReadError::Deep { limit: 256 }
    );
    let html = format!("<html>{}deep words", "<div>".repeat(deep));
    let document = read::read(html.as_bytes(), &Hint::default(), &Limits::default()).unwrap();
    assert!(document.visible_text().contains("deep words") && !document.problems.is_empty());
    survives(
        "pdf",
        &[b"%PDF-1.4\n1 0 obj\n".as_slice(), &b"[".repeat(deep), b"\nendobj\ntrailer<</Root 1 0 R>>"]
            .concat(),
    );
    let message = "Content-Type: message/rfc822\r\n\r\n".repeat(deep / 4);
    assert!(matches!(
        read::read(
            format!("From: a\r\nDate: b\r\n{message}").as_bytes(),
            &Hint::default(),
            &Limits::default()
        ),
        Err(ReadError::Many { .. })
    ));
}

#[test]
fn entities_are_never_expanded() {
    let loops = r#"<!DOCTYPE x [<!ENTITY a "&b;&b;&b;"><!ENTITY b "&a;&a;&a;">]><w:document><w:p><w:r><w:t>before &a; after</w:t></w:r></w:p></w:document>"#;
    let bytes = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", loops.as_bytes())]);
    let document = read::read(&bytes, &Hint::default(), &Limits::default()).unwrap();
    assert_eq!(document.visible_text(), "before &a; after");
    assert!(document.problems.iter().any(|p| p.why.contains("entities")));
}

#[test]
fn quadratic_traps_stay_linear() {
    let quotes: String = (0..200_000).map(|_| "> ").collect();
    survives("eml", format!("From: a@example.org\r\nDate: x\r\nSubject: y\r\n\r\n{quotes}").as_bytes());
    survives("html", format!("<html>{}", "<p>x</b>".repeat(100_000)).as_bytes());
    survives("html", "<html><a href=".repeat(100_000).as_bytes());
    survives("rtf", format!(r"{{\rtf1 {}}}", r"{\*\x1 a}".repeat(100_000)).as_bytes());
    survives("csv", "\"".repeat(1_000_000).as_bytes());
    survives("mbox", "From a 2026\n\n".repeat(50_000).as_bytes());
    let parts = "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".repeat(5_000);
    survives(
        "eml",
        format!("From: a@b.example\r\nDate: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}")
            .as_bytes(),
    );
    let covers = format!(
        "{}{}",
        "BT /F1 1 Tf 9 9 Td (aaaaaaaaaa) Tj ET ".repeat(2_000),
        "0 0 595 842 re f ".repeat(20_000)
    );
    survives("pdf", &pdf(&covers, |_, _, _| {}));
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let table: [(&[u8], &str); 5] = [
        (b"", "empty"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\0\x01\x02\x03\0\0\0\0binary", "not a known format"),
        (b"!BDN", "damaged"),
    ];
    for (bytes, why) in table {
        let error = read::read(bytes, &Hint::default(), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_bad_attachment_does_not_spoil_its_message() {
    let parts = "JVBERi0xLjQK".to_owned();
    let text = format!(
        "From: a@example.org\r\nDate: Tue, 3 Mar 2026 16:19:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nGood words\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{parts}\r\n--x--\r\n"
    );
    let document = read::read(text.as_bytes(), &Hint::default(), &Limits::default()).unwrap();
    assert!(document.visible_text().contains("Good words"));
    assert!(document.attachments[0].content.is_err());
}
