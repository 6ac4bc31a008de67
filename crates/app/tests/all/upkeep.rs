//! `backup`, `restore`, `doctor`, `migrate`, `rotate-keys` and the live log, on an installation of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const PASSPHRASE: &str = "a passphrase that only this test has";

struct Site {
    dir: tempfile::TempDir,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Site {
    fn new() -> Self {
        let site = Self { dir: tempfile::tempdir().unwrap() };
        site.configure("counterfoil.toml", "data");
        site.good(&["set-up", "--organisation", "advice-network", "--office", "Moor"]);
        site.good(&[
            "staff",
            "add",
            "sam",
            "--name",
            "Sam",
            "--office",
            "Moor",
            "--role",
            "adviser",
            "--trained-until",
            "2030-01-01",
        ]);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn configure(&self, name: &str, data: &str) {
        let text = format!(
            "[data]\nfolder = {:?}\n\n[keys]\nfile = {:?}\n",
            self.path(data),
            self.path("organisation.key")
        );
        std::fs::write(self.path(name), text).unwrap();
    }

    fn run_with(&self, config: &str, args: &[&str]) -> Output {
        let args: Vec<String> =
            args.iter().map(|a| a.replace("{}", &self.dir.path().display().to_string())).collect();
        Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(&args)
            .arg("--config")
            .arg(self.path(config))
            .env("COUNTERFOIL_PASSPHRASE", PASSPHRASE)
            .env("COUNTERFOIL_TEST_HARDNESS", "1")
            .env_remove("COUNTERFOIL_POSTGRES")
            .output()
            .unwrap()
    }

    fn good_with(&self, config: &str, args: &[&str]) -> String {
        let out = self.run_with(config, args);
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout)
    }

    fn good(&self, args: &[&str]) -> String {
        self.good_with("counterfoil.toml", args)
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.good(&[args, &["--json"]].concat())).unwrap()
    }

    /// Refused with this status and these words.
    fn bad(&self, config: &str, args: &[&str], status: i32, words: &str) {
        let out = self.run_with(config, args);
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(status), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

fn tool(args: &[&str], dir: &Path) -> Output {
    let args: Vec<String> = args.iter().map(|a| a.replace("{}", &dir.display().to_string())).collect();
    Command::new(env!("CARGO_BIN_EXE_counterfoil")).args(&args).output().unwrap()
}

#[test]
fn an_installation_is_backed_up_restored_rotated_and_well() {
    let site = Site::new();
    let migrated = site.json(&["migrate"]);
    assert_eq!(migrated["from"], migrated["to"]);
    site.good(&["backup", "{}/a.backup"]);
    site.good(&["backup", "{}/a.keys", "--keys"]);
    site.bad("counterfoil.toml", &["backup", "{}/a.backup"], 2, "exists already");

    site.bad(
        "counterfoil.toml",
        &["restore", "{}/a.backup", "--keys", "{}/a.keys"],
        2,
        "holds a database already",
    );
    site.configure("other.toml", "elsewhere");
    site.bad("other.toml", &["restore", "{}/nothing"], 2, "is not a file");
    site.good_with("other.toml", &["restore", "{}/a.backup", "--keys", "{}/a.keys"]);
    assert!(site.good_with("other.toml", &["staff", "list"]).contains("sam"));

    assert!(site.json(&["rotate-keys"])["keys"].as_u64().unwrap() >= 64);
    assert!(site.good(&["staff", "list"]).contains("sam"), "opens after the rotation");
    let checks = site.run_with("counterfoil.toml", &["doctor", "--json"]);
    let checks: Vec<Value> = serde_json::from_slice(&checks.stdout).unwrap();
    for check in checks.iter().filter(|c| !["disk", "holidays"].contains(&c["name"].as_str().unwrap())) {
        assert_eq!(check["well"], true, "{check}");
    }
    assert!(checks.len() >= 7);
    // The copy that was restored has keys wrapped by the key of before.
    site.bad("other.toml", &["staff", "list"], 1, "does not open this key store");
}

#[test]
fn the_live_log_is_checked_exported_and_proved() {
    let site = Site::new();
    let received = site.good(&[
        "request",
        "receive",
        "--as",
        "sam",
        "--right",
        "access",
        "--requester",
        "Ann Lee",
        "--received",
        "2026-11-20",
        "--json",
    ]);
    let received: Value = serde_json::from_str(&received).unwrap();
    let reference = received["reference"].as_str().unwrap().to_owned();
    let checkpoint = site.json(&["audit", "checkpoint"]);
    std::fs::write(site.path("old"), checkpoint["checkpoint"].as_str().unwrap()).unwrap();
    let report = site.json(&["audit", "verify", "--since", "{}/old"]);
    assert_eq!((&report["sound"], &report["continues"]), (&Value::Bool(true), &Value::from(1)), "{report}");

    let export = site.json(&["audit", "export", "--to", "{}/export"]);
    let key = export["key"].as_str().unwrap();
    let offline = tool(&["audit", "verify", "--dir", "{}/export", "--key", key], site.dir.path());
    assert!(offline.status.success(), "{}", text(&offline.stderr));

    site.good(&["audit", "prove", "--request", &reference, "--to", "{}/receipt"]);
    let checked = tool(
        &["audit", "check-proof", "{}/receipt.tlog-proof", "--entry", "{}/receipt.entry", "--key", key],
        site.dir.path(),
    );
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    site.bad(
        "counterfoil.toml",
        &["audit", "prove", "--request", "R-1999-00001", "--to", "{}/x"],
        2,
        "there is no such request",
    );
}

#[test]
fn nothing_acknowledged_is_lost_when_writers_are_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut args = vec!["crash", "run", "--sqlite", "8", "--folder", "{}", "--json"];
    if std::env::var_os("COUNTERFOIL_TEST_POSTGRES").is_some() {
        args.extend(["--postgres", "4"]);
    } else {
        println!("skipped on PostgreSQL: COUNTERFOIL_TEST_POSTGRES is not set");
    }
    let out = tool(&args, folder.path());
    assert!(out.status.success(), "{}", text(&out.stderr));
    let results: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(results[0]["kills"], 8);
    assert!(results[0]["acts"].as_u64().unwrap() > 8, "the writers wrote: {results:?}");
}
