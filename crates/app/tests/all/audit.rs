//! `counterfoil audit`: exported logs, proofs, vectors and a witness in a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use counterfoil_service::log::checkpoint::{Checkpoint, SignedCheckpoint};
use counterfoil_service::log::entry::{Commitment, Entry, Outcome};
use counterfoil_service::log::key::{KeyType, Signer};
use counterfoil_service::log::merkle::{inclusion_proof, leaf_hash};
use counterfoil_service::log::proof::InclusionProof;
use counterfoil_service::log::tree::{TileFolder, TreeBuilder, export};
use serde_json::Value;

const ORIGIN: &str = "demo.example/audit";

struct Case {
    dir: tempfile::TempDir,
}

fn signer() -> Signer {
    Signer::from_seed(ORIGIN, KeyType::Ed25519, &[5; 32]).unwrap()
}

fn leaves(n: u64) -> Vec<Vec<u8>> {
    let entry = |i: u64| Entry {
        time: 1_790_000_000_000 + i,
        verb: "open-record".parse().unwrap(),
        purpose: "advice".parse().unwrap(),
        reason: None,
        policies: vec![],
        actor: format!("a{i}").parse().unwrap(),
        person: None,
        object: None,
        outcome: Outcome::Done,
        commitment: Commitment::to(&[0; 32], b""),
    };
    (0..n).map(|i| entry(i).encode().unwrap()).collect()
}

impl Case {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Exports a log of `n` entries below `name`.
    fn export(&self, name: &str, n: u64) -> SignedCheckpoint {
        let mut builder = TreeBuilder::default();
        for leaf in leaves(n) {
            builder
                .push(&leaf, &mut |_, _| Ok::<_, counterfoil_service::log::tile::EntryTooLong>(()))
                .unwrap();
        }
        let signed = Checkpoint::new(ORIGIN, n, builder.frontier().root()).sign(&signer(), 0).unwrap();
        export(&self.path(name), &signed, leaves(n).into_iter().map(Ok::<_, ()>)).unwrap();
        signed
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .arg("audit")
            .args(args)
            .current_dir(self.dir.path())
            .env("COUNTERFOIL_NOW", "2026-11-22T12:00:00Z")
            .output()
            .unwrap()
    }

    fn good(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail, and gives the error's line.
    fn bad(&self, status: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{args:?}: {errors}");
        errors
    }
}

fn key() -> String {
    signer().verifier().to_string()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_export_is_verified_and_an_edit_is_found() {
    let case = Case::new();
    let old = case.export("log", 10);
    std::fs::write(case.path("old"), old.to_string()).unwrap();
    case.export("log", 300);
    let args = ["verify", "--dir", "log", "--key", &key(), "--since", "old"];
    assert!(case.good(&args).ends_with("sound\n"));
    let json: Value = serde_json::from_str(&case.good(&[&args[..], &["--json"]].concat())).unwrap();
    assert_eq!(
        (&json["sound"], &json["entries"], &json["continues"]),
        (&true.into(), &300.into(), &1.into())
    );
    std::fs::write(case.path("policy"), format!("log {}\nquorum none\n", key())).unwrap();
    case.good(&["verify", "--dir", "log", "--policy", "policy"]);

    flip(&case.path("log/tile/entries/000"), 40);
    assert!(case.bad(1, &args).contains("error[log-not-sound]"));
    let output = case.run(&[&args[..], &["--json"]].concat());
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["sound"], false);
    assert!(json["problems"].as_array().unwrap().iter().any(|p| p["code"] == "altered"), "{json}");
}

#[test]
fn bad_input_to_verify_is_refused() {
    let case = Case::new();
    case.export("log", 3);
    assert!(case.bad(2, &["verify", "--dir", "log"]).contains("--policy"));
    assert!(case.bad(2, &["verify", "--dir", "log", "--key", "abc"]).contains("not a verifier key"));
    assert!(case.bad(2, &["verify", "--dir", "none", "--key", &key()]).contains("`none` is not a folder"));
    assert!(
        case.bad(2, &["verify", "--dir", "log", "--key", &key(), "--since", "no"])
            .contains("`no` could not be read")
    );
    std::fs::write(case.path("policy"), "quorum A\n").unwrap();
    assert!(case.bad(2, &["verify", "--dir", "log", "--policy", "policy"]).contains("line 1 of the policy"));
    assert!(case.bad(1, &["verify", "--dir", ".", "--key", &key()]).contains("1 findings"), "no checkpoint");
}

#[test]
fn a_proof_file_is_checked() {
    let case = Case::new();
    let checkpoint = case.export("log", 300);
    let hashes = inclusion_proof(&mut TileFolder::new(&case.path("log"), 300), 17, 300).unwrap();
    let proof = InclusionProof { extra: None, index: 17, hashes, checkpoint };
    std::fs::write(case.path("p"), proof.to_string()).unwrap();
    std::fs::write(case.path("entry"), &leaves(18)[17]).unwrap();
    let args = ["check-proof", "p", "--entry", "entry", "--key", &key()];
    assert_eq!(case.good(&args), format!("proved: entry 17 of 300 in `{ORIGIN}`\n"));
    flip(&case.path("entry"), 30);
    assert!(case.bad(1, &args).contains("error[not-proved]"));
}

#[test]
fn vectors_are_run_at_any_depth() {
    let case = Case::new();
    std::fs::create_dir_all(case.path("v/a/b")).unwrap();
    let vector = |good: bool| {
        let hash = leaf_hash(b"").map(|b| format!("{b:02x}")).concat();
        assert_eq!(hash, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let b64 = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
        format!(
            r#"{{"leafIdx":{},"treeSize":1,"root":"{b64}","leafHash":"{b64}","proof":null,"desc":"d","wantErr":{}}}"#,
            u8::from(!good),
            !good
        )
    };
    std::fs::write(case.path("v/a/happy.json"), vector(true)).unwrap();
    std::fs::write(case.path("v/a/b/sad.json"), vector(false)).unwrap();
    let args = ["vectors", "v", "--kind", "inclusion"];
    assert!(case.good(&args).ends_with("2 passed, 0 failed\n"));
    std::fs::write(case.path("v/wrong.json"), vector(true).replace("false", "true")).unwrap();
    assert!(case.bad(1, &args).contains("1 of 3 vectors"));
    let json: Value = serde_json::from_slice(&case.run(&[&args[..], &["--json"]].concat()).stdout).unwrap();
    assert_eq!((&json["passed"], &json["failed"]), (&2.into(), &1.into()));
    std::fs::write(case.path("v/wrong.json"), "nonsense").unwrap();
    assert!(case.bad(2, &args).contains("wrong.json"));
    std::fs::create_dir(case.path("empty")).unwrap();
    assert!(case.bad(2, &["vectors", "empty", "--kind", "vkey"]).contains("no vector"));
}

#[test]
fn a_witness_cosigns_an_export_and_the_export_then_verifies_with_it() {
    let case = Case::new();
    case.export("log", 300);
    case.export("short", 200);
    let witness = case.good(&["witness", "--state", "w", "--init", "office.example/witness"]);
    let witness = witness.trim_end();
    assert!(case.bad(2, &["witness", "--state", "w", "--init", "x"]).contains("already holds a witness"));
    assert!(case.bad(1, &["witness", "--state", "w", "--add-checkpoint", "log"]).contains("404"));
    case.good(&["witness", "--state", "w", "--trust", &key()]);
    let both = ["verify", "--dir", "log", "--key", &key(), "--key", witness];
    assert!(case.bad(1, &both).contains("not sound"), "not yet cosigned");
    let line = case.good(&["witness", "--state", "w", "--add-checkpoint", "log"]);
    let checkpoint = std::fs::read_to_string(case.path("log/checkpoint")).unwrap();
    std::fs::write(case.path("log/checkpoint"), checkpoint + &line).unwrap();
    assert!(case.good(&both).contains("office.example/witness at 2026-11-22T12:00:00Z"));
    let refusal = case.bad(1, &["witness", "--state", "w", "--add-checkpoint", "short"]);
    assert!(refusal.contains("cosigned 300 entries but this log has only 200"), "{refusal}");
    std::fs::write(case.path("request"), "old 300\n").unwrap();
    assert!(case.bad(1, &["witness", "--state", "w", "--add-checkpoint", "request"]).contains("400"));
    assert!(case.bad(2, &["witness", "--state", "nowhere", "--show"]).contains("holds no witness"));
    assert!(case.bad(2, &["witness", "--state", "w"]).contains("--add-checkpoint"));
}
