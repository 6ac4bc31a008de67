//! A whole log as files: growing it entry by entry, writing it into a folder, reading hashes back.

use std::path::{Path, PathBuf};

use super::checkpoint::SignedCheckpoint;
use super::files::{FileError, read_if_there, replace, write};
use super::merkle::{Frontier, Hash, HashStore, Node, TreeError, leaf_hash, node_hash};
use super::tile::{EntryTooLong, Kind, TILE_WIDTH, Tile, partial_tile, push_entry, split_hashes, tile_level};

/// Grows a log entry by entry and gives out each tile and bundle as it is filled, in constant memory.
#[derive(Debug, Default)]
pub struct TreeBuilder {
    frontier: Frontier,
    bundle: Vec<u8>,
    // The hashes of the tile that is being filled, for each tile level.
    levels: Vec<Vec<u8>>,
}

impl TreeBuilder {
    /// The log so far: its size and root.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Appends one entry and gives every tile and bundle that it fills to `emit`.
    ///
    /// # Errors
    /// When the entry is too long for a bundle, or `emit` fails.
    pub fn push<E: From<EntryTooLong>>(
        &mut self,
        entry: &[u8],
        emit: &mut impl FnMut(Tile, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let index = self.frontier.size();
        push_entry(&mut self.bundle, entry)?;
        if (index + 1).is_multiple_of(TILE_WIDTH) {
            emit(full(Kind::Entries, index), &self.bundle)?;
            self.bundle.clear();
        }
        let mut made = Vec::new();
        self.frontier.push(leaf_hash(entry), |node, hash| made.push((node, hash)));
        made.into_iter().try_for_each(|(node, hash)| self.add_hash(node, &hash, emit))
    }

    fn add_hash<E>(
        &mut self,
        node: Node,
        hash: &Hash,
        emit: &mut impl FnMut(Tile, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(level) = tile_level(node.level) else { return Ok(()) };
        if self.levels.len() <= usize::from(level) {
            self.levels.push(Vec::new());
        }
        let Some(tile) = self.levels.get_mut(usize::from(level)) else { return Ok(()) };
        tile.extend_from_slice(hash);
        if (node.index + 1).is_multiple_of(TILE_WIDTH) {
            emit(full(Kind::Hashes(level), node.index), tile)?;
            tile.clear();
        }
        Ok(())
    }

    /// Gives the partial tiles and the partial bundle at the right edge to `emit`.
    ///
    /// # Errors
    /// When `emit` fails.
    pub fn finish<E>(&self, emit: &mut impl FnMut(Tile, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let size = self.frontier.size();
        let levels = self.levels.iter().enumerate().map(|(l, c)| (Kind::Hashes(l as u8), c));
        for (kind, content) in std::iter::once((Kind::Entries, &self.bundle)).chain(levels) {
            if let Some(tile) = partial_tile(kind, size).filter(|_| !content.is_empty()) {
                emit(tile, content)?;
            }
        }
        Ok(())
    }
}

const fn full(kind: Kind, last: u64) -> Tile {
    Tile { kind, index: last / TILE_WIDTH, width: TILE_WIDTH as u16 }
}

/// Why a log could not be written to a folder. `E` is how its entries fail.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// An entry could not be read from where it is kept.
    #[error("the log's entries could not be read: {0}")]
    Entries(E),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// An entry does not fit.
    #[error(transparent)]
    TooLong(#[from] EntryTooLong),
    /// The entries are not those that the checkpoint was signed for.
    #[error(
        "the log's {entries} entries are not those of the signed checkpoint of {signed}: the log was altered"
    )]
    Altered {
        /// How many entries there were.
        entries: u64,
        /// How many the checkpoint says.
        signed: u64,
    },
}

/// Writes a log as static files below `dir` (c2sp.org/tlog-tiles): tiles, entry bundles, and last the
/// checkpoint. `entries` are all the log's encoded entries in order; the bundles hold exactly those.
/// Only the checkpoint is synced to the disk: an export is a copy that can be made again, and one that a
/// crash cut short does not verify.
///
/// # Errors
/// [`ExportError`]; when the entries do not lead to the checkpoint's root, no checkpoint is written.
pub fn export<E>(
    dir: &Path,
    signed: &SignedCheckpoint,
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
) -> Result<(), ExportError<E>> {
    let mut builder = TreeBuilder::default();
    let mut emit = |tile: Tile, content: &[u8]| {
        write(&dir.join(tile.path()), content)?;
        Ok::<(), ExportError<E>>(())
    };
    for entry in entries {
        builder.push(&entry.map_err(ExportError::Entries)?, &mut emit)?;
    }
    builder.finish(&mut emit)?;
    let (head, tree) = (&signed.checkpoint, builder.frontier());
    if tree.size() != head.size || tree.root() != head.root {
        return Err(ExportError::Altered { entries: tree.size(), signed: head.size });
    }
    Ok(replace(&dir.join("checkpoint"), signed.to_string().as_bytes())?)
}

/// Why a hash could not be read from tiles.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The question has no answer.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A tile is absent or has the wrong length.
    #[error("the tile `{0}` is missing or has the wrong length")]
    Damaged(String),
}

/// The hashes of a log that lies in a folder, for making proofs without a database.
///
/// It does not verify what it reads; a proof made from altered tiles does not verify.
#[derive(Debug)]
pub struct TileFolder {
    dir: PathBuf,
    size: u64,
    // The tile read last: neighbouring hashes lie in the same one.
    last: Option<(Tile, Vec<Hash>)>,
}

impl TileFolder {
    /// The log of `size` entries below `dir`.
    #[must_use]
    pub fn new(dir: &Path, size: u64) -> Self {
        Self { dir: dir.to_owned(), size, last: None }
    }

    fn tile(&mut self, kind: Kind, index: u64) -> Result<&[Hash], TileError> {
        let edge = partial_tile(kind, self.size).filter(|t| t.index == index);
        let tile = edge.unwrap_or(Tile { kind, index, width: TILE_WIDTH as u16 });
        let hashes = match self.last.take() {
            Some((t, hashes)) if t == tile => hashes,
            _ => self.read(&tile)?,
        };
        Ok(&self.last.insert((tile, hashes)).1)
    }

    fn read(&self, tile: &Tile) -> Result<Vec<Hash>, TileError> {
        let content = read_if_there(&self.dir.join(tile.path()))?.unwrap_or_default();
        split_hashes(&content)
            .filter(|h| h.len() == usize::from(tile.width))
            .ok_or_else(|| TileError::Damaged(tile.path()))
    }
}

impl HashStore for TileFolder {
    type Error = TileError;

    fn get(&mut self, node: Node) -> Result<Hash, TileError> {
        let level = node.level / 8;
        // The subtree spans this many hashes of the tile, from this one on.
        let span = 1 << (node.level % 8);
        let first = node.index * span;
        let tile = self.tile(Kind::Hashes(level), first / TILE_WIDTH)?;
        let skip = (first % TILE_WIDTH) as usize;
        let mut hashes: Vec<Hash> = tile.iter().skip(skip).take(span as usize).copied().collect();
        if hashes.len() as u64 != span {
            return Err(TreeError::MissingHashes { asked: span as usize, got: hashes.len() }.into());
        }
        while hashes.len() > 1 {
            hashes = hashes.chunks(2).filter_map(|p| Some(node_hash(p.first()?, p.last()?))).collect();
        }
        hashes.pop().ok_or_else(|| TreeError::MissingHashes { asked: 1, got: 0 }.into())
    }
}
