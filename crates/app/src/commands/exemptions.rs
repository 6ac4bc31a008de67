//! `counterfoil exemptions`: what may be withheld, by whom, and on which recorded test.

mod check;
mod show;

use clap::{Args as ClapArgs, Subcommand};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::exemptions::{
    Exemption, Organisation, all, exemption, lifts_right, may_claim,
};

use super::input::{self, Refused};
use crate::out::CommandResult;

/// Exemptions: lists and explains them, or checks a decision to withhold one item.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those that lift this right, such as access
    #[arg(long)]
    right: Option<String>,
    /// Explains this one, such as S3-5
    #[arg(long)]
    code: Option<String>,
    /// Only those that a body of this kind may claim: council, advice-charity, health-body, education-body,
    /// regulator, court or designated-voluntary
    #[arg(long, value_name = "KIND")]
    organisation_kind: Option<String>,
    /// Where that body is: england-and-wales, scotland or northern-ireland; by default anywhere
    #[arg(long)]
    division: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Checks a decision to withhold part of one item: exit status 0 valid, 1 not valid, 2 refused input
    Check(check::Args),
}

/// Lists, explains or checks.
pub fn run(args: Args) -> CommandResult {
    if let Some(Action::Check(args)) = args.action {
        return check::run(args);
    }
    match chosen(&args) {
        Ok(chosen) => show::print(&chosen, args.code.is_some(), args.json),
        Err(refused) => refused.report(args.json),
    }
}

/// What is to be shown, and for whom.
struct Chosen {
    rows: Vec<&'static Exemption>,
    kind: Option<Organisation>,
    division: Option<Division>,
}

impl Chosen {
    /// The places in which the asked kind of body may claim it; every place when no kind is asked about.
    fn places(&self, e: &Exemption) -> Vec<Division> {
        let asked = Division::ALL.iter().copied().filter(|d| self.division.is_none_or(|w| w == *d));
        asked.filter(|d| self.kind.is_none_or(|k| may_claim(e, k, *d))).collect()
    }
}

/// The exemption with this code, or a refusal that says where to look.
fn by_code(code: &str) -> Result<&'static Exemption, Refused> {
    exemption(code).ok_or_else(|| {
        let message = format!("`{code}` is not an exemption: list them with `counterfoil exemptions`");
        Refused::one("unknown-exemption", message)
    })
}

/// One by its code, claimable or not; or all that the right and the claimant leave.
fn chosen(args: &Args) -> Result<Chosen, Refused> {
    let right: Option<Right> = input::optional_word(args.right.as_deref(), "--right")?;
    let kind = input::optional_word(args.organisation_kind.as_deref(), "--organisation-kind")?;
    let division = input::optional_word(args.division.as_deref(), "--division")?;
    let one = args.code.as_deref().map(by_code).transpose()?;
    let mut chosen = Chosen { rows: one.into_iter().collect(), kind, division };
    if one.is_none() {
        let lifting = all().filter(|e| right.is_none_or(|r| lifts_right(e.lifts, r)));
        chosen.rows = lifting.filter(|e| !chosen.places(e).is_empty()).collect();
    }
    Ok(chosen)
}
