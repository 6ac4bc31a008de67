//! `counterfoil notice`, `ropa` and `assessments`: what they print, write and refuse.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.env("COUNTERFOIL_NOW", "2026-11-22T12:00:00Z");
    command.current_dir(folder).args(arguments).output().unwrap()
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_notice_is_printed_in_every_form_and_language() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let text = printed(at, &["notice", "--organisation", "council", "--service", "licensing"]);
    assert!(text.contains("Why are you processing my personal information?"));
    let page = printed(
        at,
        &["notice", "--organisation", "advice-network", "--child", "--language", "cy", "--format", "html"],
    );
    assert!(page.contains("<html lang=\"cy\">"));
    printed(at, &["notice", "--organisation", "council", "--format", "pdf", "-o", "notice.pdf"]);
    assert!(std::fs::read(at.join("notice.pdf")).unwrap().starts_with(b"%PDF"));
    let json: Value =
        serde_json::from_str(&printed(at, &["notice", "--organisation", "council", "--format", "json"]))
            .unwrap();
    assert!(json["reading"]["age"].as_u64().unwrap() > 5);
    let changes = printed(at, &["notice", "diff", "2026-06-18", "2026-06-19", "--organisation", "council"]);
    assert!(changes.contains("+ complain: You have the right to complain to us"));
    assert!(changes.contains("Tell everyone, by the notice"));
}

#[test]
fn the_record_goes_out_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let o = ["--organisation", "council"];
    printed(at, &["ropa", "export", o[0], o[1], "-o", "record.csv"]);
    let draft = printed(at, &["ropa", "import", "record.csv", o[0], o[1]]);
    assert!(draft.contains("[[activity]]") && !draft.contains("# not known"));
    for (format, layout, begins) in [
        ("csv", "local-government", "Controller name,"),
        ("csv", "flows", "Activity,"),
        ("svg", "ico", "<svg "),
        ("jsonld", "ico", "{"),
    ] {
        let out = printed(at, &["ropa", "export", o[0], o[1], "--format", format, "--layout", layout]);
        assert!(out.starts_with(begins), "{format} {layout}");
    }
    printed(at, &["ropa", "export", o[0], o[1], "--format", "xlsx", "-o", "record.xlsx"]);
    assert!(std::fs::read(at.join("record.xlsx")).unwrap().starts_with(b"PK"));
    assert!(printed(at, &["ropa", "check", o[0], o[1]]).contains("51 activities are in force"));
}

#[test]
fn assessments_are_listed_with_what_rests_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["assessments", "--organisation", "advice-network", "--due", "--json"];
    let json: Value = serde_json::from_str(&printed(folder.path(), &arguments)).unwrap();
    let due = json["assessments"].as_array().unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(
        (due[0]["id"].as_str(), due[0]["standing"].as_str()),
        (Some("LIA-OTHER-SIDE"), Some("review-due"))
    );
    assert_eq!(due[0]["holds"][0], "ADV-OTHER-SIDE");
}

#[test]
fn what_is_not_known_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(refused(at, &["notice", "--organisation", "moon"]).contains("`moon` is not an organisation"));
    assert!(
        refused(at, &["notice", "--organisation", "council", "--service", "trams"])
            .contains("`trams` is not a service")
    );
    assert!(
        refused(at, &["notice", "--organisation", "council", "--format", "docx"]).contains("unknown-format")
    );
    assert!(
        refused(at, &["ropa", "export", "--organisation", "council", "--layout", "x"])
            .contains("unknown-layout")
    );
    std::fs::write(at.join("bad.csv"), "a,b\n").unwrap();
    let why = refused(at, &["ropa", "import", "bad.csv", "--organisation", "council"]);
    assert!(why.contains("not the regulator's table"), "{why}");
    std::fs::create_dir(at.join("own")).unwrap();
    std::fs::write(at.join("own/register.toml"), "[register]\nname = 1\n").unwrap();
    std::fs::write(at.join("own/organisation.toml"), "name = 1\n").unwrap();
    refused(at, &["ropa", "check", "--organisation", "own"]);
}

#[test]
fn where_nothing_is_set_up_all_promises_are_listed_and_none_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["promises", "--json"])
        .current_dir(folder.path())
        .env_remove("COUNTERFOIL_PASSPHRASE")
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let ledgers: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let promises: Vec<_> =
        ledgers.as_array().unwrap().iter().flat_map(|l| l["promises"].as_array().unwrap()).collect();
    assert_eq!(promises.len(), 62);
    assert!(promises.iter().all(|p| ["not-built", "not-exercised"].contains(&p["state"].as_str().unwrap())));
}
