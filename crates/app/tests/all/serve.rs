//! The site and the upkeep as processes: an installation, a second one that witnesses its log, and the API.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

struct Site {
    folder: tempfile::TempDir,
}

/// A `serve` that ends with the test.
struct Serving {
    child: Child,
    address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Site {
    fn new(config: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.configure(config);
        site.good(&["set-up", "--organisation", "council", "--office", "Moor"]);
        site
    }

    fn configure(&self, config: &str) {
        std::fs::write(self.path().join("counterfoil.toml"), config).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        command.args(args).current_dir(self.path());
        command
            .env("COUNTERFOIL_PASSPHRASE", "a passphrase for tests alone")
            .env("COUNTERFOIL_TEST_HARDNESS", "1");
        command.env_remove("COUNTERFOIL_POSTGRES");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn good(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.good(&[args, &["--json"]].concat())).unwrap()
    }

    fn serve(&self) -> Serving {
        let mut child = self
            .command(&["serve", "--no-work"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(address.starts_with("http://127.0.0.1:"), "`{line}`");
        Serving { child, address }
    }
}

const LISTEN: &str = "[site]\nlisten = \"127.0.0.1:0\"\n";

#[test]
fn a_second_instance_cosigns_the_log_and_verification_says_so() {
    let office = Site::new(LISTEN);
    let log_key = office.json(&["audit", "checkpoint"])["key"].as_str().unwrap().to_owned();
    let other = Site::new(&format!("{LISTEN}witness = \"witness\"\n"));
    let init = ["audit", "witness", "--state", "witness", "--init", "other.example/witness"];
    let witness_key = other.json(&init)["key"].as_str().unwrap().to_owned();
    other.good(&["audit", "witness", "--state", "witness", "--trust", &log_key]);
    let serving = other.serve();

    let url = format!("{}/witness", serving.address);
    office.configure(&format!("{LISTEN}[[log.witnesses]]\nkey = \"{witness_key}\"\nurl = \"{url}\"\n"));
    let round = office.json(&["work", "--once"]);
    assert_eq!((&round["cosigned"], &round["troubles"]), (&json!(1), &json!([])), "{round}");
    let report = office.json(&["audit", "verify"]);
    assert_eq!((&report["sound"], &report["cosignatures"]), (&json!(true), &json!(1)), "{report}");
    // The same checkpoint again asks nobody; a witness that is away is told, and nothing is lost.
    assert_eq!(office.json(&["work", "--once"])["troubles"], json!([]));
    drop(serving);
    office.good(&[
        "staff",
        "add",
        "a@example.org",
        "--name",
        "A",
        "--office",
        "Moor",
        "--role",
        "ig-officer",
        "--trained-until",
        "2099-12-31",
    ]);
    office.good(&["request", "receive", "--as", "a@example.org", "--requester", "Ann Lee"]);
    let away = office.run(&["work", "--once", "--json"]);
    assert_eq!(away.status.code(), Some(1), "a witness that is away is trouble");
    let away: Value = serde_json::from_slice(&away.stdout).unwrap();
    assert_eq!(away["signed"], json!(1), "{away}");
}

#[test]
fn the_site_answers_health_and_keeps_the_api_shut() {
    let site = Site::new(LISTEN);
    let serving = site.serve();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let get = |path: &str| agent.get(format!("{}{path}", serving.address)).call().unwrap();
    assert_eq!(get("/health").body_mut().read_to_string().unwrap(), "ok\n");
    for path in ["/api/v1/people/per_00000000000000000000000000000000", "/api/v1/people/nonsense/audit"] {
        let mut shut = get(path);
        assert_eq!(shut.status(), 401, "{path}");
        let body: Value = serde_json::from_str(&shut.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(body["error"]["code"], "not-signed-in");
    }
    let body = json!({ "name": "nobody@example.org", "password": "wrong", "code": "000000" }).to_string();
    let refused = agent.post(format!("{}/api/v1/sign-in", serving.address)).send(body).unwrap();
    assert_eq!(refused.status(), 401);
    // A site that is no witness has no witness's address.
    let asked = agent.post(format!("{}/witness/add-checkpoint", serving.address)).send("x").unwrap();
    assert_ne!(asked.status(), 200);
}

#[test]
fn what_cannot_be_served_is_refused_in_plain_words() {
    let site = Site::new(LISTEN);
    for (config, words) in [
        ("[site]\nlisten = \"nowhere:x\"\n", "cannot be listened on"),
        ("[site]\nlisten = \"127.0.0.1:0\"\nmetrics = \"0.0.0.0:0\"\n", "is not private"),
        ("[site]\nlisten = \"127.0.0.1:0\"\ntheme = \"missing.toml\"\n", "cannot be read"),
        ("[site]\nlisten = \"127.0.0.1:0\"\nwitness = \"missing\"\n", "audit witness --init"),
        ("[log]\nseconds = 5\n[[log.witnesses]]\nkey = \"x\"\n", "is not a witness's key"),
        ("[site]\nlissen = \"127.0.0.1:0\"\n", "lissen"),
    ] {
        site.configure(config);
        let out = site.run(&["serve"]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && said.contains(words), "{config}: {said}");
    }
}
