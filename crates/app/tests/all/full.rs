//! A disk that takes no more: a plain error, nothing half-done, and on again once there is room. The
//! largest size of a file stands in for the disk.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, args: &[&str], blocks: Option<u32>) -> Output {
    let limit = blocks.map_or(String::new(), |b| format!("trap '' XFSZ; ulimit -f {b}; "));
    let mut command = Command::new("bash");
    command.args(["-c", &format!("{limit}exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_counterfoil")]);
    command.args(args).current_dir(folder);
    command
        .env("COUNTERFOIL_PASSPHRASE", "a passphrase for tests alone")
        .env("COUNTERFOIL_TEST_HARDNESS", "1");
    command.env("COUNTERFOIL_AS", "ada").env_remove("COUNTERFOIL_POSTGRES").output().unwrap()
}

fn good(folder: &Path, args: &[&str]) -> String {
    let out = run(folder, args, None);
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn a_full_disk_stops_an_import_plainly_and_it_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(at, &["set-up", "--organisation", "council", "--office", "Moor"]);
    let add = ["staff", "add", "ada", "--name", "Ada", "--office", "Moor", "--role", "adviser"];
    good(at, &[&add[..], &["--trained-until", "2099-12-31"]].concat());
    let mut people = "forenames,surname,email\n".to_owned();
    for n in 0..400 {
        writeln!(people, "Ann,Lee{n},ann{n}@example.org").unwrap();
    }
    std::fs::write(at.join("people.csv"), people).unwrap();
    let size = std::fs::metadata(at.join("counterfoil-data/counterfoil.db")).unwrap().len();
    let blocks = u32::try_from(size / 1024).unwrap() + 100;

    let full = run(at, &["import", "people", "people.csv"], Some(blocks));
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(1), "{said}");
    assert!(said.contains("the change was not made: the disk"), "{said}");
    assert!(!said.contains("Lee"), "{said}");
    assert!(good(at, &["audit", "verify"]).contains("sound"));

    good(at, &["import", "people", "people.csv"]);
    let again = good(at, &["import", "people", "people.csv", "--json"]);
    assert!(!again.contains("\"refused\":1"), "{again}");
    std::fs::create_dir(at.join("papers")).unwrap();
    std::fs::write(at.join("papers/big.txt"), "word ".repeat(2_000_000)).unwrap();
    let size = std::fs::metadata(at.join("counterfoil-data/counterfoil.db")).unwrap().len();
    let blocks = u32::try_from(size / 1024).unwrap() + 500;
    let documents = ["import", "documents", "papers", "--email", "ann1@example.org"];
    let full = run(at, &documents, Some(blocks));
    assert_eq!(full.status.code(), Some(1), "{}", String::from_utf8_lossy(&full.stderr));
    let files = std::fs::read_dir(at.join("counterfoil-data/files")).unwrap().count();
    assert!(good(at, &["audit", "verify"]).contains("sound"), "{files}");
    good(at, &documents);
}
