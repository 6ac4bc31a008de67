//! `counterfoil retention due|propose|approve|…`: what is past its time in an installation, and its disposal.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use counterfoil_service::installation;
use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::retention::{self, Decision, RunView, Signed, certificate};

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

/// The most runs and holds that are listed.
const MOST: u32 = 200;

#[derive(Debug, ClapArgs)]
pub struct Plain {
    #[command(flatten)]
    pub(super) as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Propose {
    /// The rule, as in R-CASE: `counterfoil retention due` lists them
    rule: String,
    /// Only what belongs to this office
    #[arg(long, value_name = "NAME")]
    office: Option<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Reference {
    /// The run's reference, as in D-2026-00001
    reference: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Items {
    /// The run's reference
    reference: String,
    /// The first item's number
    #[arg(long, default_value_t = 1)]
    from: i64,
    /// How many items
    #[arg(long, default_value_t = 50)]
    most: u32,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Settle {
    /// The run's reference
    reference: String,
    /// The item's number
    number: i64,
    /// What was decided: kept, transferred, anonymised or to-destroy
    decision: String,
    /// Why
    #[arg(long)]
    note: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Certificate {
    /// The run's reference
    reference: String,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Check {
    /// The certificate
    file: PathBuf,
    /// The key of the organisation's audit log, as `name+id+base64`
    #[arg(long, value_name = "VKEY")]
    key: VerifierKey,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn due(args: &Plain) -> CommandResult {
    let opened = args.as_whom.open()?;
    let list = retention::due(&opened.desk())?;
    if args.as_whom.place.json {
        return out::json(&list);
    }
    for line in &list.lines {
        let mark = if line.verified { "" } else { ", not verified" };
        out::line(&format!("{}  {}: {}{mark}", line.rule, line.record, line.says));
        out::line(&format!(
            "  {} due, {} of them overdue, {} in a run; {} held, {} restricted; {} within twelve months, {} later",
            line.due, line.overdue, line.in_run, line.held, line.restricted, line.soon, line.later
        ));
    }
    let looked = list.looked.map_or_else(|| "never".to_owned(), |at| at.to_string());
    out::line(&format!("Overdue after {} days. Last looked: {looked}.", list.grace_days));
    Ok(())
}

fn signed(signed: &Signed, what: &str, json: bool) -> CommandResult {
    if json {
        return out::json(&serde_json::json!({
            "reference": signed.reference, "items": signed.items, "refused": signed.refused,
        }));
    }
    out::line(&format!("{} {what}: {} items", signed.reference, signed.items));
    if signed.refused > 0 {
        out::line(&format!("{} were left out: the gate does not let you sign for them", signed.refused));
    }
    Ok(())
}

pub fn propose(args: &Propose) -> CommandResult {
    let opened = args.as_whom.open()?;
    let controller = opened.who.controller();
    let office = args.office.as_ref().map(|name| installation::office_named(&opened.store, controller, name));
    let done = retention::propose(&opened.desk(), &args.rule, office.transpose()?)?;
    signed(&done, "proposed", args.as_whom.place.json)
}

pub fn approve(args: &Reference) -> CommandResult {
    let opened = args.as_whom.open()?;
    signed(&retention::approve(&opened.desk(), &args.reference)?, "approved", args.as_whom.place.json)
}

pub fn withdraw(args: &Reference) -> CommandResult {
    let opened = args.as_whom.open()?;
    retention::withdraw(&opened.desk(), &args.reference)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "reference": args.reference, "state": "withdrawn" }));
    }
    out::line(&format!("{} withdrawn", args.reference));
    Ok(())
}

/// Carries out every approved run of the actor's organisation, without waiting for the upkeep.
pub fn execute(args: &Plain) -> CommandResult {
    let opened = args.as_whom.open()?;
    let carried = retention::carry_out(&opened.store, opened.who.controller(), u32::MAX)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({
            "disposed": carried.disposed, "left": carried.left, "finished": carried.finished,
        }));
    }
    let (disposed, left, finished) = (carried.disposed, carried.left, carried.finished);
    out::line(&format!("{disposed} disposed of, {left} left alone, {finished} runs finished"));
    Ok(())
}

pub fn runs(args: &Plain) -> CommandResult {
    let opened = args.as_whom.open()?;
    let runs = retention::runs(&opened.desk(), MOST)?;
    if args.as_whom.place.json {
        return out::json(&runs);
    }
    runs.iter().for_each(line_of);
    Ok(())
}

fn line_of(run: &RunView) {
    out::line(&format!(
        "{}  {:<9} {} ({}): {} items, {} waiting, {} disposed of, {} left alone, {} decided",
        run.reference,
        run.state,
        run.rule,
        run.action,
        run.items,
        run.waiting,
        run.disposed,
        run.skipped,
        run.settled
    ));
}

pub fn items(args: &Items) -> CommandResult {
    let opened = args.as_whom.open()?;
    let items = retention::items(&opened.desk(), &args.reference, args.from, args.most)?;
    if args.as_whom.place.json {
        return out::json(&items);
    }
    for item in &items {
        let record = item.record.as_deref().unwrap_or("(not shown)");
        let due = item.due.map_or_else(String::new, |d| format!(", due {d}"));
        let code = if item.code.is_empty() { String::new() } else { format!(" ({})", item.code) };
        out::line(&format!("{:>4}  {} {record}: {}{code}{due}", item.number, item.kind, item.outcome));
        item.working.iter().for_each(|line| out::line(&format!("      {line}")));
    }
    Ok(())
}

pub fn settle(args: &Settle) -> CommandResult {
    let opened = args.as_whom.open()?;
    let decision: Decision = args.decision.parse()?;
    let run = retention::settle(&opened.desk(), &args.reference, args.number, decision, &args.note)?;
    match run {
        Some(run) => signed(&run, "proposed for the second person", args.as_whom.place.json),
        None if args.as_whom.place.json => out::json(&serde_json::json!({ "decided": decision.code() })),
        None => {
            out::line(&format!("{}, item {}: {}", args.reference, args.number, decision.code()));
            Ok(())
        }
    }
}

pub fn certificate(args: &Certificate) -> CommandResult {
    let opened = args.as_whom.open()?;
    let controller = opened.who.controller();
    let text = certificate::of(&opened.store, controller, &args.reference)?;
    let key = opened.store.log_verifier(controller)?.to_string();
    if let Some(file) = &args.output {
        std::fs::write(file, &text).map_err(|e| {
            CommandError::failed("file", format!("`{}` could not be written: {e}", file.display()))
        })?;
        let file = file.display();
        let check = format!("counterfoil retention check-certificate {file} --key {key}");
        if args.as_whom.place.json {
            return out::json(&serde_json::json!({ "file": file.to_string(), "key": key }));
        }
        out::line(&format!("The certificate of {} is in `{file}`.", args.reference));
        out::line(&format!("Anyone checks it with: {check}"));
        return Ok(());
    }
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "certificate": text, "key": key }));
    }
    out::line(text.trim_end());
    Ok(())
}

/// Checks a certificate without an installation.
pub fn check(args: &Check) -> CommandResult {
    let bytes = std::fs::read(&args.file).map_err(|e| {
        CommandError::refused("unreadable-file", format!("`{}` could not be read: {e}", args.file.display()))
    })?;
    let (at, says) = certificate::open(&bytes, &args.key)?;
    if args.json {
        return out::json(&serde_json::json!({ "signed_at": at, "certificate": says }));
    }
    out::line(&format!("Signed at {at} by {}: run {} of {}.", args.key.name(), says.run, says.organisation));
    out::line(&format!("{}: {} ({}), {}", says.rule, says.record, says.period, says.action));
    for (what, counts) in [
        ("disposed of", &says.disposed),
        ("decided", &says.settled),
        ("left alone", &says.skipped),
        ("deleted", &says.deleted),
    ] {
        let told: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
        if !told.is_empty() {
            out::line(&format!("{what}: {}", told.join(", ")));
        }
    }
    Ok(())
}
