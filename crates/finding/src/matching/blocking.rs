//! Which pairs are worth comparing: those that share one of many keys.
//!
//! A key joins *atoms* (a name's sound, a year of birth, a postcode …). A block, all records with one
//! value of a key, that grew too large is split by further atoms; what is still too large is left out and
//! reported. So the work grows with the number of records and not with its square.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::fields::Kind;
use super::normal::Value;
use super::table::{Table, View};

/// A part of a blocking key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Atom {
    ForeSound,
    ForeInitial,
    ForeStart,
    SurSound,
    SurInitial,
    SurStart,
    SurEnd,
    /// Both names' sounds in either order.
    Names,
    Year,
    DayMonth,
    Birth,
    /// The digits of the date of birth in order of size: the same after any transposition.
    BirthDigits,
    Postcode,
    Sector,
    Town,
    Line,
    SecondLine,
    Number,
    SecondNumber,
    NumberStart,
    NumberEnd,
    Email,
    EmailName,
    Phone,
    SecondPhone,
    Text,
    SecondText,
}

const ATOMS: usize = Atom::SecondText as usize + 1;

use Atom as A;

/// The keys, the most telling first: a pair is compared under the first key that it shares.
const KEYS: &[(&str, &[Atom])] = &[
    ("identifier", &[A::Number]),
    ("second identifier", &[A::SecondNumber]),
    ("e-mail", &[A::Email]),
    ("phone", &[A::Phone]),
    ("second phone", &[A::SecondPhone]),
    ("date of birth", &[A::Birth]),
    ("surname sound and birth year", &[A::SurSound, A::Year]),
    ("both names' sounds", &[A::Names]),
    ("forename sound and birth day and month", &[A::ForeSound, A::DayMonth]),
    ("surname sound and birth day and month", &[A::SurSound, A::DayMonth]),
    ("forename sound and birth year", &[A::ForeSound, A::Year]),
    ("postcode and forename initial", &[A::Postcode, A::ForeInitial]),
    ("postcode and surname initial", &[A::Postcode, A::SurInitial]),
    ("postcode and birth year", &[A::Postcode, A::Year]),
    ("address line", &[A::Line]),
    ("second address line", &[A::SecondLine]),
    ("surname sound and town", &[A::SurSound, A::Town]),
    ("forename sound and town", &[A::ForeSound, A::Town]),
    ("surname sound and postcode sector", &[A::SurSound, A::Sector]),
    ("digits of birth and forename initial", &[A::BirthDigits, A::ForeInitial]),
    ("digits of birth and surname initial", &[A::BirthDigits, A::SurInitial]),
    ("start of surname and of forename", &[A::SurStart, A::ForeStart]),
    ("end of surname and birth year", &[A::SurEnd, A::Year]),
    ("e-mail name", &[A::EmailName]),
    ("first half of identifier and birth year", &[A::NumberStart, A::Year]),
    ("second half of identifier and birth year", &[A::NumberEnd, A::Year]),
    ("surname sound and text", &[A::SurSound, A::Text]),
    ("forename sound and text", &[A::ForeSound, A::Text]),
    ("texts", &[A::Text, A::SecondText]),
];

/// What splits a block that grew too large, in turn.
const REFINERS: &[Atom] =
    &[A::Year, A::ForeInitial, A::ForeSound, A::Postcode, A::SurStart, A::Town, A::DayMonth, A::Text];

/// How many keys there are.
pub(super) const WIDTH: usize = KEYS.len();

/// The keys of one record; 0 where it has none.
pub(super) type Keys = [u32; WIDTH];
type Atoms = [u32; ATOMS];

/// A key of which blocks were too large.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Capped {
    /// The key's name.
    pub key: String,
    /// How many blocks were split by a further field.
    pub split: usize,
    /// How many records were still in too large blocks and were not compared under this key.
    pub left_out: usize,
}

fn hash(text: &str) -> u32 {
    let mixed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    settle(mixed)
}

fn settle(mixed: u64) -> u32 {
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or(1).max(1)
}

fn join(a: u32, b: u32) -> u32 {
    settle((u64::from(a) << 32 | u64::from(b)).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

fn sorted(text: &str) -> String {
    let mut bytes: Vec<char> = text.chars().collect();
    bytes.sort_unstable();
    bytes.into_iter().collect()
}

fn start(text: &str, letters: usize) -> Option<&str> {
    text.char_indices().nth(letters - 1).and_then(|(at, c)| text.get(..at + c.len_utf8()))
}

fn end(text: &str, letters: usize) -> Option<&str> {
    let from = text.char_indices().rev().nth(letters - 1)?.0;
    text.get(from..)
}

/// The sound of a forename, the same for all its nicknames.
fn fore_sound(value: &Value) -> u32 {
    value.groups.first().map_or_else(|| hash(&value.sound), |group| settle(u64::from(*group) + 0x51ed_2701))
}

fn sector(code: &str) -> Option<&str> {
    let cut = if code.ends_with(|c: char| c.is_ascii_digit()) { 1 } else { 2 };
    code.get(..code.len().checked_sub(cut)?).filter(|s| s.len() > 1)
}

/// Fills a record's atoms from its values.
fn atoms(kinds: &[Kind], view: &View<'_>) -> Atoms {
    let mut atoms = [0; ATOMS];
    let mut put = |atom: Atom, value: Option<u32>| {
        if let (Some(place), Some(value)) = (atoms.get_mut(atom as usize), value) {
            *place = value;
        }
    };
    let nth = |kind: Kind, n: usize| {
        kinds.iter().zip(view).filter(|(k, _)| **k == kind).nth(n).and_then(|(_, v)| v.as_ref())
    };
    let text = |kind, n| nth(kind, n).map(|v| &*v.text);
    let (fore, sur) = (nth(Kind::Forename, 0), nth(Kind::Surname, 0));
    put(A::ForeSound, fore.map(|v| fore_sound(v)));
    put(A::ForeInitial, fore.and_then(|v| start(&v.text, 1)).map(hash));
    put(A::ForeStart, fore.and_then(|v| start(&v.text, 2)).map(hash));
    put(A::SurSound, sur.map(|v| hash(&v.sound)));
    put(A::SurInitial, sur.and_then(|v| start(&v.text, 1)).map(hash));
    put(A::SurStart, sur.and_then(|v| start(&v.text, 3)).map(hash));
    put(A::SurEnd, sur.and_then(|v| end(&v.text, 4)).map(hash));
    put(A::Names, fore.zip(sur).map(|(f, s)| unordered(f, s)));
    birth_atoms(text(Kind::DateOfBirth, 0), &mut put);
    put(A::Postcode, text(Kind::Postcode, 0).map(hash));
    put(A::Sector, text(Kind::Postcode, 0).and_then(sector).map(hash));
    put(A::Town, nth(Kind::Town, 0).map(|v| hash(&v.sound)));
    put(A::Line, text(Kind::Address, 0).map(hash));
    put(A::SecondLine, text(Kind::Address, 1).map(hash));
    let number = text(Kind::Identifier, 0);
    put(A::Number, number.map(hash));
    put(A::NumberStart, number.and_then(|n| start(n, (n.chars().count() / 2).max(1))).map(hash));
    put(A::NumberEnd, number.and_then(|n| end(n, (n.chars().count() / 2).max(1))).map(hash));
    put(A::SecondNumber, text(Kind::Identifier, 1).map(hash));
    put(A::Email, text(Kind::Email, 0).map(hash));
    put(A::EmailName, text(Kind::Email, 0).and_then(|e| e.split('@').next()).map(hash));
    put(A::Phone, text(Kind::Phone, 0).map(hash));
    put(A::SecondPhone, text(Kind::Phone, 1).map(hash));
    put(A::Text, text(Kind::Text, 0).map(hash));
    put(A::SecondText, text(Kind::Text, 1).map(hash));
    atoms
}

fn unordered(fore: &Value, sur: &Value) -> u32 {
    // The surname as a forename would sound, so that swapped names meet; nicknames meet in other keys.
    let (f, s) = (hash(&fore.sound), hash(&sur.sound));
    join(f.min(s), f.max(s))
}

fn birth_atoms(birth: Option<&str>, put: &mut impl FnMut(Atom, Option<u32>)) {
    let Some(birth) = birth else { return };
    put(A::Year, birth.get(..4).map(hash));
    if birth.len() == 8 {
        put(A::Birth, Some(hash(birth)));
        put(A::DayMonth, birth.get(4..).map(|md| hash(&sorted(md))));
        put(A::BirthDigits, Some(hash(&sorted(birth))));
    }
}

fn key_of(atoms: &Atoms, parts: &[Atom]) -> u32 {
    let part = |atom: &Atom| atoms.get(*atom as usize).copied().unwrap_or(0);
    parts.iter().map(part).reduce(|a, b| if a == 0 || b == 0 { 0 } else { join(a, b) }).unwrap_or(0)
}

fn refiner(atoms: &Atoms, depth: usize) -> u32 {
    REFINERS.get(depth).and_then(|atom| atoms.get(*atom as usize)).copied().unwrap_or(0)
}

fn keys_of(kinds: &[Kind], view: &View<'_>) -> Keys {
    let atoms = atoms(kinds, view);
    let mut keys = [0; WIDTH];
    for (key, (_, parts)) in keys.iter_mut().zip(KEYS) {
        *key = key_of(&atoms, parts);
    }
    keys
}

/// The records of a table under all keys, with every block within its cap.
#[derive(Debug)]
pub(super) struct Blocks {
    pub rows: Vec<Keys>,
    pub capped: Vec<Capped>,
    boundary: Option<u32>,
    /// Blocks that were split, by key and value, with the number of the refiner.
    split: HashMap<(u8, u32), u8>,
}

/// At most this many pairs in a block.
const MOST_PAIRS: u64 = 20_000;

impl Blocks {
    pub fn new(kinds: &[Kind], table: &Table) -> Self {
        let records = 0..table.len();
        let rows = records.into_par_iter().map(|r| keys_of(kinds, &table.view(r))).collect();
        let mut blocks = Self { rows, capped: Vec::new(), boundary: table.boundary, split: HashMap::new() };
        for key in 0..WIDTH {
            blocks.refine(key, kinds, table);
        }
        blocks
    }

    pub fn key(&self, record: u32, key: usize) -> u32 {
        self.rows.get(record as usize).and_then(|keys| keys.get(key)).copied().unwrap_or(0)
    }

    /// Records grouped by one key: sorted by its value, without those that have none.
    pub fn listed(&self, key: usize) -> Vec<(u32, u32)> {
        let numbered = self.rows.iter().zip(0_u32..);
        let mut list: Vec<(u32, u32)> = numbered
            .filter_map(|(keys, record)| keys.get(key).filter(|k| **k != 0).map(|k| (*k, record)))
            .collect();
        list.par_sort_unstable();
        list
    }

    /// Pairs within a block: across the two files, or all of one file.
    fn pairs_in(&self, block: &[(u32, u32)]) -> u64 {
        let all = block.len() as u64;
        match self.first_of_second(block) {
            None => all * all.saturating_sub(1) / 2,
            Some(first) => first as u64 * (all - first as u64),
        }
    }

    fn first_of_second(&self, block: &[(u32, u32)]) -> Option<usize> {
        self.boundary.map(|boundary| block.partition_point(|(_, record)| *record < boundary))
    }

    fn refine(&mut self, key: usize, kinds: &[Kind], table: &Table) {
        let (mut split, mut left_out) = (0, 0);
        for depth in 0..=REFINERS.len() {
            let list = self.listed(key);
            let large: Vec<&[(u32, u32)]> =
                list.chunk_by(|x, y| x.0 == y.0).filter(|block| self.pairs_in(block) > MOST_PAIRS).collect();
            if large.is_empty() {
                break;
            }
            let last = depth == REFINERS.len();
            let changes: Vec<(u32, u32)> = large.concat();
            for block in &large {
                if let Some((value, _)) = block.first() {
                    self.split
                        .insert((u8::try_from(key).unwrap_or(0), *value), u8::try_from(depth).unwrap_or(0));
                }
            }
            if last {
                left_out += changes.len();
            } else {
                split += large.len();
            }
            for (value, record) in changes {
                let further =
                    if last { 0 } else { join(value, refiner(&atoms(kinds, &table.view(record)), depth)) };
                if let Some(place) = self.rows.get_mut(record as usize).and_then(|keys| keys.get_mut(key)) {
                    *place = further;
                }
            }
        }
        if split > 0 || left_out > 0 {
            self.capped.push(Capped { key: name(key).to_owned(), split, left_out });
        }
    }

    /// The keys of a record that is not in the table, refined as the table's blocks were.
    pub fn foreign(&self, kinds: &[Kind], view: &View<'_>) -> (Keys, Vec<&'static str>) {
        let (mut keys, atoms, mut common) = (keys_of(kinds, view), atoms(kinds, view), Vec::new());
        for (at, key) in keys.iter_mut().enumerate() {
            for _ in 0..=REFINERS.len() {
                let Some(depth) = self.split.get(&(u8::try_from(at).unwrap_or(0), *key)) else { break };
                if usize::from(*depth) >= REFINERS.len() {
                    *key = 0;
                    common.push(name(at));
                } else {
                    *key = join(*key, refiner(&atoms, usize::from(*depth)));
                }
            }
        }
        (keys, common)
    }

    /// An upper bound of the number of pairs.
    pub fn most_pairs(&self) -> u64 {
        let of =
            |key| self.listed(key).chunk_by(|x, y| x.0 == y.0).map(|block| self.pairs_in(block)).sum::<u64>();
        (0..WIDTH).map(of).sum()
    }

    /// Whether the pair is met under an earlier key.
    fn met(&self, a: u32, b: u32, key: usize) -> bool {
        let row =
            |r: u32| self.rows.get(r as usize).map_or(&[] as &[u32], |keys| keys.get(..key).unwrap_or(&[]));
        row(a).iter().zip(row(b)).any(|(x, y)| x == y && *x != 0)
    }

    /// The keys that a pair shares, one bit each.
    pub fn shared(&self, a: u32, b: u32) -> u64 {
        let bit = |(at, _)| 1_u64 << at;
        (0..WIDTH)
            .map(|key| (key, self.key(a, key)))
            .filter(|(key, v)| *v != 0 && *v == self.key(b, *key))
            .map(bit)
            .sum()
    }

    /// Calls `found` once for each pair and gathers what it keeps, in an order that depends on nothing but
    /// the records; `told` hears how many keys of how many are done. Only pairs whose first record is
    /// `chosen` are met.
    pub fn pairs<T: Send>(
        &self,
        chosen: impl Fn(u32) -> bool + Sync,
        found: impl Fn(u32, u32) -> Option<T> + Sync,
        mut told: impl FnMut(usize, usize),
    ) -> Vec<T> {
        let mut kept = Vec::new();
        for key in 0..WIDTH {
            let list = self.listed(key);
            let blocks: Vec<&[(u32, u32)]> =
                list.chunk_by(|x, y| x.0 == y.0).filter(|b| b.len() > 1).collect();
            kept.par_extend(
                blocks.par_iter().flat_map_iter(|block| self.in_block(block, key, &chosen, &found)),
            );
            told(key + 1, WIDTH);
        }
        kept
    }

    fn in_block<T>(
        &self,
        block: &[(u32, u32)],
        key: usize,
        chosen: impl Fn(u32) -> bool,
        found: impl Fn(u32, u32) -> Option<T>,
    ) -> Vec<T> {
        let first = self.first_of_second(block);
        let mut kept = Vec::new();
        for (at, (_, a)) in block.iter().enumerate() {
            let from = first.unwrap_or(at + 1);
            if from <= at {
                break;
            }
            if !chosen(*a) {
                continue;
            }
            for (_, b) in block.get(from..).unwrap_or_default() {
                if !self.met(*a, *b, key) {
                    kept.extend(found(*a, *b));
                }
            }
        }
        kept
    }
}

/// The name of a key.
pub(super) fn name(key: usize) -> &'static str {
    KEYS.get(key).map_or("", |(name, _)| name)
}

/// Kinds whose agreement a key presumes, so that it teaches nothing about them.
pub(super) fn presumed(key: usize) -> Vec<Kind> {
    let parts = KEYS.get(key).map_or(&[] as &[Atom], |(_, parts)| parts);
    let kinds = parts.iter().flat_map(|atom| match atom {
        A::ForeSound | A::ForeInitial | A::ForeStart => vec![Kind::Forename],
        A::SurSound | A::SurInitial | A::SurStart | A::SurEnd => vec![Kind::Surname],
        A::Names => vec![Kind::Forename, Kind::Surname],
        A::Year | A::DayMonth | A::Birth | A::BirthDigits => vec![Kind::DateOfBirth],
        A::Postcode | A::Sector | A::Town => vec![Kind::Postcode, Kind::Town, Kind::County, Kind::Address],
        A::Line | A::SecondLine => vec![Kind::Address, Kind::Postcode, Kind::Town, Kind::County],
        A::Number | A::SecondNumber | A::NumberStart | A::NumberEnd => vec![Kind::Identifier],
        A::Email | A::EmailName => vec![Kind::Email],
        A::Phone | A::SecondPhone => vec![Kind::Phone],
        A::Text | A::SecondText => vec![Kind::Text],
    });
    let kinds: BTreeMap<Kind, ()> = kinds.map(|kind| (kind, ())).collect();
    kinds.into_keys().collect()
}
