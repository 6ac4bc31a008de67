#![no_main]
//! The shadow text: ASCII, and every byte leads to the character that, folded alone, holds it.

use counterfoil_finding::normalise::Shadow;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let shadow = Shadow::new(text);
    assert!(shadow.text().is_ascii());
    let chars: Vec<char> = text.chars().collect();
    let mut last = 0;
    for at in 0..shadow.text().len() {
        let place = shadow.source(at..at + 1);
        assert!(place.len() == 1 && place.start >= last && place.end <= chars.len());
        last = place.start;
        let alone = Shadow::new(&chars[place.start].to_string());
        assert!(alone.bytes().contains(&shadow.bytes()[at]));
    }
});
