//! What sharing holds of a person, as text for an access request (Art 15(1)(c) UK GDPR: to whom the data were given).

use std::fmt::Write as _;

use counterfoil_domain::ids::PersonId;
use counterfoil_domain::sharing::Ground;
use counterfoil_domain::sharing::permission::{ConsentPurpose, Given, PermissionKind};
use counterfoil_store::{Record, StoreError, Terms, Tx};

type Stored<T> = std::result::Result<T, StoreError>;

/// Every permission, disclosure and referral of a person: a name and a text for each.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub(crate) fn items(tx: &mut Tx<'_>, person: PersonId, terms: &Terms) -> Stored<Vec<(String, String)>> {
    let permit = tx.permit(Record::Person, person, terms)?;
    let mut items = Vec::new();
    for p in tx.permissions_of(&permit)? {
        let kind = p.kind.parse().map_or("permission", PermissionKind::label);
        let purpose = p.purpose.parse().map_or("", ConsentPurpose::label);
        let how = p.text.given.parse().map_or("", Given::label);
        let mut text = format!("{kind} {purpose}\nGiven on {}: {how}\n\n{}\n", p.given_on, p.text.words);
        let _ = writeln!(text, "\nTo: {}\nWhat: {}", p.text.names.join(", "), p.text.fields.join(", "));
        let _ = writeln!(text, "Evidence: {}\nNote: {}", p.text.evidence, p.text.note);
        for event in tx.permission_events(&permit, p.id)? {
            let _ = writeln!(text, "{} on {} {}", event.kind, event.on, event.text.note);
        }
        items.push((format!("Your {kind} of {}", p.given_on), text));
    }
    for d in tx.disclosures_of(&permit)? {
        let ground = d.text.ground.parse().map_or("", Ground::label);
        let day = d.proposed_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut text = format!(
            "To {}: {}\nGround: {ground}\nPurpose: {}\nTold: {} {}\n",
            d.text.recipient_name, d.state, d.text.purpose, d.telling, d.text.because
        );
        for (question, answer) in &d.text.evidence {
            let _ = writeln!(text, "{question}: {answer}");
        }
        for (field, value) in tx.disclosed_content(&permit, d.id)? {
            let _ = writeln!(text, "{field}: {value}");
        }
        items.push((format!("What was given to somebody else, {day}"), text));
    }
    for r in tx.referrals_of(&permit)? {
        let day = r.made_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut text = format!(
            "To {}: {}\nWhy: {}\nOutcome: {}\nNote: {}\n",
            r.text.recipient_name, r.state, r.text.reason, r.text.outcome, r.text.note
        );
        for (field, value) in &r.text.fields {
            let _ = writeln!(text, "{field}: {value}");
        }
        items.push((format!("Referral of {day}"), text));
    }
    Ok(items)
}
