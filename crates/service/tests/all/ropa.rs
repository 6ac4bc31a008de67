//! Records of processing: the regulator's columns there and back, the vocabulary, the picture, Fides.

use std::collections::BTreeSet;

use counterfoil_service::register::ropa::{self, Kept, Measured, Measurements, dpv, flows, import};
use serde_json::Value;

use crate::register::{TODAY, built_in};

fn table(name: &str, measured: &Measurements) -> String {
    let register = built_in(name);
    let rows = ropa::ico_rows(&register, TODAY, measured);
    ropa::csv(&ropa::heading(&register), &ropa::ICO_COLUMNS, &rows).unwrap()
}

#[test]
fn the_regulators_columns_come_back_as_they_went_out() {
    for name in ["council", "advice-network"] {
        let register = built_in(name);
        let out = table(name, &Measurements::new());
        let draft = import::ico_csv(&out, &register).unwrap();
        assert_eq!(draft.unknown, Vec::<String>::new(), "{name}");
        assert_eq!(draft.entries.len(), register.activities(TODAY).count());
        let again: Vec<Vec<String>> =
            draft.entries.iter().map(|e| ropa::ico_row(&register, e, TODAY, None)).collect();
        let before = ropa::ico_rows(&register, TODAY, &Measurements::new());
        for (was, is) in before.iter().zip(&again) {
            for ((column, was), is) in ropa::ICO_COLUMNS.iter().zip(was).zip(is) {
                // Which rights apply, and whether a public authority performs its tasks, the table does not carry.
                if *column != "Rights available to individuals" {
                    assert_eq!(was, is, "{name}: {column}");
                }
            }
        }
        let toml = draft.to_toml();
        let read: counterfoil_service::register::model::Part = toml::from_str(&toml).unwrap();
        assert_eq!(read.activity.len(), draft.entries.len(), "the draft is a file of the register");
    }
}

#[test]
fn a_word_that_the_register_does_not_know_is_listed_and_not_guessed() {
    let register = built_in("council");
    let out = table("council", &Measurements::new()).replacen("people who use our services", "punters", 1);
    let draft = import::ico_csv(&out, &register).unwrap();
    assert_eq!(draft.unknown.len(), 1);
    assert!(
        draft.unknown[0].contains("`punters` under \"Categories of individuals\""),
        "{}",
        draft.unknown[0]
    );
    assert!(draft.to_toml().contains("# not known: "));
    let none = import::ico_csv("a,b\n1,2\n", &register).unwrap_err().to_string();
    assert!(none.contains("not the regulator's table"), "{none}");
    let short =
        import::ico_csv("Business function,Purpose of processing\nx,y\n", &register).unwrap_err().to_string();
    assert!(short.contains("has no column"), "{short}");
}

#[test]
fn columns_29_and_30_are_measured_or_say_that_they_are_not() {
    let register = built_in("council");
    let cells = |measured: &Measurements| {
        let rows = ropa::ico_rows(&register, TODAY, measured);
        let row = rows.into_iter().find(|r| r[0].contains("[SVC-WASTE]")).unwrap();
        (row[28].clone(), row[29].clone(), row[23].clone())
    };
    let none = "not measured here".to_owned();
    assert_eq!(cells(&Measurements::new()), (none.clone(), none.clone(), none.clone()));
    let of = |kept| {
        Measurements::from([("SVC-WASTE".to_owned(), Measured { kept: Some(kept), breaches: Some(vec![]) })])
    };
    assert_eq!(cells(&of(Kept::Followed)), ("yes".to_owned(), String::new(), "no".to_owned()));
    let late = Kept::NotFollowed { overdue: 3, reasons: vec!["legal hold H-1".to_owned()] };
    assert_eq!(
        cells(&of(late)),
        ("no: 3 past their time".to_owned(), "legal hold H-1".to_owned(), "no".to_owned())
    );
}

#[test]
fn a_cell_is_never_a_formula() {
    let out = ropa::csv(&[], &["a"], &[vec!["=1+1".to_owned()]]).unwrap();
    assert_eq!(out, "a\n'=1+1\n");
}

#[test]
fn local_governments_columns_and_the_workbook_are_written() {
    let register = built_in("council");
    let rows = ropa::local_government_rows(&register, TODAY);
    assert!(rows.iter().all(|r| r.len() == ropa::LOCAL_GOVERNMENT_COLUMNS.len()));
    let waste = rows.iter().find(|r| r[8] == "SVC-WASTE").unwrap();
    assert_eq!(waste[14], "duty");
    assert_eq!((waste[16].as_str(), waste[17].as_str(), waste[18].as_str()), ("yes", "yes", "no"));
    let book = ropa::xlsx("Record", &[], &ropa::LOCAL_GOVERNMENT_COLUMNS, &rows).unwrap();
    assert!(book.starts_with(b"PK"));
}

/// Every compact IRI in keys that are properties, in `@id` and in `@type`.
fn terms(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|v| terms(v, found)),
        Value::Object(map) => {
            for (key, inner) in map {
                match (key.as_str(), inner) {
                    ("@context", _) => continue,
                    ("@id", Value::String(text)) => {
                        found.insert(text.clone());
                    }
                    ("@type", Value::String(text)) => {
                        found.insert(text.clone());
                    }
                    ("@type", Value::Array(all)) => {
                        found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {
                        found.insert(key.clone());
                    }
                }
                terms(inner, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_term_of_the_linked_data_is_one_of_dpv_2_3() {
    let list =
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/dpv_2.3_terms.csv"));
    let list = std::env::var("COUNTERFOIL_SHARED")
        .map_or(list.to_path_buf(), |s| std::path::Path::new(&s).join("data/dpv_2.3_terms.csv"));
    let Ok(csv) = std::fs::read_to_string(&list) else {
        println!("skipped: the terms of DPV 2.3 are not at hand");
        return;
    };
    let known: BTreeSet<&str> = csv.lines().filter_map(|l| l.split(',').next()).collect();
    for name in ["council", "advice-network"] {
        let document = dpv::jsonld(&built_in(name), TODAY);
        let mut used = BTreeSet::new();
        terms(&document, &mut used);
        let mut checked = 0;
        for term in &used {
            let Some((prefix, local)) = term.split_once(':') else { continue };
            let Some((_, base)) = dpv::PREFIXES.iter().find(|(p, _)| *p == prefix) else { continue };
            if base.starts_with("https://w3id.org/dpv") {
                assert!(
                    known.contains(format!("{base}{local}").as_str()),
                    "{name}: `{term}` is not in DPV 2.3"
                );
                checked += 1;
            }
            if prefix == "uk" {
                assert!(dpv::OWN_TERMS.iter().any(|(t, _)| t == term), "`{term}` is explained");
            }
        }
        assert!(checked > 60, "{name}: {checked} terms");
    }
}

#[test]
fn the_picture_says_in_words_what_it_shows() {
    let register = built_in("council");
    for service in [None, Some("licensing")] {
        let svg = flows::flow_picture(&register, TODAY, service);
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"flow-title\">"));
        let rows = flows::flow_rows(&register, TODAY, service);
        for row in &rows {
            let name = row[0].replace('&', "&amp;");
            assert!(svg.contains(&name), "{name}");
        }
        let opened = svg.matches("<g>").count();
        assert_eq!(opened, svg.matches("</g>").count());
    }
    assert_eq!(flows::flow_rows(&register, TODAY, Some("licensing")).len(), 1);
}

const FIDES: &str = "
system:
  - fides_key: casebook
    name: Shared casebook
    system_type: Service
    organization_fides_key: hearth
    privacy_declarations:
      - name: Advice
        data_categories: [user.contact.email, user.financial.bank_account, user.location.imprecise]
        data_use: essential.service.notifications
        data_subjects: [customer, patient]
";

#[test]
fn a_fides_file_becomes_a_draft_in_our_own_words() {
    let register = built_in("advice-network");
    let draft = import::fides::systems(FIDES, &register).unwrap();
    let entry = &draft.entries[0];
    assert_eq!(
        (entry.name.as_str(), entry.systems.as_slice()),
        ("Advice", ["casebook".to_owned()].as_slice())
    );
    assert_eq!(entry.data, ["identity", "money"]);
    assert_eq!(entry.people, ["clients", "at-risk"]);
    assert_eq!(entry.purposes, ["advice"]);
    assert_eq!(draft.unknown, ["casebook-advice: `user.location.imprecise` (data category)"]);
    assert!(import::fides::systems("dataset: []", &register).is_err());
    assert!(import::fides::systems("system: [", &register).is_err());
}
