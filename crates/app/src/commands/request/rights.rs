//! Requests of rights other than access.

use std::collections::BTreeMap;
use std::path::PathBuf;

use counterfoil_domain::rights::older::Heading;
use counterfoil_service::rights::Desk;
use counterfoil_service::rights::other::{decide, erase, facts, marketing, older, outcome, portable};
use jiff::civil::Date;
use serde_json::json;

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

#[expect(clippy::needless_pass_by_value, reason = "the form that every command has")]
fn refused(code: &'static str, why: impl ToString) -> CommandError {
    CommandError::refused(code, why.to_string())
}

/// Runs a use-case and says in a line, or as JSON, what came of it.
fn answer(
    as_whom: &AsWhom,
    work: impl FnOnce(&Desk<'_>) -> counterfoil_service::Result<(serde_json::Value, String)>,
) -> CommandResult {
    let opened = as_whom.open()?;
    let (value, line) = work(&opened.desk())?;
    if as_whom.place.json {
        return out::json(&value);
    }
    out::line(&line);
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct FactsArgs {
    /// The request's reference
    reference: String,
    /// A condition that holds (see `counterfoil request applies`)
    #[arg(long, value_name = "CONDITION")]
    yes: Vec<String>,
    /// A condition that does not hold
    #[arg(long, value_name = "CONDITION")]
    no: Vec<String>,
    /// An activity of the register that the request is about; all that use the casebook otherwise
    #[arg(long, value_name = "ID")]
    activity: Vec<String>,
    /// How it was found out
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn facts(args: &FactsArgs) -> CommandResult {
    let known = args.yes.iter().map(|c| (c.clone(), true)).chain(args.no.iter().map(|c| (c.clone(), false)));
    let text = facts::FactText {
        facts: known.collect(),
        activities: args.activity.clone(),
        note: args.note.clone(),
    };
    answer(&args.as_whom, |desk| {
        facts::note(desk, &args.reference, &text)?;
        let verdict = facts::applicability(desk, &args.reference)?.verdict.unwrap_or("unknown");
        Ok((json!({ "verdict": verdict }), format!("Noted. The right now: {verdict}.")))
    })
}

#[derive(Debug, clap::Args)]
pub struct OfRequest {
    /// The request's reference
    reference: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn applies(args: &OfRequest) -> CommandResult {
    answer(&args.as_whom, |desk| {
        let a = facts::applicability(desk, &args.reference)?;
        let mut lines = vec![format!("{}: {}", a.right, a.verdict.unwrap_or("no activity is named"))];
        for line in &a.lines {
            lines.push(format!("  {}: {}", line.basis, line.verdict));
            lines.extend(
                line.reasons.iter().map(|(_, provision, staff, _)| format!("    {staff} ({provision})")),
            );
        }
        lines.extend(a.asked.iter().map(|f| {
            let answer = f.holds.map_or("not known", |h| if h { "yes" } else { "no" });
            format!("  {}: {answer} ({})", f.code, f.label)
        }));
        Ok((json!(a), lines.join("\n")))
    })
}

#[derive(Debug, clap::Args)]
pub struct Resolve {
    /// The request's reference
    reference: String,
    /// granted, granted-in-part or refused
    #[arg(long)]
    outcome: String,
    /// Why: the letter repeats it
    #[arg(long)]
    reasons: String,
    /// What it rests on
    #[arg(long, default_value = "")]
    evidence: String,
    /// The exemption that lifts the right, by code
    #[arg(long, default_value = "")]
    exemption: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn resolve(args: &Resolve) -> CommandResult {
    let decision = decide::Decision {
        outcome: args
            .outcome
            .parse()
            .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| refused("outcome", e))?,
        reasons: args.reasons.clone(),
        evidence: args.evidence.clone(),
        exemption: args.exemption.clone(),
        answers: BTreeMap::new(),
    };
    answer(&args.as_whom, |desk| {
        let follow = decide::decide(desk, &args.reference, &decision)?;
        let codes: Vec<&str> = follow.iter().map(|f| f.code()).collect();
        let words: Vec<&str> = follow.iter().map(|f| f.label()).collect();
        Ok((json!({ "follows": codes }), format!("Decided. What follows: {}.", words.join("; "))))
    })
}

pub fn propose_erasure(args: &OfRequest) -> CommandResult {
    answer(&args.as_whom, |desk| {
        let plan = erase::propose(desk, &args.reference)?;
        let rows: u64 = plan.rows.iter().map(|r| r.number).sum();
        let line = format!(
            "Proposed: {rows} rows, {} files, {} connected systems. Someone else approves it.",
            plan.files,
            plan.systems.len()
        );
        Ok((json!(plan), line))
    })
}

pub fn approve_erasure(args: &OfRequest) -> CommandResult {
    answer(&args.as_whom, |desk| {
        erase::approve(desk, &args.reference)?;
        Ok((json!({ "approved": true }), "Approved. It can be carried out now.".to_owned()))
    })
}

#[derive(Debug, clap::Args)]
pub struct Erase {
    /// The request's reference
    reference: String,
    /// A connected system that is left out, to be erased by hand
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn erase(args: &Erase) -> CommandResult {
    answer(&args.as_whom, |desk| {
        let certificate = erase::execute(desk, &args.reference, &args.without)?;
        let line = certificate.done.join("; ");
        Ok((json!(certificate), format!("Erased: {line}.")))
    })
}

#[derive(Debug, clap::Args)]
pub struct StopMarketing {
    /// The request's reference
    reference: String,
    /// A further e-mail address, telephone number, or address with commas and the postcode last
    #[arg(long, value_name = "CONTACT")]
    contact: Vec<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn stop_marketing(args: &StopMarketing) -> CommandResult {
    answer(&args.as_whom, |desk| {
        let stopped = marketing::stop(desk, &args.reference, &args.contact)?;
        Ok((json!({ "contacts": stopped }), format!("Marketing has stopped for {stopped} contacts.")))
    })
}

#[derive(Debug, clap::Args)]
pub struct Export {
    /// The request's reference
    reference: String,
    /// The file to write; its ending says the format: .json or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn export(args: &Export) -> CommandResult {
    let csv = args.out.extension().is_some_and(|e| e == "csv");
    if !csv && args.out.extension().is_none_or(|e| e != "json") {
        return Err(refused("format", "name a file that ends in .json or .csv"));
    }
    let opened = args.as_whom.open()?;
    let export = portable::export(&opened.desk(), &args.reference)?;
    std::fs::write(&args.out, if csv { export.csv } else { export.json })
        .map_err(|e| CommandError::failed("file", format!("the export could not be written: {e}")))?;
    out::line("Exported.");
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Tell {
    /// The request's reference
    reference: String,
    /// The day on which the person was told
    #[arg(long, value_name = "DATE")]
    on: Date,
    /// How
    #[arg(long, default_value = "")]
    how: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn tell(args: &Tell) -> CommandResult {
    answer(&args.as_whom, |desk| {
        outcome::tell(desk, &args.reference, args.on, &args.how)?;
        Ok((json!({ "told": args.on.to_string() }), "The request is answered.".to_owned()))
    })
}

#[derive(Debug, clap::Args)]
pub struct Older {
    #[command(flatten)]
    receive: super::receive::Receive,
    /// The heading of the older Act: damage-or-distress, direct-marketing, automated-decision, compensation,
    /// court-order, assessment
    #[arg(long)]
    heading: String,
    /// What the notice states, as KEY=WORDS (damage-or-distress: processing, harm, unwarranted)
    #[arg(long = "states", value_name = "KEY=WORDS")]
    states: Vec<String>,
}

pub fn older(args: &Older) -> CommandResult {
    let heading: Heading = args
        .heading
        .parse()
        .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| refused("heading", e))?;
    let contents: BTreeMap<String, String> = args
        .states
        .iter()
        .filter_map(|s| s.split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    let opened = args.receive.as_whom.open()?;
    let reception = args.receive.reception(&opened)?;
    let notice = older::receive_notice(&opened.desk(), &reception, heading, &contents)?;
    let due = notice.received.due.map(|d| d.to_string());
    if args.receive.as_whom.place.json {
        return out::json(&json!({
            "reference": notice.received.reference, "due": due, "lacks": notice.lacks, "route": notice.route,
        }));
    }
    out::line(&format!("{}: to be answered by {}", notice.received.reference, due.unwrap_or_default()));
    notice.lacks.iter().for_each(|l| out::line(&format!("It lacks: {l}")));
    out::line(notice.route);
    Ok(())
}
