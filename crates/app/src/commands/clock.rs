//! `counterfoil clock`: a statutory deadline with its working.

mod answer;
mod parse;

use std::path::PathBuf;

use clap::Args as ClapArgs;
use counterfoil_domain::clock::breach::{self, Breach};
use counterfoil_domain::clock::{Clock, ClockConfig, Refused, replay};
use counterfoil_service::calendar;

use self::answer::Answer;
use crate::clock;
use crate::out::{self, CommandError, CommandResult};

/// When something is due by law, and why.
///
/// Dates are YYYY-MM-DD. Nothing is guessed: input that the law or the calendar cannot answer is refused
/// with exit status 2 and a code for each reason, in the JSON as well.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The law: uk-gdpr, complaint, breach, foi, foisa, eir, exam-marks or older-act
    #[arg(long)]
    regime: Option<String>,
    /// The right (uk-gdpr: access, rectification, erasure, restriction, notify-recipients, portability,
    /// objection, marketing-objection, automated-decisions, withdraw-consent) or the notice (older-act:
    /// damage-or-distress, direct-marketing, automated-decision)
    #[arg(long)]
    right: Option<String>,
    /// The division of the office that has to act: england-and-wales, scotland or northern-ireland
    #[arg(long)]
    division: Option<String>,
    /// When it arrived, working day or not
    #[arg(long, value_name = "DATE")]
    received: Option<String>,
    /// When evidence of identity was asked for (may be repeated)
    #[arg(long, value_name = "DATE")]
    identity_asked: Vec<String>,
    /// When the evidence of identity came
    #[arg(long, value_name = "DATE")]
    identity_received: Vec<String>,
    /// When evidence of authority was asked for
    #[arg(long, value_name = "DATE")]
    authority_asked: Vec<String>,
    /// When the evidence of authority came
    #[arg(long, value_name = "DATE")]
    authority_received: Vec<String>,
    /// When a fee was asked for, or a fees notice given
    #[arg(long, value_name = "DATE")]
    fee_asked: Vec<String>,
    /// When the fee was paid
    #[arg(long, value_name = "DATE")]
    fee_paid: Vec<String>,
    /// A clarification that was reasonably required: the day of asking and, if it came, of the answer
    #[arg(long, value_name = "ASKED..[ANSWERED]")]
    clarify: Vec<String>,
    /// When the person was told of an extension
    #[arg(long, value_name = "DATE")]
    extended_told: Option<String>,
    /// Why the period was extended: complexity or number
    #[arg(long, value_name = "REASON")]
    extension_reason: Option<String>,
    /// The request for environmental information is complex and voluminous
    #[arg(long)]
    complex_and_voluminous: bool,
    /// When examination results are announced
    #[arg(long, value_name = "DATE")]
    announced: Option<String>,
    /// When a complaint was acknowledged
    #[arg(long, value_name = "DATE")]
    acknowledged: Option<String>,
    /// When it was answered (for a breach, date and time of the report)
    #[arg(long, visible_alias = "reported", value_name = "DATE")]
    answered: Option<String>,
    /// When it was closed because no reply came
    #[arg(long, value_name = "DATE")]
    closed: Option<String>,
    /// When the controller became aware of a breach: 2026-11-20T17:00, with or without an offset
    #[arg(long, value_name = "DATE-TIME")]
    aware: Option<String>,
    /// The time zone of --aware and of the answer
    #[arg(long, default_value = clock::ZONE)]
    zone: String,
    /// The day of the reading, today by default (for a breach a day, at its end, or a date and time)
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// A newer list of bank holidays
    #[arg(long, value_name = "FILE")]
    holidays: Option<PathBuf>,
    /// Settles an open point of the law otherwise than by default, as in same-day-pause=0 (docs/law-clock.md)
    #[arg(long, value_name = "KEY=VALUE")]
    assume: Vec<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A reason for refusing, as it is printed.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Problem {
    code: &'static str,
    message: String,
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        Self::new(error.code, error.message)
    }
}

fn problems(refused: &Refused) -> Vec<Problem> {
    refused.0.iter().map(|r| Problem::new(r.code(), r.to_string())).collect()
}

/// Reads the clock and prints what it says.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments by value")]
pub fn run(args: Args) -> CommandResult {
    match read(&args) {
        Ok(answer) => answer.print(args.json),
        Err(problems) => refuse(problems, args.json),
    }
}

fn refuse(problems: Vec<Problem>, json: bool) -> CommandResult {
    let texts: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
    let (code, message) = (problems.first().map_or("refused", |p| p.code), texts.join("; "));
    if json {
        out::json(&Answer::refused(problems))?;
    }
    Err(CommandError::refused(code, message))
}

fn read(args: &Args) -> Result<Answer, Vec<Problem>> {
    let config = parse::config(&args.assume)?;
    if args.regime.as_deref() == Some("breach") {
        read_breach(args, &config)
    } else {
        read_days(args, &config)
    }
}

fn read_days(args: &Args, config: &ClockConfig) -> Result<Answer, Vec<Problem>> {
    let input = parse::days(args)?;
    let calendar =
        calendar::load(args.holidays.as_deref()).map_err(|e| vec![CommandError::from(e).into()])?;
    let on = match input.on {
        Some(on) => on,
        None => clock::today().map_err(|e| vec![e.into()])?,
    };
    let clock = Clock {
        regime: input.regime,
        division: input.division,
        events: &input.events,
        on,
        config,
        calendar: &calendar,
    };
    let reading = replay(&clock).map_err(|refused| problems(&refused))?;
    Ok(Answer::days(&clock, &reading))
}

fn read_breach(args: &Args, config: &ClockConfig) -> Result<Answer, Vec<Problem>> {
    let now = || clock::now().map_err(|e| vec![Problem::from(e)]);
    let input = parse::breach(args, config)?;
    let on = match input.on {
        Some(on) => on,
        None => now()?,
    };
    let case = Breach { aware: &input.aware, reported: input.reported, on };
    let mut reading = breach::read(&case, config).map_err(|refused| problems(&refused))?;
    reading.warnings.extend(input.warnings);
    Ok(Answer::breach(&reading))
}
