//! The cast of a request: the people whom the casebook already knows, and every way in which a text
//! mentions them.
//!
//! Who a person is matters more than that a word is a name: a requester's name stays, a neighbour's
//! goes, and both may be called Sarah. A [`Cast`] holds the people with their roles; [`Cast::mentions`]
//! finds them under forename, surname, initials, title, nickname, spelling, e-mail address or
//! identifier. Where a mention could be several people it says so. INVARIANT: an ambiguous mention
//! has no person; nothing here guesses.

mod candidates;
mod decisions;
mod index;
mod kinship;
mod mentions;
mod steps;

pub use candidates::{Candidate, Hint, candidates};
pub(crate) use candidates::{display_name_spans, is_address_field};
pub use decisions::{Decision, DecisionError, Decisions, Verdict};
use index::Index;
pub use kinship::{Kinship, kinship};
pub use mentions::{How, Mention};

/// What a person is in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The data subject whose data is asked for.
    Requester,
    /// Who may act for the requester.
    Representative,
    /// Another individual (DPA 2018 Sch 2 para 16).
    ThirdParty,
    /// A health, social work or education worker (DPA 2018 Sch 2 para 17).
    Professional,
    /// Staff of the controller who act in their role.
    Staff,
    /// No individual.
    Organisation,
}

/// A person or organisation of the cast.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What they are in the request.
    pub role: Role,
    /// Such as `Mrs`.
    #[serde(default)]
    pub title: Option<String>,
    /// First and further forenames.
    #[serde(default)]
    pub forenames: Vec<String>,
    /// The surname, or the name of an organisation.
    pub surname: String,
    /// Other whole names: maiden name, nickname, trading name.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// NHS and National Insurance numbers, case references and the like.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
    /// First lines of addresses.
    #[serde(default)]
    pub addresses: Vec<String>,
}

impl Person {
    /// Forenames and surname.
    #[must_use]
    pub fn name(&self) -> String {
        let mut words: Vec<&str> = self.forenames.iter().map(String::as_str).collect();
        words.push(&self.surname);
        words.join(" ")
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    person: Vec<Person>,
}

/// Whether a name reads as a person's: two words or more, the first a known forename, or a title before a name.
#[must_use]
pub fn reads_as_person(name: &str) -> bool {
    let shadow = crate::normalise::Shadow::new(name);
    let words: Vec<&[u8]> =
        shadow.bytes().split(|b| !b.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let kind = words.first().and_then(|w| crate::detect::words::kind(w));
    words.len() >= 2
        && matches!(kind, Some(crate::detect::words::Kind::Forename | crate::detect::words::Kind::Title))
}

/// A cast that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// Not in the format.
    #[error("the cast cannot be read: {0}")]
    Format(String),
    /// Somebody has no name.
    #[error("person {number} of the cast has no name; give a `surname`")]
    Nameless {
        /// From 1.
        number: usize,
    },
    /// Too many or too long forms to look for.
    #[error("the cast cannot be searched for: {0}")]
    TooLarge(String),
}

/// The people of a request, ready to be looked for.
#[derive(Debug, Clone)]
pub struct Cast {
    people: Vec<Person>,
    index: Index,
}

impl Cast {
    /// Builds the forms of every person.
    ///
    /// # Errors
    /// When somebody has no name, or the forms are too many for memory.
    pub fn new(people: Vec<Person>) -> Result<Self, CastError> {
        for (i, person) in people.iter().enumerate() {
            if !person.surname.chars().any(char::is_alphabetic) {
                return Err(CastError::Nameless { number: i + 1 });
            }
        }
        let index = Index::new(&people)?;
        Ok(Self { people, index })
    }

    /// Reads `[[person]]` tables with `role`, `forenames`, `surname` and so on.
    ///
    /// # Errors
    /// When the text is not such a file, or [`Cast::new`] refuses it.
    pub fn from_toml(text: &str) -> Result<Self, CastError> {
        // Its messages may quote a value; the place is enough.
        let file: File = toml::from_str(text).map_err(|e| CastError::Format(place(text, e.span())))?;
        Self::new(file.person)
    }

    /// Reads `{"person": [{"role": …, "surname": …}]}`.
    ///
    /// # Errors
    /// When the text is not such a file, or [`Cast::new`] refuses it.
    pub fn from_json(text: &str) -> Result<Self, CastError> {
        let file: File = serde_json::from_str(text)
            .map_err(|e| CastError::Format(format!("line {}, column {}", e.line(), e.column())))?;
        Self::new(file.person)
    }

    /// The people, in the order given; mentions name them by their index.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }
}

fn place(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or("");
    format!("look at line {}", before.matches('\n').count() + 1)
}
