//! Which accesses a reviewer should look at (promise N4): what can be seen only beside other records.

use crate::access::{Flag, FlagSet};

/// The most people whose records one worker opens on an ordinary day. More is worth a question, not a
/// reproach: a reception desk on a busy Monday comes near it.
pub const ORDINARY_DAY: u64 = 60;

/// What is known of one access beyond the gate's own question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// The worker and the person have one surname.
    pub same_surname: bool,
    /// The worker is known to live where the person lives.
    pub same_address: bool,
    /// The record is one that draws the curious: someone in the public eye.
    pub watched: bool,
    /// The worker's office has an open case, an appointment or a share that explains the access, or the
    /// record was made today.
    pub has_reason: bool,
}

/// The flags of a look.
#[must_use]
pub fn flags(look: &Look) -> FlagSet {
    [
        (Flag::SameSurname, look.same_surname),
        (Flag::SameAddress, look.same_address),
        (Flag::Watched, look.watched),
        (Flag::NoCase, !look.has_reason),
    ]
    .into_iter()
    .filter_map(|(flag, raised)| raised.then_some(flag))
    .collect()
}

/// The flags that put an access before a reviewer by themselves. A record of another office that is
/// opened with checked evidence is reviewed with its grant, and extra protection is no oddity for those who are
/// cleared for it.
pub const ODD: FlagSet = FlagSet::of(&[
    Flag::OwnRecord,
    Flag::DeclaredRelation,
    Flag::StaffRecord,
    Flag::SelfClaimed,
    Flag::SameSurname,
    Flag::SameAddress,
    Flag::Watched,
    Flag::NoCase,
    Flag::Volume,
]);

/// How odd: the reviewer sees the highest first.
#[must_use]
pub fn weight(flags: FlagSet) -> u32 {
    flags
        .iter()
        .map(|flag| match flag {
            Flag::OwnRecord | Flag::DeclaredRelation | Flag::SameAddress => 8,
            Flag::StaffRecord | Flag::Watched => 5,
            Flag::SameSurname | Flag::Volume => 4,
            Flag::NoCase | Flag::SelfClaimed => 2,
            _ => 0,
        })
        .sum()
}

/// A name as surnames are compared: letters only, folded.
#[must_use]
pub fn surname_key(name: &str) -> String {
    let last = name.split_whitespace().last().unwrap_or_default();
    last.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_without_a_reason_or_at_a_namesake_is_odd() {
        let ordinary = Look { has_reason: true, ..Look::default() };
        assert!(flags(&ordinary).is_empty());
        let namesake = Look { same_surname: true, ..ordinary };
        assert!(flags(&namesake).meets(ODD));
        assert!(weight(flags(&Look { same_address: true, ..namesake })) > weight(flags(&namesake)));
        assert!(flags(&Look::default()).contains(Flag::NoCase));
    }

    #[test]
    fn surnames_are_compared_by_their_letters() {
        for (a, b, same) in [
            ("Ada O'Neill", "oneill", true),
            ("Rhys Lloyd-Jones", "LLOYD JONES", false),
            ("Bo Lee", "Leigh", false),
        ] {
            assert_eq!(surname_key(a) == surname_key(b), same, "{a} {b}");
        }
    }
}
