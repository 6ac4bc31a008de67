use counterfoil_store::log::check::{self, ProofError};
use counterfoil_store::log::merkle::{
    Hash, HashStore, Node, TreeError, append, consistency_proof, empty_root, inclusion_proof, leaf_hash,
    node_hash, root_at,
};
use counterfoil_store::log::vectors::{VectorKind, run};
use proptest::prelude::*;

use super::naive::{self, Memory, entries, entry, grown};

const MOST: u64 = 300;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// The well-known roots of the certificate-transparency test tree of eight leaves.
#[test]
fn the_published_roots_come_out() {
    let leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes: Vec<Hash> = leaves.iter().map(|l| leaf_hash(&hex(l))).collect();
    for (size, root) in roots.iter().enumerate() {
        let made = append(&mut Memory::default(), 0, &hashes[..size]).unwrap();
        assert_eq!(made.frontier.root().as_slice(), hex(root), "size {size}");
    }
}

#[test]
fn roots_at_every_size_equal_the_definition() {
    let (mut store, all) = (grown(MOST), entries(MOST));
    for size in 0..=MOST {
        assert_eq!(root_at(&mut store, size).unwrap(), naive::mth(&all[..size as usize]), "size {size}");
    }
    assert_eq!(root_at(&mut store, 0).unwrap(), empty_root());
}

#[test]
fn every_stored_hash_is_a_complete_subtree() {
    let (store, all) = (grown(MOST), entries(MOST));
    for (node, hash) in &store.nodes {
        let (first, width) = ((node.index << node.level) as usize, 1 << node.level);
        assert_eq!(*hash, naive::mth(&all[first..first + width]), "{node:?}");
    }
    // Sum over levels of floor(n / 2^level).
    let expected: u64 = (0..9).map(|l| MOST >> l).sum();
    assert_eq!(store.nodes.len() as u64, expected);
}

#[test]
fn a_batch_makes_what_single_appends_make_and_asks_once() {
    for start in [0, 1, 7, 8, 100, 255] {
        let mut store = grown(start);
        let leaves: Vec<Hash> = (start..MOST).map(|i| leaf_hash(&entry(i))).collect();
        store.questions = 0;
        store.hashes_read = 0;
        let made = append(&mut store, start, &leaves).unwrap();
        assert_eq!((store.questions, store.hashes_read), (1, start.count_ones() as usize), "from {start}");
        store.nodes.extend(made.nodes);
        assert_eq!(store.nodes, grown(MOST).nodes, "from {start}");
        assert_eq!(made.frontier.size(), MOST);
    }
}

#[test]
fn inclusion_proofs_equal_the_definition_and_verify() {
    let (mut store, all) = (grown(MOST), entries(MOST));
    for size in (1..=70).chain([127, 128, 129, 255, 256, 257, MOST]) {
        let d = &all[..size as usize];
        let root = naive::mth(d);
        let step = if size <= 70 { 1 } else { 7 };
        for index in (0..size).step_by(step) {
            let proof = inclusion_proof(&mut store, index, size).unwrap();
            assert_eq!(proof, naive::path(index as usize, d), "{index} of {size}");
            assert_eq!(check::inclusion(index, size, &leaf_hash(&entry(index)), &proof, &root), Ok(()));
        }
    }
}

#[test]
fn consistency_proofs_equal_the_definition_and_verify() {
    let (mut store, all) = (grown(MOST), entries(MOST));
    for new in (1..=70).chain([128, 129, 256, 257, MOST]) {
        let d = &all[..new as usize];
        let step = if new <= 70 { 1 } else { 5 };
        for old in (1..=new).step_by(step) {
            let proof = consistency_proof(&mut store, old, new).unwrap();
            assert_eq!(proof, naive::proof(old as usize, d), "{old} to {new}");
            let (was, is) = (naive::mth(&d[..old as usize]), naive::mth(d));
            assert_eq!(check::consistency(old, new, &was, &is, &proof), Ok(()), "{old} to {new}");
        }
    }
}

#[test]
fn questions_without_an_answer_are_refused() {
    let mut store = grown(8);
    assert_eq!(inclusion_proof(&mut store, 8, 8), Err(TreeError::NoSuchLeaf { index: 8, size: 8 }));
    assert_eq!(inclusion_proof(&mut store, 0, 0), Err(TreeError::NoSuchLeaf { index: 0, size: 0 }));
    assert_eq!(consistency_proof(&mut store, 5, 4), Err(TreeError::Backwards { old: 5, new: 4 }));
    assert!(root_at(&mut store, 9).is_err(), "a hash that is not stored is an error, not a guess");
}

/// A tree of any size whose leaves are all the same, so that a hash depends on its level only.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let mut levels = vec![leaf_hash(b"same")];
        for _ in 0..63 {
            let below = levels[levels.len() - 1];
            levels.push(node_hash(&below, &below));
        }
        Self(levels)
    }
}

impl HashStore for Uniform {
    type Error = TreeError;

    fn get(&mut self, node: Node) -> Result<Hash, TreeError> {
        Ok(self.0[usize::from(node.level)])
    }
}

proptest! {
    #[test]
    fn proofs_hold_in_trees_of_any_size(size in 1..=u64::MAX, a in any::<u64>(), b in any::<u64>()) {
        let mut store = Uniform::new();
        let root = root_at(&mut store, size).unwrap();
        let index = a % size;
        let proof = inclusion_proof(&mut store, index, size).unwrap();
        prop_assert!(proof.len() <= 64);
        prop_assert_eq!(check::inclusion(index, size, &leaf_hash(b"same"), &proof, &root), Ok(()));
        prop_assert!(check::inclusion(index, size, &leaf_hash(b"other"), &proof, &root).is_err());
        let old = 1 + b % size;
        let was = root_at(&mut store, old).unwrap();
        let proof = consistency_proof(&mut store, old, size).unwrap();
        // One more than an inclusion proof: the subtree that the two trees share comes first.
        prop_assert!(proof.len() <= 65);
        prop_assert_eq!(check::consistency(old, size, &was, &root, &proof), Ok(()));
    }

    /// Whatever a stranger sends, verification ends and says no.
    #[test]
    fn nonsense_is_refused_without_a_panic(
        m in any::<u64>(), n in any::<u64>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        a in any::<[u8; 32]>(), b in any::<[u8; 32]>(),
    ) {
        prop_assert!(check::inclusion(m, n, &a, &proof, &b).is_err());
        prop_assert!(check::consistency(m, n, &a, &b, &proof).is_err());
        prop_assert!(check::subtree_inclusion(m, m / 2, n, &a, &proof, &b).is_err());
    }

    #[test]
    fn any_change_to_an_inclusion_proof_is_noticed(size in 2..MOST, at in any::<u64>(), bit in 0..256usize) {
        let mut store = grown(size);
        let index = at % size;
        let (leaf, root) = (leaf_hash(&entry(index)), root_at(&mut store, size).unwrap());
        let good = inclusion_proof(&mut store, index, size).unwrap();
        for i in 0..good.len() {
            let mut bad = good.clone();
            bad[i][bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(check::inclusion(index, size, &leaf, &bad, &root), Err(ProofError::Root));
            bad.remove(i);
            prop_assert!(check::inclusion(index, size, &leaf, &bad, &root).is_err());
        }
        for other in (0..size).filter(|o| *o != index) {
            prop_assert!(check::inclusion(other, size, &leaf, &good, &root).is_err());
        }
        let mut longer = good.clone();
        longer.push(root);
        prop_assert_eq!(check::inclusion(index, size, &leaf, &longer, &root), Err(ProofError::Length));
    }

    #[test]
    fn any_change_to_a_consistency_proof_is_noticed(new in 2..MOST, at in any::<u64>(), bit in 0..256usize) {
        let mut store = grown(new);
        let old = 1 + at % (new - 1);
        let (was, is) = (root_at(&mut store, old).unwrap(), root_at(&mut store, new).unwrap());
        let good = consistency_proof(&mut store, old, new).unwrap();
        for i in 0..good.len() {
            let mut bad = good.clone();
            bad[i][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(check::consistency(old, new, &was, &is, &bad).is_err());
            bad.remove(i);
            prop_assert!(check::consistency(old, new, &was, &is, &bad).is_err());
        }
        prop_assert!(check::consistency(old, new, &is, &was, &good).is_err());
        // Other sizes that share the shape of the path do verify with a right proof, so the roots must be theirs.
        for other in (1..new).filter(|o| *o != old) {
            let root = root_at(&mut store, other).unwrap();
            prop_assert!(check::consistency(other, new, &root, &is, &good).is_err(), "{} for {}", other, old);
        }
    }
}

/// The sizes, roots and results of the published corner cases of consistency proofs.
#[test]
fn the_published_corner_cases_of_consistency_hold() {
    let (a, b) = (b"don't care 1".as_slice(), b"don't care 2".as_slice());
    let e = empty_root();
    let none: &[Hash] = &[];
    let one = &[e][..];
    type Row<'a> = (u64, u64, &'a [u8], &'a [u8], &'a [Hash], bool);
    let table: &[Row<'_>] = &[
        (0, 0, a, b, none, false),
        (1, 1, a, b, none, false),
        (0, 0, a, a, none, true),
        (1, 1, b, b, none, true),
        (0, 1, a, b, none, false),
        (0, 1, &e, b, none, false),
        (1, 0, a, b, none, false),
        (2, 1, a, b, none, false),
        (1, 2, a, b, none, false),
        (1, 2, a, b, one, false),
        (0, 0, &e, b, none, false),
        (1, 1, &e, b, none, false),
        (0, 0, &e, &e, one, false),
        (1, 1, &e, &e, one, false),
        (0, 1, &e, &e, one, false),
    ];
    for (old, new, was, is, proof, good) in table {
        assert_eq!(check::consistency(*old, *new, was, is, proof).is_ok(), *good, "{old} to {new}");
    }
}

#[test]
fn vector_files_are_run_in_their_published_layout() {
    let inclusion = br#"[
      {"leafIdx":0,"treeSize":1,"root":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
       "leafHash":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=","proof":null,"desc":"happy","wantErr":false},
      {"leafIdx":0,"treeSize":1,"root":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
       "leafHash":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=","proof":[""],"desc":"garbage","wantErr":true},
      {"leafIdx":18446744073709551615,"treeSize":1,"root":"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
       "leafHash":"V3JvbmdMZWFm","proof":[],"desc":"wrong","wantErr":true}]"#;
    let outcomes = run(VectorKind::Inclusion, inclusion, &[]).unwrap();
    assert_eq!(outcomes.iter().map(|o| o.good).collect::<Vec<_>>(), [true; 3]);
    let wrong =
        br#"{"size1":1,"size2":1,"root1":"AA==","root2":"AA==","proof":[],"desc":"d","wantErr":true}"#;
    let outcomes = run(VectorKind::Consistency, wrong, &[]).unwrap();
    assert!(!outcomes[0].good && outcomes[0].accepted, "a vector that we do not do as it wants is shown");
    assert!(run(VectorKind::Inclusion, b"not json", &[]).is_err());
}
