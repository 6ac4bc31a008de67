#![no_main]
//! Pictures: their properties, their frames and pages, and a page made of each. The first byte chooses
//! the format.

use counterfoil_finding::read::{self, Hint, Limits};
use counterfoil_finding::redact::{Format, Options, Plan, redact};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let before: &[u8] = match first % 6 {
        0 => b"II*\0",
        1 => b"MM\0*",
        2 => b"GIF89a",
        3 => b"\x89PNG\r\n\x1a\n",
        4 => b"\xff\xd8\xff",
        _ => b"RIFF\0\x10\0\0WEBP",
    };
    let file = [before, rest].concat();
    let limits = Limits { work: 30_000_000, expanded: 32 << 20, ..Limits::default() };
    let Ok(document) = read::read(&file, &Hint::default(), &limits) else { return };
    // A large canvas takes honest time to draw; what is looked for are faults.
    if document.pages.iter().any(|p| p.width * p.height > 100_000.0) || document.pages.len() > 20 {
        return;
    }
    let plan = Plan { pages_seen: (0..document.pages.len()).collect(), ..Plan::default() };
    let options = Options { formats: [Format::Pdf].into(), ..Options::default() };
    let _ = redact(&file, &document, &plan, &options);
});
