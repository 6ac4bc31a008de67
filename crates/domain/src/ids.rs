//! Typed, prefixed, time-ordered identifiers (`UUIDv7`).
//!
//! An identifier prints as `<prefix>_<32 hex digits>`, for example
//! `per_01932f0c5e7a7c3f9d2b6a1e4f508192`, so that a person's identifier can never be taken for a
//! case's. Identifiers carry no personal data and are safe in addresses and logs.

use std::fmt;
use std::str::FromStr;

/// An identifier that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a `{prefix}_…` identifier: give the prefix, an underscore and 32 hexadecimal digits"
)]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// Makes the 16 bytes of a `UUIDv7` (RFC 9562 section 5.7) from a moment and randomness.
///
/// `unix_millis` is milliseconds since 1970-01-01T00:00:00Z; both are arguments because the rules
/// know neither clock nor chance.
#[must_use]
pub fn uuid_v7(unix_millis: u64, random: [u8; 10]) -> [u8; 16] {
    let t = unix_millis.to_be_bytes();
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
    [
        t[2],
        t[3],
        t[4],
        t[5],
        t[6],
        t[7],
        0x70 | (r0 & 0x0f),
        r1,
        0x80 | (r2 & 0x3f),
        r3,
        r4,
        r5,
        r6,
        r7,
        r8,
        r9,
    ]
}

fn parse_hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0u8; 16];
    if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(bytes)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The prefix that this kind of identifier prints with.
            pub const PREFIX: &'static str = $prefix;

            /// The identifier with these 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_"))?;
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(parse_hex)
                    .map(Self)
                    .ok_or_else(|| BadId { text: text.to_owned(), prefix: $prefix })
            }
        }
    )*};
}

ids! {
    /// A controller: an organisation that answers for personal data (Art 4(7) UK GDPR).
    ControllerId = "ctl";
    /// An office of a controller.
    OfficeId = "off";
    /// A member of staff or volunteer who uses the system.
    StaffId = "stf";
    /// A person whose data is held.
    PersonId = "per";
    /// A case.
    CaseId = "cas";
    /// An item of the inbox.
    InboxItemId = "inb";
    /// A message to a person by one of the channels.
    ChannelMessageId = "chm";
    /// A note in a case.
    NoteId = "not";
    /// A document.
    DocumentId = "doc";
    /// One version of a document.
    VersionId = "ver";
    /// A rights request.
    RequestId = "req";
    /// An item found for a rights request.
    ItemId = "itm";
    /// A grant of access with a good reason.
    GrantId = "grt";
    /// An entry of the audit log.
    EntryId = "aud";
    /// A job in the queue.
    JobId = "job";
    /// A file import.
    ImportId = "imp";
    /// A processing activity in the register.
    ActivityId = "act";
    /// A signed-in session.
    SessionId = "ses";
    /// A letter that goes out.
    MessageId = "msg";
    /// A mail that came in.
    MailId = "mai";
    /// A consent or an authority to act.
    PermissionId = "prm";
    /// A disclosure.
    DisclosureId = "dis";
    /// A referral.
    ReferralId = "ref";
    /// A release of statistics.
    ReleaseId = "rls";
    /// A research project.
    ProjectId = "prj";
    /// A permit to find the person behind a pseudonym.
    ReidentificationId = "rid";
    /// A relation between two people of the casebook.
    RelationId = "rel";
    /// A merge of two records of one person.
    MergeId = "mrg";
    /// A task, appointment, outcome, quality review or paper file.
    EntryOfCaseId = "ent";
    /// A case shared with another office for a time.
    ShareId = "shr";
    /// A record that one office hands to another.
    TransferId = "trf";
    /// A partnership of two offices.
    PartnershipId = "ptn";
    /// An incident under investigation.
    IncidentId = "inc";
    /// A record of an office's adherence.
    AdherenceId = "adh";
    /// An access that a reviewer should look at.
    OddId = "odd";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_reads_back_and_keeps_its_kind() {
        let id = PersonId::from_bytes(uuid_v7(1_790_000_000_000, [7; 10]));
        let text = id.to_string();
        assert!(text.starts_with("per_") && text.len() == 36, "{text}");
        assert_eq!(text.parse(), Ok(id));
        assert!(text.parse::<CaseId>().is_err(), "a person's id is not a case's");
        for bad in ["", "per_", "per_XYZ", &text.to_uppercase(), &format!("{text}0")] {
            assert!(bad.parse::<PersonId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_sort_by_time_and_carry_the_version() {
        let a = uuid_v7(1_000, [0xff; 10]);
        let b = uuid_v7(1_001, [0; 10]);
        assert!(a < b);
        assert_eq!((a[6] >> 4, a[8] >> 6), (7, 2));
    }
}
