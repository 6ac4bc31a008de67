#![no_main]
//! OLE compound files (Outlook messages, old workbooks) and Outlook data files.

use counterfoil_finding::read::{self, Hint, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let before: &[u8] = if first % 4 == 0 { b"!BDN" } else { b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" };
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let _ = read::read(&[before, rest].concat(), &Hint::default(), &limits);
});
