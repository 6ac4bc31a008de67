//! The retention schedule as a file: published rules as templates.

use std::path::Path;

use counterfoil_domain::retention::Rule;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::commands::input::Refused;
use crate::out::{self, CommandResult};

/// The schedule that ships with the executable.
const SHIPPED: &str = include_str!("../../../../../config/retention.toml");

/// One row of a schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its number in the schedule.
    pub number: u32,
    /// What the record is.
    pub record: String,
    /// The period as published.
    pub published: String,
    /// The rule in the grammar.
    pub rule: String,
    /// The publisher's word for what happens.
    pub disposal: String,
    /// The enactment or guidance that the publisher names.
    pub authority: String,
    /// Where it was published.
    pub source: String,
    /// Whether the trigger is assumed.
    pub assumed_trigger: bool,
    /// Whether the organisation's records manager has checked it.
    pub verified: bool,
    /// What to know.
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    row: Vec<Row>,
}

impl Row {
    /// What a reader must be warned of.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.verified {
            warnings
                .push(format!("row {} is a published example that nobody here has verified", self.number));
        }
        if self.assumed_trigger {
            warnings
                .push(format!("row {}: the publisher names no trigger; the rule assumes one", self.number));
        }
        if !self.note.is_empty() {
            warnings.push(format!("row {}: {}", self.number, self.note));
        }
        warnings
    }
}

/// Reads a schedule: the shipped one, or a file.
pub fn load(file: Option<&Path>) -> Result<Vec<Row>, Refused> {
    let text = match file {
        None => SHIPPED.to_owned(),
        Some(path) => std::fs::read_to_string(path)
            .map_err(|e| Refused::one("schedule-unreadable", format!("`{}`: {e}", path.display())))?,
    };
    let schedule: Schedule =
        toml::from_str(&text).map_err(|e| Refused::one("schedule-unreadable", e.message().to_owned()))?;
    for row in &schedule.row {
        row.rule
            .parse::<Rule>()
            .map_err(|e| Refused::one("rule-unreadable", format!("row {}: {e}", row.number)))?;
    }
    Ok(schedule.row)
}

/// The row with this number.
pub fn row(number: u32, file: Option<&Path>) -> Result<Row, Refused> {
    load(file)?.into_iter().find(|r| r.number == number).ok_or_else(|| {
        Refused::one(
            "no-such-row",
            format!("the schedule has no row `{number}`: see `counterfoil retention list`"),
        )
    })
}

/// Prints a schedule.
pub fn print(rows: &[Row], as_json: bool) -> CommandResult {
    if as_json {
        return out::json(&json!({ "rows": rows, "errors": [] }));
    }
    for row in rows {
        let authority =
            if row.authority.is_empty() { String::new() } else { format!(" [{}]", row.authority) };
        let mark = if row.verified { "" } else { " (not verified)" };
        out::line(&format!("{:>3}  {}: {}{authority}{mark}", row.number, row.record, row.rule));
    }
    Ok(())
}
