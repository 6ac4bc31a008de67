//! Tiles and entry bundles (c2sp.org/tlog-tiles): the log as a set of static files.

use super::merkle::{Hash, HashStore, Node};
use super::text::decimal;

/// How many hashes or entries a full tile or bundle holds.
pub const TILE_WIDTH: u64 = 256;
/// How many tree levels a tile spans.
const TILE_HEIGHT: u8 = 8;
/// How many tile levels a log whose size fits in 64 bits can have.
const TILE_LEVELS: u8 = 8;
/// The longest entry that a bundle can hold, in bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Which kind of file a tile path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of a tile level, 0 to 63 (`tile/<L>/…`).
    Hashes(u8),
    /// Entries (`tile/entries/…`).
    Entries,
}

/// One tile or entry bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// Hashes of a level, or entries.
    pub kind: Kind,
    /// Its number within the level, from 0.
    pub index: u64,
    /// How many hashes or entries it holds: 1 to 256, where 256 is full.
    pub width: u16,
}

impl Tile {
    /// Its path below the log's prefix, for example `tile/0/x001/x234/067.p/8`.
    #[must_use]
    pub fn path(&self) -> String {
        let level = match self.kind {
            Kind::Hashes(level) => level.to_string(),
            Kind::Entries => "entries".to_owned(),
        };
        let suffix =
            if u64::from(self.width) < TILE_WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{}{suffix}", index_path(self.index))
    }

    /// Reads a path as [`Tile::path`] writes it; `None` for every other spelling.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match level {
            "entries" => Kind::Entries,
            digits => Kind::Hashes(decimal(digits)?.try_into().ok().filter(|l| *l < 64)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, w)) => (number, decimal(w).filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let tile = Self { kind, index: parse_index(number)?, width: width.try_into().ok()? };
        // One path for one tile: a padded or shortened number names nothing.
        (tile.path() == path).then_some(tile)
    }

    /// The hashes that the tile holds, as places in the tree; none for entries.
    fn nodes(&self) -> Vec<Node> {
        let Kind::Hashes(level) = self.kind else { return Vec::new() };
        let first = self.index * TILE_WIDTH;
        (first..first + u64::from(self.width))
            .map(|index| Node { level: level * TILE_HEIGHT, index })
            .collect()
    }
}

/// Every tile and bundle of a log of `size` entries: the full ones and the partial one at each level's
/// right edge. No empty tile is among them.
pub fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    let hash_levels = (0..TILE_LEVELS).map(Kind::Hashes);
    std::iter::once(Kind::Entries)
        .chain(hash_levels)
        .flat_map(move |kind| level_tiles(kind, hashes_at(kind, size)))
}

/// How many hashes (or entries) there are at a tile level when the log has `size` entries.
fn hashes_at(kind: Kind, size: u64) -> u64 {
    match kind {
        Kind::Entries => size,
        Kind::Hashes(level) => size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0),
    }
}

fn level_tiles(kind: Kind, count: u64) -> impl Iterator<Item = Tile> {
    (0..count.div_ceil(TILE_WIDTH)).map(move |index| {
        let width = (count - index * TILE_WIDTH).min(TILE_WIDTH) as u16;
        Tile { kind, index, width }
    })
}

/// The partial tile of this kind at the right edge of a log of `size` entries, if there is one.
#[must_use]
pub fn partial_tile(kind: Kind, size: u64) -> Option<Tile> {
    let count = hashes_at(kind, size);
    let width = (count % TILE_WIDTH) as u16;
    (width > 0).then_some(Tile { kind, index: count / TILE_WIDTH, width })
}

/// How wide tile `index` of this kind is in a log of `size` entries; 0 when there is no such tile.
#[must_use]
pub fn expected_width(kind: Kind, index: u64, size: u64) -> u16 {
    let before = index.saturating_mul(TILE_WIDTH);
    hashes_at(kind, size).saturating_sub(before).min(TILE_WIDTH) as u16
}

/// The content of a hash tile, read from the stored hashes in one question.
///
/// # Errors
/// When the store cannot give the hashes.
pub fn hash_tile<S: HashStore>(store: &mut S, tile: &Tile) -> Result<Vec<u8>, S::Error> {
    Ok(store.get_many(&tile.nodes())?.concat())
}

/// Whether `level` of the tree is one that tiles hold, and if so which tile level.
pub(super) const fn tile_level(level: u8) -> Option<u8> {
    if level.is_multiple_of(TILE_HEIGHT) { Some(level / TILE_HEIGHT) } else { None }
}

/// The hashes of a hash tile's content; `None` when it is not a whole number of hashes.
#[must_use]
pub fn split_hashes(content: &[u8]) -> Option<Vec<Hash>> {
    content.chunks(32).map(|c| c.try_into().ok()).collect()
}

/// An entry that does not fit in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an audit entry of {0} bytes does not fit: the limit is {MAX_ENTRY_BYTES}")]
pub struct EntryTooLong(pub usize);

/// Appends one entry to a bundle: its length as two bytes, big-endian, and its bytes.
///
/// # Errors
/// [`EntryTooLong`] above [`MAX_ENTRY_BYTES`].
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), EntryTooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| EntryTooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle; `None` when its lengths and its content disagree.
#[must_use]
pub fn split_entries(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}

/// A tile's number as path elements of three digits, all but the last with an `x`.
fn index_path(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

fn parse_index(path: &str) -> Option<u64> {
    let mut elements = path.split('/').peekable();
    let mut index: u64 = 0;
    while let Some(element) = elements.next() {
        let digits = if elements.peek().is_some() { element.strip_prefix('x')? } else { element };
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(index)
}
