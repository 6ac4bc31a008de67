use counterfoil_store::log::checkpoint::Checkpoint;
use counterfoil_store::log::key::{KeyType, Signer};
use counterfoil_store::log::merkle::{HashStore, inclusion_proof, root_at};
use counterfoil_store::log::policy::Policy;
use counterfoil_store::log::proof::{InclusionProof, ProofFileError};
use counterfoil_store::log::tile::{
    Kind, MAX_ENTRY_BYTES, Tile, hash_tile, push_entry, split_entries, split_hashes, tiles,
};
use counterfoil_store::log::tree::{ExportError, TileFolder, TreeBuilder, export};
use proptest::prelude::*;

use super::naive::{self, entries, entry, grown};

fn signer() -> Signer {
    Signer::from_seed("example.com/log", KeyType::Ed25519, &[3; 32]).unwrap()
}

#[test]
fn tile_paths_have_one_spelling() {
    let table = [
        (Kind::Hashes(0), 0, 256, "tile/0/000"),
        (Kind::Hashes(0), 273, 112, "tile/0/273.p/112"),
        (Kind::Hashes(63), 1_234_067, 256, "tile/63/x001/x234/067"),
        (Kind::Entries, 1_000, 1, "tile/entries/x001/000.p/1"),
        (Kind::Entries, u64::MAX / 256, 255, "tile/entries/x072/x057/x594/x037/x927/935.p/255"),
    ];
    for (kind, index, width, path) in table {
        let tile = Tile { kind, index, width };
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::parse(path), Some(tile));
    }
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x1/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/8/0/000",
        "Tile/0/000",
        "tile/entries/x",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/+00",
        "tile/0/000.p/1/2",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Tile::parse(bad), None, "{bad}");
    }
}

/// The worked example of the specification.
#[test]
fn seventy_thousand_entries_have_the_tiles_that_the_specification_counts() {
    let all: Vec<Tile> = tiles(70_000).filter(|t| t.kind != Kind::Entries).collect();
    let count = |level, full: bool| {
        all.iter().filter(|t| t.kind == Kind::Hashes(level) && (t.width == 256) == full).count()
    };
    assert_eq!(
        [count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)],
        [273, 1, 1, 1, 1]
    );
    assert_eq!(all.len(), 277);
    let widths: Vec<u16> = all.iter().filter(|t| t.width < 256).map(|t| t.width).collect();
    assert_eq!(widths, [112, 17, 1]);
    let at_256: Vec<String> = tiles(256).map(|t| t.path()).collect();
    assert_eq!(at_256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(tiles(0).count(), 0);
}

#[test]
fn bundles_are_length_prefixed_and_strict() {
    let mut bundle = Vec::new();
    for e in [b"".as_slice(), b"a", &[7; MAX_ENTRY_BYTES]] {
        push_entry(&mut bundle, e).unwrap();
    }
    assert_eq!(&bundle[..5], [0, 0, 0, 1, b'a']);
    assert_eq!(split_entries(&bundle).unwrap(), [b"".as_slice(), b"a", &[7; MAX_ENTRY_BYTES]]);
    assert!(push_entry(&mut bundle, &[0; MAX_ENTRY_BYTES + 1]).is_err());
    for bad in [&[0][..], &[0, 1], &[0, 2, 9], &[0, 1, 9, 0]] {
        assert_eq!(split_entries(bad), None, "{bad:?}");
    }
    assert_eq!(split_hashes(&[0; 33]), None);
}

#[test]
fn tiles_from_entries_equal_tiles_from_the_store_and_serve_proofs() {
    const N: u64 = 600;
    let (mut store, dir) = (grown(N), tempfile::tempdir().unwrap());
    let root = root_at(&mut store, N).unwrap();
    let signed = Checkpoint::new("example.com/log", N, root).sign(&signer(), 0).unwrap();
    export(dir.path(), &signed, entries(N).into_iter().map(Ok::<_, ()>)).unwrap();
    let mut folder = TileFolder::new(dir.path(), N);
    for tile in tiles(N).filter(|t| t.kind != Kind::Entries) {
        assert_eq!(
            hash_tile(&mut store, &tile).unwrap(),
            std::fs::read(dir.path().join(tile.path())).unwrap(),
            "{tile:?}"
        );
    }
    for (node, hash) in &store.nodes {
        assert_eq!(folder.get(*node).unwrap(), *hash, "{node:?}");
    }
    for index in [0, 255, 256, 511, 512, 599] {
        let proof = inclusion_proof(&mut folder, index, N).unwrap();
        assert_eq!(proof, naive::path(index as usize, &entries(N)), "{index}");
    }
    assert!(folder.get(counterfoil_store::log::Node { level: 0, index: N }).is_err());
    std::fs::remove_file(dir.path().join("tile/0/001")).unwrap();
    assert!(inclusion_proof(&mut TileFolder::new(dir.path(), N), 300, N).is_err());
}

#[test]
fn an_export_that_is_not_what_was_signed_gets_no_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let signed = Checkpoint::new("example.com/log", 5, naive::mth(&entries(5))).sign(&signer(), 0).unwrap();
    for wrong in [entries(4), entries(6), [entries(4), vec![b"edited".to_vec()]].concat()] {
        let result = export(dir.path(), &signed, wrong.into_iter().map(Ok::<_, ()>));
        assert!(matches!(result, Err(ExportError::Altered { signed: 5, .. })));
        assert!(!dir.path().join("checkpoint").exists());
    }
    let failing = vec![Ok(entry(0)), Err("disk")];
    assert!(matches!(export(dir.path(), &signed, failing), Err(ExportError::Entries("disk"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_builder_knows_the_root_of_any_entries(data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..600)) {
        let mut builder = TreeBuilder::default();
        let mut seen = Vec::new();
        let mut emit = |tile: Tile, content: &[u8]| { seen.push((tile, content.to_vec())); Ok::<_, counterfoil_store::log::tile::EntryTooLong>(()) };
        for e in &data {
            builder.push(e, &mut emit).unwrap();
        }
        builder.finish(&mut emit).unwrap();
        prop_assert_eq!(builder.frontier().root(), naive::mth(&data));
        let mut made: Vec<Tile> = seen.iter().map(|(t, _)| *t).collect();
        let mut wanted: Vec<Tile> = tiles(data.len() as u64).collect();
        made.sort();
        wanted.sort();
        prop_assert_eq!(made, wanted);
        let bundles = seen.iter().filter(|(t, _)| t.kind == Kind::Entries);
        let back: Vec<Vec<u8>> = bundles.flat_map(|(_, c)| split_entries(c).unwrap().into_iter().map(<[u8]>::to_vec)).collect();
        prop_assert_eq!(back, data);
    }
}

fn proof_of(index: u64, size: u64) -> InclusionProof {
    let mut store = grown(size);
    let root = root_at(&mut store, size).unwrap();
    let checkpoint = Checkpoint::new("example.com/log", size, root).sign(&signer(), 0).unwrap();
    let hashes = inclusion_proof(&mut store, index, size).unwrap();
    InclusionProof { extra: None, index, hashes, checkpoint }
}

#[test]
fn proof_files_are_written_read_and_verified() {
    let policy = Policy::of_keys(&[signer().verifier().clone()]).unwrap();
    for (index, size) in [(0, 1), (3, 10), (9, 10), (128, 200)] {
        let mut proof = proof_of(index, size);
        proof.extra = (size > 1).then(|| b"request received".to_vec());
        let text = proof.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"));
        let read = InclusionProof::parse(text.as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert!(read.verify(&entry(index), &policy).is_ok(), "{index} of {size}");
        assert!(matches!(read.verify(b"other", &policy), Err(ProofFileError::NotIncluded(_))));
    }
    let other = Signer::from_seed("example.com/log", KeyType::Ed25519, &[4; 32]).unwrap();
    let stranger = Policy::of_keys(&[other.verifier().clone()]).unwrap();
    assert!(matches!(proof_of(3, 10).verify(&entry(3), &stranger), Err(ProofFileError::Policy(_))));
}

#[test]
fn every_one_byte_edit_of_a_proof_file_is_noticed() {
    let policy = Policy::of_keys(&[signer().verifier().clone()]).unwrap();
    let text = proof_of(3, 10).to_string().into_bytes();
    for i in 0..text.len() {
        for change in [1, 0x20, 0x80] {
            let mut bad = text.clone();
            bad[i] ^= change;
            let accepted = InclusionProof::parse(&bad).is_ok_and(|p| p.verify(&entry(3), &policy).is_ok());
            assert!(!accepted, "byte {i} xor {change}");
        }
        let mut short = text.clone();
        short.remove(i);
        let accepted = InclusionProof::parse(&short).is_ok_and(|p| p.verify(&entry(3), &policy).is_ok());
        assert!(!accepted, "byte {i} removed");
    }
}

#[test]
fn malformed_proof_files_are_refused() {
    let good = proof_of(3, 10).to_string();
    let hash_line = good.lines().nth(2).unwrap();
    for (bad, why) in [
        (good.replace("@v1", "@v2"), ProofFileError::Header),
        (good.replace("index 3", "index 03"), ProofFileError::Index),
        (good.replace("index 3\n", ""), ProofFileError::Index),
        (good.replace("index 3", "extra !\nindex 3"), ProofFileError::Extra),
        (good.replace(hash_line, "AAAA"), ProofFileError::Hashes),
        (
            good.replace("index 3\n", &format!("index 3\n{}", format!("{hash_line}\n").repeat(65))),
            ProofFileError::Hashes,
        ),
        (good.replace("\n\n", "\n"), ProofFileError::NoCheckpoint),
    ] {
        assert_eq!(InclusionProof::parse(bad.as_bytes()), Err(why), "{bad}");
    }
}
