//! The public forms: what each may ask is declared in the register with its need, and nothing else is
//! taken (promise C7).

use counterfoil_domain::ids::OfficeId;
use counterfoil_domain::intake::Channel;
use counterfoil_store::intake::items::ItemText;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::arrive::{self, Answered, FormItem};
use super::channels::Channels;
use crate::error::{Result, ServiceError};
use crate::register::keep;
use crate::rights::{Desk, front_office};

/// The most characters of a short answer and of one in a person's own words.
const SHORT: usize = 300;
const LONG: usize = 10_000;

/// The fields that are answered in a person's own words.
const LONG_ANSWERS: [&str; 5] =
    ["your-question", "what-they-need", "health-or-disability", "safe-contact", "referrers-name-and-contact"];

/// The fewest characters of a form's token: what is shorter could be guessed.
const TOKEN: usize = 32;

/// A public form that feeds the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicForm {
    /// Somebody asks for help.
    Enquiry,
    /// A professional refers somebody.
    Referral,
}

impl PublicForm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Enquiry, Self::Referral];

    /// Its id in the register.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Enquiry => "enquiry",
            Self::Referral => "professional-referral",
        }
    }

    const fn channel(self) -> Channel {
        match self {
            Self::Enquiry => Channel::WebEnquiry,
            Self::Referral => Channel::Referral,
        }
    }
}

/// A field as the register declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name on the page: the declared name in small letters and hyphens.
    pub name: String,
    /// As declared.
    pub label: String,
    /// Whether an answer is required.
    pub required: bool,
    /// Why it is needed.
    pub need: String,
    /// Whether it is answered in a person's own words.
    pub long: bool,
}

/// A declared name as a field's name: `your question` is `your-question`.
#[must_use]
pub fn field_name(declared: &str) -> String {
    let plain = declared.to_lowercase().replace('\'', "");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

/// The fields of a form, as the register of today declares them; none when it has no such form.
///
/// # Errors
/// A register that cannot be read.
pub fn declared(desk: &Desk<'_>, form: PublicForm) -> Result<Option<Vec<Declared>>> {
    let Some(register) = keep::current(desk.store, desk.controller())? else { return Ok(None) };
    let found = register.part.form.iter().find(|f| f.id == form.id() && f.kind == "form");
    Ok(found.map(|f| {
        f.field
            .iter()
            .map(|field| Declared {
                name: field_name(&field.name),
                label: field.name.clone(),
                required: field.required,
                need: field.need.clone(),
                long: LONG_ANSWERS.contains(&field_name(&field.name).as_str()),
            })
            .collect()
    }))
}

/// A form that was sent.
#[derive(Clone)]
pub struct Submission {
    /// Which.
    pub form: PublicForm,
    /// What is unguessable and the same each time that the same form is sent.
    pub token: String,
    /// The office that was chosen, by its id; empty for any.
    pub office: String,
    /// Every field that was sent, with its answer.
    pub answers: Vec<(String, String)>,
    /// The language of the page.
    pub language: String,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("form", &self.form).finish_non_exhaustive()
    }
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is required.
    Missing,
    /// It is too long.
    Long,
    /// It is neither an e-mail address nor a telephone number.
    NoContact,
    /// The person's agreement is not stated.
    NoConsent,
}

/// The answers that must be mended, by the field's name.
#[must_use]
pub fn mistakes(form: PublicForm, fields: &[Declared], answers: &[(String, String)]) -> Vec<(String, Wrong)> {
    let said = |name: &str| answers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    let wrong = |field: &Declared| {
        let value = said(&field.name);
        let most = if field.long { LONG } else { SHORT };
        if value.is_empty() {
            field.required.then_some(Wrong::Missing)
        } else if value.chars().count() > most {
            Some(Wrong::Long)
        } else if CONTACTS.contains(&field.name.as_str()) && !is_contact(value) {
            Some(Wrong::NoContact)
        } else {
            None
        }
    };
    let mut all: Vec<(String, Wrong)> =
        fields.iter().filter_map(|f| wrong(f).map(|w| (f.name.clone(), w))).collect();
    let asked = fields.iter().any(|f| f.name == CONSENT);
    // A referral begins with the person's agreement (promise N13).
    if form == PublicForm::Referral && asked && said(CONSENT) != "yes" && !said(CONSENT).is_empty() {
        all.push((CONSENT.to_owned(), Wrong::NoConsent));
    }
    all
}

const CONSENT: &str = "clients-consent";
const CONTACTS: [&str; 2] = ["contact", "clients-contact"];

/// Whether something in it can be written to or called.
fn is_contact(value: &str) -> bool {
    contact(value).is_some()
}

/// The first e-mail address or telephone number in an answer, which may say more around it.
fn contact(value: &str) -> Option<String> {
    use counterfoil_domain::casebook::identity::{IdentityKind, normalise};
    let mail = value.split([' ', ',', ';', '\n']).find(|w| normalise(IdentityKind::Email, w).is_some());
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let phone = || {
        let number: String = value
            .chars()
            .skip_while(|c| !c.is_ascii_digit() && *c != '+')
            .take_while(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-'))
            .collect();
        (digits >= 10 && normalise(IdentityKind::Phone, &number).is_some()).then_some(number)
    };
    mail.map(|m| m.trim_matches(|c: char| matches!(c, '.' | '<' | '>')).to_owned()).or_else(phone)
}

/// Takes a form in, as the system itself; the day by which somebody will have looked at it.
///
/// # Errors
/// [`ServiceError::Invalid`] for a field that is not declared, an answer that must be mended, or no
/// token; [`ServiceError::NotReady`] when the organisation has no such form.
pub fn submit(desk: &Desk<'_>, channels: &Channels, sent: &Submission) -> Result<Date> {
    let fields = declared(desk, sent.form)?.ok_or_else(|| {
        ServiceError::NotReady("this organisation has no such form: telephone instead".to_owned())
    })?;
    if let Some((name, _)) = sent.answers.iter().find(|(n, _)| !fields.iter().any(|f| f.name == *n)) {
        return Err(ServiceError::Invalid(format!(
            "`{name}` is not a field of this form: what is not declared cannot be collected"
        )));
    }
    if sent.token.len() < TOKEN {
        return Err(ServiceError::Invalid("the form has no token: open it again".to_owned()));
    }
    if let Some((name, _)) = mistakes(sent.form, &fields, &sent.answers).first() {
        return Err(ServiceError::Invalid(format!("the answer to `{name}` must be mended")));
    }
    let (office, _) = front_office(desk, &sent.office)?;
    take(desk, channels, sent, &fields, office)
}

fn take(
    desk: &Desk<'_>,
    channels: &Channels,
    sent: &Submission,
    fields: &[Declared],
    office: OfficeId,
) -> Result<Date> {
    let said =
        |name: &str| sent.answers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim()).to_owned();
    let first = |names: &[&str]| names.iter().map(|n| said(n)).find(|v| !v.is_empty()).unwrap_or_default();
    let answers: Vec<Answered> = fields
        .iter()
        .map(|f| Answered { label: f.label.clone(), value: said(&f.name) })
        .filter(|a| !a.value.is_empty())
        .collect();
    let text = ItemText {
        from: first(&["name", "clients-name"]),
        address: contact(&first(&CONTACTS)).unwrap_or_default(),
        subject: first(&["your-question", "what-they-need"]).chars().take(80).collect(),
        language: first(&["language"]),
        contact_rules: first(&["safe-contact"]),
        thread: String::new(),
    };
    let language = if text.language.is_empty() { sent.language.clone() } else { text.language.clone() };
    let form = FormItem {
        office,
        channel: sent.form.channel(),
        source: source(sent),
        text: ItemText { language, ..text },
        answers: &answers,
    };
    arrive::from_form(desk, channels, &form)
}

/// INVARIANT: the same token with the same answers is one item, and no two forms share a name: every part
/// is hashed with its length before it.
fn source(sent: &Submission) -> String {
    let mut hash = Sha256::new();
    let parts = sent.answers.iter().flat_map(|(n, v)| [n.as_str(), v.as_str()]);
    for part in [sent.form.id(), sent.token.as_str(), sent.office.as_str()].into_iter().chain(parts) {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    format!("form/{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_name_is_a_fields_name() {
        for (declared, name) in [
            ("your question", "your-question"),
            ("client's contact", "clients-contact"),
            ("health or disability", "health-or-disability"),
            ("referrer's name and contact", "referrers-name-and-contact"),
        ] {
            assert_eq!(field_name(declared), name);
        }
    }

    #[test]
    fn a_contact_is_found_among_words() {
        for (said, found) in [
            ("07700 900461", Some("07700 900461")),
            ("sian@example.org", Some("sian@example.org")),
            ("Text 07700 900461 after six, not the landline", Some("07700 900461 ")),
            ("sian@example.org or 07700 900461", Some("sian@example.org")),
            ("ask my sister", None),
            ("12345", None),
        ] {
            assert_eq!(contact(said).as_deref(), found, "{said}");
        }
    }
}
