//! Receiving, events and identifying.

use std::path::PathBuf;

use counterfoil_domain::access::Purpose;
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook;
use counterfoil_service::rights::{self, EventText, Reception, RequestText};
use jiff::civil::Date;

use crate::clock;
use crate::desk::{AsWhom, Opened};
use crate::out::{self, CommandError, CommandResult};

#[derive(Debug, clap::Args)]
pub struct Receive {
    /// Who asks, as they gave their name
    #[arg(long)]
    requester: String,
    /// The right
    #[arg(long, default_value = "access")]
    right: Right,
    /// The day on which the request arrived; today when not given
    #[arg(long, value_name = "DATE")]
    received: Option<Date>,
    /// The division whose bank holidays count; the organisation's when not given
    #[arg(long)]
    division: Option<Division>,
    /// The request in the requester's words
    #[arg(long, default_value = "", conflicts_with = "wording_file")]
    wording: String,
    /// A file with the request in the requester's words
    #[arg(long, value_name = "FILE")]
    wording_file: Option<PathBuf>,
    /// Where the answer goes
    #[arg(long, default_value = "")]
    reply_to: String,
    /// The channel by which it came
    #[arg(long, default_value = "letter")]
    channel: String,
    /// The language of the answer: en or cy
    #[arg(long, default_value = "en")]
    language: String,
    #[command(flatten)]
    pub as_whom: AsWhom,
}

impl Receive {
    /// The request as it came in.
    pub fn reception(&self, opened: &Opened) -> Result<Reception, CommandError> {
        let office = casebook::office_of(&opened.who)
            .ok_or_else(|| CommandError::refused("no-office", "only a member of staff can log a request"))?;
        let wording = match &self.wording_file {
            None => self.wording.clone(),
            Some(path) => std::fs::read_to_string(path).map_err(|e| {
                CommandError::refused("wording", format!("`{}` cannot be read: {e}", path.display()))
            })?,
        };
        Ok(Reception {
            office,
            right: self.right,
            division: division(self.division, opened)?,
            received_on: self.received.map_or_else(clock::today, Ok)?,
            text: RequestText {
                requester: self.requester.clone(),
                reply_to: self.reply_to.clone(),
                wording,
                channel: self.channel.clone(),
                language: self.language.clone(),
                ..RequestText::default()
            },
        })
    }
}

pub fn receive(args: &Receive) -> CommandResult {
    let opened = args.as_whom.open()?;
    let reception = args.reception(&opened)?;
    let received = rights::receive(&opened.desk(), &reception)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({
            "reference": received.reference, "due": received.due.map(|d| d.to_string()),
        }));
    }
    out::line(&format!("Logged as {}.", received.reference));
    if let Some(due) = received.due {
        out::line(&format!("To be answered by {}.", due.strftime("%A %-d %B %Y")));
    }
    Ok(())
}

fn division(given: Option<Division>, opened: &Opened) -> Result<Division, CommandError> {
    if let Some(division) = given {
        return Ok(division);
    }
    let controller = opened.store.controller(opened.who.controller())?;
    controller.division.parse().map_err(|_| {
        CommandError::refused("division", "the organisation has no division: give one with --division")
    })
}

#[derive(Debug, clap::Args)]
pub struct EventArgs {
    /// The request's reference
    reference: String,
    /// What happened: identity-asked, identity-received, clarification-asked, extended ...
    event: String,
    /// The day; today when not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Why: for an extension, complexity or number
    #[arg(long, default_value = "")]
    reason: String,
    /// In words
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn event(args: &EventArgs) -> CommandResult {
    let opened = args.as_whom.open()?;
    let on = args.on.map_or_else(clock::today, Ok)?;
    let text = EventText { reason: args.reason.clone(), note: args.note.clone() };
    let due = rights::event(&opened.desk(), &args.reference, &args.event, on, &text)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "due": due.map(|d| d.to_string()) }));
    }
    match due {
        Some(due) => out::line(&format!("Recorded. To be answered by {}.", due.strftime("%A %-d %B %Y"))),
        None => out::line("Recorded. The clock stands until the answer comes."),
    }
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Identify {
    /// The request's reference
    reference: String,
    /// The person, by identifier
    #[arg(long, value_name = "ID", required_unless_present_any = ["email", "phone"])]
    person: Option<PersonId>,
    /// The person, by e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The person, by telephone number
    #[arg(long)]
    phone: Option<String>,
    /// How you made sure that it is this person
    #[arg(long)]
    how: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn identify(args: &Identify) -> CommandResult {
    let opened = args.as_whom.open()?;
    let person = match args.person {
        Some(person) => person,
        None => look_up(args, &opened)?,
    };
    rights::identify(&opened.desk(), &args.reference, person, &args.how)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "person": person.to_string() }));
    }
    out::line("Identified.");
    Ok(())
}

fn look_up(args: &Identify, opened: &Opened) -> Result<PersonId, CommandError> {
    let (kind, value) = match (&args.email, &args.phone) {
        (Some(email), _) => (IdentityKind::Email, email),
        (None, Some(phone)) => (IdentityKind::Phone, phone),
        (None, None) => return Err(CommandError::refused("person", "say who: --person, --email or --phone")),
    };
    let found = casebook::find_people(&opened.store, &opened.who, Purpose::RightsRequest, kind, value)?;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(CommandError::refused(
            "nobody",
            "nobody whom you may see is known by that: check it, or look the person up by another",
        )),
        many => Err(CommandError::refused(
            "several",
            format!("{} people share that: give one of them with --person", many.len()),
        )),
    }
}
