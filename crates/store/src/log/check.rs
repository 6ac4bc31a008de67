//! Verifying Merkle proofs: the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2, as pure functions
//! that never panic whatever they are given.

use super::merkle::{Hash, node_hash};

/// Why a Merkle proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf is not in a tree of that size.
    #[error("the leaf's index is not below the tree's size")]
    IndexBeyondSize,
    /// The sizes do not describe an earlier and a later tree that can be compared.
    #[error("the sizes cannot be compared: the older tree must have at least one entry and not be larger")]
    Sizes,
    /// The proof has too few or too many hashes.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// A hash that is not 32 bytes long.
    #[error("a hash is not 32 bytes long")]
    HashSize,
    /// The hashes do not lead to the (older) root.
    #[error("the proof does not lead to the root")]
    Root,
    /// The hashes do not lead to the newer root.
    #[error("the proof does not lead to the newer root")]
    NewRoot,
    /// The range is not a subtree: its start is not a multiple of the size of the tree that holds it.
    #[error("the range of leaves is not a subtree")]
    NotASubtree,
}

/// Checks that the leaf with this hash is number `index` (from 0) of the tree of `size` leaves with
/// this `root`.
///
/// # Errors
/// [`ProofError`] when it is not proved.
pub fn inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &[u8]) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_to_right_child(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    ends(last, hash == root, ProofError::Root)
}

/// Checks that the tree of `old_size` leaves with `old_root` is a prefix of the tree of `new_size`
/// leaves with `new_root`.
///
/// A proof from the empty tree proves nothing, so it is refused; two trees of the same size are
/// consistent when their roots are the same bytes and the proof is empty.
///
/// # Errors
/// [`ProofError`] when it is not proved.
pub fn consistency(
    old_size: u64,
    new_size: u64,
    old_root: &[u8],
    new_root: &[u8],
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size == new_size {
        return if proof.is_empty() {
            ends(0, old_root == new_root, ProofError::Root)
        } else {
            Err(ProofError::Length)
        };
    }
    if old_size == 0 || old_size > new_size {
        return Err(ProofError::Sizes);
    }
    let Some((first, rest)) = proof.split_first() else { return Err(ProofError::Length) };
    if old_size.is_power_of_two() {
        let seed = old_root.try_into().map_err(|_| ProofError::HashSize)?;
        return walk_consistency(old_size, new_size, seed, proof, old_root, new_root);
    }
    walk_consistency(old_size, new_size, *first, rest, old_root, new_root)
}

fn walk_consistency(
    old_size: u64,
    new_size: u64,
    seed: Hash,
    path: &[Hash],
    old_root: &[u8],
    new_root: &[u8],
) -> Result<(), ProofError> {
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (seed, seed);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            skip_to_right_child(&mut node, &mut last);
        } else {
            new = node_hash(&new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    ends(last, old == old_root, ProofError::Root)?;
    ends(last, new == new_root, ProofError::NewRoot)
}

/// Climbs until `node` is a right child (or the top), past levels where it had no sibling.
fn skip_to_right_child(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

fn ends(last: u64, same: bool, otherwise: ProofError) -> Result<(), ProofError> {
    match (last, same) {
        (0, true) => Ok(()),
        (0, false) => Err(otherwise),
        _ => Err(ProofError::Length),
    }
}

/// Checks that the leaf is number `index` of the log and lies in the subtree of the leaves from
/// `start` up to `end`, whose hash is `root` (draft-ietf-plants-merkle-tree-certs, section 4).
///
/// # Errors
/// [`ProofError`] when it is not proved or the range is not a subtree.
pub fn subtree_inclusion(
    index: u64,
    start: u64,
    end: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &[u8],
) -> Result<(), ProofError> {
    let size = end.checked_sub(start).filter(|n| *n > 0).ok_or(ProofError::Sizes)?;
    let whole = size.checked_next_power_of_two();
    if start != 0 && !whole.is_some_and(|w| start.is_multiple_of(w)) {
        return Err(ProofError::NotASubtree);
    }
    let within = index.checked_sub(start).ok_or(ProofError::IndexBeyondSize)?;
    inclusion(within, size, leaf, proof, root)
}

/// Hashes of the right size, from bytes of any size.
///
/// # Errors
/// [`ProofError::HashSize`] when any is not 32 bytes.
pub fn hashes(items: &[impl AsRef<[u8]>]) -> Result<Vec<Hash>, ProofError> {
    items.iter().map(|b| b.as_ref().try_into().map_err(|_| ProofError::HashSize)).collect()
}
