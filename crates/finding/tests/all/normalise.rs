//! The shadow text and the way back.

use counterfoil_finding::normalise::Shadow;
use proptest::prelude::*;

#[test]
fn folds_what_looks_alike() {
    let cases = [
        ("plain text", "plain text"),
        ("QQ\u{a0}12\u{2009}34\u{3000}56", "QQ 12 34 56"),
        ("01\u{2011}02\u{2013}03\u{2212}04", "01-02-03-04"),
        ("94\u{200b}34\u{ad}76\u{feff}", "943476"),
        ("ＡＢ１２３４５６Ｃ＠", "AB123456C@"),
        ("José Núñez, Łódź, Straße", "Jose Nunez, Lodz, Strasse"),
        ("O\u{2019}Neill \u{201c}said\u{201d}", "O'Neill \"said\""),
        ("٠١٢ ०१२", "012 012"),
        ("ﬁne", "fine"),
        // Cyrillic capitals that are drawn like Latin ones.
        ("АВ123456С", "AB123456C"),
        // A fraction must not grow a second number out of the first.
        ("5½ m²", "5\u{1b} m\u{1b}"),
        ("漢字", "\u{1a}\u{1a}"),
    ];
    for (text, shadow) in cases {
        assert_eq!(Shadow::new(text).text(), shadow, "{text:?}");
    }
}

#[test]
fn a_span_covers_dropped_characters_inside_it_and_none_outside() {
    let text = "\u{200b}a\u{200b}b\u{ad}c\u{200b}";
    let shadow = Shadow::new(text);
    assert_eq!(shadow.source(0..3), 1..6);
    assert_eq!(shadow.source(0..1), 1..2);
    assert_eq!(shadow.source(1..3), 3..6);
    assert_eq!(shadow.source(1..1), 3..3);
}

/// Characters that are hard to keep in place.
fn tricky() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        4 => any::<char>(),
        2 => prop::char::range('0', 'z'),
        1 => prop::sample::select(vec!['\u{a0}', '\u{200b}', '\u{ad}', 'ß', 'é', 'ﬁ', 'Ａ', '\n', '\u{301}', '½', '𝟙', 'ŉ']),
    ];
    prop::collection::vec(one, 0..60).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    /// Every shadow byte leads to the character that, folded alone, holds that byte.
    #[test]
    fn every_byte_leads_to_its_own_character(text in tricky()) {
        let shadow = Shadow::new(&text);
        let chars: Vec<char> = text.chars().collect();
        prop_assert!(shadow.text().is_ascii());
        let mut last = 0;
        for at in 0..shadow.text().len() {
            let place = shadow.source(at..at + 1);
            prop_assert_eq!(place.len(), 1);
            prop_assert!(place.start >= last);
            last = place.start;
            let alone = Shadow::new(&chars[place.start].to_string());
            let byte = char::from(shadow.bytes()[at]);
            prop_assert!(alone.text().contains(byte), "{:?} from {:?}", byte, chars[place.start]);
        }
    }

    /// Folding is letter by letter: the whole is the parts in order.
    #[test]
    fn the_whole_is_its_parts(text in tricky()) {
        let parts: String = text.chars().map(|c| Shadow::new(&c.to_string()).text().to_owned()).collect();
        let whole = Shadow::new(&text);
        prop_assert_eq!(whole.text(), parts);
    }

    /// A span and its neighbours divide the characters without overlap.
    #[test]
    fn spans_do_not_overlap(text in tricky(), cut in 0usize..60) {
        let shadow = Shadow::new(&text);
        let bytes = shadow.text().len();
        let cut = cut.min(bytes);
        let (left, right) = (shadow.source(0..cut), shadow.source(cut..bytes));
        if cut > 0 && cut < bytes {
            // One character may give several bytes; only then may both sides hold it.
            prop_assert!(left.end <= right.start || left.end == right.start + 1);
        }
        prop_assert!(right.end <= text.chars().count());
    }
}
