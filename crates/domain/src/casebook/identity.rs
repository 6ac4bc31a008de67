//! Identities: the values that single a person out, and the one way in which each is compared.

/// A kind of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A National Insurance number.
    Nino,
    /// An NHS, CHI or Health and Care number.
    Nhs,
    /// Any other number that someone knows the person by.
    Reference,
    /// The follow-up code of a person without a name; the client holds it.
    FollowUp,
    /// Surname, initial and date of birth together: finds who may be the same, and singles nobody out.
    NameBorn,
}

impl IdentityKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Email, Self::Phone, Self::Nino, Self::Nhs, Self::Reference, Self::FollowUp, Self::NameBorn];

    /// Whether two people may well have the same value, so that it identifies nobody by itself.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::NameBorn)
    }

    /// The kind of this spelling.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its one spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Nino => "nino",
            Self::Nhs => "nhs",
            Self::Reference => "reference",
            Self::FollowUp => "follow-up",
            Self::NameBorn => "name-born",
        }
    }

    /// The kind that a number's own label means.
    #[must_use]
    pub fn of_number(label: &str) -> Self {
        match label.to_ascii_lowercase().as_str() {
            "nino" | "ni" | "national-insurance" => Self::Nino,
            "nhs" | "chi" | "h&c" | "health-and-care" => Self::Nhs,
            _ => Self::Reference,
        }
    }
}

/// The form in which two values of a kind are compared; none when the value is none of that kind.
///
/// E-mail addresses fold case as a whole (mail systems that tell `Ann@` from `ann@` do not occur in
/// practice, and people type either); telephone numbers fold to international digits, taking a leading
/// 0 for the United Kingdom; numbers drop spaces, dashes and case.
#[must_use]
pub fn normalise(kind: IdentityKind, value: &str) -> Option<String> {
    match kind {
        IdentityKind::Email => email(value),
        IdentityKind::Phone => phone(value),
        IdentityKind::Nino | IdentityKind::Nhs | IdentityKind::Reference => {
            let folded: String =
                value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
            (!folded.is_empty()).then_some(folded)
        }
        IdentityKind::FollowUp => super::code::normalise(value),
        IdentityKind::NameBorn => (!value.trim().is_empty()).then(|| value.to_owned()),
    }
}

fn email(value: &str) -> Option<String> {
    let value = value.trim().trim_start_matches("mailto:").to_lowercase();
    let (local, host) = value.rsplit_once('@')?;
    (!local.is_empty() && host.contains('.') && !value.contains(char::is_whitespace)).then_some(value)
}

fn phone(value: &str) -> Option<String> {
    let trimmed = value.trim();
    let without_trunk = trimmed.replace("(0)", "");
    let digits: String = without_trunk.chars().filter(char::is_ascii_digit).collect();
    let international = if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if trimmed.starts_with('+') {
        digits
    } else if let Some(rest) = digits.strip_prefix('0') {
        format!("44{rest}")
    } else {
        digits
    };
    (7..=15).contains(&international.len()).then_some(international)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_people_write_differently_compare_alike() {
        let same = [
            (IdentityKind::Email, "Ann.Lee@Example.org ", "ann.lee@example.org"),
            (IdentityKind::Phone, "028 9012 3456", "442890123456"),
            (IdentityKind::Phone, "+44 (0)28 9012-3456", "442890123456"),
            (IdentityKind::Phone, "0044 28 9012 3456", "442890123456"),
            (IdentityKind::Nino, "qq 12 34 56 c", "QQ123456C"),
            (IdentityKind::Nhs, "943-476-5919", "9434765919"),
        ];
        for (kind, written, compared) in same {
            assert_eq!(normalise(kind, written).as_deref(), Some(compared), "{written}");
        }
        for (kind, written) in [
            (IdentityKind::Email, "ann"),
            (IdentityKind::Email, "a b@example.org"),
            (IdentityKind::Phone, "12"),
            (IdentityKind::Reference, " - "),
        ] {
            assert_eq!(normalise(kind, written), None, "{written}");
        }
    }
}
