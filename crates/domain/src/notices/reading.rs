//! The reading level of English text, by the Flesch-Kincaid formula.
//!
//! The formula counts words, sentences and syllables. It knows nothing of meaning: a low figure does not make
//! a text clear, but a high one says that few people will follow it. Syllables are counted by groups of
//! vowels, which is right for about nine English words in ten. It is not used for Welsh.

/// How hard a text is to read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Sentences; headings and list items count as one each.
    pub sentences: usize,
    /// Words.
    pub words: usize,
    /// Flesch-Kincaid grade: years of schooling, in the American count.
    pub grade: f64,
}

impl Level {
    /// The age in years of a reader who follows the text: five more than the grade, never under 5.
    #[must_use]
    pub fn age(&self) -> u8 {
        let years = (self.grade + 5.0).round().clamp(5.0, 30.0);
        // The clamp keeps the value within a byte.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 5..=30")]
        let age = years as u8;
        age
    }
}

/// The reading level of passages, each a paragraph, heading or list item. `None` when there is no word.
#[must_use]
pub fn level<'a>(passages: impl IntoIterator<Item = &'a str>) -> Option<Level> {
    let (mut sentences, mut words, mut syllables) = (0_usize, 0_usize, 0_usize);
    for passage in passages {
        let mut open = false;
        for token in passage.split_whitespace() {
            let ends = token.ends_with(['.', '?', '!', ':', ';']);
            let word: String = token.chars().filter(|c| c.is_alphabetic()).collect();
            if !word.is_empty() {
                words += 1;
                syllables += syllables_of(&word);
                open = true;
            }
            if open && ends {
                sentences += 1;
                open = false;
            }
        }
        sentences += usize::from(open);
    }
    if words == 0 || sentences == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a notice has far fewer than 2^52 words")]
    let (s, w, y) = (sentences as f64, words as f64, syllables as f64);
    Some(Level { sentences, words, grade: 0.39 * (w / s) + 11.8 * (y / w) - 15.59 })
}

/// The syllables of one word of letters: groups of vowels, without a silent final `e` or `es`; at least one.
#[must_use]
pub fn syllables_of(word: &str) -> usize {
    let word = word.to_lowercase();
    let vowel = |c: char| "aeiouy".contains(c);
    let mut groups = 0;
    let mut before = false;
    for c in word.chars() {
        groups += usize::from(vowel(c) && !before);
        before = vowel(c);
    }
    let silent = (word.ends_with('e') && !word.ends_with("le")) || word.ends_with("ed");
    if silent && groups > 1 && !word.ends_with("ted") && !word.ends_with("ded") {
        groups -= 1;
    }
    groups.max(1)
}
