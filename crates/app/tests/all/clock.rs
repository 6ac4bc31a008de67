//! `counterfoil clock`: exit status, JSON, long dates, refusals.

use std::io::Write;
use std::process::{Command, Output};

use serde_json::Value;

/// The day on which these tests stand.
const NOW: &str = "2026-11-22T12:00:00Z";

fn run_at(now: &str, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .arg("clock")
        .args(line.split_whitespace())
        .env("COUNTERFOIL_NOW", now)
        .output()
        .unwrap()
}

fn run(line: &str) -> Output {
    run_at(NOW, line)
}

/// The JSON of an answer that is given.
fn good(line: &str) -> Value {
    let output = run(&format!("{line} --json"));
    assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["errors"], Value::Array(vec![]));
    json
}

/// The error codes of input that is refused, from the JSON.
fn refused(line: &str) -> Vec<String> {
    let output = run(&format!("{line} --json"));
    assert_eq!(output.status.code(), Some(2), "{line}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{line}: {e}"));
    assert_eq!((&json["due"], &json["state"]), (&Value::Null, &Value::Null), "{line}: nothing is guessed");
    let errors = json["errors"].as_array().unwrap();
    assert!(errors.iter().all(|e| !e["message"].as_str().unwrap().is_empty()));
    errors.iter().map(|e| e["code"].as_str().unwrap().to_owned()).collect()
}

const SAR: &str = "--regime uk-gdpr --right access --division northern-ireland";

#[test]
fn the_json_has_its_keys_with_iso_dates() {
    let json = good(&format!("{SAR} --received 2026-01-31 --on 2026-02-10"));
    for (key, value) in [
        ("state", Value::from("running")),
        ("due", "2026-03-02".into()),
        ("notice_by", "2026-03-02".into()),
        ("start", "2026-01-31".into()),
        ("paused_days", 0.into()),
        ("extended", false.into()),
        ("late", false.into()),
        ("late_since", Value::Null),
        ("days_left", 20.into()),
        ("gross_days", 10.into()),
        ("net_days", 10.into()),
        ("days_unit", "calendar".into()),
        ("on", "2026-02-10".into()),
        ("rule_set", "uk-gdpr-2025-08-20".into()),
    ] {
        assert_eq!(json[key], value, "{key}");
    }
    let working = json["working"].as_array().unwrap();
    assert!(working.iter().all(Value::is_string) && working.len() > 4, "{working:?}");
}

#[test]
fn every_option_of_an_access_request_reaches_the_clock() {
    let json = good(&format!(
        "{SAR} --received 2026-06-01 --identity-asked 2026-06-02 --identity-received 2026-06-04 \
         --authority-asked 2026-06-02 --authority-received 2026-06-05 --fee-asked 2026-06-02 --fee-paid 2026-06-08 \
         --clarify 2026-06-10..2026-06-12 --clarify 2026-06-11..2026-06-15 --extended-told 2026-06-20 \
         --extension-reason number --answered 2026-09-20 --on 2026-10-01"
    ));
    assert_eq!(
        (&json["start"], &json["paused_days"], &json["due"]),
        (&"2026-06-08".into(), &6.into(), &"2026-09-14".into())
    );
    assert_eq!(
        (&json["state"], &json["late"], &json["extended"]),
        (&"answered".into(), &true.into(), &true.into())
    );
    assert_eq!((&json["late_since"], &json["notice_by"]), (&"2026-09-15".into(), &"2026-07-14".into()));
}

#[test]
fn an_open_clarification_pauses() {
    for clarify in ["2026-11-10..", "2026-11-10"] {
        let json = good(&format!("{SAR} --received 2026-11-02 --clarify {clarify}"));
        assert_eq!(
            (&json["state"], &json["due"], &json["paused_days"]),
            (&"paused".into(), &Value::Null, &13.into())
        );
        assert_eq!(json["due_if_answered_today"], "2026-12-15");
    }
}

#[test]
fn the_other_regimes_answer() {
    for (line, due) in [
        ("--regime complaint --division scotland --received 2026-10-31", "2026-12-01"),
        ("--regime foi --received 2026-10-26", "2026-11-23"),
        ("--regime foi --division scotland --received 2026-06-20", "2026-07-20"),
        ("--regime foisa --received 2026-06-20", "2026-07-17"),
        ("--regime eir --received 2026-02-02", "2026-03-02"),
        ("--regime eir --complex-and-voluminous --received 2026-02-02", "2026-03-31"),
        (
            "--regime exam-marks --division england-and-wales --received 2026-06-01 --announced 2026-08-20",
            "2026-09-29",
        ),
        (
            "--regime older-act --right damage-or-distress --division northern-ireland --received 2026-06-22",
            "2026-07-14",
        ),
        (
            "--regime older-act --right direct-marketing --division northern-ireland --received 2026-06-01",
            "2026-06-29",
        ),
        ("--regime uk-gdpr --right marketing-stop --division scotland --received 2026-05-15", "2026-06-16"),
    ] {
        assert_eq!(good(line)["due"], due, "{line}");
    }
}

#[test]
fn a_breach_is_counted_in_hours_across_the_change_of_the_clocks() {
    for (line, start, due) in [
        ("--aware 2026-11-20T17:00", "2026-11-20T17:00:00+00:00", "2026-11-23T17:00:00+00:00"),
        (
            "--aware 2026-10-23T17:00 --zone Europe/London",
            "2026-10-23T17:00:00+01:00",
            "2026-10-26T16:00:00+00:00",
        ),
        ("--aware 2026-03-27T17:00", "2026-03-27T17:00:00+00:00", "2026-03-30T18:00:00+01:00"),
        ("--aware 2026-07-01T16:00Z", "2026-07-01T17:00:00+01:00", "2026-07-04T17:00:00+01:00"),
        ("--aware 2026-10-25T01:30+00:00", "2026-10-25T01:30:00+00:00", "2026-10-28T01:30:00+00:00"),
        ("--aware 2026-10-25T01:30", "2026-10-25T01:30:00+01:00", "2026-10-28T00:30:00+00:00"),
    ] {
        let json = good(&format!("--regime breach {line}"));
        assert_eq!((json["start"].as_str(), json["due"].as_str()), (Some(start), Some(due)), "{line}");
    }
    let json = good("--regime breach --aware 2026-11-02T09:00 --reported 2026-11-05T09:01");
    assert_eq!((&json["state"], &json["late"]), (&"answered".into(), &true.into()));
    let json = good("--regime breach --aware 2026-11-02T09:00 --on 2026-11-02");
    assert_eq!((&json["state"], &json["late"]), (&"running".into(), &false.into()));
}

#[test]
fn refused_input_ends_with_status_2_and_codes() {
    let sar = format!("{SAR} --received 2026-06-01");
    for (line, codes) in [
        (format!("{sar} --extended-told 2026-07-02 --extension-reason number"), vec!["extension-too-late"]),
        (format!("{sar} --extended-told 2026-06-10"), vec!["extension-without-reason"]),
        (format!("{sar} --extended-told 2026-06-10 --extension-reason holidays"), vec!["extension-without-reason"]),
        (format!("{sar} --extension-reason number"), vec!["extension-not-told"]),
        (format!("{sar} --clarify 2026-06-10..2026-06-05"), vec!["out-of-order"]),
        (format!("{sar} --identity-asked 2026-05-31"), vec!["out-of-order"]),
        (format!("{sar} --on 2026-05-31"), vec!["in-the-future"]),
        (format!("{SAR} --received 2026-11-23"), vec!["in-the-future"]),
        (format!("{SAR} --received 2028-12-05 --on 2028-12-31"), vec!["beyond-holidays"]),
        (format!("{SAR} --received 2023-02-05"), vec!["before-holidays"]),
        (format!("{SAR} --received 2026-02-30"), vec!["bad-date"]),
        (format!("{SAR} --received 31/01/2026"), vec!["bad-date"]),
        (format!("{sar} --clarify 2026-06-10..soon"), vec!["bad-date"]),
        (SAR.to_owned(), vec!["missing-option"]),
        (format!("{sar} --complex-and-voluminous"), vec!["not-for-regime"]),
        (format!("{sar} --assume same-day-pause=2"), vec!["bad-setting"]),
        (format!("{sar} --holidays no-such-file.csv"), vec!["bad-holidays"]),
        ("--regime uk-gdpr --right erasure --division scotland --received 2026-06-01 --clarify 2026-06-02..2026-06-03".into(), vec!["pause-not-access"]),
        ("--regime gdpr --received 2026-06-01".into(), vec!["unknown-regime", "unknown-division"]),
        ("--regime uk-gdpr --right everything --division wales --received 2026-06-01".into(), vec!["unknown-right", "unknown-division"]),
        ("--regime complaint --division scotland --received 2026-06-18".into(), vec!["not-in-force"]),
        ("--regime breach --aware 2026-03-29T01:30".into(), vec!["nonexistent-time"]),
        ("--regime breach --aware 2026-11-20".into(), vec!["time-needed"]),
        ("--regime breach --aware 2026-11-20T17:00 --zone Europe/Belfastt".into(), vec!["unknown-zone"]),
        ("--regime breach --aware 2026-11-23T17:00".into(), vec!["in-the-future"]),
        ("--regime breach --aware 2026-11-20T17:00 --clarify 2026-11-21..".into(), vec!["not-for-regime"]),
        ("--regime breach".into(), vec!["missing-option"]),
        (String::new(), vec!["missing-option", "missing-option", "missing-option"]),
    ] {
        if line.starts_with("--regime gdpr") {
            assert_eq!(refused(&line).first().map(String::as_str), Some("unknown-regime"));
        } else {
            assert_eq!(refused(&line), codes, "{line}");
        }
    }
    let plain = run(&format!("{sar} --extended-told 2026-07-02 --extension-reason number"));
    assert_eq!((plain.status.code(), plain.stdout.len()), (Some(2), 0));
    let words = String::from_utf8(plain.stderr).unwrap();
    assert!(
        words.starts_with("error[extension-too-late]: the extension was told on Thursday 2 July 2026"),
        "{words}"
    );
}

#[test]
fn people_read_long_dates_and_the_working() {
    let output = run(&format!("{SAR} --received 2026-11-17 --on 2026-11-22"));
    let text = String::from_utf8(output.stdout).unwrap();
    for needle in
        ["Due          Thursday 17 December 2026", "Working\n", "Art 12A(1) UK GDPR", "25 days left"]
    {
        assert!(text.contains(needle), "{needle}\n{text}");
    }
}

#[test]
fn open_points_are_settled_on_the_command_line() {
    let line = format!("{SAR} --received 2026-06-01 --clarify 2026-06-05..2026-06-05");
    assert_eq!(good(&line)["due"], "2026-07-02");
    assert_eq!(good(&format!("{line} --assume same-day-pause=0"))["due"], "2026-07-01");
}

#[test]
fn a_newer_list_of_holidays_replaces_the_shipped_one_and_its_end_is_enforced() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/bank_holidays.csv");
    let text = std::fs::read_to_string(shipped).unwrap();
    let newer = text.replace("scotland 2028-12-31", "scotland 2026-12-31")
        + "northern-ireland,2026-12-17,A proclaimed day,no\n";
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(newer.as_bytes()).unwrap();
    let list = file.path().to_str().unwrap();
    let json = good(&format!("{SAR} --received 2026-11-17 --holidays {list}"));
    assert_eq!(json["due"], "2026-12-18");
    assert!(json["working"].to_string().contains("A proclaimed day"), "{json}");
    let scotland =
        "--regime uk-gdpr --right access --division scotland --received 2026-12-15 --on 2026-12-20";
    assert_eq!(refused(&format!("{scotland} --holidays {list}")), ["beyond-holidays"]);
    assert_eq!(good(scotland)["due"], "2027-01-15");
}

#[test]
fn today_is_the_day_in_the_united_kingdom() {
    let json = |now| {
        let output = run_at(now, &format!("{SAR} --received 2026-07-01 --json"));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(json("2026-08-03T22:59:59Z")["late"], false);
    assert_eq!(json("2026-08-03T23:00:00Z")["late"], true, "midnight in British Summer Time");
    assert_eq!(run_at("yesterday", &format!("{SAR} --received 2026-07-01")).status.code(), Some(2));
}
