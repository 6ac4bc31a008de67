//! `counterfoil ropa`: the record of processing activities, out and in.

use std::path::PathBuf;

use counterfoil_service::register::ropa::{self, dpv, flows, import};
use counterfoil_service::register::{Register, assessments, keep};
use counterfoil_service::{promises, retention};
use jiff::civil::Date;

use crate::commands::organisations::{self, Which};
use crate::config::Config;
use crate::out::{self, CommandError, CommandResult};

/// Write or read the record of processing activities (Art 30 UK GDPR).
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// Write the record
    Export(Export),
    /// Read a record that others wrote into a draft of the register
    Import(Import),
    /// Hold a register against the law, and print what the officer should know
    Check(Check),
}

#[derive(Debug, clap::Args)]
struct Export {
    #[command(flatten)]
    which: Which,
    /// csv, xlsx, jsonld or svg
    #[arg(long, default_value = "csv")]
    format: String,
    /// For csv and xlsx: ico (thirty columns), local-government, or flows (the picture's table)
    #[arg(long, default_value = "ico")]
    layout: String,
    /// For svg and flows: one service only
    #[arg(long, value_name = "ID")]
    service: Option<String>,
    /// Read the register of the installation with this configuration file instead, and fill the columns that only
    /// live data can fill: kept to the schedule, and why not
    #[arg(long, value_name = "CONFIG")]
    live: Option<PathBuf>,
    /// The file to write; standard output by default
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Import {
    /// The regulator's thirty columns as .csv, or a Fides file of systems as .yml
    file: PathBuf,
    #[command(flatten)]
    which: Which,
    /// The file to write; standard output by default
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Check {
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `counterfoil ropa`.
pub fn run(args: Args) -> CommandResult {
    match args.part {
        Part::Export(args) => export(&args),
        Part::Import(args) => read(&args),
        Part::Check(args) => check(&args),
    }
}

/// The register that is exported, its day, and what was measured of it.
type Read = (Register, Date, ropa::Measurements);

fn register_of(args: &Export) -> Result<Read, CommandError> {
    let Some(config) = &args.live else {
        let (register, _, day) = args.which.open()?;
        return Ok((register, day, ropa::Measurements::new()));
    };
    let store = Config::load(Some(config))?.open()?;
    let name = &args.which.organisation;
    for controller in store.controllers()? {
        let kind = promises::owner_of(&controller.kind)?.code();
        if (kind == name || controller.name == *name)
            && let Some(register) = keep::current(&store, controller.id)?
        {
            let measured = retention::measurements(&store, controller.id)?;
            return Ok((register, args.which.day()?, measured));
        }
    }
    let why = format!("`{name}` has no register in this installation: give its kind or its name");
    Err(CommandError::refused("organisation", why))
}

fn export(args: &Export) -> CommandResult {
    let (register, day, measured) = register_of(args)?;
    let service = args.service.as_deref();
    if let Some(id) = service.filter(|id| register.service(id).is_none()) {
        return Err(CommandError::refused(
            "unknown-service",
            format!("`{id}` is not a service of this register"),
        ));
    }
    let bytes = match args.format.as_str() {
        "csv" | "xlsx" => table(args, &register, day, &measured)?,
        "jsonld" => serde_json::to_vec_pretty(&dpv::jsonld(&register, day))
            .map_err(|e| CommandError::failed("output", format!("the record cannot be written: {e}")))?,
        "svg" => flows::flow_picture(&register, day, service).into_bytes(),
        other => {
            return Err(CommandError::refused(
                "unknown-format",
                format!("`{other}` is not a format of the record: use csv, xlsx, jsonld or svg"),
            ));
        }
    };
    organisations::put(args.output.as_ref(), &bytes)
}

fn table(
    args: &Export,
    register: &Register,
    day: Date,
    measured: &ropa::Measurements,
) -> Result<Vec<u8>, CommandError> {
    let (above, columns, rows): (_, &[&str], _) = match args.layout.as_str() {
        "ico" => {
            let rows = ropa::ico_rows(register, day, measured);
            (ropa::heading(register), &ropa::ICO_COLUMNS, rows)
        }
        "local-government" => {
            (Vec::new(), &ropa::LOCAL_GOVERNMENT_COLUMNS, ropa::local_government_rows(register, day))
        }
        "flows" => {
            (Vec::new(), &flows::FLOW_COLUMNS, flows::flow_rows(register, day, args.service.as_deref()))
        }
        other => {
            return Err(CommandError::refused(
                "unknown-layout",
                format!("`{other}` is not a layout: use ico, local-government or flows"),
            ));
        }
    };
    if args.format == "csv" {
        return Ok(ropa::csv(&above, columns, &rows)?.into_bytes());
    }
    Ok(ropa::xlsx("Record of processing activities", &above, columns, &rows)?)
}

fn read(args: &Import) -> CommandResult {
    let (register, _, _) = args.which.open()?;
    let text = std::fs::read_to_string(&args.file).map_err(|e| {
        CommandError::refused("input", format!("`{}` cannot be read: {e}", args.file.display()))
    })?;
    let draft = match args.file.extension().and_then(|e| e.to_str()) {
        Some("yml" | "yaml") => import::fides::systems(&text, &register)?,
        _ => import::ico_csv(&text, &register)?,
    };
    organisations::put(args.output.as_ref(), draft.to_toml().as_bytes())?;
    out::note(&format!("{} activities; {} words are not known", draft.entries.len(), draft.unknown.len()));
    for what in import::NOT_CARRIED {
        out::note(&format!("to be added by hand: {what}"));
    }
    Ok(())
}

fn check(args: &Check) -> CommandResult {
    let (register, _, day) = args.which.open()?;
    let warnings: Vec<String> = register.warnings(day).iter().map(ToString::to_string).collect();
    let due = assessments::list(&register, day).iter().filter(|a| a.standing != "current").count();
    let activities = register.activities(day).count();
    if args.json {
        return out::json(&serde_json::json!({
            "organisation": register.head.name, "version": register.head.version, "on": day.to_string(),
            "activities": activities, "assessments_due": due, "warnings": warnings,
        }));
    }
    out::line(&format!("{activities} activities are in force on {day}; the law has nothing against them."));
    warnings.iter().for_each(|w| out::line(w));
    Ok(())
}
