//! Where a person's own details came from (promise C28; Arts 14(2)(f) and 15(1)(g) UK GDPR): each detail states its
//! kind of source, from the register's vocabulary, and the day on which it was taken.

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A kind of detail that tells who somebody is or how they are reached.
    DetailKind: "kind of detail" {
        /// The name that the person goes by.
        Name = "name", "name";
        /// Another name.
        OtherName = "other-name", "other name";
        /// Date of birth.
        Born = "born", "date of birth";
        /// E-mail address.
        Email = "email", "e-mail address";
        /// Telephone number.
        Phone = "phone", "telephone number";
        /// Postal address.
        Address = "address", "address";
        /// A number by which others know the person.
        Number = "number", "number";
    }
}

/// One detail: what kind, and what it says.
pub type Detail = (DetailKind, String);

/// A detail with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// Which detail.
    pub detail: Detail,
    /// Its kind of source, by the register's id.
    pub source: String,
    /// When it was taken.
    pub on: Date,
}

/// What is said of the details that are new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// The kind of source, by the register's id; empty when nobody said.
    pub source: &'a str,
    /// The day on which they were taken.
    pub on: Date,
}

/// Why the sources of details cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSource {
    /// A detail without a source.
    #[error("say where the {0} came from: choose the source of what is new")]
    Missing(String),
    /// A source that the register does not have.
    #[error("`{0}` is not a kind of source of the register: choose one of the list")]
    Unknown(String),
    /// A day that has not come.
    #[error("`{0}` has not come yet: give the day on which the details were taken")]
    Future(Date),
}

/// The sources of `now`: a detail that was there keeps its own, a new or changed one has what is said.
///
/// `known` are the register's ids of kinds of source.
///
/// # Errors
/// When something is new and nobody said where it came from, or what is said is no source or no day.
pub fn carry(
    before: &[Sourced],
    now: &[Detail],
    said: Said<'_>,
    (known, today): (&[&str], Date),
) -> Result<Vec<Sourced>, BadSource> {
    let source = said.source.trim();
    let mut kept: Vec<Sourced> = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    for detail in now {
        match before.iter().find(|s| s.detail == *detail) {
            Some(own) => kept.push(own.clone()),
            None if source.is_empty() => missing.push(detail.0.label()),
            None => kept.push(Sourced { detail: detail.clone(), source: source.to_owned(), on: said.on }),
        }
    }
    missing.dedup();
    if !missing.is_empty() {
        return Err(BadSource::Missing(missing.join(", ")));
    }
    let is_new = |s: &&Sourced| !before.contains(s);
    if let Some(strange) = kept.iter().filter(is_new).find(|s| !known.contains(&s.source.as_str())) {
        return Err(BadSource::Unknown(strange.source.clone()));
    }
    match kept.iter().filter(is_new).find(|s| s.on > today) {
        Some(early) => Err(BadSource::Future(early.on)),
        None => Ok(kept),
    }
}

/// How many details have no source.
#[must_use]
pub fn unsourced(now: &[Detail], sources: &[Sourced]) -> usize {
    now.iter().filter(|detail| !sources.iter().any(|s| s.detail == **detail && !s.source.is_empty())).count()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn detail(kind: DetailKind, value: &str) -> Detail {
        (kind, value.to_owned())
    }

    fn sourced(kind: DetailKind, value: &str, source: &str) -> Sourced {
        Sourced { detail: detail(kind, value), source: source.to_owned(), on: date(2026, 1, 5) }
    }

    #[test]
    fn what_stays_keeps_its_source_and_what_is_new_needs_one() {
        use DetailKind as K;
        let before = [sourced(K::Name, "Ann Lee", "you"), sourced(K::Phone, "07700 1", "family")];
        let now = [detail(K::Name, "Ann Lee"), detail(K::Phone, "07700 2"), detail(K::Born, "1979-01-02")];
        let known = (&["you", "family", "creditors"][..], TODAY);
        let with = |source, on| carry(&before, &now, Said { source, on }, known);
        let kept = with("creditors", TODAY).unwrap();
        let sources: Vec<_> = kept.iter().map(|s| (s.source.as_str(), s.on)).collect();
        assert_eq!(sources, [("you", date(2026, 1, 5)), ("creditors", TODAY), ("creditors", TODAY)]);
        assert_eq!(
            with(" ", TODAY).unwrap_err(),
            BadSource::Missing("telephone number, date of birth".to_owned())
        );
        assert_eq!(with("gossip", TODAY).unwrap_err(), BadSource::Unknown("gossip".to_owned()));
        let tomorrow = date(2026, 11, 23);
        assert_eq!(with("you", tomorrow).unwrap_err(), BadSource::Future(tomorrow));
        // Nothing new asks for nothing; an old source that the register has dropped stays what it was.
        let old = [sourced(K::Name, "Ann Lee", "census")];
        let same = [detail(K::Name, "Ann Lee")];
        assert_eq!(carry(&old, &same, Said { source: "", on: TODAY }, known).unwrap(), old);
        // What is gone takes its source with it.
        assert_eq!(carry(&before, &[], Said { source: "", on: TODAY }, known).unwrap(), []);
    }

    #[test]
    fn details_without_a_source_are_counted() {
        use DetailKind as K;
        let now = [detail(K::Name, "Ann Lee"), detail(K::Email, "a@b.example")];
        for (sources, expected) in [
            (vec![], 2),
            (vec![sourced(K::Name, "Ann Lee", "you")], 1),
            (vec![sourced(K::Name, "Ann Lee", "")], 2),
            (vec![sourced(K::Name, "Anne Lee", "you")], 2),
            (vec![sourced(K::Name, "Ann Lee", "you"), sourced(K::Email, "a@b.example", "you")], 0),
        ] {
            assert_eq!(unsourced(&now, &sources), expected, "{sources:?}");
        }
    }
}
