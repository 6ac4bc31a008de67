//! The append-only Merkle tree of RFC 6962 section 2.1: hashing, appending, roots and proofs.
//!
//! Only hashes of *complete* subtrees are stored: [`Node`] `(level, index)` is the root of the
//! `2^level` leaves that begin at leaf `index * 2^level`. Such a hash never changes once written, and
//! every root and proof at every size is made from O(log n) of them.

use sha2::{Digest, Sha256};

/// A SHA-256 hash: 32 bytes.
pub type Hash = [u8; 32];

/// The root of the tree with no leaves: `SHA-256("")` (RFC 6962 section 2.1).
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest(b"").into()
}

/// The hash of a leaf: `SHA-256(0x00 || entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The place of a complete subtree: the `2^level` leaves that begin at leaf `index * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf; at most 63.
    pub level: u8,
    /// Counted from 0 within the level.
    pub index: u64,
}

/// A question about the tree that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The leaf is not in a tree of that size.
    #[error("leaf {index} is not in a tree of {size} entries")]
    NoSuchLeaf {
        /// The leaf that was asked for, counted from 0.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {old} entries cannot come before one of {new} entries")]
    Backwards {
        /// The size of the earlier tree.
        old: u64,
        /// The size of the later tree.
        new: u64,
    },
    /// The store answered with fewer or more hashes than were asked for.
    #[error("the log's hash table gave {got} hashes for {asked} nodes: it is damaged")]
    MissingHashes {
        /// How many nodes were asked for.
        asked: usize,
        /// How many hashes came back.
        got: usize,
    },
}

/// Where the hashes of complete subtrees are kept, for example a table keyed by (level, index).
pub trait HashStore {
    /// How reading fails; a question without an answer must be expressible in it.
    type Error: From<TreeError>;

    /// The stored hash of one complete subtree.
    ///
    /// # Errors
    /// When it is absent or cannot be read.
    fn get(&mut self, node: Node) -> Result<Hash, Self::Error>;

    /// The stored hashes of several complete subtrees, in the order asked. A database overrides this
    /// with one query; a proof asks once.
    ///
    /// # Errors
    /// When any is absent or cannot be read.
    fn get_many(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        nodes.iter().map(|n| self.get(*n)).collect()
    }
}

/// The right edge of a tree: the roots of the complete subtrees that make it up, largest first.
///
/// It is all that is needed to append and to know the root, and it is small: one hash for each one
/// bit of the size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    // INVARIANT: one hash for each one bit of `size`, from the highest bit down.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the tree of `size` leaves, read from the store in one question.
    ///
    /// # Errors
    /// When the store cannot give the hashes.
    pub fn load<S: HashStore>(store: &mut S, size: u64) -> Result<Self, S::Error> {
        let peaks = fetch(store, &peaks(0, size))?;
        Ok(Self { size, peaks })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf and gives every complete subtree that it completes to `made`, the leaf first.
    pub fn push(&mut self, leaf: Hash, mut made: impl FnMut(Node, Hash)) {
        let mut node = Node { level: 0, index: self.size };
        let mut hash = leaf;
        made(node, hash);
        while node.index & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(&left, &hash);
            node = Node { level: node.level + 1, index: node.index >> 1 };
            made(node, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree (RFC 6962 `MTH`).
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_right(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// What an append made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The new complete subtrees, to be stored in the same transaction.
    pub nodes: Vec<(Node, Hash)>,
    /// The tree's new edge: its size and root.
    pub frontier: Frontier,
}

/// Appends `leaves` (leaf hashes) to the tree of `size` leaves that `store` holds.
///
/// Reads O(log n) hashes once, whatever the number of leaves; writes nothing itself.
///
/// # Errors
/// When the store cannot give the tree's edge.
pub fn append<S: HashStore>(store: &mut S, size: u64, leaves: &[Hash]) -> Result<Appended, S::Error> {
    let mut frontier = Frontier::load(store, size)?;
    let mut nodes = Vec::with_capacity(2 * leaves.len());
    for leaf in leaves {
        frontier.push(*leaf, |node, hash| nodes.push((node, hash)));
    }
    Ok(Appended { nodes, frontier })
}

/// The root of the tree when it had `size` leaves.
///
/// # Errors
/// When the store cannot give the hashes.
pub fn root_at<S: HashStore>(store: &mut S, size: u64) -> Result<Hash, S::Error> {
    Frontier::load(store, size).map(|f| f.root())
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1), from
/// the leaf's sibling upwards.
///
/// # Errors
/// [`TreeError::NoSuchLeaf`] when `index >= size`, or when the store fails.
pub fn inclusion_proof<S: HashStore>(store: &mut S, index: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    if index >= size {
        return Err(TreeError::NoSuchLeaf { index, size }.into());
    }
    let (mut lo, mut hi) = (0, size);
    let mut path = Vec::new();
    while hi - lo > 1 {
        let mid = lo + split(hi - lo);
        if index < mid {
            path.push((mid, hi));
            hi = mid;
        } else {
            path.push((lo, mid));
            lo = mid;
        }
    }
    path.reverse();
    range_hashes(store, &path)
}

/// The proof that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 6962 section
/// 2.1.2). Empty when `old` is 0 or equal to `new`.
///
/// # Errors
/// [`TreeError::Backwards`] when `old > new`, or when the store fails.
pub fn consistency_proof<S: HashStore>(store: &mut S, old: u64, new: u64) -> Result<Vec<Hash>, S::Error> {
    if old > new {
        return Err(TreeError::Backwards { old, new }.into());
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut lo, mut hi) = (0, new);
    let mut path = Vec::new();
    while old != hi {
        let mid = lo + split(hi - lo);
        if old <= mid {
            path.push((mid, hi));
            hi = mid;
        } else {
            path.push((lo, mid));
            lo = mid;
        }
    }
    // The verifier knows the old root itself when the old tree is one complete subtree.
    if lo != 0 {
        path.push((lo, hi));
    }
    path.reverse();
    range_hashes(store, &path)
}

/// The largest power of two below `n` (RFC 6962's `k`), for `n >= 2`.
const fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The complete subtrees that make up the leaves from `begin` up to `end`, left to right. `begin` is a
/// multiple of the largest power of two that fits in the range, as in every RFC 6962 decomposition.
fn peaks(begin: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = begin;
    while at < end {
        let level = 63 - (end - at).leading_zeros();
        nodes.push(Node { level: level as u8, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Joins subtree roots, largest first, into the root of them all; `None` when there are none.
fn fold_right(peaks: &[Hash]) -> Option<Hash> {
    peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

fn fetch<S: HashStore>(store: &mut S, nodes: &[Node]) -> Result<Vec<Hash>, S::Error> {
    let hashes = store.get_many(nodes)?;
    if hashes.len() == nodes.len() {
        return Ok(hashes);
    }
    Err(TreeError::MissingHashes { asked: nodes.len(), got: hashes.len() }.into())
}

/// The root of each range of leaves, all read in one question.
fn range_hashes<S: HashStore>(store: &mut S, ranges: &[(u64, u64)]) -> Result<Vec<Hash>, S::Error> {
    let parts: Vec<Vec<Node>> = ranges.iter().map(|(lo, hi)| peaks(*lo, *hi)).collect();
    let mut hashes = fetch(store, &parts.concat())?.into_iter();
    Ok(parts
        .iter()
        .map(|nodes| {
            let these: Vec<Hash> = hashes.by_ref().take(nodes.len()).collect();
            fold_right(&these).unwrap_or_else(empty_root)
        })
        .collect())
}
