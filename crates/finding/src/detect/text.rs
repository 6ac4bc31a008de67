//! Reading a shadow byte by byte. Beyond either end every byte is 0.

/// A shadow text under the matcher's hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'t> {
    bytes: &'t [u8],
}

impl<'t> Text<'t> {
    pub(crate) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn at(&self, i: usize) -> u8 {
        self.bytes.get(i).copied().unwrap_or(0)
    }

    /// The byte before `i`.
    pub(crate) fn before(&self, i: usize) -> u8 {
        i.checked_sub(1).map_or(0, |i| self.at(i))
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> &'t [u8] {
        self.bytes.get(start..end.min(self.bytes.len())).unwrap_or(&[])
    }

    /// The end of the run of bytes from `from` that pass, at most `limit` long.
    pub(crate) fn run(&self, from: usize, limit: usize, pass: impl Fn(u8) -> bool) -> usize {
        let end = (from + limit).min(self.len());
        let tail = self.slice(from, end);
        from + tail.iter().position(|b| !pass(*b)).unwrap_or(tail.len())
    }

    /// The start of the run of bytes that ends before `to` and that all pass, at most `limit` long.
    pub(crate) fn run_back(&self, to: usize, limit: usize, pass: impl Fn(u8) -> bool) -> usize {
        let start = to.saturating_sub(limit);
        let head = self.slice(start, to);
        head.iter().rposition(|b| !pass(*b)).map_or(start, |i| start + i + 1)
    }

    /// Past white space and the marks of quoted lines (`\n> `), at most eight bytes.
    pub(crate) fn skip_space(&self, from: usize) -> usize {
        let mut at = from;
        let mut fresh = false;
        while at < from + 8 {
            match self.at(at) {
                b' ' | b'\t' => {}
                b'\n' | b'\r' => fresh = true,
                b'>' if fresh => {}
                _ => break,
            }
            at += 1;
        }
        at
    }

    /// Whether `from..to` is all of the text but its surrounding white space and quotation marks.
    pub(crate) fn is_whole(&self, from: usize, to: usize) -> bool {
        let frame = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'.' | b'(' | b')');
        from <= 64
            && self.len() - to.min(self.len()) <= 64
            && self.slice(0, from).iter().all(frame)
            && self.slice(to, self.len()).iter().all(frame)
    }
}

/// Part of a word: a letter, a digit, or a character of another script.
pub(crate) fn wordy(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == crate::normalise::OTHER_WORD
}
