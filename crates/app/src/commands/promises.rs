//! `counterfoil promises`: what the notice says, what keeps it, and the evidence as it is now.

use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::promises::Owner;
use counterfoil_service::calendar;
use counterfoil_service::promises::{self, Ledger};

use crate::clock;
use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// List each promise of the privacy notice with the evidence that it is kept, counted now.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The organisation's kind (advice-network, council) or name; all of the installation by default
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Look at no installation: say what is built and what is not
    #[arg(long)]
    without_data: bool,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil promises`.
pub fn run(args: &Args) -> CommandResult {
    // Where nothing was set up there is nothing to count, and the ledger says so.
    let set_up = args.place.config.is_some() || Config::load(None)?.keys.file.exists();
    let ledgers = if args.without_data || !set_up { built(args)? } else { live(args)? };
    if args.place.json {
        return out::json(&ledgers);
    }
    for ledger in &ledgers {
        print(ledger);
    }
    Ok(())
}

fn built(args: &Args) -> Result<Vec<Ledger>, CommandError> {
    let today = clock::today()?;
    let wanted = match &args.organisation {
        None => Owner::ALL.to_vec(),
        Some(name) => {
            vec![name.parse::<Owner>().map_err(|e| CommandError::refused("organisation", e.to_string()))?]
        }
    };
    wanted.into_iter().map(|owner| Ok(promises::without_data(owner, today)?)).collect()
}

fn live(args: &Args) -> Result<Vec<Ledger>, CommandError> {
    let store = args.place.open()?;
    let (calendar, law) = (calendar::load(None)?, ClockConfig::default());
    let mut ledgers = Vec::new();
    for controller in store.controllers()? {
        let kind = promises::owner_of(&controller.kind)?.code();
        if args.organisation.as_ref().is_none_or(|o| o == kind || *o == controller.name) {
            ledgers.push(promises::ledger(&store, controller.id, &calendar, &law)?);
        }
    }
    if ledgers.is_empty() {
        let why = "no such organisation is set up here: leave `--organisation` out to see all, or give \
                   `--without-data` to see what is built";
        return Err(CommandError::refused("organisation", why));
    }
    Ok(ledgers)
}

fn print(ledger: &Ledger) {
    let counted =
        ledger.counted_at.map_or_else(|| "without data".to_owned(), |at| format!("counted at {at}"));
    out::line(&format!("{} ({}), {counted}", ledger.organisation, ledger.kind));
    for line in &ledger.promises {
        out::line(&format!("{:<4} {:<13} {}", line.id, line.state, line.says));
        for control in &line.controls {
            let figures: Vec<String> =
                control.figures.iter().map(|f| format!("{} {}", f.number, f.name)).collect();
            out::line(&format!("       {}: {} ({})", control.state, control.label, figures.join(", ")));
            for record in &control.records {
                out::line(&format!("         {record}"));
            }
        }
        for missing in &line.missing {
            out::line(&format!("       missing: {missing}"));
        }
    }
    let states: Vec<String> = ledger.states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    out::line(&states.join(", "));
}
