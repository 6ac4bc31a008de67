//! The desk's part of the story: the search plan, colleagues who were asked and answered, time and service.

use std::collections::BTreeMap;

use counterfoil_store::access::Actor;
use jiff::ToSpan;

use super::story::Deed;
use crate::error::{Result, ServiceError};
use crate::letters::{self, Points, Sending, Way};
use crate::rights::sources::{self, Brought, NewQuestion, NotMine, SourceReply};
use crate::rights::{Desk, figures};

/// The secret of the last link, by request and source: the story plays the colleague, too.
pub(super) type Links = BTreeMap<(String, String), String>;

/// Does one thing of the desk.
pub(super) fn tell(desk: &Desk<'_>, reference: &str, deed: &Deed, links: &mut Links) -> Result<()> {
    match deed {
        Deed::Plan { systems, why } => sources::set_plan(desk, reference, systems, why),
        Deed::Ask { source, name, question, days } => {
            let secret = sources::ask_colleague(
                desk,
                reference,
                &asked(desk, reference, source, name, question, *days)?,
            )?;
            links.insert((reference.to_owned(), source.clone()), secret);
            Ok(())
        }
        Deed::Answer { source, result, said, paper } => {
            let secret = links.get(&(reference.to_owned(), source.clone())).map_or("", String::as_str);
            answer(desk, secret, result, said, paper)
        }
        Deed::Record { source, result, said } => {
            let reply = SourceReply { result: result.clone(), said: said.clone(), files: Vec::new() };
            sources::record(desk, reference, source, &reply)
        }
        Deed::Pass { office, why } => {
            let to = crate::installation::office_named(desk.store, desk.controller(), office)?;
            crate::rights::pass(desk, reference, to, why).map(|_| ())
        }
        Deed::Letter { letter, said } => post(desk, reference, letter, said),
        Deed::Remind => sources::chase(desk, Some(reference)).map(|_| ()),
        Deed::Time { minutes } => figures::note_time(desk, reference, *minutes),
        Deed::Service { service } => figures::set_service(desk, reference, service),
        Deed::Event { .. }
        | Deed::Identify { .. }
        | Deed::Search
        | Deed::Listened { .. }
        | Deed::Others { .. }
        | Deed::Approve
        | Deed::Seal => Ok(()),
    }
}

fn post(desk: &Desk<'_>, reference: &str, kind: &str, said: &str) -> Result<()> {
    let kind = kind.parse().map_err(|_| ServiceError::Invalid(format!("`{kind}` is no letter")))?;
    let to = crate::rights::show(desk, reference)?.asked.into_iter().find(|(name, _)| *name == "reply_to");
    let points = Points { said: said.to_owned(), ..Points::default() };
    let letter = letters::draft(desk, reference, kind, &points)?;
    let to = to.map_or_else(|| "the requester".to_owned(), |(_, to)| to);
    let id = letters::send(desk, reference, &letter, &Sending { way: Way::Print, to })?;
    letters::printed(desk, reference, id)
}

fn asked(
    desk: &Desk<'_>,
    reference: &str,
    source: &str,
    name: &str,
    question: &str,
    days: i32,
) -> Result<NewQuestion> {
    let plan = sources::plan(desk, reference)?;
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphabetic() { c } else { '.' }).collect();
    Ok(NewQuestion {
        source: source.to_owned(),
        name: name.to_owned(),
        email: format!("{plain}@colleagues.example"),
        question: question.to_owned(),
        whom: plan.subject,
        known_by: plan.known_by,
        period: plan.scope,
        due_on: desk.today()?.saturating_add(days.days()),
    })
}

/// As the colleague does it: by the link, as the public site.
fn answer(desk: &Desk<'_>, secret: &str, result: &str, said: &str, paper: &str) -> Result<()> {
    let who = Actor::Automation { controller: desk.controller() };
    let public = Desk { who: &who, ..*desk };
    if result == "not-mine" {
        return sources::not_mine(&public, secret, &NotMine { whom: said.to_owned() }).map(|_| ());
    }
    let files = if paper.is_empty() {
        Vec::new()
    } else {
        vec![Brought { name: "extract.txt".to_owned(), content: paper.as_bytes().to_vec() }]
    };
    let reply = SourceReply { result: result.to_owned(), said: said.to_owned(), files };
    sources::reply(&public, secret, &reply).map(|_| ())
}
