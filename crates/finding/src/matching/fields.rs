//! Which column holds what: read from TOML, or guessed from the headers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Error;

/// What a column holds, and so how two of its values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A given name; nicknames count as agreement of a lower degree.
    Forename,
    /// A family name.
    Surname,
    /// A whole name in one column; it is split into forename and surname.
    FullName,
    /// A date of birth in any usual order of its parts.
    DateOfBirth,
    /// A line of an address.
    Address,
    /// A suburb, town or locality.
    Town,
    /// A postcode; British ones are compared by sector, district and area too.
    Postcode,
    /// A state or county.
    County,
    /// A number given to one person: NHS, National Insurance, customer, case.
    Identifier,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// Anything else in which near agreement means something.
    Text,
    /// A code: it agrees or it does not.
    Exact,
    /// Not compared.
    Ignore,
}

/// Each kind with the header words by which it is recognised; also the names accepted in TOML.
const NAMES: &[(Kind, &[&str])] = &[
    (
        Kind::Forename,
        &[
            "forename",
            "forenames",
            "givenname",
            "givennames",
            "firstname",
            "first",
            "christianname",
            "middlename",
        ],
    ),
    (Kind::Surname, &["surname", "lastname", "familyname", "last", "maidenname"]),
    (Kind::FullName, &["fullname", "name", "personname"]),
    (Kind::DateOfBirth, &["dateofbirth", "dob", "birthdate", "birthday", "born"]),
    (Kind::Postcode, &["postcode", "postalcode", "zip", "zipcode", "postcodefake"]),
    (Kind::Town, &["town", "suburb", "city", "locality", "posttown", "village"]),
    (Kind::County, &["county", "state", "region", "province"]),
    (
        Kind::Identifier,
        &[
            "identifier",
            "socsecid",
            "ssn",
            "nino",
            "nationalinsurancenumber",
            "nationalinsurance",
            "nhs",
            "nhsnumber",
            "passport",
            "passportnumber",
            "drivinglicence",
            "customernumber",
            "patientid",
            "personid",
        ],
    ),
    (Kind::Email, &["email", "emailaddress", "mail"]),
    (Kind::Phone, &["phone", "telephone", "phonenumber", "mobile", "tel", "landline", "telephonenumber"]),
    (
        Kind::Address,
        &[
            "address",
            "address1",
            "address2",
            "address3",
            "addressline1",
            "addressline2",
            "street",
            "streetaddress",
        ],
    ),
    (
        Kind::Text,
        &["text", "streetnumber", "housenumber", "occupation", "birthplace", "placeofbirth", "employer"],
    ),
    (Kind::Exact, &["exact", "sex", "gender", "title"]),
    (Kind::Ignore, &["ignore"]),
];

const ID_NAMES: &[&str] = &["recid", "id", "recordid", "uniqueid", "rowid", "uid"];
const GOLD_NAMES: &[&str] = &["cluster", "gold", "trueid", "entityid"];

fn squash(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Kind {
    /// The kind that a header (or a name in TOML) stands for: case, spaces and punctuation do not matter.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = squash(name);
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(kind, _)| *kind)
    }

    /// The kind's name in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forename => "forename",
            Self::Surname => "surname",
            Self::FullName => "full-name",
            Self::DateOfBirth => "date-of-birth",
            Self::Address => "address",
            Self::Town => "town",
            Self::Postcode => "postcode",
            Self::County => "county",
            Self::Identifier => "identifier",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Text => "text",
            Self::Exact => "exact",
            Self::Ignore => "ignore",
        }
    }
}

/// The columns of a file of people and what each of them holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// The column that names the record; without one, records are numbered from 1.
    pub id: Option<String>,
    /// The column that tells which person a record truly is, to measure by; never compared.
    pub gold: Option<String>,
    /// Compared columns with their kinds, in the order of comparison.
    pub columns: Vec<(String, Kind)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Option<String>,
    gold: Option<String>,
    #[serde(alias = "columns")]
    fields: toml::Table,
}

impl Fields {
    /// How many columns may be compared.
    pub const MOST: usize = 16;

    /// Reads TOML: `id = "column"`, `gold = "column"` (both optional), and a table `[fields]` of
    /// `column = "kind"`.
    ///
    /// # Errors
    /// [`Error::Fields`] when it is not TOML, a kind is not known, or nothing is left to compare.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let raw: Raw = toml::from_str(text).map_err(|e| Error::Fields(e.message().to_owned()))?;
        let mut columns = Vec::new();
        for (column, value) in &raw.fields {
            let kind = value.as_str().and_then(Kind::of_name).ok_or_else(|| unknown_kind(column, value))?;
            columns.push((column.clone(), kind));
        }
        Self { id: raw.id, gold: raw.gold, columns }.checked()
    }

    /// Guesses from the headers; what is not recognised is ignored.
    ///
    /// # Errors
    /// [`Error::Fields`] when no header is recognised.
    pub fn guess(headers: &[String]) -> Result<Self, Error> {
        let find = |names: &[&str]| headers.iter().find(|h| names.contains(&squash(h).as_str())).cloned();
        let (id, gold) = (find(ID_NAMES), find(GOLD_NAMES));
        let columns = headers
            .iter()
            .filter(|h| Some(*h) != id.as_ref() && Some(*h) != gold.as_ref())
            .filter_map(|h| Kind::of_name(h).map(|kind| (h.clone(), kind)))
            .collect::<Vec<_>>();
        Self { id, gold, columns: without_repeats(columns) }.checked()
    }

    fn checked(mut self) -> Result<Self, Error> {
        self.columns.retain(|(_, kind)| *kind != Kind::Ignore);
        if self.columns.is_empty() {
            return Err(Error::Fields(
                "no column is left to compare; name the columns under `[fields]`".into(),
            ));
        }
        if self.columns.len() > Self::MOST {
            return Err(Error::Fields(format!("at most {} columns can be compared", Self::MOST)));
        }
        Ok(self)
    }

    /// The fields as TOML, as [`Fields::from_toml`] reads them.
    pub fn to_toml(&self) -> String {
        let mut table = toml::Table::new();
        let named = [("id", &self.id), ("gold", &self.gold)];
        for (key, column) in named {
            if let Some(column) = column {
                table.insert(key.into(), toml::Value::String(column.clone()));
            }
        }
        let kinds: BTreeMap<_, _> = self.columns.iter().map(|(c, k)| (c.clone(), k.name().into())).collect();
        table.insert("fields".into(), toml::Value::Table(kinds.into_iter().collect()));
        table.to_string()
    }
}

fn unknown_kind(column: &str, value: &toml::Value) -> Error {
    let known = NAMES.iter().map(|(kind, _)| kind.name()).collect::<Vec<_>>().join(", ");
    Error::Fields(format!("`{column}` has the kind {value}, which is not known; use one of {known}"))
}

/// A whole name beside its own parts says nothing new, and would count the same evidence twice.
fn without_repeats(mut columns: Vec<(String, Kind)>) -> Vec<(String, Kind)> {
    let has = |kind| columns.iter().any(|(_, k)| *k == kind);
    if has(Kind::Forename) && has(Kind::Surname) {
        columns.retain(|(_, kind)| *kind != Kind::FullName);
    }
    columns
}
