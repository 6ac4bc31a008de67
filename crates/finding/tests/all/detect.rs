//! Detection through its public surface: rules as tables, targets on generated corpora, hostile input.

use counterfoil_finding::corpus::{self, DISGUISES, KINDS, Sample};
use counterfoil_finding::detect::{Config, ConfigError, Detector, Entity, Finding, Reference};
use counterfoil_finding::model::{Block, BlockKind, Document, FileKind, Source};
use proptest::prelude::*;

use crate::growth;

fn detector() -> Detector {
    Detector::new(&Config::default()).unwrap()
}

fn piece(text: &str, finding: &Finding) -> String {
    text.chars().skip(finding.start).take(finding.end - finding.start).collect()
}

/// The pieces of `text` that are found to be `entity`.
fn pieces(text: &str, entity: Entity) -> Vec<String> {
    let found = detector().find(text);
    found.iter().filter(|f| f.entity == entity).map(|f| piece(text, f)).collect()
}

fn assert_table(entity: Entity, table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(pieces(text, entity), *expected, "{} in {text:?}", entity.name());
    }
}

#[test]
fn national_insurance_numbers() {
    assert_table(
        Entity::UkNino,
        &[
            ("his NI number is QQ 12 34 56 C", &[]),
            ("his NI number is JG 12 34 56 C.", &["JG 12 34 56 C"]),
            ("jg123456c", &["jg123456c"]),
            ("NINOJG123456C", &["JG123456C"]),
            ("her national insurance no. JG 12 34 56 was given", &["JG 12 34 56"]),
            ("JG 12 34 56 was printed on the box", &[]),
            ("temporary NI number TN 01 02 63 F", &["TN 01 02 63 F"]),
            ("JG123456C and LM654321A", &["JG123456C", "LM654321A"]),
            ("XJG123456C", &[]),
            ("JG1234567C", &[]),
            ("GB123456C", &[]),
            ("JG123456E", &[]),
            ("NI: JG\n> 12 34\n> 56 C", &["JG\n> 12 34\n> 56 C"]),
            ("NI number JG12O456C", &["JG12O456C"]),
        ],
    );
}

#[test]
fn nhs_numbers_need_their_check_digit_and_more() {
    assert_table(
        Entity::UkNhs,
        &[
            ("NHS number 943 476 5919", &["943 476 5919"]),
            ("NHS number 943 476 5918", &[]),
            ("seen today: 943 476 5919", &["943 476 5919"]),
            ("943-476-5919 is her NHS number", &["943-476-5919"]),
            ("9434765919", &["9434765919"]),
            ("it reads 9434765919 somewhere", &[]),
            ("invoice 943 476 5919", &[]),
            ("NHS invoice 9434765919", &[]),
            ("case 943 476 5919", &[]),
            ("patients 9434765919, 4010232137", &["9434765919", "4010232137"]),
        ],
    );
}

#[test]
fn postcodes_of_known_areas_only() {
    assert_table(
        Entity::UkPostcode,
        &[
            ("moved to PR25 2AB.", &["PR25 2AB"]),
            ("sw1a 1aa", &["sw1a 1aa"]),
            ("EC1A1BB, please", &["EC1A1BB"]),
            ("QX1 1AA", &[]),
            ("PR25 2AC", &[]),
            ("on the m1 1st of all", &[]),
            ("Belfast BT7 1NN and GIR 0AA", &["BT7 1NN", "GIR 0AA"]),
        ],
    );
}

#[test]
fn money() {
    assert_table(
        Entity::UkSortCode,
        &[
            ("sort code 20-15-77", &["20-15-77"]),
            ("20-15-77 12345678", &["20-15-77"]),
            ("the score was 20-15-77", &[]),
            ("sort code 12-03-99", &["12-03-99"]),
        ],
    );
    assert_table(
        Entity::UkBankAccount,
        &[
            ("account number 12345678.", &["12345678"]),
            ("20-15-77 12345678", &["12345678"]),
            ("serial 12345678", &[]),
        ],
    );
    assert_table(
        Entity::CreditCard,
        &[
            ("card 4111 1111 1111 1111", &["4111 1111 1111 1111"]),
            ("4111111111111112", &[]),
            ("4111-1111-1111-1111", &["4111-1111-1111-1111"]),
        ],
    );
    assert_table(
        Entity::IbanCode,
        &[("IBAN gb29nwbk60161331926819", &["gb29nwbk60161331926819"]), ("GB29 NWBK 6016 1331 9268 18", &[])],
    );
    assert_table(Entity::UkUtr, &[("his UTR is 1123456789", &["1123456789"]), ("order 1123456789", &[])]);
}

#[test]
fn telephone_numbers_in_their_forms() {
    assert_table(
        Entity::PhoneNumber,
        &[
            ("ring 07700 900123.", &["07700 900123"]),
            ("(07700 900123)", &["07700 900123"]),
            ("(028) 9018 0123", &["(028) 9018 0123"]),
            ("+44 (0)20 7946 0958", &["+44 (0)20 7946 0958"]),
            ("tel 01772 555123 ext 45", &["01772 555123 ext 45"]),
            ("+353 1 496 0123", &["+353 1 496 0123"]),
            ("0044 7700 900123", &["0044 7700 900123"]),
            ("invoice 07700900123", &[]),
            ("phone 555 0123", &["555 0123"]),
            ("0.07700900123 of it", &[]),
        ],
    );
}

#[test]
fn dates_and_dates_of_birth_apart() {
    assert_table(
        Entity::DateTime,
        &[
            ("on 12 March 1999", &["12 March 1999"]),
            ("12th of March, 1999", &["12th of March, 1999"]),
            ("Friday, 12th March 1999", &["Friday, 12th March 1999"]),
            ("March 12th", &["March 12th"]),
            ("12-Mar-99", &["12-Mar-99"]),
            ("31/04/2021", &[]),
            // There was no such day; the month stands.
            ("29 February 2023", &["February 2023"]),
            ("29-FEB-2023", &[]),
            ("the first of March 1999", &["first of March 1999"]),
            ("you may 12 times", &[]),
            ("version 3.11.20", &[]),
        ],
    );
    assert_table(
        Entity::DateOfBirth,
        &[
            ("date of birth: 12/03/1999", &["12/03/1999"]),
            ("DOB 120399", &["120399"]),
            ("born on 12 March 1999", &["12 March 1999"]),
            ("b. 12.03.1999", &["12.03.1999"]),
            ("Plan B was dated 12/03/1999", &[]),
        ],
    );
}

#[test]
fn addresses_with_their_towns() {
    assert_table(
        Entity::Address,
        &[
            ("lives at 12 Acacia Avenue.", &["12 Acacia Avenue"]),
            ("Flat 2b, 14 Market St, Leyland PR25 2AB", &["Flat 2b, 14 Market St", "Leyland"]),
            ("12 acacia avenue", &["12 acacia avenue"]),
            ("3 people in the way", &[]),
            ("Mill Lane, Leyland, PR25 2AB", &["Mill Lane", "Leyland"]),
            ("PO Box 123", &["PO Box 123"]),
        ],
    );
}

#[test]
fn the_network() {
    assert_table(
        Entity::EmailAddress,
        &[
            ("<tom.o'hara+x@example.co.uk>", &["tom.o'hara+x@example.co.uk"]),
            ("tom@example.org.", &["tom@example.org"]),
            ("tom@example", &[]),
            ("tom (at) example (dot) org", &["tom (at) example (dot) org"]),
            ("tom@\n> example.org", &["tom@\n> example.org"]),
            ("José@example.org", &["José@example.org"]),
        ],
    );
    assert_table(
        Entity::Url,
        &[
            ("see https://example.org/a_(b)).", &["https://example.org/a_(b)"]),
            ("The end.It was late.", &[]),
            ("www.example.org/x?y=1, then", &["www.example.org/x?y=1"]),
        ],
    );
    assert_table(
        Entity::IpAddress,
        &[
            ("from 192.168.0.1:8080", &["192.168.0.1"]),
            ("version 1.2.3.4", &[]),
            ("oid 1.3.6.1.4.1.311", &[]),
            ("fe80::1%eth0/64", &["fe80::1%eth0/64"]),
        ],
    );
}

#[test]
fn every_finding_says_why_and_stands_apart() {
    let text = corpus::bulk(3, 60_000);
    let found = detector().find(&text);
    assert!(found.len() > 100);
    for pair in found.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{pair:?}");
    }
    assert!(found.iter().all(|f| !f.why.is_empty() && f.start < f.end && (0.5..=1.0).contains(&f.score)));
}

#[test]
fn the_threshold_and_the_kinds_are_obeyed() {
    let text = "it reads 9434765919 on 12 March 1999";
    let all = Detector::new(&Config { threshold: 0.0, ..Config::default() }).unwrap().find(text);
    assert!(all.iter().any(|f| f.entity == Entity::UkNhs));
    let only = Config { entities: vec![Entity::DateTime], ..Config::default() };
    let found = Detector::new(&only).unwrap().find(text);
    assert_eq!(found.iter().map(|f| f.entity).collect::<Vec<_>>(), [Entity::DateTime]);
}

#[test]
fn an_organisation_brings_its_own_references() {
    let reference = |pattern: &str, context: &[&str]| Reference {
        name: "council tax".to_owned(),
        pattern: pattern.to_owned(),
        context: context.iter().map(|w| (*w).to_owned()).collect(),
    };
    let with = |r: Reference| Detector::new(&Config { references: vec![r], ..Config::default() });
    let found = with(reference(r"\bCT-\d{7}\b", &[])).unwrap().find("account ct\u{2011}1234567 owes");
    assert_eq!((found[0].entity, found[0].start, found[0].end), (Entity::Reference, 8, 18));
    assert!(found[0].why.contains("council tax"));
    let near = with(reference(r"\b\d{7}\b", &["council"])).unwrap();
    assert_eq!(near.find("council tax 1234567").len(), 1);
    assert_eq!(near.find("the number 1234567").len(), 0);
    assert!(matches!(with(reference("(", &[])), Err(ConfigError::Pattern { .. })));
    assert!(matches!(with(reference("x*", &[])), Err(ConfigError::Empty { .. })));
}

fn cell(row: usize, column: usize, text: &str) -> Block {
    Block {
        kind: BlockKind::Cell { table: 0, row, column, header: row == 0 },
        text: text.to_owned(),
        source: Source::Sheet { sheet: "S".to_owned(), row, column },
        visible: true,
    }
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        kind: FileKind::Spreadsheet,
        blocks,
        hidden: Vec::new(),
        metadata: Vec::new(),
        attachments: Vec::new(),
        pages: Vec::new(),
        problems: Vec::new(),
    }
}

#[test]
fn a_cell_knows_its_heading() {
    let headings = ["Name", "DOB", "Sort code", "Account", "Invoice number", "Passport"];
    let values = ["Olu Adebayo", "12/03/1999", "201577", "12345678", "9434765919", "123456789"];
    let blocks = headings
        .iter()
        .enumerate()
        .map(|(i, h)| cell(0, i, h))
        .chain(values.iter().enumerate().map(|(i, v)| cell(1, i, v)))
        .collect();
    let found = detector().find_in_document(&document(blocks), None);
    let kinds: Vec<(usize, Entity)> =
        found.iter().map(|l| (l.block - headings.len(), l.finding.entity)).collect();
    let expected = [
        (0, Entity::Person),
        (1, Entity::DateOfBirth),
        (2, Entity::UkSortCode),
        (3, Entity::UkBankAccount),
        (5, Entity::UkPassport),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_header_field_names_people() {
    let header = Block {
        kind: BlockKind::Header("From".to_owned()),
        text: "Ngozi Eze <ngozi@example.org>".to_owned(),
        source: Source::Bytes { start: 0, end: 1 },
        visible: true,
    };
    let found = detector().find_in_document(&document(vec![header]), None);
    let kinds: Vec<Entity> = found.iter().map(|l| l.finding.entity).collect();
    assert_eq!(kinds, [Entity::Person, Entity::EmailAddress]);
}

/// The share of identifiers that are found with exactly their own characters, and of findings of the
/// kind that are right.
fn score(samples: &[Sample], entity: Entity) -> (f64, f64) {
    let detector = detector();
    let (mut hits, mut gold, mut found_all) = (0usize, 0usize, 0usize);
    for sample in samples {
        let found: Vec<Finding> =
            detector.find(&sample.text).into_iter().filter(|f| f.entity == entity).collect();
        gold += sample.gold.len();
        found_all += found.len();
        hits +=
            sample.gold.iter().filter(|g| found.iter().any(|f| (f.start, f.end) == (g.start, g.end))).count();
    }
    let share = |of: usize| {
        if of == 0 {
            1.0
        } else {
            f64::from(u32::try_from(hits).unwrap()) / f64::from(u32::try_from(of).unwrap())
        }
    };
    (share(gold), share(found_all))
}

#[test]
fn the_targets_hold_in_ordinary_prose() {
    for kind in KINDS {
        let (recall, precision) = score(&corpus::prose(101, *kind, 100), *kind);
        let least = if *kind == Entity::Address { 0.9 } else { 0.99 };
        assert!(recall >= least, "{}: recall {recall}", kind.name());
        assert!(precision >= 0.95, "{}: precision {precision}", kind.name());
    }
    let (recall, precision) = score(&corpus::nhs_against_references(5, 300), Entity::UkNhs);
    assert!(recall >= 0.99 && precision >= 0.98, "NHS: recall {recall}, precision {precision}");
}

/// The kinds whose disguises are measured.
const DISGUISED: [Entity; 6] = [
    Entity::UkNino,
    Entity::UkNhs,
    Entity::UkPostcode,
    Entity::PhoneNumber,
    Entity::EmailAddress,
    Entity::UkSortCode,
];

#[test]
fn the_targets_hold_under_disguise() {
    for kind in DISGUISED {
        for disguise in DISGUISES {
            let (recall, _) = score(&corpus::disguised(102, kind, disguise, 60), kind);
            assert!(recall >= 0.95, "{} under {disguise}: {recall}", kind.name());
        }
        if kind != Entity::EmailAddress {
            let (recall, _) = score(&corpus::slipped(103, kind, 100), kind);
            assert!(recall >= 0.6, "{} after OCR: {recall}", kind.name());
        }
    }
}

#[test]
fn look_alikes_are_left_alone() {
    let detector = detector();
    let found: Vec<String> = corpus::look_alikes(104, 90)
        .iter()
        .flat_map(|text| detector.find(text).into_iter().map(move |f| format!("{text}: {f:?}")))
        .collect();
    assert!(found.len() <= 5, "{found:#?}");
}

#[test]
fn hostile_texts_take_linear_time() {
    let pieces = [
        "7", ".", "1.", "1 ", "12 ", "a@", "@", "a.", ":", "1:", "AB1 ", "07700 ", "O0", "(at)", "\n> ",
        "Mr ", "May ", "a-", "1-",
    ];
    let detector = detector();
    for piece in pieces {
        let short = piece.repeat(12_000 / piece.len());
        let long = short.repeat(growth::TIMES);
        let name = format!("{piece:?}");
        growth::assert_linear(&name, short.as_str(), &long, |text| drop(detector.find(text)));
    }
}

proptest! {
    /// No text makes it panic, and every finding lies within its text.
    #[test]
    fn findings_lie_within_their_text(text in "[0-9A-Za-z @.:/\\-()\n>\u{a0}\u{200b}éＡ１]{0,120}") {
        let count = text.chars().count();
        let config = Config { threshold: 0.0, ..Config::default() };
        for found in Detector::new(&config).unwrap().find(&text) {
            prop_assert!(found.start < found.end && found.end <= count, "{:?}", found);
        }
    }

    /// What stands before and behind, set apart by full stops, does not move an exact finding.
    #[test]
    fn offsets_count_characters(before in "[é漢ab ]{0,30}", after in "[é漢ab ]{0,30}") {
        let text = format!("{before}. JG 12 34 56 C. {after}");
        let start = before.chars().count() + 2;
        let found = detector().find(&text);
        prop_assert!(found.iter().any(|f| f.entity == Entity::UkNino && (f.start, f.end) == (start, start + 13)));
    }
}
