//! Inputs that a fuzzer found, replayed on the stable toolchain.

use counterfoil_finding::read::{self, Hint, Limits, ReadError};
use counterfoil_finding::threads::split;

#[test]
fn every_input_that_a_fuzzer_found_ends() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/regressions");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        let Some("bin") = file.extension().and_then(|e| e.to_str()) else { continue };
        let bytes = std::fs::read(&file).unwrap();
        let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
        let begun = std::time::Instant::now();
        let result = read::read(&bytes, &Hint::default(), &limits);
        assert!(
            begun.elapsed() < crate::growth::patience(20),
            "{} took {:?}",
            file.display(),
            begun.elapsed()
        );
        // A library's panic is caught; it is listed here so that it is seen when it goes away.
        if let Err(ReadError::Panicked { reader }) = result {
            println!("{}: the {reader} reader still panics", file.display());
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = split(text);
        }
        count += 1;
    }
    assert!(count > 0, "no inputs were replayed");
}
