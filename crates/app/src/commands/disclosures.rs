//! The register of disclosures, and the list of a bulk mailing.

use counterfoil_service::sharing::{Filter, market, register};

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

/// What left, waits to leave, or was refused
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only a part: `waiting`, `to-tell`, `sent` or `refused`
    #[arg(long, default_value = "all")]
    show: String,
    /// Instead: the list of a bulk e-mail through this recipient, as CSV with name and e-mail address
    #[arg(long, value_name = "RECIPIENT")]
    mailing: Option<String>,
    #[command(flatten)]
    as_whom: AsWhom,
}

pub fn run(args: &Args) -> CommandResult {
    let opened = args.as_whom.open()?;
    if let Some(recipient) = &args.mailing {
        let list = market::mailing(&opened.desk(), recipient, &["name", "email"])?;
        if args.as_whom.place.json {
            return out::json(&serde_json::json!({
                "people": list.people, "left_out": list.left_out, "csv": list.csv,
            }));
        }
        out::line(list.csv.trim_end());
        return Ok(());
    }
    let filter = match args.show.as_str() {
        "all" => Filter::All,
        "waiting" => Filter::Waiting,
        "to-tell" => Filter::ToTell,
        "sent" => Filter::Sent,
        "refused" => Filter::Refused,
        other => {
            return Err(CommandError::refused(
                "usage",
                format!("`{other}` is no part of the register: use all, waiting, to-tell, sent or refused"),
            ));
        }
    };
    let lines = register::disclosures(&opened.desk(), filter)?;
    if args.as_whom.place.json {
        let lines: Vec<_> = lines
            .iter()
            .map(|d| {
                serde_json::json!({
                    "id": d.id.to_string(), "state": d.state, "ground": d.text.ground,
                    "recipient": d.text.recipient_name, "fields": d.text.fields, "telling": d.telling,
                    "authoriser": d.text.authoriser, "proposed_at": d.proposed_at, "sent_at": d.sent_at,
                    "tell_by": d.tell_by, "refused": d.text.refused,
                })
            })
            .collect();
        return out::json(&lines);
    }
    for d in &lines {
        let why = d.text.refused.first().map(|(_, reason)| format!(" ({reason})")).unwrap_or_default();
        out::line(&format!("{} {} {} to {}{why}", d.id, d.state, d.text.ground, d.text.recipient_name));
    }
    out::line(&format!("{} disclosures", lines.len()));
    Ok(())
}
