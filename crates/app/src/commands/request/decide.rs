//! Deciding.

use std::collections::BTreeMap;

use counterfoil_service::rights::{self, CastMember, Choice, Fate, Ground};

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("about").required(true))]
pub struct Decide {
    /// The request's reference
    reference: String,
    /// A person, by whole name: every mention, in every item
    #[arg(long, group = "about", value_name = "NAME")]
    person: Option<String>,
    /// Everyone who is mentioned and about whom nothing else is decided
    #[arg(long, group = "about")]
    others: bool,
    /// A whole item
    #[arg(long, group = "about", value_name = "NUMBER")]
    item: Option<i64>,
    /// Every place where this text stands
    #[arg(long, group = "about", value_name = "TEXT")]
    passage: Option<String>,
    /// With --passage: only in this item
    #[arg(long, value_name = "NUMBER", requires = "passage")]
    in_item: Option<i64>,
    /// With --person: their role (third-party, representative, professional, staff, organisation)
    #[arg(long, default_value = "third-party")]
    role: String,
    /// With --person: another name, e-mail address or telephone number of theirs
    #[arg(long, value_name = "TEXT")]
    also: Vec<String>,
    /// Withhold under this exemption (see `counterfoil exemptions`)
    #[arg(long, value_name = "CODE", conflicts_with_all = ["release", "not_theirs"])]
    withhold: Option<String>,
    /// Release
    #[arg(long, conflicts_with = "not_theirs")]
    release: bool,
    /// With --item: it is not about the requester
    #[arg(long)]
    not_theirs: bool,
    /// Why, in a sentence
    #[arg(long)]
    reason: String,
    /// An answer to the exemption's test, as QUESTION=ANSWER
    #[arg(long = "answer", value_name = "QUESTION=ANSWER")]
    answers: Vec<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn decide(args: &Decide) -> CommandResult {
    let fate = match (&args.withhold, args.release, args.not_theirs) {
        (Some(_), _, _) => Fate::Withhold,
        (None, true, _) => Fate::Release,
        (None, false, true) => Fate::NotTheirs,
        (None, false, false) => {
            return Err(CommandError::refused(
                "no-decision",
                "say what is decided: --withhold CODE, --release or --not-theirs",
            ));
        }
    };
    let ground = Ground {
        code: args.withhold.clone().unwrap_or_default(),
        reason: args.reason.clone(),
        answers: answers(&args.answers)?,
        ..Ground::default()
    };
    let choice = choice(args, fate, ground)?;
    let opened = args.as_whom.open()?;
    let decided = rights::decide(&opened.desk(), &args.reference, &choice)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "decision": decided.number }));
    }
    out::line(&format!("Decision {} is recorded. Earlier approvals are void.", decided.number));
    Ok(())
}

fn choice(args: &Decide, fate: Fate, ground: Ground) -> Result<Choice, CommandError> {
    if let Some(name) = &args.person {
        return Ok(Choice::Person { member: member(args, name)?, fate, ground, who: String::new() });
    }
    if args.others {
        return Ok(Choice::Others { fate, ground });
    }
    if let Some(number) = args.item {
        return Ok(Choice::Item { number, fate, ground });
    }
    let text = args.passage.clone().unwrap_or_default();
    if text.trim().chars().count() < 2 {
        return Err(CommandError::refused(
            "passage",
            "the passage is too short: give at least two characters",
        ));
    }
    Ok(Choice::Passage { number: args.in_item.unwrap_or(0), text, fate, ground })
}

/// Somebody by their whole name, with whatever else they are known by.
fn member(args: &Decide, name: &str) -> Result<CastMember, CommandError> {
    if name.trim().is_empty() {
        return Err(CommandError::refused("person", "give the person's whole name"));
    }
    let mut member = CastMember::named(name, &args.role);
    args.also.iter().for_each(|form| member.also(form));
    Ok(member)
}

fn answers(given: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    given
        .iter()
        .map(|text| {
            text.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())).ok_or_else(|| {
                CommandError::refused("answer", format!("`{text}` is not an answer: give QUESTION=ANSWER"))
            })
        })
        .collect()
}

#[derive(Debug, clap::Args)]
pub struct Undo {
    /// The request's reference
    reference: String,
    /// The decision's number
    decision: i64,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn undo(args: &Undo) -> CommandResult {
    let opened = args.as_whom.open()?;
    rights::undo(&opened.desk(), &args.reference, args.decision)?;
    out::line(&format!("Decision {} no longer counts; it stays on record.", args.decision));
    Ok(())
}
