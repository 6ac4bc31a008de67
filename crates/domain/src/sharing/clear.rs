//! Everything that must hold before data leave.

use super::check::{Disclosure, Missing, Permitted, check, missing};
use super::fields::{Declared, beyond_the_notice, field_gaps};
use super::grounds::Ground;
use super::permission::{Permission, Wording, gaps};
use super::recipient::{Recipient, recipient_gaps};
use crate::register::transfer::Adequate;

/// A disclosure with everything that is held against it.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The disclosure: ground, evidence, authoriser, telling.
    pub disclosure: Disclosure,
    /// Who receives.
    pub recipient: &'a Recipient,
    /// The consent or authority that is relied on, with the wording of its purpose today.
    pub permission: Option<(&'a Permission, &'a Wording)>,
    /// The fields that may be given at all.
    pub declared: &'a [Declared],
    /// The countries that regulations approve.
    pub adequate: &'a [Adequate],
}

/// A disclosure that may leave now. Only [`clear`] makes one.
// INVARIANT: its ground, permission, recipient and fields all stood on the day of the disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared(Permitted);

impl Cleared {
    /// The disclosure, to be recorded as it stands.
    #[must_use]
    pub const fn disclosure(&self) -> &Disclosure {
        self.0.disclosure()
    }
}

/// Checks a disclosure against its ground, the permission, the recipient and the declared fields (promises N7,
/// N13, N19, C7, C9, C17, C19, C31).
///
/// # Errors
/// Everything that stands against it, each with what would mend it.
pub fn clear(plan: Plan<'_>) -> Result<Cleared, Vec<Missing>> {
    let d = &plan.disclosure;
    let mut found = recipient_gaps(plan.recipient, d.ground, d.promise, plan.adequate, d.on);
    found.extend(field_gaps(plan.declared, plan.recipient.may_get.as_deref(), &d.fields));
    found.extend(beyond_the_notice(&plan.recipient.only_fields, &d.fields));
    found.extend(permission_gaps(&plan));
    found.extend(special_gap(&plan));
    match check(plan.disclosure) {
        Ok(permitted) if found.is_empty() => Ok(Cleared(permitted)),
        Ok(_) => Err(found),
        Err(more) => {
            found.splice(0..0, more);
            Err(found)
        }
    }
}

/// INVARIANT: on the ground of permission there is a permission, and it covers recipient and fields.
fn permission_gaps(plan: &Plan<'_>) -> Vec<Missing> {
    let d = &plan.disclosure;
    match plan.permission {
        _ if d.ground != Ground::Permission => Vec::new(),
        None => vec![missing(
            "no-permission",
            "permission",
            "no consent or authority is recorded for this: ask the person and record it, then send",
        )],
        Some((permission, wording)) => gaps(permission, wording, &d.recipient, &d.fields, d.on),
    }
}

/// Protecting one's reputation never justifies special-category or criminal data.
fn special_gap(plan: &Plan<'_>) -> Option<Missing> {
    let d = &plan.disclosure;
    let special = plan.declared.iter().find(|f| f.special && d.fields.contains(&f.name));
    special.filter(|_| d.ground == Ground::Reputation).map(|f| {
        let reason = format!("`{}` is special-category or criminal data: leave it out", f.name);
        missing("special-not-for-ground", "fields", reason)
    })
}
