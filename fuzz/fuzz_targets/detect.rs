#![no_main]
//! Detection and the cast: no panic, and findings lie apart within their text.

use std::sync::LazyLock;

use counterfoil_finding::cast::{Cast, kinship};
use counterfoil_finding::corpus;
use counterfoil_finding::detect::{Config, Detector};
use libfuzzer_sys::fuzz_target;

static TOOLS: LazyLock<(Detector, Cast)> = LazyLock::new(|| {
    let config = Config { threshold: 0.0, ..Config::default() };
    let cast = Cast::new(corpus::cast_letters(1, 1).0).expect("an invented cast");
    (Detector::new(&config).expect("the default configuration"), cast)
});

fuzz_target!(|text: &str| {
    let (detector, cast) = &*TOOLS;
    let count = text.chars().count();
    let found = detector.find_with_cast(text, cast);
    assert!(found.iter().all(|f| f.start < f.end && f.end <= count));
    assert!(cast.mentions(text).iter().all(|m| m.start < m.end && m.end <= count));
    assert!(kinship(text).iter().all(|k| k.start < k.end && k.end <= count));
});
