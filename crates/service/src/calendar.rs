//! The bank holidays: shipped with the executable, replaced by a newer file without a new release.

use std::path::Path;

use counterfoil_domain::clock::{Calendar, Coverage, Holiday};
use jiff::civil::Date;

use crate::error::{Result, ServiceError};

/// The list that was current when this executable was built.
const SHIPPED: &str = include_str!("../../../config/bank_holidays.csv");

/// A row of the file, by its column names.
#[derive(serde::Deserialize)]
struct Row {
    division: String,
    date: String,
    name: String,
    substitute_day: String,
}

/// The calendar of `file`, or the shipped one.
///
/// # Errors
/// The file cannot be read, or its list cannot be relied on.
pub fn load(file: Option<&Path>) -> Result<Calendar> {
    let Some(path) = file else { return parse(SHIPPED).map_err(|why| bad("the shipped list", &why)) };
    let name = format!("`{}`", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| bad(&name, &e.to_string()))?;
    parse(&text).map_err(|why| bad(&name, &why))
}

fn bad(name: &str, why: &str) -> ServiceError {
    ServiceError::Holidays(format!("the bank holidays of {name} cannot be used: {why}"))
}

/// Reads the columns `division,date,name,substitute_day`, with optional comment lines
/// `# as-at: DATE` and `# valid-through: DIVISION DATE`.
fn parse(text: &str) -> std::result::Result<Calendar, String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows = reader.deserialize().map(|row| row.map_err(|e| e.to_string()).and_then(holiday));
    let holidays = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    let (coverage, as_at) = notes(text)?;
    Calendar::new(holidays, &coverage, as_at).map_err(|e| e.to_string())
}

fn holiday(row: Row) -> std::result::Result<Holiday, String> {
    let division =
        row.division.parse().map_err(|e: counterfoil_domain::vocabulary::UnknownWord| e.to_string())?;
    let substitute = match row.substitute_day.as_str() {
        "yes" => true,
        "no" => false,
        other => return Err(format!("`{other}` is neither yes nor no")),
    };
    Ok(Holiday { division, date: date(&row.date)?, name: row.name, substitute })
}

fn notes(text: &str) -> std::result::Result<(Vec<Coverage>, Option<Date>), String> {
    let (mut coverage, mut as_at) = (Vec::new(), None);
    for note in text.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim) {
        if let Some(day) = note.strip_prefix("as-at:") {
            as_at = Some(date(day)?);
        } else if let Some(rest) = note.strip_prefix("valid-through:") {
            let (division, day) =
                rest.trim().split_once(' ').ok_or(format!("`{note}` needs a division and a date"))?;
            let division =
                division.parse().map_err(|e: counterfoil_domain::vocabulary::UnknownWord| e.to_string())?;
            coverage.push(Coverage { division, through: date(day)? });
        }
    }
    Ok((coverage, as_at))
}

fn date(text: &str) -> std::result::Result<Date, String> {
    text.trim().parse().map_err(|_| format!("`{}` is not a date", text.trim()))
}
