//! Searching a text for what was withheld: as it was, split, joined to other words, or reversed.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use super::fold::{Gap, Token, tokens};

/// Words that say nothing about anyone when they stand alone.
const EMPTY_WORDS: [&str; 62] = [
    "a", "an", "and", "any", "are", "as", "at", "be", "but", "by", "dear", "dr", "for", "from", "had", "has",
    "have", "he", "her", "hers", "him", "his", "i", "if", "in", "is", "it", "its", "me", "miss", "mr", "mrs",
    "ms", "my", "no", "not", "of", "on", "or", "our", "she", "sir", "so", "that", "the", "their", "them",
    "they", "this", "to", "up", "us", "was", "we", "were", "who", "with", "yes", "you", "your", "do",
    "madam",
];

/// How withheld text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// As whole words.
    Whole,
    /// With spaces, hyphens or line ends inside, or as part of a longer word.
    Split,
    /// Backwards.
    Reversed,
    /// A word of it, more often than the released text has that word.
    Part,
}

/// A text to look for.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    words: Vec<String>,
    squash: String,
    /// How often it may be read, because a person decided so or because the rest of the document says
    /// the same words.
    pub(crate) allowed: usize,
    /// A decided span, as opposed to something dropped whole.
    pub(crate) is_decided: bool,
}

impl Needle {
    /// `None` when the text alone says nothing: no letters or digits, a single one, a number of one or
    /// two digits, or only words such as `her`.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let words: Vec<String> = tokens(text).into_iter().map(|t| t.text).collect();
        let squash = words.concat();
        let letters = squash.chars().count();
        let small_number = letters <= 2 && squash.chars().all(|c| c.is_ascii_digit());
        if letters <= 1 || small_number || words.iter().all(|w| EMPTY_WORDS.contains(&w.as_str())) {
            return None;
        }
        Some(Self { words, squash, allowed: 0, is_decided: true })
    }

    pub(crate) fn key(&self) -> &str {
        &self.squash
    }

    /// Words of a longer text that would tell something by themselves.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        let several = self.words.len() > 1;
        self.words
            .iter()
            .map(String::as_str)
            .filter(move |w| several && w.chars().count() >= 4 && !EMPTY_WORDS.contains(w))
    }

    pub(crate) fn is_number(&self) -> bool {
        self.squash.bytes().all(|b| b.is_ascii_digit())
    }

    /// Long enough that it does not turn up by accident inside other words.
    pub(crate) fn is_strong(&self) -> bool {
        let digits = self.squash.chars().filter(char::is_ascii_digit).count();
        digits >= 6 || self.squash.chars().count() >= 8
    }
}

/// A folded text ready to be searched.
#[derive(Debug)]
pub(crate) struct Hay {
    tokens: Vec<Token>,
    squash: String,
    /// Where each token begins in `squash`.
    begins: Vec<usize>,
}

/// A place where a needle was found: its number, the tokens it lies in, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) needle: usize,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) how: How,
    /// Both ends are ends of words.
    aligned: bool,
}

/// Our own phrases as words, by their first word, longest first; `#` stands for a number.
#[derive(Debug, Default)]
pub(crate) struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    pub(crate) fn new(phrases: &[String]) -> Self {
        let mut map: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for phrase in phrases {
            let marked = phrase.replace('#', " \u{3007} ");
            let words: Vec<String> = tokens(&marked).into_iter().map(|t| t.text).collect();
            if let Some(first) = words.first() {
                map.entry(first.clone()).or_default().push(words);
            }
        }
        map.values_mut().for_each(|list| list.sort_by_key(|words| std::cmp::Reverse(words.len())));
        Self(map)
    }

    /// How many of `tokens`, from the first, make up a phrase of ours.
    fn length(&self, tokens: &[Token]) -> Option<usize> {
        let list = self.0.get(&tokens.first()?.text)?;
        let fits = |words: &&Vec<String>| {
            words.len() <= tokens.len()
                && words.iter().zip(tokens).all(|(word, token)| {
                    if word == NUMBER {
                        token.text.chars().all(|c| c.is_ascii_digit())
                    } else {
                        *word == token.text
                    }
                })
        };
        list.iter().find(fits).map(Vec::len)
    }
}

/// Stands for any number in a phrase: an ideographic zero, which no phrase has.
const NUMBER: &str = "\u{3007}";
/// Stands where a phrase of ours was: a letter that joins with no word.
pub(crate) const BARRIER: &str = "\u{4e00}";

impl Hay {
    pub(crate) fn new(text: &str) -> Self {
        Self::of(tokens(text))
    }

    /// The text without our own phrases, so that they are not taken for the source's words.
    pub(crate) fn without(text: &str, phrases: &Phrases) -> Self {
        let all = tokens(text);
        let mut kept: Vec<Token> = Vec::with_capacity(all.len());
        let mut rest = all.as_slice();
        while let Some(token) = rest.first() {
            let length = phrases.length(rest);
            let text = if length.is_some() { BARRIER.to_owned() } else { token.text.clone() };
            kept.push(Token { text, ..*token });
            rest = rest.get(length.unwrap_or(1)..).unwrap_or_default();
        }
        Self::of(kept)
    }

    fn of(tokens: Vec<Token>) -> Self {
        let mut squash = String::new();
        let mut begins = Vec::with_capacity(tokens.len());
        for token in &tokens {
            begins.push(squash.len());
            squash.push_str(&token.text);
        }
        Self { tokens, squash, begins }
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The characters of the source that a hit covers.
    pub(crate) fn source(&self, hit: &Hit) -> Option<(usize, usize)> {
        Some((self.tokens.get(hit.first)?.start, self.tokens.get(hit.last)?.end))
    }

    /// The whole words that a hit touches, joined by one space and with one on each side.
    fn context(&self, hit: &Hit) -> String {
        let words = self.tokens.get(hit.first..=hit.last).unwrap_or_default();
        words.iter().fold(" ".to_owned(), |text, token| text + &token.text + " ")
    }

    fn hit(&self, needle: usize, start: usize, end: usize, how: How) -> Option<Hit> {
        let first = self.begins.partition_point(|b| *b <= start).checked_sub(1)?;
        let last = self.begins.partition_point(|b| *b < end).checked_sub(1)?;
        let last_end = self.begins.get(last)? + self.tokens.get(last)?.text.len();
        let aligned = self.begins.get(first) == Some(&start) && last_end == end;
        Some(Hit { needle, first, last, how, aligned })
    }
}

/// All needles of a document, compiled once.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) needles: Vec<Needle>,
    forward: AhoCorasick,
    backward: AhoCorasick,
}

/// What the released text says, which excuses accidents.
#[derive(Debug, Default)]
pub(crate) struct Survivors {
    /// Its words in order, with a space on each side and a barrier where text is withheld.
    pub(crate) words: String,
    /// How often it says each word.
    pub(crate) counts: HashMap<String, usize>,
}

impl Search {
    pub(crate) fn new(needles: Vec<Needle>) -> Result<Self, aho_corasick::BuildError> {
        let reversed = |n: &Needle| n.squash.chars().rev().collect::<String>();
        let forward = AhoCorasick::new(needles.iter().map(|n| &n.squash))?;
        let backward = AhoCorasick::new(needles.iter().map(reversed))?;
        Ok(Self { needles, forward, backward })
    }

    /// Every place where withheld text can be read that is not an accident of the words around it.
    pub(crate) fn hits(&self, hay: &Hay, survivors: &Survivors) -> Vec<Hit> {
        let forward = self.forward.find_overlapping_iter(&hay.squash).filter_map(|m| {
            let needle = m.pattern().as_usize();
            hay.hit(needle, m.start(), m.end(), How::Split)
        });
        let backward = self.backward.find_overlapping_iter(&hay.squash).filter_map(|m| {
            let needle = m.pattern().as_usize();
            hay.hit(needle, m.start(), m.end(), How::Reversed)
        });
        forward.chain(backward).filter_map(|hit| self.judge(hit, hay, survivors)).collect()
    }

    /// The word-boundary rule.
    ///
    /// * The same words, whole: found, always.
    /// * Cut by hyphens, dots, line ends or into single letters: found. `An-n` and `A n n` are Ann.
    /// * Cut by plain spaces into pieces of two letters and more: found, unless the released text says
    ///   just these words itself: a withheld May is not in `you may or may not`, nor Mayor.
    /// * Inside other words: only when long (8 letters or 6 digits), and not when the released text has
    ///   these very words: a withheld Ann is not in `planned`.
    /// * Reversed: whole words, five letters or more, unless the released text has them.
    fn judge(&self, mut hit: Hit, hay: &Hay, survivors: &Survivors) -> Option<Hit> {
        let needle = self.needles.get(hit.needle)?;
        let found = hay.tokens.get(hit.first..=hit.last)?;
        let excused = || survivors.words.contains(&hay.context(&hit));
        if hit.how == How::Reversed {
            let palindrome = needle.squash.chars().eq(needle.squash.chars().rev());
            let counts = hit.aligned && needle.squash.chars().count() >= 5 && !palindrome;
            return (counts && !excused()).then_some(hit);
        }
        if !hit.aligned {
            return (needle.is_strong() && !excused()).then_some(hit);
        }
        if found.iter().map(|t| &t.text).eq(needle.words.iter()) {
            hit.how = How::Whole;
            return Some(hit);
        }
        let inner = found.get(1..).unwrap_or_default();
        let plain = inner.iter().all(|t| matches!(t.before, Gap::Space | Gap::Apart));
        let letters = found.iter().any(|t| t.text.chars().count() == 1);
        if plain && !letters && !needle.is_strong() && excused() {
            return None;
        }
        Some(hit)
    }
}
