//! Permissions: the consents and the authorities to act on which data may be used or given.
//!
//! A consent (Art 4(11), 7 UK GDPR) is for one purpose and one wording; an authority to act (promise N7) names
//! whom the organisation may speak to for the person, about what, and until when. Both are given, may run out,
//! may be renewed, and are withdrawn as easily as given and at once.

use jiff::Span;
use jiff::civil::Date;

use super::check::{Missing, missing};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a person permits.
    PermissionKind: "kind of permission" {
        /// Art 7 UK GDPR.
        Consent = "consent", "consent";
        /// Promise N7.
        Authority = "authority", "authority to act";
    }
}

vocabulary! {
    /// What a consent is for: one purpose each, so that one can be withdrawn without the others.
    ConsentPurpose: "purpose of a consent" {
        /// Promise N13.
        Referral = "referral", "referral to another service";
        /// Being asked how it went.
        Feedback = "feedback", "being asked what they thought of the help";
        /// Art 21(2), (3) UK GDPR; PECR regs 19 to 22.
        Marketing = "marketing", "news and appeals";
        /// Promise C8.
        Research = "research", "research that could name them";
        /// Art 9(2)(a) UK GDPR.
        Special = "special", "recording special-category data";
    }
}

vocabulary! {
    /// How a permission was given. A box that was ticked beforehand, or silence, is none of them.
    Given: "way of giving permission" {
        /// A signature.
        Written = "written", "signed on paper";
        /// A form.
        Online = "online", "in a web form";
        /// At the desk.
        InPerson = "in-person", "said in person";
        /// On the telephone.
        Telephone = "telephone", "said by telephone";
    }
}

/// A wording that people agree to, and how long an agreement to it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The version that is shown today.
    pub version: u32,
    /// The oldest version that still counts: an agreement to an older one must be asked for again.
    pub oldest: u32,
    /// How many months an agreement counts unless renewed.
    pub months: u32,
}

impl Wording {
    /// The last day on which an agreement of `given` counts; `None` beyond the calendar.
    #[must_use]
    pub fn last_day(&self, given: Date) -> Option<Date> {
        given.checked_add(Span::new().months(i64::from(self.months))).ok()?.yesterday().ok()
    }
}

/// A permission as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Consent or authority.
    pub kind: PermissionKind,
    /// What a consent is for; `None` for an authority.
    pub purpose: Option<ConsentPurpose>,
    /// To whom data may be given: ids of the register's recipients, or names.
    pub parties: Vec<String>,
    /// Which fields may be given.
    pub fields: Vec<String>,
    /// The version of the wording that was agreed to.
    pub version: u32,
    /// The day on which it was given, or last renewed.
    pub given_on: Date,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Whether it was withdrawn. Nothing brings it back: a new one is asked for.
    pub withdrawn: bool,
}

/// How many days before its end a permission is shown as running out.
pub const NOTICE_DAYS: i32 = 30;

/// Where a permission stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It counts.
    Current,
    /// It counts, and runs out within [`NOTICE_DAYS`].
    Expiring(Date),
    /// It counted until this day.
    Expired(Date),
    /// It was withdrawn.
    Withdrawn,
    /// It was given to a wording that no longer counts.
    OldWording,
    /// It is of a day that has not come.
    Future,
}

impl Stand {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Expiring(_) => "expiring",
            Self::Expired(_) => "expired",
            Self::Withdrawn => "withdrawn",
            Self::OldWording => "old-wording",
            Self::Future => "future",
        }
    }

    /// Whether it can be relied on.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Current | Self::Expiring(_))
    }
}

/// Where a permission stands on a day, under the wording of that day.
#[must_use]
pub fn stand(permission: &Permission, wording: &Wording, on: Date) -> Stand {
    if permission.withdrawn {
        return Stand::Withdrawn;
    }
    if permission.given_on > on {
        return Stand::Future;
    }
    if permission.version < wording.oldest {
        return Stand::OldWording;
    }
    match permission.until {
        Some(until) if until < on => Stand::Expired(until),
        Some(until) if on.until(until).is_ok_and(|s| s.get_days() < NOTICE_DAYS) => Stand::Expiring(until),
        _ => Stand::Current,
    }
}

/// What keeps a permission from covering a disclosure of these fields to this recipient (promises N7, N13).
#[must_use]
pub fn gaps(
    permission: &Permission,
    wording: &Wording,
    recipient: &str,
    fields: &[String],
    on: Date,
) -> Vec<Missing> {
    let mut gaps = Vec::new();
    let kind = permission.kind.label();
    match stand(permission, wording, on) {
        Stand::Current | Stand::Expiring(_) => {}
        Stand::Withdrawn => gaps.push(missing(
            "permission-withdrawn",
            "permission",
            format!("the {kind} was withdrawn: ask the person again before anything is sent"),
        )),
        Stand::Expired(until) => gaps.push(missing(
            "permission-expired",
            "permission",
            format!("the {kind} counted until {until}: renew it with the person first"),
        )),
        Stand::OldWording => gaps.push(missing(
            "permission-old-wording",
            "permission",
            format!("the {kind} was given to a wording that no longer counts: ask again with today's words"),
        )),
        Stand::Future => gaps.push(missing(
            "permission-not-begun",
            "permission",
            format!("the {kind} is dated {}: correct the day", permission.given_on),
        )),
    }
    if let Some(purpose) = permission.purpose.filter(|p| *p != ConsentPurpose::Referral) {
        let reason = format!("the consent is for {}: a consent to share is another one", purpose.label());
        gaps.push(missing("permission-other-purpose", "permission", reason));
    }
    if !permission.parties.iter().any(|p| p == recipient) {
        let reason = format!("the {kind} does not name this recipient: ask the person about them");
        gaps.push(missing("permission-other-recipient", "recipient", reason));
    }
    let outside: Vec<&str> =
        fields.iter().filter(|f| !permission.fields.contains(f)).map(String::as_str).collect();
    if !outside.is_empty() {
        let reason = format!(
            "the {kind} does not cover {}: leave that out, or ask the person about it",
            outside.join(", ")
        );
        gaps.push(missing("permission-other-fields", "fields", reason));
    }
    gaps
}

/// What is missing from a permission that is to be recorded.
#[must_use]
pub fn incomplete(permission: &Permission, on: Date) -> Vec<Missing> {
    let mut gaps = Vec::new();
    if permission.given_on > on {
        gaps.push(missing(
            "date-in-future",
            "given_on",
            "give the day on which it was given, not a later one",
        ));
    }
    if permission.until.is_some_and(|u| u < permission.given_on) {
        gaps.push(missing("ends-before", "until", "it must end after it was given"));
    }
    let names_parties =
        permission.kind == PermissionKind::Authority || permission.purpose == Some(ConsentPurpose::Referral);
    if names_parties && permission.parties.is_empty() {
        gaps.push(missing(
            "no-party",
            "parties",
            "name to whom we may give it: nobody can agree to everybody",
        ));
    }
    if names_parties && permission.fields.is_empty() {
        gaps.push(missing("no-fields", "fields", "name what may be given: nobody can agree to everything"));
    }
    if permission.kind == PermissionKind::Authority && permission.until.is_none() {
        gaps.push(missing("no-end", "until", "give the day on which the authority ends: none is for ever"));
    }
    gaps
}
