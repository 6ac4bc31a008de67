//! The notices that the register generates: layered, per organisation, office and service, and for children.

mod build;
pub mod diff;
mod parts;
mod render;
mod words;

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::vocabulary::UnknownWord;
use counterfoil_store::Store;
use jiff::civil::Date;
use serde::Serialize;

use crate::error::{Result, ServiceError};
use crate::organisation::Organisation;
use crate::register::keep;

pub use build::build;
pub use render::{flow, html, pdf, text};

/// A section of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Who the controllers are (Art 13(1)(a), (b)).
    Who,
    /// The standards that are kept.
    Standards,
    /// What for (Art 13(1)(c)).
    Why,
    /// On which legal reasons (Art 13(1)(c), (d)).
    Reasons,
    /// Which data (Art 14(1)(d)).
    Data,
    /// Special information and its conditions.
    Special,
    /// From where (Art 14(2)(f)).
    Sources,
    /// To whom (Art 13(1)(e)).
    Sharing,
    /// Abroad (Art 13(1)(f)).
    Abroad,
    /// How long (Art 13(2)(a)).
    Keep,
    /// How it is kept safe.
    Security,
    /// Rights (Art 13(2)(b), (c)).
    Rights,
    /// Automated decisions (Art 13(2)(f)).
    Automated,
    /// Complaints (Art 13(2)(ca), (d)).
    Complain,
    /// Cookies.
    Cookies,
    /// The other layers.
    More,
}

impl Section {
    /// Every section, in the order of a notice.
    pub const ALL: [Self; 16] = [
        Self::Who,
        Self::Standards,
        Self::Why,
        Self::Reasons,
        Self::Data,
        Self::Special,
        Self::Sources,
        Self::Sharing,
        Self::Abroad,
        Self::Keep,
        Self::Security,
        Self::Rights,
        Self::Automated,
        Self::Complain,
        Self::Cookies,
        Self::More,
    ];

    /// Its code, which is also the anchor of its heading.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Standards => "standards",
            Self::Why => "why",
            Self::Reasons => "reasons",
            Self::Data => "data",
            Self::Special => "special",
            Self::Sources => "sources",
            Self::Sharing => "sharing",
            Self::Abroad => "abroad",
            Self::Keep => "keep",
            Self::Security => "security",
            Self::Rights => "rights",
            Self::Automated => "automated",
            Self::Complain => "complain",
            Self::Cookies => "cookies",
            Self::More => "more",
        }
    }
}

impl std::str::FromStr for Section {
    type Err = UnknownWord;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|s| s.code() == text).ok_or_else(|| UnknownWord {
            text: text.to_owned(),
            what: "section of a notice",
            known: Self::ALL.map(Self::code).join(", "),
        })
    }
}

/// Which notice: the layers link to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The whole organisation.
    Organisation,
    /// One office.
    Office(String),
    /// One service, further role or support function.
    Service(String),
    /// For children and young people.
    Child,
}

impl Layer {
    /// The word that statements use for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Office(_) => "office",
            Self::Service(_) => "service",
            Self::Child => "child",
        }
    }
}

/// Words with the language that they really are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The words.
    pub text: String,
    /// A BCP 47 tag: `en` or `cy`.
    pub language: &'static str,
}

/// One thing under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "content")]
pub enum Block {
    /// Running text.
    Paragraph(Passage),
    /// What must stand out (Art 21(4) UK GDPR).
    Callout(Passage),
    /// A list.
    List(Vec<Passage>),
    /// A smaller heading.
    Heading(Passage),
    /// Rows under named columns.
    Table {
        /// The columns.
        columns: Vec<Passage>,
        /// The rows.
        rows: Vec<Vec<Passage>>,
    },
    /// Links to other layers: words and address within the site.
    Links(Vec<(Passage, String)>),
}

/// A section with its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its code: the anchor.
    pub id: &'static str,
    /// Its heading.
    pub heading: Passage,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// How hard it is to read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reading {
    /// The age of a reader who can follow it.
    pub age: u8,
    /// The Flesch-Kincaid grade.
    pub grade: f64,
    /// The words counted.
    pub words: usize,
}

/// A notice as it stands on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// Its title.
    pub title: Passage,
    /// The language that was asked for.
    pub language: &'static str,
    /// The register's version.
    pub version: String,
    /// The day.
    pub on: String,
    /// The sections.
    pub parts: Vec<Part>,
    /// How hard its sentences are to read, in English; tables are not counted.
    pub reading: Option<Reading>,
    /// What the notice says of itself: version, reading level, translation.
    pub about: Vec<Passage>,
    /// How many passages are not in the language that was asked for.
    pub untranslated: usize,
    /// The mark that stands beside a passage in another language.
    pub mark: Option<Passage>,
}

impl Notice {
    /// Every passage, in reading order.
    #[must_use]
    pub fn passages(&self) -> Vec<&Passage> {
        let mut all = vec![&self.title];
        for part in &self.parts {
            all.push(&part.heading);
            for block in &part.blocks {
                match block {
                    Block::Paragraph(p) | Block::Callout(p) | Block::Heading(p) => all.push(p),
                    Block::List(list) => all.extend(list),
                    Block::Table { columns, rows } => all.extend(columns.iter().chain(rows.iter().flatten())),
                    Block::Links(links) => all.extend(links.iter().map(|(p, _)| p)),
                }
            }
        }
        all
    }
}

/// A notice of a live organisation, as its register says it today.
///
/// # Errors
/// As [`build`]; [`ServiceError::NotReady`] for an organisation without a register.
pub fn today(store: &Store, controller: ControllerId, layer: &Layer, language: &str) -> Result<Notice> {
    let organisation = Organisation::from_toml(&store.controller(controller)?.settings)?;
    let register = keep::current(store, controller)?.ok_or_else(|| {
        ServiceError::NotReady(
            "the organisation has no register: save one, and its notices follow".to_owned(),
        )
    })?;
    let on = keep::day_of(store.now())?.max(register.head.from);
    build(&register, &organisation, layer, language, on)
}

/// `17 December 2026`.
pub(crate) fn long_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}
