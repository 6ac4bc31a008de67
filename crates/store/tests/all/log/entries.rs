use counterfoil_store::log::entry::{Commitment, Entry, EntryError, Outcome, Token};
use counterfoil_store::log::merkle::leaf_hash;
use proptest::prelude::*;

fn token(word: &str) -> Token {
    word.parse().unwrap()
}

pub fn sample(i: u64) -> Entry {
    Entry {
        time: 1_790_000_000_000 + i * 1000,
        verb: token("open-record"),
        purpose: token("advice"),
        reason: (i % 2 == 1).then(|| token("other-office")),
        policies: vec![token("own-office"), token("training-current")],
        actor: token("8f3a1c"),
        person: (!i.is_multiple_of(3)).then(|| token("77aa01")),
        object: Some(token("cas_01932f0c5e7a7c3f9d2b6a1e4f508192")),
        outcome: if i % 5 == 4 { Outcome::Refused } else { Outcome::Done },
        commitment: Commitment::to(&[i as u8; 32], b"payload"),
    }
}

#[test]
fn an_entry_is_one_line_that_anyone_can_read() {
    let mut entry = sample(0);
    entry.commitment = Commitment([0; 32]);
    let text = String::from_utf8(entry.encode().unwrap()).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"v":1,"time":1790000000000,"verb":"open-record","purpose":"advice","reason":null,"#,
            r#""policies":["own-office","training-current"],"actor":"8f3a1c","person":null,"#,
            r#""object":"cas_01932f0c5e7a7c3f9d2b6a1e4f508192","outcome":"done","#,
            r#""commitment":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#
        )
    );
    assert_eq!(Entry::parse(text.as_bytes()), Ok(entry));
}

#[test]
fn other_spellings_of_an_entry_are_refused() {
    let good = String::from_utf8(sample(1).encode().unwrap()).unwrap();
    for (bad, why) in [
        (good.replace(r#""v":1"#, r#""v":2"#), EntryError::Version),
        (good.replace(r#","verb""#, r#", "verb""#), EntryError::NotCanonical),
        (format!("{good}\n"), EntryError::NotCanonical),
        (good.replace("open-record", "open\\u002drecord"), EntryError::NotCanonical),
        (
            good.replace(r#""v":1,"time":1790000001000"#, r#""time":1790000001000,"v":1"#),
            EntryError::NotCanonical,
        ),
        (good.replace("open-record", "open record"), EntryError::Form),
        (good.replace("open-record", ""), EntryError::Form),
        (good.replace(r#""actor""#, r#""actor2""#), EntryError::Form),
        (good.replace(r#"{"v":1"#, r#"{"v":1,"v":1"#), EntryError::Form),
        (good.replace(r#""done""#, r#""Done""#), EntryError::Form),
        (good.replace("\"person\":\"77aa01\",", ""), EntryError::NotCanonical),
        (good.replace(r#"}"#, r#","extra":1}"#), EntryError::Form),
        (String::new(), EntryError::Form),
    ] {
        assert_eq!(Entry::parse(bad.as_bytes()), Err(why), "{bad}");
    }
    let many = Entry { policies: vec![token("p"); 65], ..sample(0) };
    assert_eq!(many.encode(), Err(EntryError::Policies));
    for word in ["", "a b", "O'Brien", "é", "a\"b", "a\\b", &"x".repeat(129)] {
        assert_eq!(word.parse::<Token>(), Err(EntryError::Token), "{word}");
    }
}

#[test]
fn a_commitment_opens_only_to_its_payload() {
    let c = Commitment::to(&[1; 32], b"payload");
    assert!(c.opens_to(&[1; 32], b"payload"));
    assert!(!c.opens_to(&[2; 32], b"payload"));
    assert!(!c.opens_to(&[1; 32], b"Payload"));
}

proptest! {
    #[test]
    fn any_one_byte_edit_is_no_entry_or_another_leaf(i in 0..50u64, at in any::<usize>(), change in 1..=255u8) {
        let good = sample(i).encode().unwrap();
        let mut bad = good.clone();
        let at = at % bad.len();
        bad[at] ^= change;
        if let Ok(entry) = Entry::parse(&bad) {
            prop_assert_eq!(entry.encode().unwrap(), bad.clone(), "one value has one spelling");
            prop_assert_ne!(leaf_hash(&bad), leaf_hash(&good));
        }
    }

    #[test]
    fn what_is_encoded_is_read_back(
        time in any::<u64>(), word in "[A-Za-z0-9._:/@-]{1,128}", n in 0..64usize, c in any::<[u8; 32]>(), refused in any::<bool>(),
    ) {
        let entry = Entry {
            time, verb: token(&word), policies: vec![token(&word); n], person: Some(token(&word)),
            outcome: if refused { Outcome::Refused } else { Outcome::Done }, commitment: Commitment(c), ..sample(0)
        };
        let bytes = entry.encode().unwrap();
        prop_assert!(bytes.len() < 10_000);
        prop_assert_eq!(Entry::parse(&bytes), Ok(entry));
    }
}
