#![no_main]
//! PDF.

use counterfoil_finding::read::{self, Hint, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let _ = read::read(&[b"%PDF-1.5\n".as_slice(), bytes].concat(), &Hint::default(), &limits);
});
