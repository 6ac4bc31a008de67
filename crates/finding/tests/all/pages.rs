//! Page images rebuilt: the court PDFs of the shared data, and PDFs made here.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use counterfoil_finding::model::Document;
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_finding::redact::{Options, Plan, mentions, redact_and_verify, spread};

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
    for word in
        text.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() >= 6 && *w != "Document")
    {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut words: Vec<(&str, usize)> =
        counts.into_iter().filter(|(w, _)| w.starts_with(char::is_uppercase)).collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    words.into_iter().take(3).map(|(word, _)| word.to_owned()).collect()
}

/// One file redacted and searched; why it was refused, if it was.
fn redact_and_search(path: &Path) -> Option<Result<(), String>> {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let bytes = std::fs::read(path).unwrap();
    let document = open(&bytes)?;
    let terms = words_to_withhold(&document);
    let mut plan = Plan { spans: mentions(&document, &terms, &code("S2-16")), ..Plan::default() };
    spread(&document, &mut plan);
    let started = std::time::Instant::now();
    let result = redact_and_verify(&bytes, &document, &plan, &Options::default());
    let took = started.elapsed().as_millis();
    println!("{name}: {} pages, {} spans, {took} ms", document.pages.len(), plan.spans.len());
    Some(result.map_err(|error| format!("{name}: {error}")).map(|copy| {
        leave(&copy, &name);
        let ocr = name.starts_with("xray_") && document.pages.len() < 3;
        let pdf = &copy.files().iter().find(|f| f.name.ends_with(".pdf")).unwrap().bytes;
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        assert_gone(&recovered(pdf, ocr), &terms, &name);
    }))
}

#[test]
fn nothing_withheld_is_recoverable_from_a_real_pdf() {
    let files = real_pdfs();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    // Much of the time goes to the outside tools, one after the other.
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = redact_and_search(path);
                    results.lock().unwrap().extend(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let refused: Vec<_> = results.iter().filter_map(|r| r.as_ref().err()).collect();
    println!("{} copies; refused: {refused:#?}", results.len() - refused.len());
    assert!(files.is_empty() || results.len() > refused.len(), "nothing was redacted");
}
