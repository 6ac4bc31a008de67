//! `counterfoil source check`.

use counterfoil_connect::check::{self, Checked, Finding, Level, Step};
use serde_json::{Value, json};

use super::{Common, refused};
use crate::out::{self, CommandError, CommandResult};

/// Compare a dataset with the live schema, both ways, and say what a search would do
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Keep the fingerprint of this schema beside the dataset (FILE.fingerprint): when it changes, a search
    /// warns and an erasure is refused
    #[arg(long)]
    accept: bool,
}

pub(super) fn run(args: &Args) -> CommandResult {
    let opened = args.common.open()?;
    let checked = check::check(&opened.address, &opened.dataset, &opened.identities, opened.limits.timeout)
        .map_err(refused)?;
    if args.common.json {
        out::json(&as_json(&checked, args.common.reviewed().as_deref()))?;
    } else {
        print(&checked);
    }
    if !checked.fits() {
        return Err(CommandError::failed(
            "schema-differs",
            "the dataset does not fit the source: a search would fail",
        ));
    }
    if args.accept {
        let file = args.common.fingerprint_file();
        std::fs::write(&file, format!("{}\n", checked.fingerprint)).map_err(|e| {
            CommandError::failed("unwritable-file", format!("`{}` could not be written: {e}", file.display()))
        })?;
    }
    Ok(())
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn as_json(checked: &Checked, reviewed: Option<&str>) -> Value {
    let finding = |f: &Finding| json!({ "level": word(f.level), "code": f.code, "collection": f.collection, "message": f.message });
    let step = |s: &Step| {
        let by: Vec<Value> =
            s.by.iter()
                .map(|(from, to, index)| json!({ "from": from, "to": to, "indexed": index }))
                .collect();
        json!({ "collection": s.collection, "by": by, "repeated": s.repeated, "rows": s.rows })
    };
    json!({
        "fits": checked.fits(),
        "source": checked.engine,
        "findings": checked.findings.iter().map(finding).collect::<Vec<_>>(),
        "steps": checked.steps.iter().map(step).collect::<Vec<_>>(),
        "fingerprint": checked.fingerprint,
        "reviewed": reviewed.map(|r| r == checked.fingerprint),
    })
}

fn print(checked: &Checked) {
    for f in &checked.findings {
        out::line(&format!("{} [{}] {}: {}", word(f.level), f.code, f.collection, f.message));
    }
    out::line("a search reads, in this order:");
    for step in &checked.steps {
        let way = |(from, to, index): &(String, String, bool)| {
            format!("{from} → {to}{}", if *index { "" } else { " (no index)" })
        };
        let by: Vec<String> = step.by.iter().map(way).collect();
        let again = if step.repeated { ", until nothing new is found" } else { "" };
        out::line(&format!("  {} by {}{again}", step.collection, by.join(", ")));
    }
    out::line(&format!("fingerprint of the schema: {}", checked.fingerprint));
}
