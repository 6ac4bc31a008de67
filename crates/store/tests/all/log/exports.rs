//! The offline verifier notices every edit, deletion, reordering and truncation of an export.

use std::path::{Path, PathBuf};

use counterfoil_store::log::checkpoint::{Checkpoint, SignedCheckpoint};
use counterfoil_store::log::entry::Entry;
use counterfoil_store::log::key::{KeyType, Signer};
use counterfoil_store::log::policy::Policy;
use counterfoil_store::log::tree::export;
use counterfoil_store::log::verify::{Options, Report, verify_export};

use super::entries::sample;
use super::naive::mth;

const ORIGIN: &str = "example.org/audit";

fn log() -> Signer {
    Signer::from_seed(ORIGIN, KeyType::Ed25519, &[1; 32]).unwrap()
}

fn witness() -> Signer {
    Signer::from_seed("other-office.example/witness", KeyType::Cosignature, &[2; 32]).unwrap()
}

fn leaves(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(|i| sample(i).encode().unwrap()).collect()
}

fn sign(leaves: &[Vec<u8>]) -> SignedCheckpoint {
    let mut signed = Checkpoint::new(ORIGIN, leaves.len() as u64, mth(leaves)).sign(&log(), 0).unwrap();
    signed.note.signatures.push(witness().sign(signed.note.text(), 1_800_000_000));
    signed
}

fn write(dir: &Path, leaves: &[Vec<u8>]) {
    export(dir, &sign(leaves), leaves.iter().cloned().map(Ok::<_, ()>)).unwrap();
}

fn options(since: &[SignedCheckpoint]) -> Options {
    let policy = Policy::of_keys(&[log().verifier().clone(), witness().verifier().clone()]).unwrap();
    let since =
        since.iter().map(|s| (format!("at {}", s.checkpoint.size), s.to_string().into_bytes())).collect();
    Options { policy, since, tolerance_ms: 5_000 }
}

fn verify(dir: &Path) -> Report {
    verify_export(dir, &options(&[])).unwrap()
}

fn codes(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|p| p.code).collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for child in std::fs::read_dir(dir).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn an_untouched_export_is_sound_at_every_shape() {
    for n in [0, 1, 2, 255, 256, 257, 600] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &leaves(n));
        let report = verify(dir.path());
        assert!(report.sound, "{n}: {:?}", report.problems);
        assert_eq!((report.entries, report.size, report.origin.as_str()), (n, n, ORIGIN));
        assert_eq!(report.signed_by, [ORIGIN]);
        assert_eq!(report.cosigned_by, [("other-office.example/witness".to_owned(), 1_800_000_000)]);
        assert_eq!(report.files as usize, files(dir.path()).len() - 1, "every file but the checkpoint");
        assert_eq!(report.last_time.is_some(), n > 0);
    }
}

/// Every byte of every file, flipped in two ways, removed, and doubled.
#[test]
fn every_one_byte_edit_of_an_export_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &leaves(4));
    let options = options(&[]);
    let is_sound = || verify_export(dir.path(), &options).unwrap().sound;
    assert!(is_sound());
    let mut edits = 0;
    for path in files(dir.path()) {
        let good = std::fs::read(&path).unwrap();
        for i in 0..good.len() {
            let mut flipped = good.clone();
            flipped[i] ^= 1;
            let mut case = good.clone();
            case[i] ^= 0x20;
            let mut shorter = good.clone();
            shorter.remove(i);
            let mut longer = good.clone();
            longer.insert(i, good[i]);
            for bad in [flipped, case, shorter, longer] {
                // Removed first: some file systems flush to the disk when a file is cut and written again.
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, &bad).unwrap();
                assert!(!is_sound(), "byte {i} of {}", path.display());
                edits += 1;
            }
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(edits > 6_000, "{edits}");
    assert!(is_sound(), "restored");
}

#[test]
fn every_missing_emptied_or_cut_file_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &leaves(600));
    for path in files(dir.path()) {
        let good = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(!verify(dir.path()).sound, "{} removed", path.display());
        for keep in [0, 1, good.len() / 2, good.len() - 1] {
            std::fs::write(&path, &good[..keep]).unwrap();
            assert!(!verify(dir.path()).sound, "{} cut to {keep}", path.display());
        }
        std::fs::write(&path, [good.as_slice(), &[0, 0]].concat()).unwrap();
        assert!(!verify(dir.path()).sound, "{} lengthened", path.display());
        std::fs::write(&path, &good).unwrap();
    }
    assert!(verify(dir.path()).sound, "restored");
}

/// Whoever can write the folder but not sign rebuilds everything around an edit: the root gives it away.
#[test]
fn a_rebuilt_log_is_noticed_by_its_root() {
    let good = leaves(40);
    let swapped = |a: usize, b: usize| {
        let mut l = good.clone();
        l.swap(a, b);
        l
    };
    let without = |i: usize| {
        let mut l = good.clone();
        l.remove(i);
        l
    };
    let edited = {
        let mut l = good.clone();
        l[7] = sample(1007).encode().unwrap();
        l
    };
    let mut cases = vec![("edited", edited), ("first removed", without(0)), ("last removed", without(39))];
    cases.extend((0..39).map(|i| ("neighbours swapped", swapped(i, i + 1))));
    for (what, forged) in cases {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &forged);
        // The forger keeps the only checkpoint that the log and witness have signed.
        std::fs::write(dir.path().join("checkpoint"), sign(&good).to_string()).unwrap();
        assert!(!verify(dir.path()).sound, "{what}");
    }
}

#[test]
fn findings_say_where() {
    let dir = tempfile::tempdir().unwrap();
    let good = leaves(300);
    write(dir.path(), &good);
    let bundle = dir.path().join("tile/entries/001.p/44");
    let text = std::fs::read(&bundle).unwrap();
    let at = text.windows(11).position(|w| w == b"open-record").unwrap();
    let mut edited = text.clone();
    edited[at..at + 11].copy_from_slice(b"edit-record");
    std::fs::write(&bundle, edited).unwrap();
    let report = verify(dir.path());
    assert_eq!(codes(&report), ["altered", "wrong-root"]);
    assert!(report.problems[0].what.contains("entry 256"), "{:?}", report.problems);
    std::fs::write(&bundle, text).unwrap();

    std::fs::write(dir.path().join("tile/0/note.txt"), "x").unwrap();
    assert_eq!(codes(&verify(dir.path())), ["unexpected-file"]);
    std::fs::remove_file(dir.path().join("tile/0/note.txt")).unwrap();
    std::fs::remove_file(dir.path().join("checkpoint")).unwrap();
    assert_eq!(codes(&verify(dir.path())), ["no-checkpoint"]);
}

#[test]
fn files_that_the_log_cannot_have_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &leaves(5));
    let entries = std::fs::read(dir.path().join("tile/entries/000.p/5")).unwrap();
    for name in
        ["tile/entries/000.p/9", "tile/entries/000", "tile/entries/001.p/5", "tile/0/007", "tile/1/000.p/1"]
    {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &entries).unwrap();
        assert_eq!(codes(&verify(dir.path())), ["unexpected-file"], "{name}");
        std::fs::remove_file(path).unwrap();
    }
    // Cut between two entries, so that what is left is well formed.
    let first = 2 + usize::from(u16::from_be_bytes([entries[0], entries[1]]));
    std::fs::write(dir.path().join("tile/entries/000.p/5"), &entries[..first]).unwrap();
    assert_eq!(codes(&verify(dir.path())), ["damaged-bundle"]);
}

#[test]
fn older_partial_tiles_may_stay_when_they_are_the_start_of_the_newer() {
    let dir = tempfile::tempdir().unwrap();
    for n in [3, 10, 256, 300] {
        write(dir.path(), &leaves(n));
        assert!(verify(dir.path()).sound, "{n}: {:?}", verify(dir.path()).problems);
    }
    let old = dir.path().join("tile/0/000.p/3");
    let mut content = std::fs::read(&old).unwrap();
    content[0] ^= 1;
    std::fs::write(&old, content).unwrap();
    assert_eq!(codes(&verify(dir.path())), ["unexpected-file"]);
}

#[test]
fn older_checkpoints_must_be_continued() {
    let dir = tempfile::tempdir().unwrap();
    let good = leaves(300);
    write(dir.path(), &good);
    let older: Vec<_> = [300, 0, 1, 256, 299].iter().map(|n| sign(&good[..*n])).collect();
    let report = verify_export(dir.path(), &options(&older)).unwrap();
    assert!(report.sound, "{:?}", report.problems);
    assert_eq!(report.continues, 5);
    // The log was shortened and signed again by its own (stolen) key and witness.
    let later = sign(&leaves(301));
    assert_eq!(codes(&verify_export(dir.path(), &options(&[later])).unwrap()), ["truncated"]);
    // The log was rewritten.
    let mut other = good[..100].to_vec();
    other[5] = sample(77).encode().unwrap();
    assert_eq!(codes(&verify_export(dir.path(), &options(&[sign(&other)])).unwrap()), ["inconsistent"]);
    let forger = Signer::from_seed(ORIGIN, KeyType::Ed25519, &[9; 32]).unwrap();
    let forged = Checkpoint::new(ORIGIN, 100, mth(&good[..100])).sign(&forger, 0).unwrap();
    assert_eq!(codes(&verify_export(dir.path(), &options(&[forged])).unwrap()), ["bad-older-checkpoint"]);
}

#[test]
fn signatures_and_witnesses_are_required() {
    let dir = tempfile::tempdir().unwrap();
    let good = leaves(20);
    write(dir.path(), &good);
    let checkpoint = dir.path().join("checkpoint");
    let mut signed = sign(&good);
    signed.note.signatures.pop();
    std::fs::write(&checkpoint, signed.to_string()).unwrap();
    assert_eq!(codes(&verify(dir.path())), ["no-quorum"]);
    let mut signed = sign(&good);
    signed.note.signatures.remove(0);
    std::fs::write(&checkpoint, signed.to_string()).unwrap();
    assert_eq!(codes(&verify(dir.path())), ["bad-signature"]);
    let mut signed = sign(&good);
    let stranger = Signer::from_seed("stranger", KeyType::Ed25519, &[7; 32]).unwrap();
    signed.note.signatures.push(stranger.sign(signed.note.text(), 0));
    std::fs::write(&checkpoint, signed.to_string()).unwrap();
    let report = verify(dir.path());
    assert!(report.sound, "{:?}", report.problems);
    assert_eq!(report.unknown_signatures, 1);
}

#[test]
fn entries_must_be_well_formed_and_in_time() {
    let times = |ts: &[u64]| -> Vec<Vec<u8>> {
        ts.iter().map(|t| Entry { time: *t, ..sample(0) }.encode().unwrap()).collect()
    };
    for (ts, expected) in [
        (vec![10_000, 20_000, 30_000], vec![]),
        (vec![10_000, 20_000, 15_000, 20_000], vec![]),
        (vec![10_000, 20_000, 14_999, 20_000], vec!["time-backwards"]),
        (vec![20_000, 16_000, 12_000], vec!["time-backwards"]),
        (vec![1_800_000_005_000], vec![]),
        (vec![1_800_000_005_001], vec!["time-ahead"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &times(&ts));
        assert_eq!(codes(&verify(dir.path())), expected, "{ts:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[leaves(1), vec![b"free text".to_vec()]].concat());
    assert_eq!(codes(&verify(dir.path())), ["bad-entry"]);
}

/// A size that nobody signed must not make the verifier work for ever.
#[test]
fn a_huge_size_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &leaves(3));
    let huge = Checkpoint::new(ORIGIN, u64::MAX, [1; 32]).sign(&log(), 0).unwrap();
    std::fs::write(dir.path().join("checkpoint"), huge.to_string()).unwrap();
    let report = verify(dir.path());
    assert!(!report.sound && report.problem_count < 20, "{:?}", report.problems);
}
