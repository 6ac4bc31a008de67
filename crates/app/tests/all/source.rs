//! `counterfoil source`, as an IT team runs it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const GUIDE: &str = include_str!("../../../../docs/guide/connected-systems.md");

/// The blocks of a kind in the guide.
fn blocks(kind: &str) -> Vec<&'static str> {
    let open = format!("```{kind}\n");
    GUIDE.split(open.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// A folder with the guide's library.
fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("library.yml"), blocks("yaml")[0]).unwrap();
    let conn = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    conn.execute_batch(blocks("sql")[0]).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command
        .current_dir(folder)
        .env("LIBRARY", "sqlite:library.db")
        .arg("source")
        .args(arguments)
        .output()
        .unwrap()
}

/// A verb on the library, for an address.
fn library_run(folder: &Path, verb: &str, email: &str, more: &[&str]) -> (Option<i32>, Value, String) {
    let identity = format!("email={email}");
    let mut all = vec![
        verb,
        "--dataset",
        "library.yml",
        "--connection",
        "env:LIBRARY",
        "--identity",
        &identity,
        "--json",
    ];
    all.extend(more);
    let output = run(folder, &all);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), json, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let folder = library();
    let mut answers = Vec::new();
    for line in blocks("sh").iter().flat_map(|b| b.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[..2], ["counterfoil", "source"], "{line}");
        let output = run(folder.path(), &words[2..]);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{line}\n{out}\n{err}");
        answers.push(out.into_owned());
    }
    assert!(folder.path().join("library.yml.fingerprint").exists());
    assert!(
        answers[2].contains("held: 4 rows") && answers[2].contains("rang about the fine"),
        "{}",
        answers[2]
    );
    let found: Value = serde_json::from_str(&answers[3]).unwrap();
    assert_eq!((&found["answer"], &found["rows"]), (&"held".into(), &4.into()));
    let contact: Value = serde_json::from_str(&answers[4]).unwrap();
    assert_eq!(
        contact["collections"][0]["rows"][0]["values"],
        serde_json::json!({ "email": "Ann@example.org" })
    );
    assert!(answers[5].contains("nothing was written"), "{}", answers[5]);
    let erased: Value = serde_json::from_str(&answers[6]).unwrap();
    assert_eq!((&erased["executed"], &erased["still_reachable"]), (&true.into(), &0.into()), "{erased}");
    assert!(answers[7].contains("none held"), "{}", answers[7]);
    let conn = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    let note: String = conn.query_row("SELECT note FROM loan WHERE id = 10", [], |r| r.get(0)).unwrap();
    assert_eq!(note, "rang about the fine", "held back by --keep");
    let bob: String = conn.query_row("SELECT email FROM member WHERE id = 2", [], |r| r.get(0)).unwrap();
    assert_eq!(bob, "bob@example.org");
}

#[test]
fn an_answer_has_rows_categories_paths_and_counts() {
    let folder = library();
    let (status, found, _) = library_run(folder.path(), "find", "ANN@example.org", &[]);
    assert_eq!(status, Some(0));
    let of = |name: &str| {
        found["collections"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap().clone()
    };
    assert_eq!(of("loan")["count"], 2);
    assert_eq!(of("loan")["categories"]["note"][0], "user.content");
    assert_eq!(of("loan")["rows"][0]["path"], serde_json::json!(["email", "member.email", "loan.member_id"]));
    assert_eq!(of("branch")["rows"][0]["shared"][0]["by"], "member.branch_id");
    assert!(found["milliseconds"].as_f64().is_some() && found["statements"].as_u64().is_some());
    assert_eq!(found["searched"].as_array().unwrap().len(), 3);
}

#[test]
fn the_answers_are_told_apart_by_word_and_status() {
    let folder = library();
    let (status, json, _) = library_run(folder.path(), "find", "nobody@example.org", &[]);
    assert_eq!((status, &json["answer"], &json["rows"]), (Some(0), &"none-held".into(), &0.into()));
    assert_eq!(json["collections"].as_array().unwrap().len(), 3, "what was searched is named");
    let output = run(
        folder.path(),
        &[
            "find",
            "--dataset",
            "library.yml",
            "--connection",
            "env:LIBRARY",
            "--identity",
            "phone_number=1",
            "--json",
        ],
    );
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &json["answer"]), (Some(0), &"not-this-kind-of-person".into()));
    rusqlite::Connection::open(folder.path().join("library.db"))
        .unwrap()
        .execute_batch("DROP TABLE loan")
        .unwrap();
    for verb in ["find", "erase"] {
        let (status, json, _) = library_run(folder.path(), verb, "ann@example.org", &[]);
        assert_eq!(
            (status, &json["answer"], &json["reason"]["code"]),
            (Some(1), &"failed".into(), &"schema-differs".into())
        );
    }
    let (status, json, _) = library_run(folder.path(), "check", "ann@example.org", &[]);
    assert_eq!((status, &json["fits"]), (Some(1), &false.into()));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn what_cannot_be_used_is_refused_with_status_2_and_no_secret() {
    let folder = library();
    std::fs::write(folder.path().join("bad.yml"), "dataset:\n- fides_key: d\n  colections: []\n").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (
            &["find", "--dataset", "none.yml", "--connection", "env:LIBRARY", "--identity", "email=a@b.c"],
            "unreadable-file",
        ),
        (
            &["find", "--dataset", "bad.yml", "--connection", "env:LIBRARY", "--identity", "email=a@b.c"],
            "unknown-key",
        ),
        (
            &["find", "--dataset", "library.yml", "--connection", "env:NOT_SET", "--identity", "email=a@b.c"],
            "NOT_SET",
        ),
        (
            &[
                "find",
                "--dataset",
                "library.yml",
                "--connection",
                "mysql://u:s3cret@h/d",
                "--identity",
                "email=a@b.c",
            ],
            "bad-connection",
        ),
        (
            &["find", "--dataset", "library.yml", "--connection", "env:LIBRARY", "--identity", "s3cret"],
            "bad-identity",
        ),
        (&["find", "--dataset", "library.yml", "--connection", "env:LIBRARY"], "no-identity-given"),
        (
            &[
                "erase",
                "--dataset",
                "library.yml",
                "--connection",
                "env:LIBRARY",
                "--identity",
                "email=a@b.c",
                "--masking",
                "shred",
            ],
            "unknown-strategy",
        ),
        (
            &[
                "erase",
                "--dataset",
                "library.yml",
                "--connection",
                "env:LIBRARY",
                "--identity",
                "email=a@b.c",
                "--keep",
                "x.y",
            ],
            "unknown-column",
        ),
    ];
    for (arguments, expected) in cases {
        let output = run(folder.path(), arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected) && !text.contains("s3cret"), "{arguments:?}: {text}");
    }
}

#[test]
fn identities_are_read_from_a_file_and_a_changed_schema_blocks_an_erasure() {
    let folder = library();
    std::fs::write(folder.path().join("who.txt"), "email=ann@example.org\n").unwrap();
    let common = ["--dataset", "library.yml", "--connection", "env:LIBRARY", "--identity", "@who.txt"];
    let with = |verb: &str, more: &[&str]| run(folder.path(), &[&[verb][..], &common[..], more].concat());
    assert_eq!(with("check", &["--accept"]).status.code(), Some(0));
    let conn = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    conn.execute_batch("ALTER TABLE member ADD COLUMN shoe_size INTEGER").unwrap();
    let found = with("find", &[]);
    assert!(found.status.success() && String::from_utf8_lossy(&found.stderr).contains("member.shoe_size"));
    let erased = with("erase", &["--execute"]);
    assert_eq!(erased.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&erased.stderr).contains("--accept"));
    assert_eq!(with("check", &["--accept"]).status.code(), Some(0));
    assert_eq!(with("erase", &["--execute"]).status.code(), Some(0));
}
