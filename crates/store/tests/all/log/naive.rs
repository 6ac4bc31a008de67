//! RFC 6962 section 2.1 written as the recursive definitions stand there, sharing no code with the
//! product, and small helpers for the tests.

use std::collections::HashMap;

use counterfoil_store::log::merkle::{Hash, HashStore, Node, TreeError, append, leaf_hash};
use sha2::{Digest, Sha256};

pub fn entry(i: u64) -> Vec<u8> {
    format!("entry {i}").into_bytes()
}

pub fn entries(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(entry).collect()
}

fn sha(parts: &[&[u8]]) -> Hash {
    Sha256::digest(parts.concat()).into()
}

fn k(n: usize) -> usize {
    let mut k = 1;
    while 2 * k < n {
        k *= 2;
    }
    k
}

pub fn mth(d: &[Vec<u8>]) -> Hash {
    match d {
        [] => sha(&[]),
        [one] => sha(&[&[0], one]),
        _ => sha(&[&[1], &mth(&d[..k(d.len())]), &mth(&d[k(d.len())..])]),
    }
}

pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
    if d.len() == 1 {
        return vec![];
    }
    let k = k(d.len());
    let (mut p, last) =
        if m < k { (path(m, &d[..k]), mth(&d[k..])) } else { (path(m - k, &d[k..]), mth(&d[..k])) };
    p.push(last);
    p
}

pub fn proof(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
    subproof(m, d, true)
}

fn subproof(m: usize, d: &[Vec<u8>], whole: bool) -> Vec<Hash> {
    if m == d.len() {
        return if whole { vec![] } else { vec![mth(d)] };
    }
    let k = k(d.len());
    let (mut p, last) = if m <= k {
        (subproof(m, &d[..k], whole), mth(&d[k..]))
    } else {
        (subproof(m - k, &d[k..], false), mth(&d[..k]))
    };
    p.push(last);
    p
}

/// The stored hashes in memory; counts the questions.
#[derive(Default)]
pub struct Memory {
    pub nodes: HashMap<Node, Hash>,
    pub questions: usize,
    pub hashes_read: usize,
}

impl HashStore for Memory {
    type Error = TreeError;

    fn get(&mut self, node: Node) -> Result<Hash, TreeError> {
        self.nodes.get(&node).copied().ok_or(TreeError::MissingHashes { asked: 1, got: 0 })
    }

    fn get_many(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, TreeError> {
        self.questions += 1;
        self.hashes_read += nodes.len();
        nodes.iter().map(|n| self.get(*n)).collect()
    }
}

/// A store that holds the entries from 0 up to `n`, appended one by one.
pub fn grown(n: u64) -> Memory {
    let mut store = Memory::default();
    for i in 0..n {
        let made = append(&mut store, i, &[leaf_hash(&entry(i))]).unwrap();
        store.nodes.extend(made.nodes);
    }
    store
}
