//! Which grants of access the home office must look at (promise N3): every one that rests on the worker's word,
//! and a sample of those that the system checked.

/// One in this many of the checked grants is drawn for review.
pub const SAMPLE: u8 = 4;

/// Why a grant is in the review queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Something about it is odd.
    Odd,
    /// It rests on the worker's word.
    Word,
    /// It was drawn.
    Sampled,
    /// It was neither; it may be looked at all the same.
    NotDrawn,
}

impl Why {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Odd => "odd",
            Self::Word => "word",
            Self::Sampled => "sampled",
            Self::NotDrawn => "not-drawn",
        }
    }

    /// Whether somebody must look at it.
    #[must_use]
    pub const fn must(self) -> bool {
        !matches!(self, Self::NotDrawn)
    }
}

/// Why this grant is reviewed. The draw is from the identifier's random bits, so that nobody chooses it and
/// anyone can check it.
#[must_use]
pub fn why(grant: &[u8; 16], evidence_checked: bool, odd: bool) -> Why {
    let drawn = grant.last().is_some_and(|b| b % SAMPLE == 0);
    match (odd, evidence_checked, drawn) {
        (true, ..) => Why::Odd,
        (_, false, _) => Why::Word,
        (_, _, true) => Why::Sampled,
        _ => Why::NotDrawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_reviewed_and_a_quarter_of_the_rest() {
        let id = |last: u8| {
            let mut id = [0; 16];
            id[15] = last;
            id
        };
        let drawn = (0..=255).filter(|n| why(&id(*n), true, false).must()).count();
        assert_eq!(drawn, 64);
        assert!((0..=255).all(|n| why(&id(n), false, false) == Why::Word));
        assert_eq!(why(&id(1), true, true), Why::Odd);
    }
}
