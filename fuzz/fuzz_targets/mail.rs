#![no_main]
//! Messages, mailboxes and winmail.dat, chosen by the first byte.

use counterfoil_finding::read::{self, Hint, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let before: &[u8] = match first % 3 {
        0 => b"From: a@example.org\r\nDate: x\r\n",
        1 => b"From a Tue Mar  3 16:19:00 2026\nFrom: a@example.org\nDate: x\n",
        _ => b"\x78\x9f\x3e\x22\x01\x00",
    };
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let _ = read::read(&[before, rest].concat(), &Hint { name: Some("a.eml"), media_type: None }, &limits);
});
