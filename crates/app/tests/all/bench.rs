//! `counterfoil bench casework` on a small network: its figures are of work that succeeded.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn casework(folder: &Path, more: &[&str]) -> (Option<i32>, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["bench", "casework", "--people", "40", "--offices", "2", "--users", "2", "--seconds", "1"])
        .args(["--json", "--keep"])
        .arg(folder)
        .args(more)
        .env_remove("COUNTERFOIL_BENCH_POSTGRES")
        .output()
        .unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), json, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn casework_is_measured_without_an_error_and_again_on_the_network_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut rates = Vec::new();
    for _ in 0..2 {
        let (code, figures, said) = casework(folder.path(), &[]);
        assert_eq!((code, figures["people"].as_u64()), (Some(0), Some(40)), "{said}");
        let work = figures["work"].as_array().unwrap();
        assert_eq!(work.len(), 5, "{figures}");
        for one in work {
            let counts = ["count", "statements"].map(|name| one[name].as_u64().unwrap());
            assert!(one["errors"] == 0 && counts.iter().all(|n| *n > 0), "{one}");
        }
        rates.push(figures["people_per_second"].clone());
    }
    assert_eq!(rates[0], rates[1], "the second measured the network that the first made");
    let (code, _, said) = casework(folder.path(), &["--database", "postgres://nobody@127.0.0.1:1/none"]);
    assert!(code == Some(2) && said.contains("on the other engine"), "{code:?} {said}");
}
