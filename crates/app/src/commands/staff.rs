//! `counterfoil staff`: accounts.

use clap::Subcommand;
use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_service::installation::{self, NewStaff};
use jiff::civil::Date;

use crate::clock;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Staff accounts.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Give a member of staff or volunteer an account
    Add(Add),
    /// List the accounts
    List(Where),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// What they sign in with
    sign_in: String,
    /// The name that colleagues see
    #[arg(long)]
    name: String,
    /// Their office
    #[arg(long)]
    office: String,
    /// A role; give one or more (see docs/security/access-rules.md)
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// The last day on which their data protection training counts
    #[arg(long, value_name = "DATE")]
    trained_until: Option<Date>,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil staff`.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::Add(add) => add_account(&add),
        Action::List(place) => list(&place),
    }
}

fn add_account(args: &Add) -> CommandResult {
    let store = args.place.open()?;
    let controllers = store.controllers()?;
    let [controller] = controllers.as_slice() else {
        return Err(CommandError::refused("organisation", "there is not exactly one organisation here"));
    };
    let new = NewStaff {
        office: args.office.clone(),
        name: args.name.clone(),
        sign_in: args.sign_in.clone(),
        roles: args.roles.iter().copied().collect::<RoleSet>(),
        password_hash: None,
        totp_secret: None,
        training_until: args.trained_until.map(clock::end_of_day).transpose()?,
    };
    let id = installation::add_staff(&store, controller.id, &new)?;
    if args.place.json {
        return out::json(&serde_json::json!({ "staff": id.to_string(), "sign_in": args.sign_in }));
    }
    out::line(&format!("`{}` has an account.", args.sign_in));
    Ok(())
}

fn list(place: &Where) -> CommandResult {
    let store = place.open()?;
    let mut lines = Vec::new();
    for controller in store.controllers()? {
        for account in store.accounts(controller.id)? {
            let roles: Vec<&str> = account.roles.iter().map(Role::as_str).collect();
            lines.push(serde_json::json!({
                "sign_in": account.text.sign_in, "name": account.text.name, "roles": roles, "active": account.active,
            }));
        }
    }
    if place.json {
        return out::json(&lines);
    }
    for line in &lines {
        out::line(&format!("{}  {}  {}", text(line, "sign_in"), text(line, "name"), text(line, "roles")));
    }
    Ok(())
}

fn text(line: &serde_json::Value, key: &str) -> String {
    line.get(key).map(ToString::to_string).unwrap_or_default()
}
