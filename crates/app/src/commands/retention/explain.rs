//! `counterfoil retention explain`: a rule worked out for one record.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use counterfoil_domain::retention::{ClauseResult, Facts, Hold, Outcome, Rule, RuleError, Trigger, evaluate};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::schedule;
use crate::commands::input::{self, Refused};
use crate::out::{self, CommandResult};

/// The rule, the facts and the holds.
#[derive(Debug, Default, ClapArgs)]
pub struct Args {
    /// The rule, as in "6 years after closed"
    #[arg(long, conflicts_with = "row")]
    rule: Option<String>,
    /// The rule of this row of the schedule
    #[arg(long, value_name = "NUMBER")]
    row: Option<u32>,
    /// Another schedule for --row
    #[arg(long, value_name = "FILE", requires = "row")]
    file: Option<PathBuf>,
    /// The day of a trigger, as in closed=2020-01-02 (may be repeated)
    #[arg(long = "fact", value_name = "TRIGGER=DATE")]
    facts: Vec<String>,
    /// Lets this trigger's day stand in for one that is not known, as in closed
    #[arg(long, value_name = "TRIGGER")]
    assume: Option<String>,
    /// A hold: a reason, with or without its days, as in "claim" or "claim@2026-01-01..2026-06-30"
    #[arg(long = "hold", value_name = "REASON[@FROM..UNTIL]")]
    holds: Vec<String>,
    /// The day of the reading; today by default
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What is asked, read from the arguments.
struct Asked {
    rule: Rule,
    facts: Facts,
    holds: Vec<Hold>,
    on: Date,
    warnings: Vec<String>,
}

/// Works it out and prints.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments by value")]
pub fn run(args: Args) -> CommandResult {
    let asked = match read(&args) {
        Ok(asked) => asked,
        Err(refused) => return refused.report(args.json),
    };
    let results = evaluate(&asked.facts, &asked.rule, &asked.holds, asked.on);
    if args.json {
        return out::json(&json!({
            "rule": asked.rule.to_string(),
            "on": asked.on.to_string(),
            "results": results.iter().map(as_value).collect::<Vec<_>>(),
            "warnings": asked.warnings,
            "errors": [],
        }));
    }
    print(&asked, &results);
    Ok(())
}

fn read(args: &Args) -> Result<Asked, Refused> {
    let (text, warnings) = match (&args.rule, args.row) {
        (Some(rule), _) => (rule.clone(), Vec::new()),
        (None, Some(number)) => {
            let row = schedule::row(number, args.file.as_deref())?;
            (row.rule.clone(), row.warnings())
        }
        (None, None) => return Err(Refused::one("missing-option", "give `--rule` or `--row`")),
    };
    let rule = text.parse().map_err(|e: RuleError| Refused::one("rule-unreadable", e.to_string()))?;
    let mut facts = read_facts(&args.facts)?;
    if let Some(stand_in) = input::optional_word::<Trigger>(args.assume.as_deref(), "--assume")? {
        facts = facts.assuming(stand_in);
    }
    let holds = args.holds.iter().map(|h| read_hold(h)).collect::<Result<_, _>>()?;
    let on = input::day_or_today(args.on.as_deref(), "--on")?;
    Ok(Asked { rule, facts, holds, on, warnings })
}

fn read_facts(given: &[String]) -> Result<Facts, Refused> {
    let mut facts = Facts::none();
    for pair in given {
        let (name, day) = pair
            .split_once('=')
            .ok_or_else(|| Refused::one("bad-fact", format!("`{pair}`: write TRIGGER=DATE")))?;
        let trigger: Trigger = input::word(Some(name.replace(' ', "-").as_str()), "--fact")?;
        if facts.day(trigger).is_some() {
            return Err(Refused::one("fact-twice", format!("`{trigger}` is given twice")));
        }
        facts = facts.with(trigger, input::day(day, "--fact")?);
    }
    Ok(facts)
}

fn read_hold(text: &str) -> Result<Hold, Refused> {
    let (reason, span) = match text.rsplit_once('@') {
        Some((reason, span)) => (reason, Some(span)),
        None => (text, None),
    };
    if reason.trim().is_empty() {
        return Err(Refused::one("hold-without-reason", "`--hold`: say why the record is held"));
    }
    let (mut from, mut until) = (None, None);
    if let Some(span) = span {
        let (first, last) = span.split_once("..").ok_or_else(|| {
            Refused::one(
                "bad-hold",
                format!("`{text}`: write REASON@FROM..UNTIL; either day may be left out"),
            )
        })?;
        let read = |t: &str| if t.is_empty() { Ok(None) } else { input::day(t, "--hold").map(Some) };
        (from, until) = (read(first)?, read(last)?);
    }
    if let (Some(first), Some(last)) = (from, until)
        && last < first
    {
        return Err(Refused::one("bad-hold", format!("`{text}`: it ends before it begins")));
    }
    Ok(Hold { reason: reason.trim().to_owned(), from, until })
}

/// The stable word for an outcome.
const fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Due { reached: true, .. } => "due",
        Outcome::Due { reached: false, .. } => "not-yet",
        Outcome::Standing => "standing",
        Outcome::Held { .. } => "held",
        Outcome::Unknown { .. } => "unknown",
        Outcome::BeyondCalendar => "beyond-calendar",
    }
}

fn as_value(result: &ClauseResult) -> Value {
    let mut value = json!({
        "copy": result.copy,
        "action": result.action.to_string(),
        "status": status(&result.outcome),
        "date": null,
        "held_by": [],
        "missing": [],
        "working": result.working,
    });
    let more = match &result.outcome {
        Outcome::Due { date, .. } => json!({ "date": date.to_string() }),
        Outcome::Held { by, otherwise } => {
            json!({ "held_by": by, "otherwise_due": otherwise.map(|d| d.to_string()) })
        }
        Outcome::Unknown { missing } => {
            json!({ "missing": missing.iter().map(|t| t.code()).collect::<Vec<_>>() })
        }
        Outcome::Standing | Outcome::BeyondCalendar => json!({}),
    };
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

fn print(asked: &Asked, results: &[ClauseResult]) {
    out::line(&format!("Rule: {}", asked.rule));
    for result in results {
        let copy = result.copy.as_ref().map_or_else(String::new, |c| format!("{c} copy: "));
        out::line(&format!("{copy}{}: {}", result.action, words(&result.outcome)));
        for line in &result.working {
            out::line(&format!("  {line}"));
        }
    }
    for warning in &asked.warnings {
        out::line(&format!("Warning: {warning}"));
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Due { date, reached: true } => format!("due since {date}"),
        Outcome::Due { date, reached: false } => format!("due on {date}"),
        Outcome::Standing => "stands, without a date".to_owned(),
        Outcome::Held { by, .. } => format!("held ({}), nothing is done", by.join("; ")),
        Outcome::Unknown { missing } => {
            let names: Vec<&str> = missing.iter().map(|t| t.code()).collect();
            format!("cannot be worked out: give {}", names.join(", "))
        }
        Outcome::BeyondCalendar => "lies beyond the calendar".to_owned(),
    }
}
