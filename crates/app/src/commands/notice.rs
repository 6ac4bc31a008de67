//! `counterfoil notice`: the privacy notices, and what changed between two days.

use std::path::PathBuf;

use counterfoil_service::notices::{self, Layer, Notice, diff};
use jiff::civil::Date;

use crate::commands::organisations::{self, Which};
use crate::out::{self, CommandError, CommandResult};

/// Print a privacy notice that is generated from the register, or the difference between two days.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    show: Option<Show>,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// What changed in a notice between two days, and who must be told
    Diff(Diff),
}

#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    layer: LayerArgs,
    /// html, pdf, text or json
    #[arg(long, default_value = "text")]
    format: String,
    /// The file to write; standard output by default
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Diff {
    /// The earlier day
    old: Date,
    /// The later day
    new: Date,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    layer: LayerArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which notice.
#[derive(Debug, clap::Args)]
struct LayerArgs {
    /// The notice of one office
    #[arg(long, value_name = "ID", conflicts_with_all = ["service", "child"])]
    office: Option<String>,
    /// The notice of one service, further role or support function
    #[arg(long, value_name = "ID", conflicts_with = "child")]
    service: Option<String>,
    /// The notice for children and young people
    #[arg(long)]
    child: bool,
    /// en or cy
    #[arg(long, default_value = "en")]
    language: String,
}

impl LayerArgs {
    fn layer(&self) -> Layer {
        match (&self.office, &self.service, self.child) {
            (Some(id), _, _) => Layer::Office(id.clone()),
            (_, Some(id), _) => Layer::Service(id.clone()),
            (_, _, true) => Layer::Child,
            _ => Layer::Organisation,
        }
    }
}

/// Runs `counterfoil notice`.
pub fn run(args: Args) -> CommandResult {
    match (args.part, args.show) {
        (Some(Part::Diff(diff)), _) => difference(&diff),
        (None, Some(show)) => print(&show),
        (None, None) => {
            Err(CommandError::refused("notice", "name an organisation: `--organisation council`"))
        }
    }
}

fn print(args: &Show) -> CommandResult {
    let (register, organisation, day) = args.which.open()?;
    let notice = notices::build(&register, &organisation, &args.layer.layer(), &args.layer.language, day)?;
    organisations::put(args.output.as_ref(), &written(&notice, &args.format)?)
}

fn written(notice: &Notice, format: &str) -> Result<Vec<u8>, CommandError> {
    match format {
        "html" => Ok(notices::html(notice).into_bytes()),
        "text" => Ok(notices::text(notice).into_bytes()),
        "pdf" => Ok(notices::pdf(notice)?),
        "json" => serde_json::to_vec_pretty(notice).map_err(|e| {
            CommandError::failed("output", format!("the notice cannot be written as JSON: {e}"))
        }),
        other => Err(CommandError::refused(
            "unknown-format",
            format!("`{other}` is not a format of a notice: use html, pdf, text or json"),
        )),
    }
}

fn difference(args: &Diff) -> CommandResult {
    let (register, organisation, _) = args.which.open()?;
    let (layer, days) = (args.layer.layer(), (args.old, args.new));
    let found = diff::between(&register, &organisation, &layer, &args.layer.language, days)?;
    if args.json {
        return out::json(&found);
    }
    if found.changes.is_empty() {
        out::line("The notice says the same on both days.");
    }
    for change in &found.changes {
        let sign = if change.what == "added" { '+' } else { '-' };
        out::line(&format!("{sign} {}: {}", change.section, change.text));
    }
    for tell in &found.tell {
        out::line(&format!("Tell {}: {} ({})", tell.who, tell.why, tell.provision));
    }
    Ok(())
}
