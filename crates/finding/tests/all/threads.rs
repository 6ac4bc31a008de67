//! Threads and duplicates.

use counterfoil_finding::threads::{
    Decisions, Item, Print, Segment, SpanKey, Standing, canonical, fold, of_document, split,
};
use proptest::prelude::*;
use std::time::Instant;

use crate::growth;

/// Depths and first words of the segments.
fn shape(body: &str) -> Vec<(usize, String)> {
    let words = |s: &Segment| s.text.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    split(body).iter().map(|s| (s.depth, words(s))).collect()
}

fn own(text: &str) -> (usize, String) {
    (0, text.into())
}

fn quote(text: &str) -> (usize, String) {
    (1, text.into())
}

#[test]
fn every_programs_way_of_quoting_is_cut() {
    let table = [
        (
            "Agreed.\n\nOn Tue, 3 Mar 2026 at 16:19, Ada Bell <ada@example.org> wrote:\n\n> The rent is late\n",
            "gmail",
        ),
        (
            "Agreed.\n\nOn Tue, 3 Mar 2026 at 16:19, Ada Bell\n<ada@example.org> wrote:\n\n> The rent is late\n",
            "folded",
        ),
        (
            "Agreed.\n\n-----Original Message-----\nFrom: Ada\nTo: Ben\nSent: 3 March 2026\nSubject: Rent\n\nThe rent is late",
            "outlook",
        ),
        (
            "Agreed.\n\nFrom: Ada [mailto:a@example.org]\nSent: 3 March 2026 16:19\nTo: Ben\nSubject: Rent\n\nThe rent is late",
            "headers",
        ),
        (
            "Agreed.\n________________________________\nFrom: Ada\nSent: 3 March 2026\nTo: Ben\nSubject: Rent\n\nThe rent is late",
            "web",
        ),
        ("Agreed.\n\nAm 03.03.2026 um 16:19 schrieb Ada Bell:\n> The rent is late\n", "german"),
        ("Agreed.\n\nLe 3 mars 2026 à 16:19, Ada a écrit :\n\n> The rent is late\n", "french"),
        ("Agreed.\n\nEl 3 de marzo de 2026, Ada escribió:\n> The rent is late\n", "spanish"),
        (
            "Agreed.\n\n-----Ursprüngliche Nachricht-----\nVon: Ada\nGesendet: 3. März 2026\nAn: Ben\nBetreff: Miete\n\nThe rent is late",
            "german outlook",
        ),
        ("Agreed.\n\nAr 3 Mawrth 2026, ysgrifennodd Ada:\n> The rent is late\n", "welsh"),
        (
            "Agreed.\n> From: Ada\n> To: Ben\n> Subject: Rent\n> Date: 3 March 2026\n>\n> The rent is late\n",
            "hotmail",
        ),
        ("Agreed.\n> The rent is late\n", "marks only"),
    ];
    for (body, name) in table {
        assert_eq!(shape(body), [own("Agreed."), quote("The rent is")], "{name}");
    }
}

#[test]
fn quotes_in_quotes_and_answers_below_are_told_apart() {
    let body = "> > first words\n> second words\nthird words\n> fourth words\n";
    let depths: Vec<usize> = split(body).iter().map(|s| s.depth).collect();
    assert_eq!(depths, [2, 1, 0, 1]);
    let two = "Top\n\n-----Original Message-----\nFrom: A\nTo: B\nSubject: x\n\nMiddle\n\n-----Original Message-----\nFrom: B\nTo: A\nSubject: x\n\nBottom";
    assert_eq!(split(two).iter().map(|s| s.depth).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(split(two)[1].lead.headers[0], ("from".into(), "A".into()));
}

#[test]
fn ordinary_prose_is_not_cut() {
    for body in [
        "She said that he wrote: nothing.",
        "On Monday I saw what the officer wrote",
        "From: the kitchen\nthe noise came again",
        "Name | Date | Amount\nAda | 3 March | 40",
        "The letter reads:\nDear Ada,\nTo: be discussed",
    ] {
        assert!(split(body).iter().all(|s| s.depth == 0), "{body}: {:?}", split(body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_word_is_lost(lines in prop::collection::vec("(> ){0,3}(From: |On 3 May 2026 Jo wrote:|[a-z]{1,8} [a-z]{1,8})?", 0..40)) {
        let body = lines.join("\n");
        let kept: String = split(&body).iter().map(|s| format!("{} {} ", s.lead.text, s.text)).collect();
        let squeeze = |t: &str| {
            let mut letters: Vec<char> = t.chars().filter(|c| c.is_alphanumeric()).collect();
            letters.sort_unstable();
            letters
        };
        prop_assert_eq!(squeeze(&kept), squeeze(&body));
    }

    #[test]
    fn containment_is_exact_for_prefixes(words in prop::collection::vec("[a-z]{2,7}", 8..60), cut in 4_usize..8) {
        let whole = words.join(" ");
        let part = words[..cut].join(" ");
        prop_assert!((Print::new(&part).contained_in(&Print::new(&whole)) - 1.0).abs() < 1e-9);
    }
}

const FIRST: &str = "The boiler at Larch Court failed on Monday and the family has two small children.";
const SECOND: &str = "Please send an engineer today and tell me when the visit has been booked.";

fn item(id: &str, body: &str) -> Item {
    Item { id: id.into(), segments: split(body), attachments: Vec::new() }
}

fn quoting(new: &str, old: &str) -> String {
    let quoted: String = old.lines().map(|l| format!("> {l}\n")).collect();
    format!("{new}\n\nOn 3 March 2026 at 10:00, Ada Bell <ada@example.org> wrote:\n\n{quoted}")
}

#[test]
fn a_thread_keeps_its_leaf() {
    let reply = quoting(SECOND, FIRST);
    let answers = fold(&[item("a", FIRST), item("b", &reply), item("c", &reply)]);
    assert_eq!(answers[0].standing, Standing::Contained { by: "b".into() });
    assert_eq!(answers[1].standing, Standing::Read);
    assert_eq!(answers[2].standing, Standing::Duplicate { of: "b".into() });
    assert!(answers[1].altered.is_empty() && answers[1].orphans.is_empty());
}

#[test]
fn an_altered_quote_is_shown_and_its_original_is_read() {
    let forged = FIRST.replace("two small children", "no small children");
    let answers = fold(&[item("a", FIRST), item("b", &quoting(SECOND, &forged))]);
    assert_eq!(answers[0].standing, Standing::Read);
    let altered = &answers[1].altered[0];
    assert_eq!((altered.original.as_str(), altered.added.as_slice()), ("a", ["no".to_owned()].as_slice()));
    assert_eq!(altered.removed, ["two"]);
}

#[test]
fn a_shortened_quote_is_not_an_alteration_but_an_unknown_one_is_the_only_copy() {
    let half = FIRST.split(" and ").next().unwrap();
    let answers = fold(&[item("a", FIRST), item("b", &quoting(SECOND, half))]);
    assert!(answers[1].altered.is_empty(), "{:?}", answers[1]);
    assert_eq!(answers[0].standing, Standing::Read, "half of it stands nowhere else");
    let alone = fold(&[item("b", &quoting(SECOND, FIRST))]);
    assert_eq!(alone[0].orphans, [1]);
}

#[test]
fn an_attachment_keeps_its_message() {
    let mut first = item("a", FIRST);
    first.attachments.push([7; 32]);
    let mut reply = item("b", &quoting(SECOND, FIRST));
    assert_eq!(fold(&[first.clone(), reply.clone()])[0].standing, Standing::Read);
    reply.attachments.push([7; 32]);
    assert_eq!(fold(&[first, reply])[0].standing, Standing::Contained { by: "b".into() });
}

#[test]
fn near_duplicates_are_named_and_still_read() {
    let long = format!("{FIRST} {SECOND} ").repeat(3)
        + "The flat is cold at night and the tenant is worried about the cost of heaters.";
    let close = long.replace("worried about the cost of heaters", "worried about the price of heaters");
    let answers = fold(&[item("a", &long), item("b", &close)]);
    assert!(
        matches!(&answers[1].standing, Standing::NearDuplicate { of, percent } if of == "a" && *percent >= 80)
    );
}

#[test]
fn short_thanks_are_never_folded_by_chance() {
    let answers = fold(&[item("a", "Thanks Jo"), item("b", &format!("Thanks Jo. {FIRST}"))]);
    assert_eq!(answers[0].standing, Standing::Read);
}

#[test]
fn one_decision_reaches_the_quoted_copy() {
    let original = "Please call Mr Idris Vale on Monday about the flat.";
    let copy = "> Please call MR IDRIS\u{a0}VALE\n> on Monday about the flat.";
    let key = |text: &str, name: &str| {
        let start = text[..text.find(name).unwrap()].chars().count();
        SpanKey::new(text, start, start + name.chars().count())
    };
    let mut decisions = Decisions::default();
    decisions.record(key(original, "Idris Vale"), "redact");
    assert_eq!(decisions.for_span(&key(copy, "IDRIS\u{a0}VALE")), Some(&"redact"));
    let other = "Please write to Mr Idris Vale in May.";
    assert_eq!(decisions.for_span(&key(other, "Idris Vale")), None, "another place asks again");
}

#[test]
fn canonical_text_forgets_layout_only() {
    assert_eq!(canonical("> It’s  the\u{a0}FLAT, no. 7\n"), "its the flat no 7");
    assert_ne!(canonical("flat 7"), canonical("flat 8"));
}

#[test]
fn a_thousand_messages_fold_quickly() {
    let mut items = Vec::new();
    let mut body = String::new();
    for n in 0..1000 {
        let words = format!(
            "Message number {n} says that visit {} was moved to room {} by order {}.",
            n * 7,
            n * 3,
            n * 11
        );
        body = if n % 20 == 0 { words } else { quoting(&words, &body) };
        items.push(item(&n.to_string(), &body));
    }
    let begun = Instant::now();
    let read = fold(&items).iter().filter(|f| f.standing == Standing::Read).count();
    assert_eq!(read, 50, "one leaf for each thread of twenty");
    assert!(begun.elapsed().as_secs() < 60);
}

/// A chain of replies that each quote all before it, in one message of about a megabyte.
fn long_mail(replies: usize) -> String {
    let words = "The visit to the flat was moved and the officer will write again on 12 March: ring first.\n";
    let mut body = String::new();
    for number in 0..replies {
        let marks = "> ".repeat(number.min(30));
        body.push_str(&format!("{marks}On 3 April 2026 at 16:{:02} Jo wrote:\n{marks}>\n", number % 60));
        for line in 0..60 {
            body.push_str(&format!("{marks}> {line} {number} {words}"));
        }
    }
    body
}

#[test]
fn a_long_mail_costs_in_proportion_to_its_length() {
    growth::assert_linear("mail", long_mail(10).as_str(), &long_mail(10 * growth::TIMES), |body| {
        let segments = split(body);
        let item = |id: &str| Item { id: id.into(), segments: segments.clone(), attachments: Vec::new() };
        assert_eq!(fold(&[item("a"), item("b")])[1].standing, Standing::Duplicate { of: "a".into() });
    });
}

#[test]
fn a_read_message_splits_like_its_body() {
    let raw = format!(
        "From: Ben <ben@example.org>\r\nTo: ada@example.org\r\nSubject: Boiler\r\nMIME-Version: 1.0\r\n\r\n{}",
        quoting(SECOND, FIRST).replace('\n', "\r\n")
    );
    let hint = counterfoil_finding::read::Hint::default();
    let limits = counterfoil_finding::read::Limits::default();
    let document = counterfoil_finding::read::read(raw.as_bytes(), &hint, &limits).unwrap();
    let segments = of_document(&document);
    assert_eq!(segments.iter().map(|s| s.depth).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(segments[1].text, FIRST);
}
