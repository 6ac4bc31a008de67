#![no_main]
//! Text, tables and HTML, chosen by the first byte.

use counterfoil_finding::read::{self, Hint, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let name = ["a.txt", "a.csv", "a.tsv", "a.html"][usize::from(*first) % 4];
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let _ = read::read(rest, &Hint { name: Some(name), media_type: None }, &limits);
});
