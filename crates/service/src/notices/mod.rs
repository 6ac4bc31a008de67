//! The notices that the register generates: layered, per organisation, office and service, and for children.

use counterfoil_domain::vocabulary::UnknownWord;

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

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|s| s.code() == text).ok_or_else(|| UnknownWord {
            text: text.to_owned(),
            what: "section of a notice",
            known: Self::ALL.map(Self::code).join(", "),
        })
    }
}
