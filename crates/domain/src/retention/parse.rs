//! Reading a rule: a hand-written descent over words, because the grammar is small and its error texts
//! are read by records managers.

use std::str::FromStr;

use super::{Action, Bound, Clause, Length, Point, Rule, Term, Trigger, Year};

/// How deeply `first of` and `last of` may nest.
const DEEPEST: u8 = 4;
/// How long a rule may be, in characters.
const LONGEST: usize = 2_000;

/// A rule that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Something else was expected.
    #[error("in the retention rule `{rule}`: expected {expected}, found {found}")]
    Expected {
        /// The rule.
        rule: String,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A rule nests too deeply.
    #[error(
        "in the retention rule `{rule}`: `first of` and `last of` nest too deeply; write it more plainly"
    )]
    TooDeep {
        /// The rule.
        rule: String,
    },
    /// The text is too long.
    #[error("the retention rule has more than 2000 characters: split it")]
    TooLong,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.len() > LONGEST {
            return Err(RuleError::TooLong);
        }
        let mut reader = Reader { rule: text, tokens: tokens(text), next: 0 };
        let mut clauses = vec![reader.clause()?];
        while reader.take(";") {
            clauses.push(reader.clause()?);
        }
        reader.end()?;
        Ok(Self { clauses })
    }
}

/// Words, numbers and the signs `( ) , ; : +`, each a token of its own.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in text.split_whitespace() {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let sign = "(),;:+".contains(first);
            let end = if sign {
                first.len_utf8()
            } else {
                rest.find(['(', ')', ',', ';', ':', '+']).unwrap_or(rest.len())
            };
            let (token, after) = rest.split_at(end);
            found.push(token);
            rest = after;
        }
    }
    found
}

struct Reader<'a> {
    rule: &'a str,
    tokens: Vec<&'a str>,
    next: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a str> {
        self.tokens.get(self.next + ahead).copied()
    }

    fn is(&self, ahead: usize, word: &str) -> bool {
        self.peek(ahead).is_some_and(|t| t.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.is(0, word);
        self.next += usize::from(here);
        here
    }

    /// Takes all of the words or none.
    fn take_all(&mut self, words: &[&str]) -> bool {
        let here = words.iter().enumerate().all(|(i, w)| self.is(i, w));
        self.next += if here { words.len() } else { 0 };
        here
    }

    fn wrong<T>(&self, expected: impl Into<String>) -> Result<T, RuleError> {
        let found = self.peek(0).map_or_else(|| "the end".to_owned(), |t| format!("`{t}`"));
        Err(RuleError::Expected { rule: self.rule.to_owned(), expected: expected.into(), found })
    }

    fn must(&mut self, word: &str) -> Result<(), RuleError> {
        if self.take(word) { Ok(()) } else { self.wrong(format!("`{word}`")) }
    }

    fn end(&self) -> Result<(), RuleError> {
        if self.peek(0).is_none() { Ok(()) } else { self.wrong("the end of the rule or `;`") }
    }

    /// A name: starts with a letter; letters, digits, `-` and `_`.
    fn name(&mut self, expected: &str) -> Result<String, RuleError> {
        let fits = |t: &str| {
            t.starts_with(|c: char| c.is_ascii_alphabetic())
                && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        match self.peek(0) {
            Some(token) if fits(token) => {
                self.next += 1;
                Ok(token.to_owned())
            }
            _ => self.wrong(expected),
        }
    }

    fn clause(&mut self) -> Result<Clause, RuleError> {
        let copy = self.copy()?;
        let action = self.action()?;
        let at_end = self.peek(0).is_none() || self.is(0, ";");
        let when = match &action {
            Some(Action::Permanent) => None,
            Some(Action::Review(_) | Action::Transfer(_)) if at_end => None,
            _ => Some(self.when()?),
        };
        Ok(Clause { copy, action: action.unwrap_or(Action::Destroy), when })
    }

    fn copy(&mut self) -> Result<Option<String>, RuleError> {
        if !(self.is(1, "copy") && self.is(2, ":")) {
            return Ok(None);
        }
        let copy = self.name("the name of a copy")?;
        self.next += 2;
        Ok(Some(copy.to_ascii_lowercase()))
    }

    fn action(&mut self) -> Result<Option<Action>, RuleError> {
        let action = if self.take("destroy") {
            Action::Destroy
        } else if self.take("review") {
            let with = if self.take("with") { Some(self.name("a body, such as PRONI")?) } else { None };
            Action::Review(with)
        } else if self.take_all(&["transfer", "to"]) {
            Action::Transfer(self.name("a body, such as PRONI")?)
        } else if self.take("permanent") {
            Action::Permanent
        } else if self.take("anonymise") {
            Action::Anonymise
        } else if self.take("renew") {
            Action::Renew
        } else if self.take_all(&["redact", "field"]) {
            Action::Redact(self.name("the name of a field")?)
        } else {
            return Ok(None);
        };
        Ok(Some(action))
    }

    fn when(&mut self) -> Result<Term, RuleError> {
        self.take("until");
        let first = self.term(0)?;
        let mut terms = vec![first];
        while self.take("or") {
            terms.push(self.term(0)?);
        }
        if terms.len() == 1 {
            return terms.pop().map_or_else(|| self.wrong("a period"), Ok);
        }
        self.take(",");
        if !self.take_all(&["whichever", "is"]) {
            return self.wrong("`whichever is first` or `whichever is last`");
        }
        if self.take("first") || self.take("earlier") {
            Ok(Term::FirstOf(terms))
        } else if self.take("last") || self.take("later") {
            Ok(Term::LastOf(terms))
        } else {
            self.wrong("`first` or `last`")
        }
    }

    fn term(&mut self, depth: u8) -> Result<Term, RuleError> {
        if self.take_all(&["first", "of"]) {
            return self.list(depth).map(Term::FirstOf);
        }
        if self.take_all(&["last", "of"]) {
            return self.list(depth).map(Term::LastOf);
        }
        let bound = self.bound();
        if self.take("age") {
            return Ok(Term::Age { bound, length: self.length(true)? });
        }
        if bound == Bound::Exact && (self.take("on") || self.take("at")) {
            return Ok(Term::After { bound, length: Length::ZERO, current: None, point: self.point()? });
        }
        let length = self.length(false)?;
        let current = if self.take("+") { Some(self.current()?) } else { None };
        self.must("after")?;
        Ok(Term::After { bound, length, current, point: self.point()? })
    }

    fn bound(&mut self) -> Bound {
        if self.take_all(&["at", "most"]) {
            Bound::AtMost
        } else if self.take_all(&["at", "least"]) {
            Bound::AtLeast
        } else {
            Bound::Exact
        }
    }

    fn list(&mut self, depth: u8) -> Result<Vec<Term>, RuleError> {
        if depth >= DEEPEST {
            return Err(RuleError::TooDeep { rule: self.rule.to_owned() });
        }
        self.must("(")?;
        let mut terms = vec![self.term(depth + 1)?];
        while self.take(",") {
            terms.push(self.term(depth + 1)?);
        }
        if terms.len() < 2 {
            return self.wrong("`,` and another period");
        }
        self.must(")")?;
        Ok(terms)
    }

    /// `current year` is the financial year unless another is named.
    fn current(&mut self) -> Result<Year, RuleError> {
        self.must("current")?;
        let year = self.year().unwrap_or(Year::Financial);
        self.must("year")?;
        Ok(year)
    }

    fn year(&mut self) -> Option<Year> {
        Year::ALL.iter().copied().find(|y| self.take(y.code()))
    }

    /// A length; for an age the unit `years` may be left out.
    fn length(&mut self, age: bool) -> Result<Length, RuleError> {
        let mut length = Length::ZERO;
        let mut seen = 0;
        while let Some(number) = self.peek(0).and_then(|t| t.parse::<u16>().ok()) {
            self.next += 1;
            let slot = self.unit(&mut length, age && seen == 0)?;
            if *slot != 0 || number > 9_999 {
                return self.wrong("each unit once, and at most 9999 of it");
            }
            *slot = number;
            seen += 1;
        }
        if seen == 0 || length.years > 999 {
            return self.wrong("a length of time such as `6 years`, at most 999 years");
        }
        Ok(length)
    }

    fn unit<'l>(&mut self, length: &'l mut Length, bare_is_years: bool) -> Result<&'l mut u16, RuleError> {
        if self.take("years") || self.take("year") {
            Ok(&mut length.years)
        } else if self.take("months") || self.take("month") {
            Ok(&mut length.months)
        } else if self.take("weeks") || self.take("week") {
            Ok(&mut length.weeks)
        } else if self.take("days") || self.take("day") {
            Ok(&mut length.days)
        } else if bare_is_years {
            Ok(&mut length.years)
        } else {
            self.wrong("`years`, `months`, `weeks` or `days`")
        }
    }

    fn point(&mut self) -> Result<Point, RuleError> {
        let mut end_of = None;
        if self.take_all(&["end", "of"]) {
            end_of = self.year();
            if end_of.is_none() {
                return self.wrong("`financial`, `tax` or `calendar`");
            }
            self.must("year")?;
            self.must("of")?;
        }
        Ok(Point { end_of, trigger: self.trigger()? })
    }

    /// The longest run of words that names a trigger: `employment end` is `employment-end`.
    fn trigger(&mut self) -> Result<Trigger, RuleError> {
        for words in (1..=3).rev() {
            let run: Option<Vec<&str>> = (0..words).map(|i| self.peek(i)).collect();
            let found = run.and_then(|r| r.join("-").to_ascii_lowercase().parse::<Trigger>().ok());
            if let Some(trigger) = found {
                self.next += words;
                return Ok(trigger);
            }
        }
        let known: Vec<String> = Trigger::ALL.iter().map(|t| t.words()).collect();
        self.wrong(format!("one of: {}", known.join(", ")))
    }
}
