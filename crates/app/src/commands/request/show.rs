//! Looking.

use counterfoil_service::rights::{self, RequestSummary};

use crate::desk::AsWhom;
use crate::out::{self, CommandResult};

#[derive(Debug, clap::Args)]
pub struct Show {
    /// The request's reference
    reference: String,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn show(args: &Show) -> CommandResult {
    let opened = args.as_whom.open()?;
    let view = rights::show(&opened.desk(), &args.reference)?;
    if args.as_whom.place.json {
        return out::json(&view);
    }
    out::line(&summary(&view.summary));
    out::line(&format!("Requester: {}", view.requester));
    out::line("Clock");
    for (text, provision) in &view.working {
        out::line(&format!("  {text} [{provision}]"));
    }
    out::line("Events");
    for (on, kind, note) in &view.events {
        out::line(&format!("  {on} {kind} {note}"));
    }
    out::line("Sources");
    for s in &view.sources {
        out::line(&format!("  {}: {}, {} items ({})", s.source, s.result, s.items, s.note));
    }
    out::line(&format!("Items: {}; decisions: {}; approvals: {}", view.items.len(), view.decisions.len(), view.approvals));
    Ok(())
}

#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn list(args: &List) -> CommandResult {
    let opened = args.as_whom.open()?;
    let requests = rights::list(&opened.desk(), 1000)?;
    if args.as_whom.place.json {
        return out::json(&requests);
    }
    if requests.is_empty() {
        out::line("There are no requests that you may see.");
    }
    for request in &requests {
        out::line(&summary(request));
    }
    Ok(())
}

fn summary(r: &RequestSummary) -> String {
    let due = match (r.due, r.late) {
        (Some(due), true) => format!("was due on {}", due.strftime("%A %-d %B %Y")),
        (Some(due), false) => format!("due on {}", due.strftime("%A %-d %B %Y")),
        (None, _) if !r.clock_error.is_empty() => format!("no due date: {}", r.clock_error),
        (None, _) => "no due date while the clock stands".to_owned(),
    };
    format!("{}  {}  received {}  {}  {due}", r.reference, r.right, r.received_on, r.state)
}
