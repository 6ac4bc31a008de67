//! What is the requester's own by its value, however it is written: the date of birth and the addresses.
//! Names, e-mail addresses, telephone numbers and other identifiers are the cast's.

use counterfoil_finding::detect::Entity;
use counterfoil_store::casebook::people::Profile;
use jiff::civil::Date;

/// The requester's own facts, as words in lower case.
#[derive(Debug, Default)]
pub(crate) struct Own {
    births: Vec<Vec<String>>,
    addresses: Vec<Vec<String>>,
}

/// How a date of birth is written in letters, forms and systems of the United Kingdom.
const FORMS: &[&str] = &[
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%-d/%-m/%Y",
    "%d/%m/%y",
    "%-d/%-m/%y",
    "%-d %B %Y",
    "%d %B %Y",
    "%-d %b %Y",
    "%d %b %Y",
    "%B %-d %Y",
    "%d%m%Y",
];

impl Own {
    pub(crate) fn of(profile: &Profile) -> Self {
        let births = profile.born.iter().flat_map(|d| spellings(*d)).map(|s| words(&s)).collect();
        let addresses = profile
            .addresses
            .iter()
            .flat_map(|a| {
                let lines = a.lines.join(" ");
                let joined: String = a.postcode.split_whitespace().collect();
                [format!("{lines} {}", a.postcode), format!("{lines} {joined}")]
            })
            .map(|s| words(&s))
            .collect();
        Self { births, addresses }
    }

    /// Whether a finding of this kind with this text is the requester's own.
    ///
    /// INVARIANT: whole words only. `4 Mill Lane` is not part of `14 Mill Lane`.
    pub(crate) fn holds(&self, entity: Entity, text: &str) -> bool {
        let said = words(text);
        match entity {
            Entity::DateOfBirth => self.births.iter().any(|own| part_of(own, &said)),
            Entity::Address => !said.is_empty() && self.addresses.iter().any(|own| part_of(&said, own)),
            _ => false,
        }
    }
}

fn part_of(small: &[String], large: &[String]) -> bool {
    !small.is_empty() && large.windows(small.len()).any(|w| w == small)
}

fn spellings(date: Date) -> Vec<String> {
    let day = date.day();
    let ending = match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    let mut all: Vec<String> = FORMS.iter().map(|form| date.strftime(form).to_string()).collect();
    all.push(date.strftime(&format!("%-d{ending} %B %Y")).to_string());
    all.push(date.strftime(&format!("%-d{ending} of %B %Y")).to_string());
    all
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use counterfoil_store::casebook::people::Address;

    use super::*;

    #[test]
    fn a_fact_is_ones_own_by_whole_words_only() {
        let address = Address {
            lines: vec!["14 Mill Lane".into(), "Lancaster".into()],
            postcode: "LA1 9ZA".into(),
            ..Address::default()
        };
        let born = Some(jiff::civil::date(1979, 3, 4));
        let own = Own::of(&Profile { born, addresses: vec![address], ..Profile::default() });
        for (entity, text, theirs) in [
            (Entity::DateOfBirth, "1979-03-04", true),
            (Entity::DateOfBirth, "born 4 March 1979", true),
            (Entity::DateOfBirth, "DOB: 04/03/79", true),
            (Entity::DateOfBirth, "4th of March 1979", true),
            (Entity::DateOfBirth, "14/03/1979", false),
            (Entity::DateOfBirth, "4 May 1979", false),
            (Entity::Address, "14 Mill Lane", true),
            (Entity::Address, "14 Mill Lane, Lancaster, LA19ZA", true),
            (Entity::Address, "4 Mill Lane", false),
            (Entity::Address, "16 Mill Lane, Lancaster", false),
            (Entity::Address, "", false),
            (Entity::Person, "14 Mill Lane", false),
        ] {
            assert_eq!(own.holds(entity, text), theirs, "{entity:?} `{text}`");
        }
    }
}
