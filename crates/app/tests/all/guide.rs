//! The guides' commands run as they stand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The commands of a guide: its `sh` blocks, in order.
fn commands(guide: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide").join(guide);
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

/// One in five of the documents that no one here wrote, each kind among them; invented ones where the
/// shared data is absent.
fn documents(into: &Path) {
    fs::create_dir_all(into).unwrap();
    let shared = std::env::var("COUNTERFOIL_SHARED")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let mut found = Vec::new();
    for kind in ["email", "office", "pdf", "text"] {
        let files = fs::read_dir(shared.join("data/real").join(kind)).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = files.map(|f| f.path()).collect();
        files.sort();
        found.extend(files.into_iter().step_by(5));
    }
    if found.is_empty() {
        println!("the shared documents are not here: invented ones are used");
        fs::write(into.join("note.txt"), "Beatrix Thornquist rang. Mr Dale Ormerod was there.").unwrap();
        fs::write(into.join("list.csv"), "name,phone\nLionel Haddow,01632 960251\n").unwrap();
    }
    for file in found {
        fs::copy(&file, into.join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn the_first_request_goes_as_the_guide_says() {
    let work = tempfile::tempdir().unwrap();
    documents(&work.path().join("documents"));
    let bin = work.path().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_counterfoil"), bin.join("counterfoil")).unwrap();
    let script = work.path().join("walk.sh");
    fs::write(&script, format!("set -eu\n{}", commands("first-request.md"))).unwrap();
    let walked = Command::new("bash")
        .arg(&script)
        .current_dir(work.path())
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
        .env("DOCUMENTS", work.path().join("documents"))
        .env("COUNTERFOIL_TEST_HARDNESS", "1")
        .env("COUNTERFOIL_NOW", "2026-11-22T12:00:00Z")
        .env_remove("COUNTERFOIL_POSTGRES")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&walked.stdout), String::from_utf8_lossy(&walked.stderr));
    assert!(walked.status.success(), "{out}\n{err}");
    for said in
        ["due on Tuesday 22 December 2026", "nothing was found", "Released:", "sound", "proved: entry"]
    {
        assert!(out.contains(said), "the walk did not say `{said}`:\n{out}\n{err}");
    }
    let index = fs::read_to_string(work.path().join("pack/02-index.html")).unwrap();
    assert!(index.contains("casebook"), "the index names the source:\n{index}");
}
