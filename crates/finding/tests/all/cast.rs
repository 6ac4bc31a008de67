//! The cast of a request: who is mentioned, who is not, and who must be asked about.

use counterfoil_finding::cast::{
    Cast, CastError, Decision, Decisions, Hint, How, Role, Verdict, candidates, kinship,
};
use counterfoil_finding::corpus;
use counterfoil_finding::detect::{Config, Detector, Entity};
use counterfoil_finding::model::{Block, BlockKind, Document, FileKind, Source};

const CAST: &str = r#"
[[person]]
role = "requester"
title = "Ms"
forenames = ["Sarah"]
surname = "Hargreaves"
emails = ["sarah@example.org"]

[[person]]
role = "third-party"
title = "Mr"
forenames = ["Sean"]
surname = "Doherty"
aliases = ["Johnny Boy"]
identifiers = ["HB/2023/00417"]
phones = ["07700 900123"]

[[person]]
role = "third-party"
title = "Mrs"
forenames = ["Sarah"]
surname = "Okonkwo"

[[person]]
role = "third-party"
title = "Mrs"
forenames = ["Bridget"]
surname = "Doherty"

[[person]]
role = "professional"
forenames = ["Katherine"]
surname = "O'Neill"
"#;

fn cast() -> Cast {
    Cast::from_toml(CAST).unwrap()
}

#[test]
fn surface_forms() {
    // Text, what is mentioned, by whom it may be meant, how.
    let table: &[(&str, &str, &[usize], How)] = &[
        ("I met Sean Doherty.", "Sean Doherty", &[1], How::Full),
        ("I met S. Doherty.", "S. Doherty", &[1], How::Full),
        ("DOHERTY, Sean was late", "DOHERTY, Sean", &[1], How::Full),
        ("Sean's dog", "Sean", &[1], How::Forename),
        ("Shaun came", "Shaun", &[1], How::Nickname),
        ("Mr Doherty left", "Mr Doherty", &[1], How::Titled),
        ("Mrs. B Doherty left", "Mrs. B Doherty", &[3], How::Full),
        ("Doherty left", "Doherty", &[1, 3], How::Surname),
        ("Sarah rang", "Sarah", &[0, 2], How::Forename),
        ("Hargreeves rang", "Hargreeves", &[0], How::Misspelt),
        ("Kate O\u{2019}Neill rang", "Kate O\u{2019}Neill", &[4], How::Full),
        ("Sean\u{a0}\n> Doherty", "Sean\u{a0}\n> Doherty", &[1], How::Full),
        ("mail sarah@example.org", "sarah@example.org", &[0], How::Email),
        ("mail s.okonkwo@mail.example", "s.okonkwo@mail.example", &[2], How::Email),
        ("on +44 7700 900123", "7700 900123", &[1], How::Identifier),
        ("file HB-2023-00417", "HB-2023-00417", &[1], How::Identifier),
        ("known as Johnny Boy", "Johnny Boy", &[1], How::Full),
    ];
    for (text, piece, people, how) in table {
        let mentions = cast().mentions(text);
        let found = mentions.first().unwrap_or_else(|| panic!("nothing in {text:?}"));
        let taken: String = text.chars().skip(found.start).take(found.end - found.start).collect();
        assert_eq!(
            (taken.as_str(), found.candidates.as_slice(), found.how),
            (*piece, *people, *how),
            "{text:?}"
        );
        assert_eq!(found.ambiguous, people.len() > 1, "{text:?}");
        assert_eq!(found.person.is_some(), !found.ambiguous);
    }
}

#[test]
fn ambiguity_is_asked_never_guessed() {
    // Another surname or forename beside the name means somebody else.
    for text in ["Sarah Williams rang", "We met Peter Doherty"] {
        let mentions = cast().mentions(text);
        assert!(mentions.iter().all(|m| m.ambiguous && m.person.is_none()), "{text}: {mentions:?}");
    }
    assert!(cast().mentions("she will bridge the gap and mark it").is_empty());
}

#[test]
fn a_title_learnt_in_one_message_settles_another() {
    let plain = r#"
        [[person]]
        role = "third-party"
        forenames = ["Sean"]
        surname = "Doherty"
        [[person]]
        role = "third-party"
        forenames = ["Bridget"]
        surname = "Doherty"
    "#;
    let cast = Cast::from_toml(plain).unwrap();
    assert!(cast.mentions("Mr Doherty rang.")[0].ambiguous);
    let thread =
        cast.mentions_in_thread(&["Mr Sean Doherty and Mrs Bridget Doherty came.", "Mr Doherty rang."]);
    assert_eq!(thread[1][0].person, Some(0));
}

#[test]
fn recall_on_generated_letters_and_one_decision_everywhere() {
    let (people, letters) = corpus::cast_letters(21, 200);
    let cast = Cast::new(people).unwrap();
    let decisions = Decisions::by_role(&cast);
    let (mut hits, mut all) = (0, 0);
    for letter in &letters {
        let mentions = cast.mentions(&letter.text);
        for (meant, gold) in &letter.mentions {
            all += 1;
            let Some(found) = mentions.iter().find(|m| (m.start, m.end) == (gold.start, gold.end)) else {
                continue;
            };
            hits += 1;
            assert_eq!(&found.candidates, meant, "{}", letter.text);
            let verdict = decisions.verdict("letter", found);
            match (meant.as_slice(), cast.people()[meant[0]].role) {
                ([_, _, ..], _) => assert_eq!(verdict, Verdict::Ask),
                (_, Role::ThirdParty) => assert!(matches!(verdict, Verdict::Withhold(_))),
                _ => assert!(matches!(verdict, Verdict::Keep(_))),
            }
        }
        assert_eq!(mentions.len(), letter.mentions.len(), "{}: {mentions:?}", letter.text);
    }
    assert!(hits * 100 >= all * 99, "{hits} of {all}");
}

#[test]
fn one_document_may_differ_with_a_reason() {
    let cast = cast();
    let mut decisions = Decisions::by_role(&cast);
    let mention = &cast.mentions("Mr Doherty")[0];
    let keep =
        |reason: &str| Decision { withhold: false, code: "consent".to_owned(), reason: reason.to_owned() };
    assert!(decisions.decide_in("a", 1, keep(" ")).is_err());
    assert!(decisions.decide(9, keep("x")).is_err());
    decisions.decide_in("a", 1, keep("he wrote it himself")).unwrap();
    assert!(matches!(decisions.verdict("a", mention), Verdict::Keep(_)));
    assert!(matches!(decisions.verdict("b", mention), Verdict::Withhold(_)));
}

#[test]
fn the_cast_joins_the_findings() {
    let detector = Detector::new(&Config::default()).unwrap();
    let found = detector.find_with_cast("Okonkwo rang 07700 900123 about HB/2023/00417", &cast());
    let kinds: Vec<Entity> = found.iter().map(|f| f.entity).collect();
    assert_eq!(kinds, [Entity::Person, Entity::PhoneNumber, Entity::Reference]);
    assert!(found[0].why.contains("person 3"));
}

#[test]
fn an_organisation_is_mentioned_but_is_no_personal_data() {
    let cast = Cast::from_toml("[[person]]\nrole = \"organisation\"\nsurname = \"Ribble Homes\"").unwrap();
    assert_eq!(cast.mentions("The landlord is Ribble Homes.")[0].person, Some(0));
    let detector = Detector::new(&Config::default()).unwrap();
    assert!(detector.find_with_cast("The landlord is Ribble Homes.", &cast).is_empty());
}

#[test]
fn a_bad_cast_is_refused_without_its_content() {
    assert!(matches!(
        Cast::from_toml("[[person]]\nrole = \"staff\"\nsurname = \" \""),
        Err(CastError::Nameless { number: 1 })
    ));
    let error = Cast::from_json("{\"person\": [{\"role\": \"Sean Doherty\"}]}").unwrap_err().to_string();
    assert!(!error.contains("Doherty"), "{error}");
    let error =
        Cast::from_toml("[[person]]\nrole = \"Sean Doherty\"\nsurname = \"x\"").unwrap_err().to_string();
    assert!(!error.contains("Doherty"), "{error}");
}

fn block(kind: BlockKind, text: &str) -> Block {
    Block { kind, text: text.to_owned(), source: Source::Bytes { start: 0, end: 0 }, visible: true }
}

#[test]
fn candidates_come_from_where_people_are_named() {
    let document = Document {
        kind: FileKind::Email,
        blocks: vec![
            block(BlockKind::Header("From".to_owned()), "\"Ngozi Eze\" <n.eze@council.example>"),
            block(
                BlockKind::Paragraph,
                "Dear Sarah Hargreaves,\nI have asked Femi Bello, Housing Officer, to call. Yesterday Anders Holm rang.",
            ),
            block(BlockKind::Paragraph, "Kind regards,\nNgozi Eze\nTenancy Manager"),
        ],
        hidden: Vec::new(),
        metadata: Vec::new(),
        attachments: Vec::new(),
        pages: Vec::new(),
        problems: Vec::new(),
    };
    let found = candidates(&document, &cast());
    let names: Vec<(&str, Hint)> = found.iter().map(|c| (c.name.as_str(), c.hint)).collect();
    assert!(names.contains(&("Ngozi Eze", Hint::Header)), "{names:?}");
    assert!(names.contains(&("Femi Bello", Hint::NameAndPost)), "{names:?}");
    assert!(names.contains(&("Ngozi Eze", Hint::Signature)), "{names:?}");
    assert!(
        names.iter().any(|(name, hint)| name.ends_with("Anders Holm") && *hint == Hint::UnknownPair),
        "{names:?}"
    );
    assert!(!names.iter().any(|(name, _)| name.contains("Hargreaves")), "the cast knows her: {names:?}");
    assert_eq!(found[0].email.as_deref(), Some("n.eze@council.example"));
    assert!(found.iter().any(|c| c.post.as_deref() == Some("Housing Officer")));
}

#[test]
fn relatives_without_a_name_are_flagged() {
    let relations = |text: &str| kinship(text).into_iter().map(|k| k.relation).collect::<Vec<_>>();
    assert_eq!(relations("her younger sister in Leyland, and Sean's mum"), ["sister", "mum"]);
    assert_eq!(relations("his ex-wife"), ["wife"]);
    assert_eq!(relations("the children's centre; a sister company"), Vec::<String>::new());
}

#[test]
fn a_surname_that_ends_streets_too_is_still_a_name() {
    let nobody = Cast::new(vec![]).unwrap();
    for (text, name) in [
        ("Spoke to Casper Holt, he swore at me", Some("Casper Holt")),
        ("rang Mary Hill about it", Some("Mary Hill")),
        ("he lives at 14 Mill Hill", None),
        ("the shop in Mill Lane", None),
        ("we met on Castle Street", None),
    ] {
        let document = counterfoil_finding::read::read(
            text.as_bytes(),
            &counterfoil_finding::read::Hint { name: Some("a.txt"), media_type: None },
            &counterfoil_finding::read::Limits::default(),
        )
        .unwrap();
        let found: Vec<String> = candidates(&document, &nobody).into_iter().map(|c| c.name).collect();
        assert_eq!(found.first().map(String::as_str), name, "{text}");
    }
}
