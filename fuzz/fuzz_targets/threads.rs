#![no_main]
//! Splitting and folding of message bodies: no panic, and no letter lost.

use counterfoil_finding::threads::{Item, fold, split};
use libfuzzer_sys::fuzz_target;

fn letters<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<char> {
    let mut letters: Vec<char> = texts.flat_map(str::chars).filter(|c| c.is_alphanumeric()).collect();
    letters.sort_unstable();
    letters
}

fuzz_target!(|body: &str| {
    let segments = split(body);
    let kept = letters(segments.iter().flat_map(|s| [s.lead.text.as_str(), s.text.as_str()]));
    assert_eq!(kept, letters(std::iter::once(body)));
    let item = |id: &str| Item { id: id.into(), segments: segments.clone(), attachments: Vec::new() };
    let _ = fold(&[item("a"), item("b")]);
});
