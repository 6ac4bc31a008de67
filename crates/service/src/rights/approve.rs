//! Approval: a person puts their name to exactly what the fingerprint stands for.

use counterfoil_domain::access::Verb;
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
    for (item, _) in &file.items {
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

/// Approves the request as it stands. Nobody may approve what they alone decided: the gate holds that,
/// and how many different people must approve.
///
/// # Errors
/// [`crate::ServiceError::NotReady`] naming everything that is still open; a refusal of the gate.
pub fn approve(desk: &Desk<'_>, reference: &str) -> Result<Approved> {
    let file = File::read(desk, Verb::RequestRead, reference, &Terms::default())?;
    seal::ready(&file)?;
    let fingerprint = fingerprint(&file);
    let deciders = file.decisions.iter().map(|d| d.by).collect();
    let terms = Terms { signatories: deciders, ..Terms::default() };
    let approvals = desk.on_request(Verb::RequestApprove, reference, &terms, |tx, request| {
        tx.keep_approval(request, fingerprint)?;
        tx.approvals_of(request)
    })?;
    Ok(Approved { approvals: standing(&approvals, &fingerprint).len() })
}
