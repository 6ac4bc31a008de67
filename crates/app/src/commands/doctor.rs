//! `counterfoil doctor`: is this installation well?

use counterfoil_domain::place::Division;
use counterfoil_service::calendar;
use counterfoil_service::materials::Bill;
use counterfoil_service::store::{Known, Store};
use jiff::civil::Date;
use serde::Serialize;

use crate::clock;
use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Check the database, keys, files, audit log, jobs, bank holidays and disk, and say what to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
}

/// One check.
#[derive(Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub well: bool,
    pub says: String,
}

impl Check {
    /// As a line.
    pub fn line(&self) -> String {
        format!("{}  {:<10} {}", if self.well { "well" } else { "BAD " }, self.name, self.says)
    }
}

/// The least room that a disk should have left.
const ROOM: u64 = 1 << 30;

/// Exit status 0 when all is well, 1 when something is not.
pub fn run(args: &Args) -> CommandResult {
    let checks = checks(&args.place)?;
    if args.place.json {
        out::json(&checks)?;
    } else {
        checks.iter().for_each(|check| out::line(&check.line()));
    }
    let bad = checks.iter().filter(|c| !c.well).count();
    if bad == 0 {
        return Ok(());
    }
    Err(CommandError::failed("not-well", format!("{bad} checks failed")))
}

/// Every check of an installation.
///
/// # Errors
/// When it cannot be opened at all.
pub fn checks(place: &Where) -> Result<Vec<Check>, CommandError> {
    let store = Config::load(place.config.as_deref())?.open()?;
    let mut checks = stored(&store)?;
    checks.extend(logs(&store)?);
    checks.push(holidays()?);
    checks.extend(disk(&store));
    checks.push(parts()?);
    Ok(checks)
}

/// What the executable was built from: each part held by the hash by which it was fetched.
fn parts() -> Result<Check, CommandError> {
    let bill = Bill::of_this()?;
    let unlocked = bill.unlocked().count();
    let says = format!("built from {} parts, {unlocked} of them held by no hash", bill.parts.len());
    Ok(check("parts", unlocked == 0, says))
}

fn check(name: &'static str, well: bool, says: impl Into<String>) -> Check {
    Check { name, well, says: says.into() }
}

fn stored(store: &Store) -> Result<Vec<Check>, CommandError> {
    let health = store.health()?;
    let failed: i64 = health.jobs.iter().filter(|(state, _)| state == "failed").map(|(_, n)| n).sum();
    let waiting: i64 = health.jobs.iter().filter(|(state, _)| state == "waiting").map(|(_, n)| n).sum();
    let damage = match health.damage.first() {
        None => format!("whole, schema {}", health.schema),
        Some(first) => format!("damaged ({first}): restore the newest backup"),
    };
    Ok(vec![
        check("database", health.damage.is_empty(), damage),
        check(
            "keys",
            health.keys_closed == 0,
            format!("{} data keys, {} do not open", health.keys, health.keys_closed),
        ),
        check(
            "files",
            health.files_missing == 0,
            format!(
                "{} sealed files, {} missing; {} that no record names",
                health.files, health.files_missing, health.files_unnamed
            ),
        ),
        check("jobs", failed == 0, format!("{waiting} waiting, {failed} failed")),
        check("erasures", true, format!("{} wait for their space to be cleared", health.erasures_to_scrub)),
    ])
}

fn logs(store: &Store) -> Result<Vec<Check>, CommandError> {
    let mut checks = Vec::new();
    for controller in store.controllers()? {
        let report = store.verify_log(controller.id, &Known::default())?;
        let says = match report.problems.first() {
            None => {
                format!("sound, {} entries, signed up to {}", report.size, report.signed_size.unwrap_or(0))
            }
            Some(p) => format!("not sound ({}: {}): run `counterfoil audit check`", p.place, p.what),
        };
        checks.push(check("audit log", report.sound, says));
    }
    Ok(checks)
}

fn holidays() -> Result<Check, CommandError> {
    let calendar = calendar::load(None)?;
    let today = clock::today()?;
    let soonest: Option<Date> =
        Division::ALL.iter().filter_map(|d| calendar.span(*d)).map(|(_, last)| last).min();
    let says = |day: Date| format!("the bank holidays are known up to {day}");
    Ok(match soonest {
        // A clock may run for three months and a few weeks.
        Some(day) => check("holidays", (day - today).get_days() > 120, says(day)),
        None => check("holidays", false, "no bank holidays are loaded: every clock would refuse"),
    })
}

fn disk(store: &Store) -> Option<Check> {
    let folder = store.data_folder();
    let out = std::process::Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().ok()?;
    let free: u64 = String::from_utf8_lossy(&out.stdout).lines().nth(1)?.trim().parse().ok()?;
    Some(check("disk", free >= ROOM, format!("{} MB left", free >> 20)))
}
