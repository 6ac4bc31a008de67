//! `counterfoil exemptions check`: is a decision to withhold one item valid?

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use counterfoil_domain::place::Division;
use counterfoil_domain::questions::Response;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::exemptions::{
    Decision, Exemption, Missing, Organisation, Valid, check, exemption_in_force,
};
use serde_json::{Value, json};

use super::by_code;
use crate::commands::input::{self, Refused};
use crate::out::{self, CommandError, CommandResult};

/// The decision.
#[derive(Debug, Default, ClapArgs)]
pub struct Args {
    /// The exemption, such as S3-5
    #[arg(long)]
    code: String,
    /// An answer to one question of the test (may be repeated; `counterfoil exemptions --code C` lists them)
    #[arg(long = "field", value_name = "KEY=VALUE")]
    fields: Vec<String>,
    /// The right that the person uses
    #[arg(long, default_value = "access")]
    right: String,
    /// What kind of body withholds; needed where the law names who may claim
    #[arg(long, value_name = "KIND")]
    organisation_kind: Option<String>,
    /// Where it is; needed where the law differs by place
    #[arg(long)]
    division: Option<String>,
    /// What in the item is withheld
    #[arg(long, default_value = "the whole of one item")]
    part: String,
    /// Why the letter does not mention it
    #[arg(long, value_name = "REASON")]
    unmentioned: Option<String>,
    /// The day of the decision; today by default
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

type Checked = Result<Valid, Vec<Missing>>;

/// Checks and prints.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments by value")]
pub fn run(args: Args) -> CommandResult {
    match read(&args).and_then(agree) {
        Ok((exemption, checked)) => report(exemption, &checked, args.json),
        Err(refused) => refused.report(args.json),
    }
}

/// The decision as each kind of body and each place that the arguments leave open would make it.
fn read(args: &Args) -> Result<(&'static Exemption, Vec<Decision>), Refused> {
    let exemption = by_code(&args.code)?;
    let right: Right = input::word(Some(&args.right), "--right")?;
    let kind: Option<Organisation> =
        input::optional_word(args.organisation_kind.as_deref(), "--organisation-kind")?;
    let division: Option<Division> = input::optional_word(args.division.as_deref(), "--division")?;
    let on = input::day_or_today(args.on.as_deref(), "--on")?;
    if !exemption_in_force(exemption, on) {
        return Err(Refused::one("not-in-force", format!("`{}` was not in force on {on}", exemption.code)));
    }
    let answers = answers(exemption, &args.fields)?;
    let decision = |organisation, division| Decision {
        code: exemption.code.to_owned(),
        right,
        organisation,
        division,
        on,
        part: args.part.clone(),
        answers: answers.clone(),
        unmentioned_because: args.unmentioned.clone(),
    };
    let kinds = kind.as_ref().map_or(Organisation::ALL, std::slice::from_ref);
    let places = division.as_ref().map_or(Division::ALL, std::slice::from_ref);
    Ok((exemption, kinds.iter().flat_map(|k| places.iter().map(|d| decision(*k, *d))).collect()))
}

fn answers(exemption: &Exemption, given: &[String]) -> Result<BTreeMap<String, Response>, Refused> {
    let mut answers = BTreeMap::new();
    for pair in given {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| Refused::one("bad-field", format!("`{pair}`: write KEY=VALUE")))?;
        let field = exemption.field(key).ok_or_else(|| {
            let known: Vec<&str> = exemption.test.iter().map(|f| f.key).collect();
            let message =
                format!("`{key}` is not part of the test of {}: {}", exemption.code, known.join(", "));
            Refused::one("unknown-field", message)
        })?;
        let response = Response::read(field, value).map_err(|gap| Refused::one(gap.code, gap.reason))?;
        if answers.insert(key.to_owned(), response).is_some() {
            return Err(Refused::one("field-twice", format!("`{key}` is answered twice")));
        }
    }
    Ok(answers)
}

/// One answer for all open kinds of body and places, or a refusal: nothing is guessed.
fn agree(
    (exemption, decisions): (&'static Exemption, Vec<Decision>),
) -> Result<(&'static Exemption, Checked), Refused> {
    let mut results = decisions.into_iter().map(check);
    let Some(first) = results.next() else {
        return Err(Refused::one("no-decision", "there is nothing to check"));
    };
    let codes = |checked: &Checked| match checked {
        Ok(_) => Vec::new(),
        Err(missing) => missing.iter().map(|m| (m.code, m.field.clone())).collect(),
    };
    let wanted = codes(&first);
    if results.any(|r| codes(&r) != wanted) {
        let message =
            "the answer differs by who withholds and where: give `--organisation-kind` and `--division`";
        return Err(Refused::one("claimant-needed", message));
    }
    Ok((exemption, first))
}

fn report(exemption: &Exemption, checked: &Checked, as_json: bool) -> CommandResult {
    let missing = checked.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    if as_json {
        out::json(&as_value(exemption, checked))?;
    } else if let Ok(valid) = checked {
        out::line(&format!("{} may be relied on for {}", exemption.code, valid.decision().part));
        if let Some(last) = valid.expires() {
            out::line(&format!("  until {last}, when the opinion is too old"));
        }
        let mention =
            if valid.mentioned() { exemption.plain } else { "not mentioned, for the recorded reason" };
        out::line(&format!("  To the person: {mention}"));
    } else {
        out::line(&format!("{} may not be relied on:", exemption.code));
        for one in missing {
            out::line(&format!("  {}: {} ({})", one.code, one.reason, one.provision));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(CommandError::failed(
        "not-valid",
        format!("the decision to withhold under {} is not valid", exemption.code),
    ))
}

fn as_value(exemption: &Exemption, checked: &Checked) -> Value {
    let missing: Vec<Value> = checked
        .as_ref()
        .err()
        .into_iter()
        .flatten()
        .map(|m| json!({ "code": m.code, "field": m.field, "provision": m.provision, "reason": m.reason }))
        .collect();
    let valid = checked.as_ref().ok();
    json!({
        "code": exemption.code,
        "valid": valid.is_some(),
        "expires": valid.and_then(Valid::expires).map(|d| d.to_string()),
        "mentioned": valid.map(Valid::mentioned),
        "plain": exemption.plain,
        "missing": missing,
        "errors": [],
    })
}
