//! Masks and categories.

use counterfoil_connect::category::{any_covered, covers};
use counterfoil_connect::mask::{Secret, Strategy, mask};

fn strategy(word: &str) -> Strategy {
    Strategy::from_word(word).unwrap()
}

#[test]
fn categories_are_compared_by_segment() {
    let cases = [
        ("user", "user", true),
        ("user", "user.contact.email", true),
        ("user.contact", "user", false),
        ("user.device.cookie", "user.device.cookie_id", false),
        ("user.device.cookie", "user.device.cookie.id", true),
    ];
    for (target, category, expected) in cases {
        assert_eq!(covers(target, category), expected, "{target} {category}");
    }
    assert!(!any_covered(&[], &["user".to_owned()]));
}

#[test]
fn masks_hide_and_differ() {
    let secret = Secret::new([1; 32]);
    let other = Secret::new([2; 32]);
    let of = |word: &str, value: &str, place: &str, secret: &Secret| {
        mask(&strategy(word), value, place, None, secret)
    };
    assert_eq!(of("null_rewrite", "Ann", "a", &secret), None);
    assert_eq!(of("string_rewrite:gone", "Ann", "a", &secret).as_deref(), Some("gone"));
    for word in ["hash", "hmac"] {
        let one = of(word, "Ann", "a", &secret).unwrap();
        assert_eq!(one.len(), 64);
        assert_eq!(of(word, "Ann", "b", &secret).unwrap(), one, "{word}: the same value, the same mask");
        assert_ne!(of(word, "Bob", "a", &secret).unwrap(), one);
        assert_ne!(of(word, "Ann", "a", &other).unwrap(), one, "{word}: another erasure, another mask");
    }
    let one = of("random_string_rewrite", "Ann", "a", &secret).unwrap();
    assert!(one.len() == 30 && one.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{one}");
    assert_ne!(of("random_string_rewrite", "Ann", "b", &secret).unwrap(), one, "another row, another text");
}

#[test]
fn a_mask_fits_its_column() {
    let secret = Secret::new([1; 32]);
    assert_eq!(mask(&strategy("hash"), "Ann", "a", Some(10), &secret).unwrap().len(), 10);
    assert_eq!(mask(&strategy("string_rewrite:äöü"), "Ann", "a", Some(2), &secret).as_deref(), Some("äö"));
}

#[test]
fn unknown_strategies_are_refused() {
    for word in ["", "shred", "aes_encrypt", "string_rewrite"] {
        assert!(Strategy::from_word(word).is_err(), "{word}");
    }
}

#[test]
fn a_secret_is_not_printed() {
    assert_eq!(format!("{:?}", Secret::new([9; 32])), "Secret");
}
