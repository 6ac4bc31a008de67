//! Dates and times in words, in each language. What comes in is ISO 8601, as views carry it.

use std::fmt::Display;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use minijinja::{Error, ErrorKind};
use serde::Serializer;

use crate::language::Language;
use crate::strings::Strings;

/// A date or moment as ISO 8601, which is what its `Display` writes.
pub(crate) fn iso<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// The same, or nothing.
pub(crate) fn iso_if_any<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// "Thursday 17 December 2026".
pub(crate) fn long(strings: &Strings, language: Language, text: &str) -> Result<String, Error> {
    let date = read(text)?;
    let day = word(strings, language, "weekday", date.weekday().to_monday_one_offset())?;
    Ok(format!("{day} {}", civil(strings, language, "month", date)?))
}

/// "17 Dec 2026".
pub(crate) fn short(strings: &Strings, language: Language, text: &str) -> Result<String, Error> {
    civil(strings, language, "month_short", read(text)?)
}

/// "17 December 2026, 14:05", in UK time.
pub(crate) fn moment(strings: &Strings, language: Language, text: &str) -> Result<String, Error> {
    let at: Timestamp = text.parse().map_err(|_| not_a_date(text))?;
    let zone = TimeZone::get("Europe/London").map_err(|_| not_a_date(text))?;
    let local = at.to_zoned(zone);
    let date = civil(strings, language, "month", local.date())?;
    Ok(format!("{date}, {:02}:{:02}", local.hour(), local.minute()))
}

/// "December 2026".
pub(crate) fn month_year(strings: &Strings, language: Language, text: &str) -> Result<String, Error> {
    let date = read(text)?;
    Ok(format!("{} {}", word(strings, language, "month", date.month())?, date.year()))
}

fn civil(strings: &Strings, language: Language, months: &str, date: Date) -> Result<String, Error> {
    let month = word(strings, language, months, date.month())?;
    Ok(format!("{} {month} {}", date.day(), date.year()))
}

fn read(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| not_a_date(text))
}

fn word<'a>(strings: &'a Strings, language: Language, list: &str, number: i8) -> Result<&'a str, Error> {
    let key = format!("date.{list}.{number}");
    strings.find(language, &key).map(|found| found.text).ok_or_else(|| not_a_date(&key))
}

fn not_a_date(text: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a date"))
}

/// A real day from what was typed in three fields: day, month, and a year of four digits.
pub fn from_parts([day, month, year]: &[String; 3]) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
