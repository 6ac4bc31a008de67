//! The letters and digits that follow a place, with what stood between them.

use super::text::{Text, wordy};

/// What stood before a character of a window.
pub(super) mod gap {
    pub const NONE: u8 = 0;
    pub const SPACE: u8 = 1;
    pub const HYPHEN: u8 = 2;
    pub const DOT: u8 = 4;
    pub const SLASH: u8 = 8;
    pub const BREAK: u8 = 16;
    pub const PAREN: u8 = 32;
    pub const OTHER: u8 = 64;
}

/// The longest window: an IBAN of 34 and one more, to see that it ends.
const LONGEST: usize = 36;
/// The longest run of separators inside one identifier, as `\r\n> > `.
const LONGEST_GAP: usize = 8;

/// Characters squeezed together: upper case, without separators.
pub(super) struct Window {
    count: usize,
    upper: [u8; LONGEST],
    gaps: [u8; LONGEST],
    places: [usize; LONGEST],
}

/// How a span ends in the running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// At the border of a word.
    Clean,
    /// Inside a word, where the kind of character changes as it does between two words.
    Glued,
    /// Inside a word or a longer number.
    Inside,
}

impl Window {
    /// Reads at most `limit` letters and digits from `start`.
    pub(super) fn read(text: &Text, start: usize, limit: usize) -> Self {
        let mut window = Self { count: 0, upper: [0; LONGEST], gaps: [0; LONGEST], places: [0; LONGEST] };
        let mut at = start;
        let limit = limit.min(LONGEST);
        while window.count < limit {
            let Some((next, gap)) = skip(text, at, window.count == 0) else { break };
            window.push(text.at(next), gap, next);
            at = next + 1;
        }
        window
    }

    fn push(&mut self, b: u8, gap: u8, place: usize) {
        let i = self.count;
        if let (Some(u), Some(g), Some(p)) =
            (self.upper.get_mut(i), self.gaps.get_mut(i), self.places.get_mut(i))
        {
            *u = b.to_ascii_uppercase();
            *g = gap;
            *p = place;
            self.count += 1;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn at(&self, i: usize) -> u8 {
        self.upper.get(i).copied().unwrap_or(0)
    }

    pub(super) fn gap(&self, i: usize) -> u8 {
        self.gaps.get(i).copied().unwrap_or(0)
    }

    /// The first `n` characters.
    pub(super) fn first(&self, n: usize) -> &[u8] {
        self.upper.get(..n.min(self.count)).unwrap_or(&[])
    }

    /// How many digits it begins with.
    pub(super) fn digits(&self) -> usize {
        self.first(self.count).iter().take_while(|b| b.is_ascii_digit()).count()
    }

    /// The shadow offset of character `i`.
    pub(super) fn place(&self, i: usize) -> usize {
        self.places.get(i).copied().unwrap_or(0)
    }

    /// The shadow offset after the first `n` characters.
    pub(super) fn end(&self, n: usize) -> usize {
        n.checked_sub(1).map_or(0, |i| self.place(i) + 1)
    }

    /// All separators within the first `n` characters, as one mask.
    pub(super) fn mask(&self, n: usize) -> u8 {
        (1..n).fold(0, |mask, i| mask | self.gap(i))
    }

    /// Whether separators stand only before the given characters.
    pub(super) fn gaps_only_at(&self, n: usize, places: &[usize]) -> bool {
        (1..n).all(|i| self.gap(i) == gap::NONE || places.contains(&i))
    }

    /// The lengths of the groups that separators make of the first `n` characters (up to 12 groups).
    pub(super) fn groups(&self, n: usize) -> Groups {
        let mut groups = Groups { count: 0, sizes: [0; 12] };
        let mut size = 0u8;
        for i in 0..n {
            if i > 0 && self.gap(i) != gap::NONE {
                groups.push(size);
                size = 0;
            }
            size = size.saturating_add(1);
        }
        groups.push(size);
        groups
    }

    /// How the first `n` characters end in `text`.
    pub(super) fn edge(&self, text: &Text, n: usize) -> Edge {
        edge_after(text, self.end(n))
    }
}

/// Group lengths of a window.
pub(super) struct Groups {
    count: usize,
    sizes: [u8; 12],
}

impl Groups {
    fn push(&mut self, size: u8) {
        if let Some(slot) = self.sizes.get_mut(self.count) {
            *slot = size;
            self.count += 1;
        }
    }

    pub(super) fn sizes(&self) -> &[u8] {
        self.sizes.get(..self.count).unwrap_or(&[])
    }
}

/// The next letter or digit from `at`, and the separators before it; none when the run ends.
fn skip(text: &Text, at: usize, first: bool) -> Option<(usize, u8)> {
    let mut mask = gap::NONE;
    let mut next = at;
    loop {
        let b = text.at(next);
        if b.is_ascii_alphanumeric() {
            return settled(mask).then_some((next, mask));
        }
        if first || next - at >= LONGEST_GAP {
            return None;
        }
        mask |= match b {
            b' ' | b'\t' => gap::SPACE,
            b'-' => gap::HYPHEN,
            b'.' => gap::DOT,
            b'/' => gap::SLASH,
            b'\n' | b'\r' => gap::BREAK,
            b'(' | b')' => gap::PAREN,
            b'>' if mask & gap::BREAK != 0 => gap::NONE,
            b'_' | b'*' => gap::OTHER,
            _ => return None,
        };
        next += 1;
    }
}

/// A full stop and a space end a sentence; they do not stand inside an identifier.
fn settled(mask: u8) -> bool {
    mask & gap::DOT == 0 || mask & (gap::SPACE | gap::BREAK) == 0
}

/// How a span that ends before `end` ends.
pub(super) fn edge_after(text: &Text, end: usize) -> Edge {
    let (last, next) = (text.before(end), text.at(end));
    if wordy(next) || next == b'_' {
        let glued = (last.is_ascii_digit() && next.is_ascii_alphabetic())
            || (last.is_ascii_uppercase() && next.is_ascii_lowercase())
            || (last.is_ascii_uppercase()
                && next.is_ascii_uppercase()
                && text.at(end + 1).is_ascii_lowercase())
            || (last.is_ascii_lowercase() && next.is_ascii_uppercase())
            || next == b'_';
        return if glued { Edge::Glued } else { Edge::Inside };
    }
    let joined = match next {
        b'-' | b'/' => wordy(text.at(end + 1)),
        b'.' | b',' => text.at(end + 1).is_ascii_digit() && last.is_ascii_digit(),
        _ => false,
    } && !between_numbers(text, end);
    if joined { Edge::Inside } else { Edge::Clean }
}

/// Whether the comma or slash at `mark` parts two numbers of a list: long ones, or the second with a
/// trunk 0 or a plus sign.
fn between_numbers(text: &Text, mark: usize) -> bool {
    if !matches!(text.at(mark), b',' | b'/') {
        return false;
    }
    let digits_before = mark - text.run_back(mark, 20, |b| b.is_ascii_digit());
    let digits_after = text.run(mark + 1, 20, |b| b.is_ascii_digit()) - (mark + 1);
    let trunk = text.at(mark + 1) == b'0';
    (digits_before >= 6 && digits_after >= 6) || (trunk && digits_before >= 3 && digits_after >= 3)
}

/// How a span that begins at `start` begins.
pub(super) fn edge_before(text: &Text, start: usize) -> Edge {
    let (last, first) = (text.before(start), text.at(start));
    if wordy(last) || last == b'_' {
        let glued = (last.is_ascii_alphabetic() && first.is_ascii_digit())
            || (last.is_ascii_lowercase() && first.is_ascii_uppercase())
            || last == b'_';
        return if glued { Edge::Glued } else { Edge::Inside };
    }
    let earlier = start.checked_sub(2).map_or(0, |i| text.at(i));
    let joined = match last {
        b'-' | b'/' => earlier.is_ascii_digit() || (earlier.is_ascii_uppercase() && first.is_ascii_digit()),
        b'.' | b',' => earlier.is_ascii_digit() && first.is_ascii_digit(),
        b'$' => true,
        _ => false,
    } && !between_numbers(text, start.saturating_sub(1));
    if joined { Edge::Inside } else { Edge::Clean }
}
