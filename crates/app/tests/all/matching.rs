//! `counterfoil match`: what it prints and what it refuses.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PEOPLE: &str = "rec_id,given_name,surname,date_of_birth,postcode\n\
    1,Katherine,O'Neill,19700304,LS1 4AB\n\
    2,Kate,ONeil,19700403,LS1 4AB\n\
    3,Omar,Sesay,19811209,CF10 3NP\n";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.current_dir(folder).arg("match").args(arguments).output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
    folder
}

#[test]
fn pairs_are_printed_with_their_explanation_and_the_guess_is_said() {
    let folder = folder(&[("a.csv", PEOPLE)]);
    let output = run(folder.path(), &["a.csv", "--json", "--explain"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("given_name = \"forename\""));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pairs = json["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1);
    let mut ids = [pairs[0]["a"].as_str().unwrap(), pairs[0]["b"].as_str().unwrap()];
    ids.sort_unstable();
    assert_eq!(ids, ["1", "2"]);
    let bars = pairs[0]["explanation"].as_array().unwrap();
    let sum: f64 = bars.iter().map(|bar| bar["weight"].as_f64().unwrap()).sum();
    assert!((sum - pairs[0]["weight"].as_f64().unwrap()).abs() < 1e-9);
}

#[test]
fn two_files_clusters_and_an_output_file() {
    let fields = "id = \"rec_id\"\n[fields]\ngiven_name = \"forename\"\nsurname = \"surname\"\ndate_of_birth = \"date-of-birth\"\n";
    let folder = folder(&[("a.csv", PEOPLE), ("b.csv", PEOPLE), ("f.toml", fields)]);
    let output = run(folder.path(), &["a.csv", "b.csv", "--fields", "f.toml", "--out", "pairs.csv"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let text = std::fs::read_to_string(folder.path().join("pairs.csv")).unwrap();
    assert!(text.starts_with("id_a,id_b,probability,weight\n") && text.contains("\n3,3,"), "{text}");
    let output = run(folder.path(), &["a.csv", "--clusters", "--fields", "f.toml"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "cluster,file,id\n1,1,1\n1,1,2\n");
}

#[test]
fn what_cannot_be_used_is_refused_with_status_2() {
    let folder = folder(&[
        ("a.csv", PEOPLE),
        ("empty.csv", ""),
        ("twice.csv", "rec_id,given_name\n1,Ann\n1,Bo\n"),
        ("f.toml", "[fields]\nshoe = \"exact\"\n"),
        ("g.toml", "[fields]\nsurname = \"colour\"\n"),
    ]);
    let cases: &[(&[&str], &str)] = &[
        (&["none.csv"], "unreadable-file"),
        (&["empty.csv"], "no-header"),
        (&["twice.csv"], "duplicate-id"),
        (&["a.csv", "--fields", "f.toml"], "missing-column"),
        (&["a.csv", "--fields", "g.toml"], "bad-fields"),
        (&["a.csv", "--fields", "none.toml"], "unreadable-file"),
        (&["a.csv", "twice.csv"], "missing-column"),
        (&["a.csv", "--threshold", "2"], "from 0 to 1"),
    ];
    for (arguments, expected) in cases {
        let output = run(folder.path(), arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}
