//! Page images rebuilt: the court PDFs of the shared data, and PDFs made here.

use std::path::PathBuf;

use counterfoil_finding::model::Document;
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::redact::{
    Format, Options, Plan, RedactError, mentions, redact, redact_and_verify, spread,
};

use crate::redact::{assert_gone, code, leave, recovered};

fn real_pdfs() -> Vec<PathBuf> {
    let shared = std::env::var_os("COUNTERFOIL_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(shared.join("data/real/pdf")) else {
        println!("skipped: the shared documents are not here");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = folder.flatten().map(|e| e.path()).collect();
    files.sort();
    files
}

fn open(bytes: &[u8]) -> Option<Document> {
    let hint = Hint { name: Some("a.pdf"), media_type: Some("application/pdf") };
    read(bytes, &hint, &Limits::default()).ok()
}

/// Three longer words of the document, to be withheld wherever they stand. `Document` is what the PDF
/// standard calls the root of every structure, so the tools would find it in any file.
fn words_to_withhold(document: &Document) -> Vec<String> {
    let text = document.visible_text();
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() >= 6 && *w != "Document") {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut words: Vec<(&str, usize)> =
        counts.into_iter().filter(|(w, _)| w.starts_with(char::is_uppercase)).collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    words.into_iter().take(3).map(|(word, _)| word.to_owned()).collect()
}

#[test]
fn nothing_withheld_is_recoverable_from_a_real_pdf() {
    let (mut copies, mut refused) = (0, Vec::new());
    for path in real_pdfs() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let Some(document) = open(&bytes) else { continue };
        let terms = words_to_withhold(&document);
        let mut plan = Plan { spans: mentions(&document, &terms, &code("S2-16")), ..Plan::default() };
        spread(&document, &mut plan);
        let started = std::time::Instant::now();
        let result = redact_and_verify(&bytes, &document, &plan, &Options::default());
        let took = started.elapsed().as_millis();
        println!("{name}: {} pages, {} spans, {took} ms", document.pages.len(), plan.spans.len());
        match result {
            Ok(copy) => {
                copies += 1;
                leave(&copy, &name);
                let ocr = name.starts_with("xray_") && document.pages.len() < 3;
                let pdf = &copy.files().iter().find(|f| f.name.ends_with(".pdf")).unwrap().bytes;
                let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
                assert_gone(&recovered(pdf, ocr), &terms, &name);
            }
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    println!("{copies} copies; refused: {refused:#?}");
}
