//! Packs of invented documents with planted texts, redacted, and searched with the tools that a curious
//! reader has. Everything follows from a seed.

mod documents;
mod planted;

use std::io::{Cursor, Read};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use counterfoil_finding::corpus::Dice;
use counterfoil_finding::model::FileKind;
use counterfoil_finding::read::{Hint, Limits, Ocr, read};
use counterfoil_finding::redact::{Automatic, Format, Options, SafeFile, redact_and_verify};

use crate::redact::{code, has, leave, recovered};
use documents::{KINDS, Made};
use planted::Planted;

/// What became of the packs.
#[derive(Debug, Default)]
struct Tally {
    documents: usize,
    files: usize,
    refused: Vec<String>,
    leaks: Vec<String>,
}

/// All text that outside tools get out of a released file; of pictures and page images also by OCR.
fn everything_in(file: &SafeFile, look: bool) -> String {
    let mut all = match file.media_type {
        "application/pdf" => recovered(&file.bytes, look),
        kind if kind.ends_with("sheet") => unzipped(&file.bytes),
        kind if kind.starts_with("image/") => seen_in(&file.bytes),
        _ => String::from_utf8_lossy(&file.bytes).into_owned(),
    };
    all.push('\n');
    all.push_str(&file.name);
    all
}

/// Every part of a package, with its name.
fn unzipped(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        all.push_str(&part.name().unwrap());
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        all.push_str(&String::from_utf8_lossy(&content));
    }
    all
}

fn seen_in(picture: &[u8]) -> String {
    let mut all = String::from_utf8_lossy(picture).into_owned();
    if has("tesseract") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture");
        std::fs::write(&path, picture).unwrap();
        let mut tesseract = Command::new("tesseract");
        let output = tesseract.env("OMP_THREAD_LIMIT", "1").arg(&path).arg("stdout").output().unwrap();
        all.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    all
}

fn options(kind: FileKind) -> Options {
    let mut options = Options::default();
    options.formats.insert(Format::Text);
    match kind {
        FileKind::Spreadsheet => drop(options.formats.insert(Format::Xlsx)),
        FileKind::Image => drop(options.formats.insert(Format::Image)),
        _ => {}
    }
    options
}

/// Redacts one document and searches what comes out.
fn attack(made: &Made, planted: &Planted, name: &str, tally: &Mutex<Tally>) {
    let hint = Hint { name: Some(&made.name), media_type: None };
    let limits = Limits { ocr: Ocr::tesseract(), ..Limits::default() };
    let document = read(&made.bytes, &hint, &limits).unwrap_or_else(|e| panic!("{name}: {e}"));
    let terms = planted.terms();
    let automatic = Automatic { detector: None, cast: None, terms: &terms, code: code("S2-16") };
    let plan = automatic.plan(&document);
    let result = redact_and_verify(&made.bytes, &document, &plan, &options(document.kind));
    let copy = match result {
        Ok(copy) => copy,
        Err(error) => return tally.lock().unwrap().refused.push(format!("{name}: {error}")),
    };
    leave(&copy, name);
    let mut leaks = Vec::new();
    for file in copy.files() {
        let text = everything_in(file, made.drawn);
        let found = planted.found_in(&text);
        leaks.extend(found.into_iter().map(|what| format!("{name}, {}: {what}", file.name)));
        // What is not personal must have survived, or the test would praise an empty copy.
        if file.media_type == "text/html" && !file.name.contains("attachment") {
            assert!(text.contains("boiler"), "{name}: the rest of the document is gone");
        }
    }
    let mut tally = tally.lock().unwrap();
    tally.documents += 1;
    tally.files += copy.files().len();
    tally.leaks.extend(leaks);
}

/// Makes and attacks the packs with these seeds: `each` documents a pack, kinds in turn.
fn packs(seeds: std::ops::Range<u64>, each: usize) -> Tally {
    let (next, end) = (AtomicU64::new(seeds.start), seeds.end);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    if seed % 20 == 0 {
                        println!("pack {seed}");
                    }
                    let mut dice = Dice::new(seed);
                    let planted = Planted::draw(&mut dice);
                    for turn in 0..each {
                        let kind = (seed as usize * each + turn) % KINDS.len();
                        let Some(made) = (KINDS[kind].1)(&planted, &mut dice) else { continue };
                        attack(&made, &planted, &format!("{}-{seed}", KINDS[kind].0), &tally);
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

fn assert_nothing_leaks(tally: &Tally) {
    println!("{} documents, {} released files, refused: {:#?}", tally.documents, tally.files, tally.refused);
    assert!(tally.leaks.is_empty(), "{:#?}", tally.leaks);
    assert!(tally.documents > 0 && tally.refused.len() * 20 <= tally.documents, "{:#?}", tally.refused);
}

#[test]
fn nothing_planted_is_recoverable_from_a_few_packs() {
    assert_nothing_leaks(&packs(0..6, 2));
}

#[test]
#[ignore = "200 packs take many minutes; run with --ignored"]
fn nothing_planted_is_recoverable_from_200_packs() {
    assert_nothing_leaks(&packs(1000..1200, 3));
}

/// The search must be able to find: the same tools on a document that was not redacted.
#[test]
fn the_search_finds_what_was_not_redacted() {
    let mut dice = Dice::new(7);
    let planted = Planted::draw(&mut dice);
    for (name, make) in KINDS {
        let Some(made) = make(&planted, &mut dice) else { continue };
        let text = match made.name.rsplit_once('.').unwrap().1 {
            "pdf" if has("pdftotext") => recovered(&made.bytes, made.drawn),
            "png" => seen_in(&made.bytes),
            "docx" | "xlsx" => unzipped(&made.bytes),
            "pdf" => continue,
            _ => String::from_utf8_lossy(&made.bytes).into_owned(),
        };
        assert!(!planted.found_in(&text).is_empty(), "nothing is found in a plain {name}");
    }
}
