//! `counterfoil import`: people from a CSV file, documents from a folder.

use std::path::PathBuf;

use clap::Subcommand;
use counterfoil_domain::access::Purpose;
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::intake::{self, Imported};
use counterfoil_service::{casebook, installation};

use crate::desk::{AsWhom, Opened};
use crate::out::{self, CommandError, CommandResult};
use crate::progress;

/// Take people and documents in from files. Run it again to go on after an interruption.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// People from a CSV file (forenames, surname, born, email, phone, address, postcode, nino ...)
    People(People),
    /// The files of a folder, as documents of one person
    Documents(Documents),
}

#[derive(Debug, clap::Args)]
struct People {
    /// The file
    file: PathBuf,
    /// The office that will hold the records; your own when not given
    #[arg(long)]
    office: Option<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, clap::Args)]
struct Documents {
    /// The folder
    folder: PathBuf,
    /// The person, by identifier
    #[arg(long, value_name = "ID", required_unless_present = "email")]
    person: Option<PersonId>,
    /// The person, by e-mail address
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

/// Runs `counterfoil import`.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::People(args) => people(&args),
        Action::Documents(args) => documents(&args),
    }
}

fn people(args: &People) -> CommandResult {
    let opened = args.as_whom.open()?;
    let office = match &args.office {
        Some(name) => installation::office_named(&opened.store, opened.who.controller(), name)?,
        None => casebook::office_of(&opened.who)
            .ok_or_else(|| CommandError::refused("no-office", "name the office with --office"))?,
    };
    let bar = progress::Bar::new("people");
    let done =
        intake::import_people(&opened.store, &opened.who, office, &args.file, &|n, of| bar.at("", n, of))?;
    bar.done();
    print(&done, args.as_whom.place.json)
}

fn documents(args: &Documents) -> CommandResult {
    let opened = args.as_whom.open()?;
    let person = match (args.person, &args.email) {
        (Some(person), _) => person,
        (None, Some(email)) => by_email(&opened, email)?,
        (None, None) => return Err(CommandError::refused("person", "say whose: --person or --email")),
    };
    let bar = progress::Bar::new("documents");
    let done = intake::import_documents(&opened.store, &opened.who, person, &args.folder, &|n, of| {
        bar.at("", n, of);
    })?;
    bar.done();
    print(&done, args.as_whom.place.json)
}

fn by_email(opened: &Opened, email: &str) -> Result<PersonId, CommandError> {
    let purpose = Purpose::ServiceDelivery;
    let found = casebook::find_people(&opened.store, &opened.who, purpose, IdentityKind::Email, email)?;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(CommandError::refused("nobody", "nobody whom you may see is known by that address")),
        _ => Err(CommandError::refused("several", "several people share that address: give --person")),
    }
}

fn print(done: &Imported, json: bool) -> CommandResult {
    if json {
        return out::json(done);
    }
    if done.resumed {
        out::line("Going on from an interrupted import.");
    }
    for o in &done.outcomes {
        let why = if o.why.is_empty() { String::new() } else { format!(" ({})", o.why) };
        out::line(&format!("  {}: {}{why}", o.entry, o.result));
    }
    let refused = done.outcomes.iter().filter(|o| o.result == "refused").count();
    out::line(&format!("{} entries, {refused} refused.", done.outcomes.len()));
    Ok(())
}
