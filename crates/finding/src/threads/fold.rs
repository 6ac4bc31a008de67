//! Folding a set of messages: which must be read, which are wholly inside another, and which quotes
//! were altered.

use std::collections::{BTreeMap, HashMap};

use super::print::{Print, canonical};
use super::split::Segment;
use crate::model::Attachment;

/// A text is inside another only when every one of its shingles is.
const INSIDE: f64 = 1.0;

/// A quote that shares this much with a message was made from it.
const RELATED: f64 = 0.5;

/// Two texts this alike are near-duplicates.
const NEAR: f64 = 0.8;

/// Words under which a text says too little to be found again elsewhere ("Thanks, Jo").
const SHORT: usize = 5;

/// Candidates that are compared for one text.
const CANDIDATES: usize = 64;

/// A message to be folded.
#[derive(Debug, Clone)]
pub struct Item {
    /// The caller's name for it.
    pub id: String,
    /// Its body in segments, from [`split`](super::split()) or [`of_document`](super::of_document).
    pub segments: Vec<Segment>,
    /// Hashes of its attachments; a message is folded into another only when that has them all.
    pub attachments: Vec<[u8; 32]>,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It must be read: a leaf of its thread.
    Read,
    /// The same message, word for word, as `of`.
    Duplicate {
        /// The one that is kept.
        of: String,
    },
    /// Its own words and all that it quotes are inside `by`.
    Contained {
        /// The later message.
        by: String,
    },
    /// Nearly the same as `of`: to be read beside it, never folded unseen.
    NearDuplicate {
        /// The one that it resembles.
        of: String,
        /// How much, in parts of a hundred.
        percent: u8,
    },
}

/// A quoted segment that differs from the message that it quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// The segment's number in its message.
    pub segment: usize,
    /// The message that it was made from.
    pub original: String,
    /// Words of the quote that the original does not have.
    pub added: Vec<String>,
    /// Words of the original that the quote does not have.
    pub removed: Vec<String>,
}

/// The answer for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The caller's name for it.
    pub id: String,
    /// Whether it must be read.
    pub standing: Standing,
    /// Quotes that differ from their originals; they are shown even when the message is folded.
    pub altered: Vec<Altered>,
    /// Quotes whose original is not in the set: they are the only copy.
    pub orphans: Vec<usize>,
}

struct Known {
    whole: Print,
    own: Print,
    own_text: String,
    segments: Vec<Print>,
}

/// Folds `items`; the answers stand in the same order.
///
/// INVARIANT: every word of every message is in a message that is read, or in an altered quote.
#[must_use]
pub fn fold(items: &[Item]) -> Vec<Folded> {
    let known: Vec<Known> = items.iter().map(know).collect();
    let index = Index::new(&known);
    let mut standings: Vec<Standing> = vec![Standing::Read; items.len()];
    duplicates(items, &known, &mut standings);
    contained(items, &known, &index, &mut standings);
    near(items, &known, &index, &mut standings);
    items
        .iter()
        .zip(&known)
        .zip(standings)
        .enumerate()
        .map(|(number, ((item, me), standing))| {
            let (altered, orphans) = quotes(number, item, me, items, &known, &index);
            Folded { id: item.id.clone(), standing, altered, orphans }
        })
        .collect()
}

fn know(item: &Item) -> Known {
    let text = |own: bool| {
        let words = item.segments.iter().filter(|s| !own || s.depth == 0).map(|s| s.text.as_str());
        words.collect::<Vec<_>>().join("\n")
    };
    Known {
        whole: Print::new(&text(false)),
        own: Print::new(&text(true)),
        own_text: text(true),
        segments: item.segments.iter().map(|s| Print::new(&s.text)).collect(),
    }
}

/// Where shingles and signature bands occur.
struct Index {
    shingles: HashMap<u64, Vec<usize>>,
    own: HashMap<u64, Vec<usize>>,
    bands: HashMap<(usize, u64), Vec<usize>>,
}

impl Index {
    fn new(known: &[Known]) -> Self {
        let mut index = Self { shingles: HashMap::new(), own: HashMap::new(), bands: HashMap::new() };
        for (number, k) in known.iter().enumerate() {
            k.whole.shingles().for_each(|s| index.shingles.entry(s).or_default().push(number));
            k.own.shingles().for_each(|s| index.own.entry(s).or_default().push(number));
            k.whole.bands().for_each(|b| index.bands.entry(b).or_default().push(number));
        }
        index
    }

    /// Messages that share the rarest shingles of `print`, most shared first.
    fn sharing(print: &Print, places: &HashMap<u64, Vec<usize>>) -> Vec<usize> {
        let mut lists: Vec<&Vec<usize>> = print.shingles().filter_map(|s| places.get(&s)).collect();
        lists.sort_by_key(|l| l.len());
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for number in lists.iter().take(16).flat_map(|l| l.iter().take(1000)) {
            *counts.entry(*number).or_default() += 1;
        }
        let mut ranked: Vec<(usize, usize)> = counts.into_iter().map(|(n, c)| (c, n)).collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.into_iter().take(CANDIDATES).map(|(_, n)| n).collect()
    }
}

/// True when `keeper` has every attachment of `item`.
fn has_files(keeper: &Item, item: &Item) -> bool {
    item.attachments.iter().all(|hash| keeper.attachments.contains(hash))
}

/// Without a word nothing can be said about a message.
fn speaks(known: &Known) -> bool {
    known.whole.words > 0
}

fn duplicates(items: &[Item], known: &[Known], standings: &mut [Standing]) {
    let mut first: HashMap<[u8; 32], usize> = HashMap::new();
    for (number, (item, me)) in items.iter().zip(known).enumerate() {
        let keeper = *first.entry(me.whole.hash).or_insert(number);
        let Some(kept) = items.get(keeper).filter(|k| keeper != number && speaks(me) && has_files(k, item))
        else {
            continue;
        };
        if let Some(standing) = standings.get_mut(number) {
            *standing = Standing::Duplicate { of: kept.id.clone() };
        }
    }
}

/// A message is inside another when all its words are, in the same order of shingles, and the other
/// says more.
fn contained(items: &[Item], known: &[Known], index: &Index, standings: &mut [Standing]) {
    for (number, (item, me)) in items.iter().zip(known).enumerate() {
        if standings.get(number) != Some(&Standing::Read) || me.whole.words < SHORT {
            continue;
        }
        let holder = Index::sharing(&me.whole, &index.shingles).into_iter().find(|other| {
            let (Some(theirs), Some(holder)) = (known.get(*other), items.get(*other)) else { return false };
            let duplicate = matches!(standings.get(*other), Some(Standing::Duplicate { .. }));
            *other != number
                && !duplicate
                && theirs.whole.words > me.whole.words
                && has_files(holder, item)
                && me.whole.contained_in(&theirs.whole) >= INSIDE
                && follows(&me.own, theirs)
        });
        if let (Some(holder), Some(standing)) = (holder.and_then(|h| items.get(h)), standings.get_mut(number))
        {
            *standing = Standing::Contained { by: holder.id.clone() };
        }
    }
}

/// What the sender wrote must stand whole inside one segment of the other, not be pieced together.
fn follows(own: &Print, other: &Known) -> bool {
    own.words == 0 || other.segments.iter().any(|s| own.contained_in(s) >= INSIDE)
}

fn near(items: &[Item], known: &[Known], index: &Index, standings: &mut [Standing]) {
    for (number, me) in known.iter().enumerate() {
        if standings.get(number) != Some(&Standing::Read) || me.whole.words < SHORT {
            continue;
        }
        let earlier =
            me.whole.bands().filter_map(|b| index.bands.get(&b)).flat_map(|l| l.iter().take(CANDIDATES));
        // A message that is folded already says nothing new by being alike.
        let kept =
            |n: &usize| matches!(standings.get(*n), Some(Standing::Read | Standing::NearDuplicate { .. }));
        let mut earlier: Vec<usize> = earlier.copied().filter(|n| *n < number).filter(kept).collect();
        earlier.sort_unstable();
        earlier.dedup();
        let like = |n: &usize| known.get(*n).map_or(0.0, |k| me.whole.resemblance(&k.whole));
        let best =
            earlier.into_iter().take(CANDIDATES).map(|n| (like(&n), n)).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((score, of)) = best.filter(|(score, _)| *score >= NEAR) else { continue };
        if let (Some(of), Some(standing)) = (items.get(of), standings.get_mut(number)) {
            *standing = Standing::NearDuplicate { of: of.id.clone(), percent: percent(score) };
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the score is between 0 and 1")]
fn percent(score: f64) -> u8 {
    (score * 100.0).round() as u8
}

/// Quotes that differ from their originals, and quotes without one.
fn quotes(
    number: usize,
    item: &Item,
    me: &Known,
    items: &[Item],
    known: &[Known],
    index: &Index,
) -> (Vec<Altered>, Vec<usize>) {
    let (mut altered, mut orphans) = (Vec::new(), Vec::new());
    for (segment, (part, print)) in item.segments.iter().zip(&me.segments).enumerate() {
        if part.depth == 0 || print.words == 0 {
            continue;
        }
        let share = |n: &usize| {
            known.get(*n).map_or(0.0, |k| print.contained_in(&k.own).max(k.own.contained_in(print)))
        };
        let candidates = Index::sharing(print, &index.own).into_iter().filter(|n| *n != number);
        let best = candidates.map(|n| (share(&n), n)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        match best.filter(|(score, _)| *score >= RELATED) {
            None => orphans.push(segment),
            Some((_, original)) => {
                let (Some(theirs), Some(source)) = (known.get(original), items.get(original)) else {
                    continue;
                };
                if theirs.own.hash != print.hash {
                    altered.extend(difference(segment, &part.text, &theirs.own_text, &source.id));
                }
            }
        }
    }
    (altered, orphans)
}

/// Words added and removed, or nothing when the quote is a plain excerpt of the original.
fn difference(segment: usize, quote: &str, original: &str, id: &str) -> Option<Altered> {
    let (quote, original) = (format!(" {} ", canonical(quote)), format!(" {} ", canonical(original)));
    if original.contains(&quote) {
        return None;
    }
    let quote: Vec<&str> = quote.split_whitespace().collect();
    let original: Vec<&str> = original.split_whitespace().collect();
    let added = missing(&quote, &original);
    let removed = missing(&original, &quote);
    // The same words in another order are an alteration too.
    Some(Altered { segment, original: id.to_owned(), added, removed })
}

/// Words of `these` beyond those that `others` have, in order.
fn missing(these: &[&str], others: &[&str]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in others {
        *counts.entry(word).or_default() += 1;
    }
    let mut out = Vec::new();
    for word in these {
        match counts.get_mut(word) {
            Some(left) if *left > 0 => *left -= 1,
            _ => out.push((*word).to_owned()),
        }
    }
    out
}

/// Attachments with the same bytes: for each hash that occurs more than once, the numbers of the
/// attachments that have it.
#[must_use]
pub fn same_files(attachments: &[&Attachment]) -> Vec<([u8; 32], Vec<usize>)> {
    let mut groups: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
    for (number, attachment) in attachments.iter().enumerate() {
        groups.entry(attachment.hash).or_default().push(number);
    }
    groups.into_iter().filter(|(_, numbers)| numbers.len() > 1).collect()
}
