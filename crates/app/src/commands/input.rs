//! Reading words and days from a command line, and refusing what cannot be read.

use std::str::FromStr;

use counterfoil_domain::vocabulary::UnknownWord;
use jiff::civil::Date;
use serde_json::json;

use crate::clock;
use crate::out::{self, CommandError, CommandResult};

/// Why input is refused: stable codes with words, in the order of the command line.
#[derive(Debug, Default, Clone)]
pub struct Refused(Vec<(&'static str, String)>);

impl Refused {
    /// One reason.
    pub fn one(code: &'static str, message: impl Into<String>) -> Self {
        Self(vec![(code, message.into())])
    }

    /// The value, or its reasons kept here.
    pub fn keep<T>(&mut self, read: Result<T, Self>) -> Option<T> {
        read.map_err(|e| self.0.extend(e.0)).ok()
    }

    /// Prints the reasons (as JSON where asked) and ends with exit status 2.
    pub fn report(self, as_json: bool) -> CommandResult {
        if as_json {
            let errors: Vec<_> =
                self.0.iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
            out::json(&json!({ "errors": errors }))?;
        }
        let code = self.0.first().map_or("refused", |(code, _)| code);
        let texts: Vec<String> = self.0.into_iter().map(|(_, message)| message).collect();
        Err(CommandError::refused(code, texts.join("; ")))
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        Self::one(error.code, error.message)
    }
}

/// A word of a vocabulary that must be given.
pub fn word<T: FromStr<Err = UnknownWord>>(text: Option<&str>, option: &'static str) -> Result<T, Refused> {
    let text = text.ok_or_else(|| Refused::one("missing-option", format!("give `{option}`")))?;
    text.parse().map_err(|e: UnknownWord| Refused::one("unknown-word", format!("`{option}`: {e}")))
}

/// A word of a vocabulary that may be left out.
pub fn optional_word<T: FromStr<Err = UnknownWord>>(
    text: Option<&str>,
    option: &'static str,
) -> Result<Option<T>, Refused> {
    text.map(|t| word(Some(t), option)).transpose()
}

/// A day, `YYYY-MM-DD` and nothing else.
pub fn day(text: &str, option: &str) -> Result<Date, Refused> {
    let whole = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let read = if whole { text.parse().ok() } else { None };
    read.ok_or_else(|| {
        Refused::one("bad-date", format!("`{option}`: `{text}` is not a date such as 2026-11-22"))
    })
}

/// A day, or today.
pub fn day_or_today(text: Option<&str>, option: &str) -> Result<Date, Refused> {
    match text {
        Some(text) => day(text, option),
        None => Ok(clock::today()?),
    }
}
