//! `counterfoil retention holds|hold|lift`: what must be kept, whatever its rule says.

use clap::Args as ClapArgs;
use counterfoil_domain::ids::{HoldId, PersonId};
use counterfoil_service::retention::holds::{self, Whose};

use super::live::Plain;
use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

/// The most holds that are listed.
const MOST: u32 = 200;

#[derive(Debug, ClapArgs)]
pub struct Place {
    /// The person's id, or the reference of their rights request
    whose: String,
    /// Why the record must be kept
    #[arg(long)]
    reason: String,
    /// The claim's or inquiry's own reference
    #[arg(long, default_value = "")]
    matter: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, ClapArgs)]
pub struct Lift {
    /// The hold's id
    hold: String,
    /// Why it is no longer needed
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn list(args: &Plain) -> CommandResult {
    let opened = args.as_whom.open()?;
    let list = holds::list(&opened.desk(), MOST)?;
    if args.as_whom.place.json {
        return out::json(&list);
    }
    for hold in &list {
        let state = hold.lifted_at.map_or_else(|| "in force".to_owned(), |at| format!("lifted {at}"));
        let reason = hold.reason.as_deref().unwrap_or("(not shown)");
        out::line(&format!("{}  {}: {state}; {reason}", hold.id, hold.person));
    }
    Ok(())
}

pub fn place(args: &Place) -> CommandResult {
    let opened = args.as_whom.open()?;
    let whose = match args.whose.parse::<PersonId>() {
        Ok(person) => Whose::Person(person),
        Err(_) => Whose::Request(args.whose.clone()),
    };
    let id = holds::place(&opened.desk(), &whose, &args.reason, &args.matter)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "hold": id.to_string() }));
    }
    out::line(&format!("{id} placed"));
    Ok(())
}

pub fn lift(args: &Lift) -> CommandResult {
    let opened = args.as_whom.open()?;
    let id: HoldId = args.hold.parse().map_err(|_| {
        let why = format!("`{}` is not a hold's id: `counterfoil retention holds` lists them", args.hold);
        CommandError::refused("hold", why)
    })?;
    holds::lift(&opened.desk(), id, &args.reason)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "hold": args.hold, "state": "lifted" }));
    }
    out::line(&format!("{id} lifted"));
    Ok(())
}
