//! Fields: only those that are declared, only those that the recipient may get (promises C7, C31).

use super::check::{Missing, missing};

/// A field as the register's forms declare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The kind of data in it.
    pub data: String,
    /// Why it is needed.
    pub need: String,
    /// Whether the data are special-category or criminal.
    pub special: bool,
}

/// The fields of `given` that nothing declares: they cannot be collected or given (promise C7).
#[must_use]
pub fn undeclared<'a>(declared: &[Declared], given: &'a [String]) -> Vec<&'a str> {
    given.iter().map(String::as_str).filter(|name| declared.iter().all(|d| d.name != *name)).collect()
}

/// What keeps these fields from being given: one that is not declared, or one of a kind of data that the
/// recipient may not get.
#[must_use]
pub fn field_gaps(declared: &[Declared], may_get: Option<&[String]>, given: &[String]) -> Vec<Missing> {
    let strange = undeclared(declared, given).into_iter().map(|name| {
        let reason = format!("`{name}` is not a declared field: leave it out, or declare it with its need");
        missing("undeclared-field", "fields", reason)
    });
    let mut gaps: Vec<Missing> = strange.collect();
    if let Some(kinds) = may_get {
        let beyond = declared.iter().filter(|d| given.contains(&d.name) && !kinds.contains(&d.data));
        gaps.extend(beyond.map(|d| {
            let reason = format!("this recipient does not get `{}` ({}): leave it out", d.name, d.data);
            missing("field-not-for-recipient", "fields", reason)
        }));
    }
    gaps
}

/// The fields of `given` beyond those that the notice names for a recipient; no limit when it names none.
#[must_use]
pub fn beyond_the_notice(only: &[String], given: &[String]) -> Vec<Missing> {
    let beyond = given.iter().filter(|f| !only.is_empty() && !only.contains(f));
    beyond
        .map(|field| {
            let reason =
                format!("this recipient gets {} and nothing else: leave out `{field}`", only.join(", "));
            missing("field-not-for-recipient", "fields", reason)
        })
        .collect()
}

/// The only fields of a bulk mailing (promise C31).
pub const BULK_FIELDS: [&str; 2] = ["name", "email"];

/// Whether a bulk mailing may carry these fields: name and e-mail address, nothing else.
///
/// # Errors
/// The first field that it may not.
pub fn bulk_fields(given: &[&str]) -> Result<(), Missing> {
    match given.iter().find(|f| !BULK_FIELDS.contains(f)) {
        None => Ok(()),
        Some(field) => {
            let reason = format!("a bulk mailing carries name and e-mail address only: leave out `{field}`");
            Err(missing("bulk-field", "fields", reason))
        }
    }
}
