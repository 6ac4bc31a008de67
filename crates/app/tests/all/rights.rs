//! `counterfoil applies`, `exemptions`, `retention`: exit status, JSON, refusals.

use std::process::{Command, Output};

use serde_json::Value;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(args)
        .env("COUNTERFOIL_NOW", "2026-11-22T12:00:00Z")
        .output()
        .unwrap()
}

/// The exit status and the JSON on standard output.
fn json(args: &[&str]) -> (i32, Value) {
    let output = run(&[args, &["--json"]].concat());
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{args:?}: {e}: {}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code().unwrap(), value)
}

/// The first error code of input that is refused, with exit status 2.
fn refused(args: &[&str]) -> String {
    let (status, value) = json(args);
    assert_eq!(status, 2, "{args:?}");
    value["errors"][0]["code"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn applies_gives_verdict_provision_and_words() {
    for (line, verdict, provision) in [
        ("applies --right erasure --basis public-task", "does-not-apply", "Art 17(3)(b) UK GDPR"),
        ("applies --right access --basis contract", "applies", "Art 15 UK GDPR"),
        (
            "applies --right portability --basis consent --condition automated=no",
            "does-not-apply",
            "Art 20(1)(b) UK GDPR",
        ),
        (
            "applies --right objection --basis consent --condition direct-marketing",
            "applies",
            "Art 21(2)-(3) UK GDPR",
        ),
    ] {
        let (status, answer) = json(&words(line));
        assert_eq!((status, answer["verdict"].as_str()), (0, Some(verdict)), "{line}");
        assert_eq!(answer["provision"], provision, "{line}");
        assert!(answer["reasons"][0]["person"].as_str().is_some_and(|w| w.ends_with('.')), "{line}");
        assert_eq!(answer["on"], "2026-11-22");
    }
    let (_, answer) =
        json(&words("applies --right automated-decisions --basis recognised-legitimate-interest"));
    assert_eq!(answer["prohibited"], true);
}

#[test]
fn applies_refuses_what_it_cannot_read() {
    let base = "applies --right access --basis";
    assert_eq!(refused(&words("applies --basis consent")), "missing-option");
    assert_eq!(refused(&words(&format!("{base} goodwill"))), "unknown-word");
    assert_eq!(refused(&words(&format!("{base} consent --condition hungry"))), "unknown-word");
    assert_eq!(refused(&words(&format!("{base} consent --condition automated=maybe"))), "bad-condition");
    let both = format!("{base} consent --condition automated --condition automated=no");
    assert_eq!(refused(&words(&both)), "contradiction");
    assert_eq!(refused(&words(&format!("{base} consent --on 22/11/2026"))), "bad-date");
    let early = format!("{base} recognised-legitimate-interest --on 2026-02-04");
    assert_eq!(refused(&words(&early)), "not-in-force");
}

#[test]
fn exemptions_are_listed_and_filtered() {
    let codes = |line: &str| -> Vec<String> {
        let (status, value) = json(&words(line));
        assert_eq!(status, 0);
        let rows = value["exemptions"].as_array().unwrap();
        rows.iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("exemptions").len(), 46);
    assert!(codes("exemptions --right marketing-objection").is_empty());
    assert!(!codes("exemptions --organisation-kind advice-charity").contains(&"S3-11".to_owned()));
    let ni = "exemptions --organisation-kind council --division northern-ireland";
    assert!(!codes(ni).contains(&"S3-11".to_owned()));
    assert!(
        codes("exemptions --organisation-kind council --division scotland").contains(&"S3-11".to_owned())
    );
    let (_, one) = json(&words("exemptions --code S3-11 --organisation-kind advice-charity"));
    assert_eq!(one["exemptions"][0]["claimable_in"], Value::Array(vec![]));
    assert_eq!(refused(&words("exemptions --code S9")), "unknown-exemption");
}

const HEALTH: [&str; 14] = [
    "exemptions",
    "check",
    "--code",
    "S3-5",
    "--field",
    "serious_harm=yes",
    "--field",
    "professional=Dr Example",
    "--field",
    "opinion_says=yes",
    "--field",
    "still_reasonable=yes",
    "--field",
    "opinion_on=2026-11-01",
];

#[test]
fn a_decision_is_checked_on_its_day() {
    let (status, value) = json(&HEALTH);
    assert_eq!(
        (status, &value["valid"], &value["expires"]),
        (0, &Value::Bool(true), &Value::from("2027-04-30"))
    );

    let (status, value) = json(&[&HEALTH[..], &["--on", "2027-05-01"]].concat());
    assert_eq!((status, &value["missing"][0]["code"]), (1, &Value::from("opinion-expired")));

    let (status, value) = json(&HEALTH[..12]);
    assert_eq!((status, &value["missing"][0]["field"]), (1, &Value::from("opinion_on")));
}

#[test]
fn a_check_refuses_strange_fields_and_an_open_claimant() {
    let with = |field| refused(&[&HEALTH[..], &["--field", field]].concat());
    assert_eq!(with("mood=good"), "unknown-field");
    assert_eq!(with("serious_harm=yes"), "field-twice");
    assert_eq!(with("nothing"), "bad-field");
    assert_eq!(refused(&words("exemptions check --code S3-5 --field serious_harm=perhaps")), "wrong-kind");
    assert_eq!(refused(&words("exemptions check --code S3-11")), "claimant-needed");
    assert_eq!(refused(&words("exemptions check --code S3-5 --on soon")), "bad-date");
}

#[test]
fn retention_is_explained_with_its_working() {
    let explain = |more: &[&str]| json(&[&["retention", "explain"], more].concat());
    let six = ["--rule", "6 years after closed"];
    let (status, value) = explain(&[&six[..], &["--fact", "closed=2020-01-02"]].concat());
    let result = &value["results"][0];
    assert_eq!(
        (status, &result["status"], &result["date"]),
        (0, &Value::from("due"), &Value::from("2026-01-02"))
    );
    assert!(!result["working"].as_array().unwrap().is_empty());

    let (_, value) = explain(&[&six[..], &["--fact", "closed=2020-01-02", "--hold", "claim"]].concat());
    assert_eq!(value["results"][0]["status"], "held");
    let past = ["--fact", "closed=2020-01-02", "--hold", "claim@..2026-01-01"];
    let (_, value) = explain(&[&six[..], &past].concat());
    assert_eq!(value["results"][0]["status"], "due");

    let (status, value) = explain(&six);
    assert_eq!((status, &value["results"][0]["missing"][0]), (0, &Value::from("closed")));

    let (_, value) =
        explain(&["--row", "32", "--fact", "date-of-birth=2010-03-15", "--fact", "claim-end=2018-01-10"]);
    assert_eq!(value["results"][0]["date"], "2031-07-15");
    assert!(value["warnings"][0].as_str().unwrap().contains("verified"));
}

#[test]
fn retention_refuses_what_it_cannot_read() {
    let explain = |more: &[&str]| refused(&[&["retention", "explain"], more].concat());
    assert_eq!(explain(&[]), "missing-option");
    assert_eq!(explain(&["--rule", "six years"]), "rule-unreadable");
    assert_eq!(explain(&["--row", "700"]), "no-such-row");
    let six = ["--rule", "6 years after closed"];
    let with = |more: &[&str]| explain(&[&six[..], more].concat());
    assert_eq!(with(&["--fact", "lunch=2020-01-01"]), "unknown-word");
    assert_eq!(with(&["--fact", "closed=yesterday"]), "bad-date");
    assert_eq!(with(&["--fact", "closed"]), "bad-fact");
    assert_eq!(with(&["--fact", "closed=2020-01-01", "--fact", "closed=2020-01-02"]), "fact-twice");
    assert_eq!(with(&["--hold", " "]), "hold-without-reason");
    assert_eq!(with(&["--hold", "claim@2026-01-01"]), "bad-hold");
    assert_eq!(with(&["--hold", "claim@2026-01-02..2026-01-01"]), "bad-hold");
}

#[test]
fn the_shipped_schedule_is_listed() {
    let (status, value) = json(&["retention", "list"]);
    let rows = value["rows"].as_array().unwrap();
    assert_eq!((status, rows.len()), (0, 69));
    assert!(rows.iter().all(|r| r["verified"] == false && !r["source"].as_str().unwrap().is_empty()));
    assert!(run(&["retention", "list"]).status.success());
}
