//! Research projects: pseudonymised extracts, and the way back that two people open.

use counterfoil_service::sharing::research::{self, ResearchText};
use jiff::civil::Date;

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

/// Open a research project, extract for it, find a person again, close it
#[derive(Debug, clap::Subcommand)]
pub enum Args {
    /// Open a project with a key of its own
    Open(Open),
    /// Print an extract as CSV: rows that are one of too few alike fall away
    Extract(One),
    /// Ask for the person behind a pseudonym; somebody else grants it
    Ask(Ask),
    /// Grant what somebody else asked for, and print the person's identifier
    Grant(One),
    /// Close a project and destroy its key: nobody is found again
    Close(One),
}

#[derive(Debug, clap::Args)]
pub struct Open {
    #[arg(long)]
    title: String,
    #[arg(long)]
    researcher: String,
    #[arg(long)]
    purpose: String,
    /// Where the agreement with the researcher is
    #[arg(long)]
    agreed: String,
    /// `age-band`, `postcode-area`, `office`, `issue`, `quarter`, `outcome`
    #[arg(long = "field")]
    fields: Vec<String>,
    /// How many rows must be alike, from 3
    #[arg(long, default_value_t = 5)]
    alike: usize,
    /// The last day, YYYY-MM-DD
    #[arg(long)]
    until: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, clap::Args)]
pub struct One {
    /// The identifier of the project, or of the permit
    id: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, clap::Args)]
pub struct Ask {
    /// The project
    project: String,
    /// The pseudonym
    pseudonym: String,
    /// Why the person must be found
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

fn id<T: std::str::FromStr<Err = counterfoil_domain::ids::BadId>>(text: &str) -> Result<T, CommandError> {
    text.parse().map_err(|e: counterfoil_domain::ids::BadId| CommandError::refused("usage", e.to_string()))
}

fn say(as_whom: &AsWhom, key: &str, value: &str) -> CommandResult {
    if as_whom.place.json {
        return out::json(&serde_json::json!({ key: value }));
    }
    out::line(value.trim_end());
    Ok(())
}

pub fn run(args: &Args) -> CommandResult {
    match args {
        Args::Open(open) => {
            let until: Date = open.until.parse().map_err(|_| {
                CommandError::refused("usage", format!("`{}` is no day: write it as 2027-06-30", open.until))
            })?;
            let text = ResearchText {
                title: open.title.clone(),
                researcher: open.researcher.clone(),
                purpose: open.purpose.clone(),
                agreed: open.agreed.clone(),
            };
            let opened = open.as_whom.open()?;
            let id = research::open(&opened.desk(), &open.fields, open.alike, until, &text)?;
            say(&open.as_whom, "project", &id.to_string())
        }
        Args::Extract(one) => {
            let extract = research::extract(&one.as_whom.open()?.desk(), id(&one.id)?)?;
            say(&one.as_whom, "csv", &extract.csv)
        }
        Args::Ask(ask) => {
            let opened = ask.as_whom.open()?;
            let asked = research::ask_person(&opened.desk(), id(&ask.project)?, &ask.pseudonym, &ask.reason)?;
            say(&ask.as_whom, "permit", &asked.to_string())
        }
        Args::Grant(one) => {
            let person = research::grant_person(&one.as_whom.open()?.desk(), id(&one.id)?)?;
            say(&one.as_whom, "person", &person.to_string())
        }
        Args::Close(one) => {
            research::close(&one.as_whom.open()?.desk(), id(&one.id)?)?;
            say(&one.as_whom, "closed", &one.id)
        }
    }
}
