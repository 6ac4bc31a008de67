//! Whether a recipient may be given anything at all: the agreement, the assessment, the country (promises C17,
//! C19, C31).

use jiff::civil::Date;

use super::check::{Missing, missing};
use super::grounds::{Ground, Promise};
use crate::register::transfer::{Adequate, Mechanism, TransferClaim, transfer_allowed};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a recipient is to the controller.
    RecipientKind: "kind of recipient" {
        /// Art 28 UK GDPR.
        Processor = "processor", "acts on our instructions";
        /// Another controller.
        Controller = "controller", "decides for itself";
        /// Art 26 UK GDPR.
        JointController = "joint-controller", "answers jointly with us";
        /// The person's own choice.
        Representative = "representative", "acts for the person";
        /// Under a duty or power of law.
        Authority = "authority", "a public authority";
    }
}

vocabulary! {
    /// What sort of body an entry of the directory is: one entry is one recipient wherever data is given, permitted or
    /// taken back.
    RecipientCategory: "category of recipient" {
        /// Benefits, the Jobcentre.
        Benefits = "benefits", "benefits and the Jobcentre";
        /// A landlord.
        Housing = "housing", "landlords and housing associations";
        /// A council.
        Council = "council", "councils";
        /// Creditors, energy and telephone companies, credit reference agencies.
        Creditor = "creditor", "creditors and suppliers";
        /// Tax and other departments of government.
        Government = "government", "government";
        /// Police, prosecution, fraud.
        Enforcement = "enforcement", "police and enforcement";
        /// Courts and tribunals.
        Court = "court", "courts and tribunals";
        /// Health and social care.
        Health = "health", "health and social care";
        /// Employers and pension funds.
        Employer = "employer", "employers and pensions";
        /// Regulators, ombudsmen, auditors.
        Regulator = "regulator", "regulators and ombudsmen";
        /// Advisers, solicitors, insurers.
        Professional = "professional", "lawyers, insurers and experts";
        /// Other services that help.
        Service = "service", "other services that help";
        /// Offices of the same network, other councils' shared work.
        Network = "network", "offices of the network";
        /// Whoever pays.
        Funder = "funder", "funders";
        /// The person's own choice.
        Representative = "representative", "who acts for the person";
        /// Those who work on instructions (Art 28 UK GDPR).
        Supplier = "supplier", "our own suppliers";
        /// Registers that anyone may read.
        Public = "public", "the public";
    }
}

/// A recipient as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// The directory's entry with this id.
    Entry(String),
    /// A body that the directory does not have, with the reason: a thing to mend.
    Unlisted {
        /// Its name.
        name: String,
        /// Why it is not chosen from the directory.
        why: String,
    },
}

/// The fewest characters of the reason for naming a body that the directory does not have.
pub const UNLISTED_REASON: usize = 10;

/// How a recipient is named: an entry of the directory, or else a name with the reason why none fits (promise N20).
///
/// `entries` are ids with names. A name that is an entry's id or name is that entry, so that one body is never two.
///
/// # Errors
/// What is missing: an entry that there is not, no name, no reason.
pub fn naming(entry: &str, name: &str, why: &str, entries: &[(String, String)]) -> Result<Naming, Missing> {
    let (entry, name, why) = (entry.trim(), name.trim(), why.trim());
    if !entry.is_empty() {
        return match entries.iter().find(|(id, _)| id == entry) {
            Some((id, _)) => Ok(Naming::Entry(id.clone())),
            None => Err(missing(
                "not-an-entry",
                "recipient",
                format!(
                    "`{entry}` is not an entry of the directory: choose one, or name the body and say why"
                ),
            )),
        };
    }
    if name.is_empty() {
        return Err(missing("no-recipient", "recipient", "name the recipient: choose it from the directory"));
    }
    let same = |text: &str| plain(text) == plain(name);
    if let Some((id, _)) = entries.iter().find(|(id, own)| same(id) || same(own)) {
        return Ok(Naming::Entry(id.clone()));
    }
    if why.chars().count() < UNLISTED_REASON {
        return Err(missing(
            "no-reason",
            "unlisted",
            format!("`{name}` is not in the directory: choose an entry, or say in a few words why none fits"),
        ));
    }
    Ok(Naming::Unlisted { name: name.to_owned(), why: why.to_owned() })
}

/// A name as it is compared: letters and digits alone, without an article.
fn plain(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("the ").unwrap_or(&text);
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// An agreement with a recipient, as it stands on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementState {
    /// Its reference.
    pub reference: String,
    /// Whether it has begun and not ended.
    pub in_force: bool,
    /// Whether the impact assessment that it needs is complete; `None` when it needs none.
    pub assessed: Option<bool>,
}

/// On what a transfer abroad rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferState {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// How the recipient falls within a limited approval.
    pub within: String,
    /// Whether a transfer assessment is complete.
    pub assessed: bool,
    /// The day of the regulator's advice, where it was asked for.
    pub advice: Option<Date>,
}

/// A recipient as the register, or the person who proposes a disclosure, describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The register's id; empty for one that the register does not have.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is to us.
    pub kind: RecipientKind,
    /// ISO 3166-1 alpha-2 code of the country.
    pub country: String,
    /// The agreement, if there is one.
    pub agreement: Option<AgreementState>,
    /// The transfer, when it is abroad.
    pub transfer: Option<TransferState>,
    /// The kinds of data that it may be given; `None` when nothing limits them.
    pub may_get: Option<Vec<String>>,
    /// The fields that it may get, where the notice names them; empty where the kinds of data say enough.
    pub only_fields: Vec<String>,
}

/// What keeps a recipient from being given data on this ground.
#[must_use]
pub fn recipient_gaps(
    recipient: &Recipient,
    ground: Ground,
    promise: Promise,
    adequate: &[Adequate],
    on: Date,
) -> Vec<Missing> {
    agreement_gap(recipient, ground, promise)
        .into_iter()
        .chain(country_gap(recipient, adequate, on))
        .collect()
}

/// Whether nothing may be sent without an agreement: always to a processor or a joint controller; on the ground
/// of an agreement; and on permission where the notice promises it (C17), save to who acts for the person.
fn needs_agreement(recipient: &Recipient, ground: Ground, promise: Promise) -> bool {
    use RecipientKind as K;
    match (recipient.kind, ground) {
        (K::Processor | K::JointController, _) | (_, Ground::Agreement) => true,
        (K::Representative, _) => false,
        (_, Ground::Permission) => promise == Promise::C17,
        _ => false,
    }
}

fn agreement_gap(recipient: &Recipient, ground: Ground, promise: Promise) -> Option<Missing> {
    let leans = matches!(ground, Ground::Permission | Ground::Agreement);
    let name = &recipient.name;
    match &recipient.agreement {
        None if needs_agreement(recipient, ground, promise) => Some(missing(
            "no-agreement",
            "recipient",
            format!(
                "there is no agreement with {name}: make one and register it, or use a ground that needs none"
            ),
        )),
        Some(agreement) if leans || needs_agreement(recipient, ground, promise) => lapsed(agreement, name),
        _ => None,
    }
}

fn lapsed(agreement: &AgreementState, name: &str) -> Option<Missing> {
    let reference = &agreement.reference;
    if !agreement.in_force {
        let reason = format!("the agreement `{reference}` with {name} is not in force: renew it first");
        return Some(missing("agreement-not-in-force", "recipient", reason));
    }
    (agreement.assessed == Some(false)).then(|| {
        let reason =
            format!("the impact assessment that `{reference}` needs is not complete: finish it first");
        missing("not-assessed", "recipient", reason)
    })
}

fn listed(country: &str, adequate: &[Adequate], on: Date) -> bool {
    adequate.iter().any(|a| a.country == country && a.from <= on)
}

/// C19: an unlisted country needs a mechanism, and blocks until the regulator's advice is recorded.
fn country_gap(recipient: &Recipient, adequate: &[Adequate], on: Date) -> Option<Missing> {
    if recipient.country == "GB" {
        return None;
    }
    let country = &recipient.country;
    let Some(transfer) = &recipient.transfer else {
        let reason = format!("it would go to `{country}`: say on what the transfer rests");
        return Some(missing("no-mechanism", "country", reason));
    };
    let claim = TransferClaim {
        country,
        mechanism: transfer.mechanism,
        within: &transfer.within,
        assessed: transfer.assessed,
    };
    if let Err(refused) = transfer_allowed(&claim, adequate, on) {
        return Some(missing("no-transfer", "country", refused.to_string()));
    }
    let advised = transfer.advice.is_some_and(|day| day <= on);
    (!listed(country, adequate, on) && !advised).then(|| {
        let reason = format!(
            "`{country}` is on no list of approved countries: ask the regulator for advice first and record its day"
        );
        missing("no-advice", "country", reason)
    })
}
