//! Matching people: linking, de-duplicating, looking up, explaining, refusing.

use counterfoil_finding::matching::{self, Error, Fields, Index, Kind, Matches, Options, dedupe, link};
use proptest::prelude::*;

fn fields(csv: &str) -> Fields {
    let fields = Fields::guess(&matching::read_headers(csv.as_bytes()).unwrap()).unwrap();
    Fields { gold: csv.starts_with("id,person").then(|| "person".to_owned()), ..fields }
}

fn duplicates(csv: &str, threshold: f64) -> Matches {
    let options = Options { threshold, ..Options::default() };
    dedupe(csv.as_bytes(), &fields(csv), &options, &mut |_, _| {}).unwrap()
}

/// Pairs of ids, each in the order of the alphabet, with the weight.
fn named(matches: &Matches) -> Vec<(String, String, f64)> {
    let pair = |p: &matching::Pair| {
        let (a, b) = matches.ids(p);
        (a.min(b).to_owned(), a.max(b).to_owned(), p.weight)
    };
    let mut pairs: Vec<_> = matches.pairs.iter().map(pair).collect();
    pairs.sort_by(|x, y| x.partial_cmp(y).unwrap());
    pairs
}

#[test]
fn families_are_not_made_one_person_and_copies_are_found() {
    let matches = duplicates(&matching::invent(1500, 3, 14, 3), 0.5);
    let quality = matches.quality(0.5).unwrap();
    assert!(quality.used.precision > 0.97, "{quality:?}");
    assert!(quality.used.recall > 0.9, "{quality:?}");
    let clusters = matches.quality(0.9).unwrap().clusters;
    assert!(clusters.f1 > 0.94, "{clusters:?}");
}

#[test]
fn the_order_of_the_lines_changes_nothing() {
    let csv = matching::invent(300, 3, 15, 8);
    let (header, lines) = csv.split_once('\n').unwrap();
    let mut turned: Vec<&str> = lines.lines().rev().collect();
    turned.rotate_left(37);
    let turned = format!("{header}\n{}\n", turned.join("\n"));
    let (a, b) = (duplicates(&csv, 0.01), duplicates(&turned, 0.01));
    assert!(a.pairs.len() > 100);
    assert_eq!(named(&a), named(&b));
    assert_eq!(named(&a), named(&duplicates(&csv, 0.01)), "a second run gives the same");
    assert_eq!(a.clusters(0.9), b.clusters(0.9));
}

#[test]
fn an_explanation_sums_to_the_weight() {
    let matches = duplicates(&matching::invent(300, 3, 20, 4), 0.001);
    assert!(matches.pairs.len() > 100);
    for pair in &matches.pairs {
        let explanation = matches.explain(pair);
        let sum: f64 = explanation.bars.iter().map(|bar| bar.weight).sum();
        assert!((sum - pair.weight).abs() < 1e-9, "{sum} is not {}", pair.weight);
        assert!((explanation.probability - pair.probability()).abs() < 1e-12);
        assert_eq!(explanation.bars.first().unwrap().field, "prior");
        assert_eq!(explanation.bars.last().unwrap().field, "shared home or area");
    }
}

#[test]
fn two_files_are_linked_across_and_never_within() {
    let head = "rec_id, given_name, surname, date_of_birth, postcode\n";
    let a = format!(
        "{head}a1, Katherine, O'Neill, 19700304, LS1 4AB\na2, Katherine, O'Neill, 19700304, LS1 4AB\na3, Omar, Sesay, 19811209, CF10 3NP\n"
    );
    let b = format!(
        "{head}b1, Kate, ONeil, 19700403, LS1 4AB\nb2, Sesay, Omar, 1981-12-09, CF10 3NP\nb3, Grace, Hopwood, 19550101, B1 1AA\n"
    );
    let matches = link(a.as_bytes(), b.as_bytes(), &fields(&a), &Options::default(), &mut |_, _| {}).unwrap();
    let pairs: Vec<_> = named(&matches).into_iter().map(|(a, b, _)| (a, b)).collect();
    let expected = [("a1", "b1"), ("a2", "b1"), ("a3", "b2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(pairs, expected);
    assert_eq!(matches.report.records, (3, 3));
    let groups = matches.clusters(0.5);
    assert_eq!(groups, [vec![(1, "a1"), (1, "a2"), (2, "b1")], vec![(1, "a3"), (2, "b2")]]);
}

#[test]
fn a_rare_name_says_more_than_a_common_one() {
    let mut csv = "id,forename,surname,dob\n".to_owned();
    for n in 0..400 {
        csv.push_str(&format!("s{n},Ann,Smith,{}-{:02}-{:02}\n", 1930 + n % 60, 1 + n % 12, 1 + n % 28));
    }
    csv.push_str("x1,Ann,Featherstonehaugh,1999-05-05\nx2,Ann,Featherstonehaugh,1999-05-05\n");
    csv.push_str("y1,Ann,Smith,1998-05-05\ny2,Ann,Smith,1998-05-05\n");
    let matches = duplicates(&csv, 0.0);
    let weight = |a: &str| named(&matches).iter().find(|(x, ..)| x == a).map(|(_, _, w)| *w).unwrap();
    assert!(weight("x1") > weight("y1") + 4.0);
}

#[test]
fn one_person_is_looked_up_in_spite_of_slips() {
    let csv = "id,forename,surname,dob,postcode,phone\n\
        1,Katherine,O'Neill,1970-03-04,LS1 4AB,0113 496 0001\n\
        2,Omar,Sesay,1981-12-09,CF10 3NP,029 2018 0002\n\
        3,Siobhan,Maguire,1990-07-21,BT1 5GS,028 9018 0003\n\
        4,Robert,Featherstone,1962-11-30,EX4 3SR,01632 960004\n";
    let index = Index::build(csv.as_bytes(), &fields(csv), &Options::default()).unwrap();
    assert_eq!((index.len(), index.is_empty()), (4, false));
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("forename", "Kate"), ("surname", "Oneil"), ("dob", "04/03/1970")], "1"),
        (&[("surname", "Sesey"), ("dob", "1981-12-09")], "2"),
        (&[("forename", "Maguire"), ("surname", "Siobhan")], "3"),
        (&[("forename", "Bob"), ("surname", "Fetherstone"), ("dob", "1962")], "4"),
        (&[("phone", "+44 113 496 0001")], "1"),
    ];
    for (known, expected) in cases {
        let found = index.lookup(known, 3).unwrap();
        assert_eq!(found.candidates.first().map(|c| c.id.as_str()), Some(*expected), "{known:?}");
        let first = found.candidates.first().unwrap();
        let sum: f64 = first.explanation.bars.iter().map(|b| b.weight).sum();
        assert!((sum - first.weight).abs() < 1e-9);
    }
    assert_eq!(index.lookup(&[("forename", "Zbigniew"), ("surname", "Quux")], 3).unwrap().candidates, []);
    assert!(matches!(index.lookup(&[("shoe size", "7")], 3), Err(Error::MissingColumn { .. })));
}

#[test]
fn a_block_that_grew_too_large_is_split_and_said() {
    let mut csv = "id,forename,surname\n".to_owned();
    (0..700).for_each(|n| csv.push_str(&format!("{n},John,Smith\n")));
    let matches = duplicates(&csv, 0.99);
    let capped = &matches.report.capped;
    assert!(capped.iter().any(|c| c.key == "both names' sounds" && c.left_out == 700), "{capped:?}");
    assert!(matches.report.compared < 700 * 699 / 2, "no quadratic blow-up");
}

#[test]
fn fields_are_read_and_guessed() {
    let toml = "id = 'n'\n[fields]\nfirst = 'forename'\ndob = 'Date of Birth'\nnote = 'ignore'\n";
    let read = Fields::from_toml(toml).unwrap();
    let mut columns = read.columns.clone();
    columns.sort();
    assert_eq!(columns, [("dob".into(), Kind::DateOfBirth), ("first".into(), Kind::Forename)]);
    assert_eq!(Fields::from_toml(&read.to_toml()).unwrap().to_toml(), read.to_toml());
    let headers = [
        "rec_id",
        "given_name",
        "surname",
        "street_number",
        "address_1",
        "address_2",
        "suburb",
        "postcode",
        "state",
        "date_of_birth",
        "soc_sec_id",
        "blood type",
    ];
    let guess = Fields::guess(&headers.map(str::to_owned)).unwrap();
    let kinds: Vec<Kind> = guess.columns.iter().map(|(_, kind)| *kind).collect();
    let expected = [
        Kind::Forename,
        Kind::Surname,
        Kind::Text,
        Kind::Address,
        Kind::Address,
        Kind::Town,
        Kind::Postcode,
        Kind::County,
        Kind::DateOfBirth,
        Kind::Identifier,
    ];
    assert_eq!((guess.id.as_deref(), kinds), (Some("rec_id"), expected.to_vec()));
}

#[test]
fn what_cannot_be_matched_is_refused_with_a_reason() {
    let good = "id,forename,surname\n1,Ann,Lee\n";
    let fields = fields(good);
    let cases = [
        ("", "no header line"),
        ("id,forename\n1,Ann\n", "no column `surname`"),
        ("id,forename,surname\n1,Ann\n", "line 2 is not CSV"),
        ("id,forename,surname\n1,Ann,Lee\n2,Bo,Ek\n1,Cy,Fo\n", "the id on line 4 is already on line 2"),
    ];
    for (csv, expected) in cases {
        let error =
            dedupe(csv.as_bytes(), &fields, &Options::default(), &mut |_, _| {}).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for toml in [
        "",
        "[fields]\n",
        "[fields]\na = 'colour'\n",
        "[fields]\na = 3\n",
        "id = \n",
        "[fields]\na = 'ignore'",
    ] {
        assert!(matches!(Fields::from_toml(toml), Err(Error::Fields(_))), "{toml}");
    }
}

#[test]
fn few_records_are_matched_by_safe_priors() {
    let csv = "id,forename,surname,dob\n1,Ann,Lee,1970-01-02\n2,Anne,Lee,1970-01-02\n3,Bo,Ek,1980-05-06\n";
    let found: Vec<_> = named(&duplicates(csv, 0.5)).into_iter().map(|(a, b, _)| (a, b)).collect();
    assert_eq!(found, [("1".to_owned(), "2".to_owned())]);
    assert!(duplicates("id,forename,surname\n", 0.0).pairs.is_empty());
    assert!(duplicates("id,forename,surname\n1,,\n2,,\n", 0.0).pairs.is_empty(), "nothing known is no match");
    let none = "id,forename,surname\n";
    let some = "id,forename,surname\n1,Ann,Lee\n2,Ann,Lee\n";
    for (a, b) in [(none, some), (some, none), (none, none)] {
        let matches =
            link(a.as_bytes(), b.as_bytes(), &fields(some), &Options::default(), &mut |_, _| {}).unwrap();
        assert!(matches.pairs.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn rubbish_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), cells in "[\\PC,\n\"]{0,200}") {
        let fields = fields("id,forename,surname,dob,postcode,email,phone,address\n");
        for body in [bytes.as_slice(), cells.as_bytes()] {
            let csv = [b"id,forename,surname,dob,postcode,email,phone,address\n", body].concat();
            for input in [body, csv.as_slice()] {
                let _ = dedupe(input, &fields, &Options { threshold: 0.0, ..Options::default() }, &mut |_, _| {});
            }
        }
    }

    #[test]
    fn odd_values_are_compared_without_panic(values in proptest::collection::vec("[^,\"\r\n]{0,12}", 16)) {
        let mut csv = "id,forename,surname,dob,postcode,email,phone,address,nino\n".to_owned();
        for (n, cells) in values.chunks(8).enumerate() {
            csv.push_str(&format!("{n},{}\n", cells.join(",")));
            csv.push_str(&format!("{n}b,{}\n", cells.join(",")));
        }
        let matches = duplicates(&csv, 0.0);
        for pair in &matches.pairs {
            prop_assert!(pair.weight.is_finite());
        }
    }
}
