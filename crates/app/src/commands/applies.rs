//! `counterfoil applies`: does a right apply, and why.

use clap::Args as ClapArgs;
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::rights::{Answer, Condition, Facts, Prospective, Question, Right, applies};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::input::{self, Refused};
use crate::out::{self, CommandResult};

/// Whether a right applies to an activity, with the provision and the words for the person.
///
/// A condition that is not given is not known: the general answer stands, and the condition is listed as open.
/// One activity, one lawful basis at a time.
#[derive(Debug, Default, ClapArgs)]
pub struct Args {
    /// The right: access, rectification, erasure, restriction, notify-recipients, portability, objection,
    /// marketing-objection, automated-decisions, withdraw-consent or complaint
    #[arg(long)]
    right: Option<String>,
    /// The lawful basis: consent, contract, legal-obligation, vital-interests, public-task,
    /// recognised-legitimate-interest or legitimate-interests
    #[arg(long)]
    basis: Option<String>,
    /// A fact, as in purpose-ended or purpose-ended=no (may be repeated; a wrong one lists them all)
    #[arg(long = "condition", value_name = "FACT[=yes|no]")]
    conditions: Vec<String>,
    /// The day on which the request was received; today by default
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Counts Art 17(1)(g), which is enacted but not known to be in force
    #[arg(long)]
    with_malicious_allegation_ground: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What is asked, read from the arguments.
struct Asked {
    right: Right,
    basis: LawfulBasis,
    facts: Facts,
    on: Date,
}

/// Answers and prints.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments by value")]
pub fn run(args: Args) -> CommandResult {
    let prospective = Prospective { malicious_allegation: args.with_malicious_allegation_ground };
    let answered = read(&args).and_then(|asked| {
        let Asked { right, basis, ref facts, on } = asked;
        let question = Question { right, basis, facts, on, prospective };
        let answer = applies(&question).map_err(|e| Refused::one("not-in-force", e.to_string()))?;
        Ok((asked, answer))
    });
    match answered {
        Ok((asked, answer)) if args.json => out::json(&as_json(&asked, &answer)),
        Ok((asked, answer)) => {
            print(&asked, &answer);
            Ok(())
        }
        Err(refused) => refused.report(args.json),
    }
}

fn read(args: &Args) -> Result<Asked, Refused> {
    let right = input::word(args.right.as_deref(), "--right");
    let basis = input::word(args.basis.as_deref(), "--basis");
    let facts = read_facts(&args.conditions);
    let on = input::day_or_today(args.on.as_deref(), "--on");
    let mut refused = Refused::default();
    match (refused.keep(right), refused.keep(basis), refused.keep(facts), refused.keep(on)) {
        (Some(right), Some(basis), Some(facts), Some(on)) => Ok(Asked { right, basis, facts, on }),
        _ => Err(refused),
    }
}

fn read_facts(conditions: &[String]) -> Result<Facts, Refused> {
    let mut facts = Facts::none();
    for given in conditions {
        let (name, answer) = given.split_once('=').unwrap_or((given, "yes"));
        let condition: Condition = input::word(Some(name), "--condition")?;
        let holds = match answer {
            "yes" | "true" => true,
            "no" | "false" => false,
            _ => return Err(Refused::one("bad-condition", format!("`{given}`: answer with =yes or =no"))),
        };
        if !facts.unknown(condition) && facts.yes(condition) != holds {
            return Err(Refused::one("contradiction", format!("`{condition}` is given as both yes and no")));
        }
        facts = facts.with(condition, holds);
    }
    Ok(facts)
}

fn as_json(asked: &Asked, answer: &Answer) -> Value {
    let conditions: serde_json::Map<String, Value> =
        asked.facts.iter().map(|(c, holds)| (c.code().to_owned(), Value::Bool(holds))).collect();
    let reasons: Vec<Value> = answer
        .reasons
        .iter()
        .map(|r| {
            json!({ "effect": r.effect.code(), "provision": r.provision, "staff": r.staff, "person": r.person })
        })
        .collect();
    let open: Vec<Value> =
        answer.open.iter().map(|c| json!({ "condition": c.code(), "fact": c.label() })).collect();
    json!({
        "right": asked.right.code(),
        "basis": asked.basis.code(),
        "on": asked.on.to_string(),
        "conditions": conditions,
        "verdict": answer.verdict.code(),
        "prohibited": answer.prohibits(),
        "provision": answer.reasons.first().map(|r| r.provision),
        "reasons": reasons,
        "open": open,
        "errors": [],
    })
}

fn print(asked: &Asked, answer: &Answer) {
    let verdict = answer.verdict.code().replace('-', " ");
    out::line(&format!("The right of {} on {}: {verdict}", asked.right.label(), asked.basis.label()));
    if answer.prohibits() {
        out::line("The processing itself is prohibited.");
    }
    for reason in &answer.reasons {
        out::line(&format!("\n{} ({})", reason.provision, reason.effect.code()));
        out::line(&format!("  Decision maker: {}", reason.staff));
        out::line(&format!("  Person: {}", reason.person));
    }
    if !answer.open.is_empty() {
        out::line("\nNot known, and would settle it:");
        for condition in &answer.open {
            out::line(&format!("  {condition}: {}", condition.label()));
        }
    }
}
