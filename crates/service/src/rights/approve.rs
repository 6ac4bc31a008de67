//! Approval: a person puts their name to exactly what the fingerprint stands for.

use std::collections::BTreeSet;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::StaffId;
use counterfoil_store::Terms;
use counterfoil_store::rights::pack::Approval;
use sha2::{Digest, Sha256};

use super::review::File;
use super::{Desk, seal};
use crate::error::Result;

/// What an approval means so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved {
    /// How many different people have approved the request as it stands.
    pub approvals: usize,
}

/// SHA-256 over what is to be released: items, decisions and answers, in order. Any change gives another.
pub(crate) fn fingerprint(file: &File) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    add(file.request.id.as_bytes());
    for item in &file.items {
        add(&item.number.to_be_bytes());
        add(item.state.as_bytes());
        add(item.text.hash.as_bytes());
    }
    for decision in &file.decisions {
        add(&decision.number.to_be_bytes());
        add(decision.what.to_string().as_bytes());
    }
    for answer in &file.answers {
        add(answer.source.as_bytes());
        add(answer.result.as_bytes());
    }
    hash.finalize().into()
}

/// The people who have put their name to the request as it stands.
pub(crate) fn standing<'a>(approvals: &'a [Approval], fingerprint: &[u8; 32]) -> Vec<&'a Approval> {
    approvals.iter().filter(|a| a.fingerprint == *fingerprint).collect()
}

/// Who prepared what is to be released: whoever decided; where nothing had to be decided, whoever said
/// whose request it is.
fn preparers(file: &File) -> BTreeSet<StaffId> {
    let deciders: BTreeSet<_> = file.decisions.iter().map(|d| d.by).collect();
    if deciders.is_empty() { file.identified_by.into_iter().collect() } else { deciders }
}

/// Whose names stand under an approval by `me`: never only one's own work, never twice the same name.
fn under(preparers: &BTreeSet<StaffId>, approvers: &BTreeSet<StaffId>, me: StaffId) -> Vec<StaffId> {
    let others: Vec<_> = preparers.iter().filter(|p| **p != me).chain(approvers).copied().collect();
    if others.is_empty() { preparers.iter().copied().collect() } else { others }
}

/// Whose names stand under the pack. Whoever prepared it counts once someone else has approved their
/// part; until then only the approvers do.
fn names(preparers: &BTreeSet<StaffId>, approvers: &BTreeSet<StaffId>) -> BTreeSet<StaffId> {
    let seen = |preparer: &StaffId| approvers.iter().any(|a| a != preparer);
    if preparers.iter().all(seen) { preparers | approvers } else { approvers.clone() }
}

fn approvers(file: &File, approvals: &[Approval]) -> BTreeSet<StaffId> {
    standing(approvals, &fingerprint(file)).iter().map(|a| a.staff).collect()
}

/// The people whose names stand under the request as it is now.
pub(crate) fn signatories(file: &File, approvals: &[Approval]) -> Vec<StaffId> {
    names(&preparers(file), &approvers(file, approvals)).into_iter().collect()
}

/// The names under the request as it stands, for sealing it: refused while something is open.
pub(crate) fn terms_of_seal(desk: &Desk<'_>, reference: &str) -> Result<Terms> {
    let file = File::prepared(desk, Verb::RequestRead, reference, &|_, _| ())?;
    seal::ready(desk, &file)?;
    let approvals = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.approvals_of(request)
    })?;
    Ok(Terms { signatories: signatories(&file, &approvals), ..Terms::default() })
}

/// Approves the request as it stands. Nobody may approve what they alone prepared: the gate holds that,
/// and how many different people must put their names to a pack.
///
/// # Errors
/// [`crate::ServiceError::NotReady`] naming everything that is still open; a refusal of the gate.
pub fn approve(desk: &Desk<'_>, reference: &str) -> Result<Approved> {
    let file = File::prepared(desk, Verb::RequestRead, reference, &|_, _| ())?;
    seal::ready(desk, &file)?;
    let fingerprint = fingerprint(&file);
    let before = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.approvals_of(request)
    })?;
    let signatories = desk
        .who
        .staff()
        .map_or_else(Vec::new, |me| under(&preparers(&file), &approvers(&file, &before), me.staff));
    let terms = Terms { signatories, ..Terms::default() };
    let approvals = desk.on_request(Verb::RequestApprove, reference, &terms, |tx, request| {
        tx.keep_approval(request, fingerprint)?;
        tx.approvals_of(request)
    })?;
    Ok(Approved { approvals: standing(&approvals, &fingerprint).len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(of: &str) -> BTreeSet<StaffId> {
        of.bytes().map(|b| StaffId::from_bytes([b; 16])).collect()
    }

    #[test]
    fn a_pack_bears_two_names_when_everyones_part_was_seen_by_another() {
        for (prepared, approved, stand) in [
            ("a", "", ""),
            ("a", "b", "ab"),
            ("a", "bc", "abc"),
            ("ab", "", ""),
            // Nobody else has seen what a decided.
            ("ab", "a", "a"),
            ("ab", "ab", "ab"),
            ("ab", "c", "abc"),
            ("", "a", "a"),
        ] {
            assert_eq!(names(&people(prepared), &people(approved)), people(stand), "{prepared} {approved}");
        }
    }

    #[test]
    fn nobody_approves_alone_what_they_prepared() {
        for (prepared, approved, under_a) in [
            ("a", "", "a"),
            ("b", "", "b"),
            ("ab", "", "b"),
            ("ab", "b", "b"),
            ("b", "a", "ab"),
            ("", "", ""),
        ] {
            let me = StaffId::from_bytes([b'a'; 16]);
            let stand: BTreeSet<_> = under(&people(prepared), &people(approved), me).into_iter().collect();
            assert_eq!(stand, people(under_a), "{prepared} {approved}");
        }
    }
}
