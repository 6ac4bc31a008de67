//! What the officer sees of the asker's side: whether they have a key, what they sent, whether they collected.

use counterfoil_domain::access::Verb;
use counterfoil_store::Terms;
use jiff::Timestamp;
use serde::Serialize;

use super::papers::{Paper, papers};
use crate::error::Result;
use crate::rights::Desk;

/// The asker's side of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskerSide {
    /// The reference.
    pub reference: String,
    /// The right, by its code.
    pub right: String,
    /// Where the answer goes, as the asker said.
    pub reply_to: String,
    /// The language of the answer.
    pub language: String,
    /// Whether they have a key and a code.
    pub has_access: bool,
    /// When the pack was sealed.
    pub sealed_at: Option<Timestamp>,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// How often it was collected on the site.
    pub collected: i64,
    /// The office that has the request.
    pub office: String,
    /// The offices that it could be passed to: identifier and name.
    pub others: Vec<(String, String)>,
    /// Whether it is still to be answered.
    pub open: bool,
    /// The papers that they sent.
    pub papers: Vec<Paper>,
}

/// The asker's side of a request, for the officer.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn asker_side(desk: &Desk<'_>, reference: &str) -> Result<AskerSide> {
    let now = desk.store.now();
    let offices = desk.store.offices(desk.controller())?;
    let (request, has_access, pack, collected) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            let pack = tx.pack_of(request)?;
            Ok((request.clone(), tx.has_access(request.id)?, pack, tx.collected(request)?))
        })?;
    let own = request.text.office.clone();
    let name = offices.iter().find(|o| o.id.to_string() == own).map(|o| o.name.clone()).unwrap_or_default();
    let others = offices
        .iter()
        .filter(|o| o.id.to_string() != own && o.adherent_until > now)
        .map(|o| (o.id.to_string(), o.name.clone()))
        .collect();
    Ok(AskerSide {
        reference: request.reference.clone(),
        right: request.right.clone(),
        reply_to: request.text.reply_to.clone(),
        language: request.text.language.clone(),
        has_access,
        sealed_at: pack.as_ref().map(|p| p.sealed_at),
        released_at: pack.and_then(|p| p.released_at),
        collected,
        office: name,
        others,
        open: !matches!(request.state.as_str(), "released" | "closed"),
        papers: papers(desk, reference)?,
    })
}
