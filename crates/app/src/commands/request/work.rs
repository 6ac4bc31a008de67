//! Searching, reviewing, approving, sealing, releasing.

use std::path::PathBuf;

use counterfoil_service::rights::{self, FolderSource, sources};

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};
use crate::progress;

#[derive(Debug, clap::Args)]
pub struct Reference {
    /// The request's reference
    reference: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

#[derive(Debug, clap::Args)]
pub struct Search {
    /// The request's reference
    reference: String,
    /// A folder to search besides the casebook, as NAME=FOLDER
    #[arg(long = "folder", value_name = "NAME=FOLDER", value_parser = folder)]
    folders: Vec<FolderSource>,
    #[command(flatten)]
    as_whom: AsWhom,
}

fn folder(text: &str) -> Result<FolderSource, String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok(FolderSource { name: name.to_owned(), folder: PathBuf::from(path) })
        }
        _ => Err("give a name and a folder, such as `shared-drive=/srv/shared`".to_owned()),
    }
}

pub fn search(args: &Search) -> CommandResult {
    let opened = args.as_whom.open()?;
    let bar = progress::Bar::new("searching");
    let found = rights::search(&opened.desk(), &args.reference, &args.folders, &|source, done, total| {
        bar.at(source, done, total);
    })?;
    bar.done();
    if args.as_whom.place.json {
        let lines: Vec<_> = found
            .iter()
            .map(|s| serde_json::json!({"source": s.source, "result": s.result, "items": s.items, "unreadable": s.unreadable}))
            .collect();
        return out::json(&lines);
    }
    for source in &found {
        let unread = if source.unreadable == 0 {
            String::new()
        } else {
            format!(", {} of them unreadable", source.unreadable)
        };
        out::line(&format!("{}: {}, {} items{unread}", source.source, source.result, source.items));
    }
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Plan {
    /// The request's reference
    reference: String,
    /// A system of the register that is asked, by its id; may be given again
    #[arg(long = "ask", value_name = "ID")]
    ask: Vec<String>,
    /// Why the others hold nothing of this person; without it the plan is only shown
    #[arg(long)]
    why: Option<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn plan(args: &Plan) -> CommandResult {
    let opened = args.as_whom.open()?;
    if args.why.is_some() || !args.ask.is_empty() {
        let why = args.why.as_deref().unwrap_or_default();
        sources::set_plan(&opened.desk(), &args.reference, &args.ask, why)?;
    }
    let plan = sources::plan(&opened.desk(), &args.reference)?;
    if args.as_whom.place.json {
        return out::json(&plan);
    }
    for source in &plan.sources {
        let state = if source.result.is_empty() { "nobody has decided" } else { &source.result };
        let id = if source.system.is_empty() { String::new() } else { format!(" [{}]", source.system) };
        out::line(&format!("{}{id}: {state}", source.source));
    }
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Waive {
    /// The request's reference
    reference: String,
    /// The source
    #[arg(long)]
    source: String,
    /// Why the answer goes out without it
    #[arg(long)]
    why: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn waive(args: &Waive) -> CommandResult {
    let opened = args.as_whom.open()?;
    rights::waive(&opened.desk(), &args.reference, &args.source, &args.why)?;
    out::line("Waived; the letter will say so.");
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Review {
    /// The request's reference
    reference: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn review(args: &Review) -> CommandResult {
    let opened = args.as_whom.open()?;
    let bar = progress::Bar::new("reading");
    let review =
        rights::review(&opened.desk(), &args.reference, &|done, total| bar.at("items", done, total))?;
    bar.done();
    if args.as_whom.place.json {
        return out::json(&review);
    }
    out::line("People");
    for p in &review.people {
        let code = if p.code.is_empty() { String::new() } else { format!(" ({})", p.code) };
        out::line(&format!(
            "  {} [{}]: {} mentions in {} items, {}{code}",
            p.name, p.role, p.mentions, p.items, p.decision
        ));
    }
    if !review.suggested.is_empty() {
        out::line("Names that are in no cast yet");
        for (name, items) in &review.suggested {
            out::line(&format!("  {name}: in {items} items"));
        }
    }
    out::line("Items");
    for i in &review.items {
        let mut notes = vec![format!("{} passages withheld", i.withheld)];
        let mut note = |n: usize, what: &str| {
            if n > 0 {
                notes.push(format!("{n} {what}"));
            }
        };
        note(i.ambiguous, "ambiguous: say who is meant");
        note(i.others, "of people about whom nothing is decided");
        note(i.kinship, "kinship mentions");
        note(i.hidden, "hidden things");
        if !i.unreadable.is_empty() {
            notes.push(format!("cannot be read: {}", i.unreadable));
        }
        out::line(&format!("  {} [{}] {} - {}: {}", i.number, i.source, i.name, i.state, notes.join("; ")));
    }
    Ok(())
}

pub fn approve(args: &Reference) -> CommandResult {
    let opened = args.as_whom.open()?;
    let approved = rights::approve(&opened.desk(), &args.reference)?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({ "approvals": approved.approvals }));
    }
    out::line(&format!("Approved; {} approval(s) of the request as it stands.", approved.approvals));
    Ok(())
}

pub fn seal(args: &Reference) -> CommandResult {
    let opened = args.as_whom.open()?;
    let bar = progress::Bar::new("sealing");
    let sealed = rights::seal(&opened.desk(), &args.reference, &|done, total| bar.at("items", done, total))?;
    bar.done();
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({
            "found": sealed.found, "released": sealed.released, "withheld": sealed.withheld,
            "not_theirs": sealed.not_theirs, "passages": sealed.passages, "files": sealed.files,
            "manifest": sealed.manifest_hash,
        }));
    }
    out::line(&format!(
        "Sealed: {} items found = {} released + {} withheld + {} not theirs; {} passages withheld; {} files.",
        sealed.found, sealed.released, sealed.withheld, sealed.not_theirs, sealed.passages, sealed.files
    ));
    out::line("Every file was opened again and searched for what was to be withheld: nothing was found.");
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct Release {
    /// The request's reference
    reference: String,
    /// Where the pack goes: a new folder, or with --password-file a new archive
    #[arg(long, value_name = "PATH")]
    to: PathBuf,
    /// A file whose first line is the archive's password: write an AES-256 encrypted archive
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn release(args: &Release) -> CommandResult {
    let opened = args.as_whom.open()?;
    let password = args.password_file.as_ref().map(|path| {
        std::fs::read_to_string(path).map(|text| text.lines().next().unwrap_or_default().to_owned()).map_err(
            |e| CommandError::refused("password", format!("`{}` cannot be read: {e}", path.display())),
        )
    });
    let password = password.transpose()?;
    let released = rights::release(&opened.desk(), &args.reference, &args.to, password.as_deref())?;
    if args.as_whom.place.json {
        return out::json(&serde_json::json!({
            "files": released.files, "answered_on": released.answered_on.to_string(),
        }));
    }
    out::line(&format!("Released: {} files in `{}`.", released.files, args.to.display()));
    Ok(())
}
