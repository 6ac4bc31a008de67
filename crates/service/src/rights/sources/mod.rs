//! The search plan: which systems are asked about a request, drafted from the register; what each answered; and what
//! the officer records for those that no search reaches.

mod chase;
mod colleague;
mod words;

use counterfoil_domain::access::Verb;
use counterfoil_store::rights::colleague::SourceQuestion;
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::pack::SystemsAsked;
use counterfoil_store::rights::requests::{Request, SourceAnswer, SourceText};
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Desk;
use super::search::{CASEBOOK, readable};
use crate::error::{Result, ServiceError};
use crate::register::keep;
use crate::register::model::SystemKind;

pub use chase::{ToChase, chase, chase_for_everyone, chased_by_hand, to_chase};
pub use colleague::{
    Asked, Link, NewQuestion, NotMine, USUAL_DAYS, ask_colleague, letter, link, not_mine, reply, withdraw,
};

/// The most files that one answer may bring.
pub const MOST_FILES: usize = 50;
/// The largest file of an answer, in bytes.
pub const LARGEST_FILE: usize = 25 << 20;

/// The fewest characters that say where somebody looked, or why not.
const SAID: usize = 10;

/// The plan of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The request's reference.
    pub reference: String,
    /// Whose data is asked for.
    pub subject: String,
    /// By what they can be known, as they said.
    pub known_by: String,
    /// What the request is limited to, if it is.
    pub scope: String,
    /// Whether answers are taken still: until the pack is sealed.
    pub open: bool,
    /// Every system of the register with what it answered, then the sources that are not of the register.
    pub sources: Vec<PlannedSource>,
    /// How the sources of the plan stand.
    pub tally: Tally,
}

/// How many sources of a plan stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Hold something.
    pub held: usize,
    /// Were searched, and hold nothing: nil returns.
    pub nil: usize,
    /// Have not answered: they stop the release.
    pub waiting: usize,
    /// Could not be searched: they stop the release.
    pub failed: usize,
    /// Are left out with a reason: never hold this kind of person, or waived.
    pub left_out: usize,
    /// Nobody decided whether they are asked: they stop the release.
    pub unplanned: usize,
}

impl Tally {
    fn of(sources: &[PlannedSource]) -> Self {
        let count =
            |results: &[&str]| sources.iter().filter(|s| results.contains(&s.result.as_str())).count();
        Self {
            held: count(&["held"]),
            nil: count(&["none-held"]),
            waiting: count(&["pending"]),
            failed: count(&["failed"]),
            left_out: count(&["not-this-kind-of-person", "waived"]),
            // The casebook is searched by the product itself, and stops the release by itself.
            unplanned: sources.iter().filter(|s| s.kind != "casebook" && s.result.is_empty()).count(),
        }
    }

    /// Whether something stops the release.
    #[must_use]
    pub const fn stops(&self) -> bool {
        self.waiting + self.failed + self.unplanned > 0
    }
}

/// A system of the register as a source of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedSource {
    /// Its name in addresses: nothing of it can be read there.
    pub key: String,
    /// The name of the source.
    pub source: String,
    /// Its id in the register; empty for a source that was added by hand.
    pub system: String,
    /// `casebook`, `database`, `paper` ...; empty for one that was added by hand.
    pub kind: String,
    /// Where it is.
    pub location: String,
    /// Who answers for it.
    pub custodian: String,
    /// What a request must do there.
    pub instruction: String,
    /// What it answered; empty while it is not in the plan.
    pub result: String,
    /// How many items it gave.
    pub items: i64,
    /// How it was searched, or why not.
    pub note: String,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
    /// The open question to a colleague.
    pub asked: Option<AskedColleague>,
    /// Every question to a colleague about it, oldest first.
    pub questions: Vec<QuestionLine>,
}

/// A question to a colleague, as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskedColleague {
    /// Who.
    pub name: String,
    /// Until when.
    pub due_on: Date,
    /// How often they were reminded.
    pub chased: i64,
    /// Whom to turn to now: `colleague` or `officer`; empty while nobody.
    pub step: String,
    /// On which day the next step is due; nothing when the ladder has ended.
    pub next: Option<Date>,
}

/// What became of a question to a colleague.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionLine {
    /// Who was asked.
    pub name: String,
    /// `asked`, `answered`, `not-mine` or `withdrawn`.
    pub state: String,
    /// What was asked.
    pub question: String,
    /// What they said.
    pub said: String,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
}

impl From<&SourceQuestion> for QuestionLine {
    fn from(question: &SourceQuestion) -> Self {
        Self {
            name: question.text.name.clone(),
            state: question.state.clone(),
            question: question.text.question.clone(),
            said: question.text.answer.clone(),
            asked_at: question.asked_at,
            answered_at: question.answered_at,
        }
    }
}

/// A file that an answer brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// An answer for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReply {
    /// `held`, `none-held`, `not-this-kind-of-person` or `failed`.
    pub result: String,
    /// How it was looked for, or why it could not be.
    pub said: String,
    /// What it holds.
    pub files: Vec<Brought>,
}

/// The plan of a request: who is asked, what each answered, and what stops the release.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn plan(desk: &Desk<'_>, reference: &str) -> Result<Plan> {
    let (request, answers, questions) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            Ok((request.clone(), tx.answers_of(request)?, tx.questions_of(request)?))
        })?;
    let (ladder, today) = (chase::ladder()?, desk.today()?);
    let mut sources = systems(desk)?;
    let known: Vec<String> = sources.iter().map(|s| s.source.clone()).collect();
    let further = answers.iter().filter(|a| !known.contains(&a.source));
    sources.extend(further.map(|a| empty(&a.source, &a.text.location)));
    for source in &mut sources {
        if let Some(a) = answers.iter().find(|a| a.source == source.source) {
            (source.result, source.items, source.note) = (a.result.clone(), a.items, note(a));
            source.answered_at = a.answered_at;
        }
        let about: Vec<&SourceQuestion> = questions.iter().filter(|q| q.source == source.source).collect();
        let open = about.iter().find(|q| q.state == "asked");
        source.asked = open.map(|q| chase::shown(q, &ladder, today));
        source.questions = about.into_iter().map(QuestionLine::from).collect();
    }
    Ok(Plan {
        subject: subject(&request).to_owned(),
        known_by: request.text.known_by.clone(),
        scope: request.text.scope.clone(),
        open: takes_answers(&request),
        tally: Tally::of(&sources),
        reference: request.reference,
        sources,
    })
}

/// Whose data is asked for.
fn subject(request: &Request) -> &str {
    let text = &request.text;
    if text.subject.is_empty() { &text.requester } else { &text.subject }
}

/// Whether what a source holds can still go into the answer.
fn takes_answers(request: &Request) -> bool {
    ["received", "identified", "searched"].contains(&request.state.as_str())
}

/// The name of a source in addresses.
fn key(source: &str) -> String {
    Sha256::digest(source.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

fn empty(source: &str, location: &str) -> PlannedSource {
    PlannedSource {
        key: key(source),
        source: source.to_owned(),
        system: String::new(),
        kind: String::new(),
        location: location.to_owned(),
        custodian: String::new(),
        instruction: String::new(),
        result: String::new(),
        items: 0,
        note: String::new(),
        answered_at: None,
        asked: None,
        questions: Vec::new(),
    }
}

fn note(answer: &SourceAnswer) -> String {
    if answer.text.why.is_empty() { answer.text.method.clone() } else { answer.text.why.clone() }
}

fn systems(desk: &Desk<'_>) -> Result<Vec<PlannedSource>> {
    let Some(register) = keep::current(desk.store, desk.controller())? else { return Ok(Vec::new()) };
    let planned = register.part.system.iter().map(|s| {
        // The casebook is searched by the product itself, under its own name.
        let source = if s.kind == SystemKind::Casebook { CASEBOOK } else { &s.name };
        PlannedSource {
            system: s.id.clone(),
            kind: s.kind.code().to_owned(),
            custodian: s.custodian.clone(),
            instruction: s.request.clone(),
            ..empty(source, &s.location)
        }
    });
    Ok(planned.collect())
}

/// How many systems the register has, and how many of them have neither answered nor been left out with a reason.
pub(crate) fn systems_asked(desk: &Desk<'_>, answers: &[SourceAnswer]) -> Result<SystemsAsked> {
    let systems = systems(desk)?;
    let unasked = unasked(&systems, answers).count();
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(SystemsAsked { systems: size(systems.len()), unasked: size(unasked) })
}

/// The systems and paper files of the register about which nobody decided: neither asked nor left out with a reason.
pub(crate) fn unplanned(desk: &Desk<'_>, answers: &[SourceAnswer]) -> Result<Vec<String>> {
    let systems = systems(desk)?.into_iter().filter(|s| s.source != CASEBOOK);
    let known = |s: &PlannedSource| answers.iter().any(|a| a.source == s.source);
    Ok(systems.filter(|s| !known(s)).map(|s| s.source).collect())
}

fn unasked<'s>(
    systems: &'s [PlannedSource],
    answers: &[SourceAnswer],
) -> impl Iterator<Item = &'s PlannedSource> {
    let open = |a: &SourceAnswer| matches!(a.result.as_str(), "pending" | "failed");
    systems.iter().filter(move |s| !answers.iter().any(|a| a.source == s.source && !open(a)))
}

/// Puts systems into the plan: each then owes an answer before the answer to the requester can be sealed. Those
/// that the officer leaves out are noted with the reason.
///
/// # Errors
/// [`ServiceError::Invalid`] when systems are left out without a reason; a refusal of the gate.
pub fn set_plan(desk: &Desk<'_>, reference: &str, chosen: &[String], why_not: &str) -> Result<()> {
    let systems = systems(desk)?;
    let left_out = systems.iter().any(|s| s.source != CASEBOOK && !chosen.contains(&s.system));
    if left_out && why_not.trim().chars().count() < SAID {
        return Err(ServiceError::Invalid(
            "say why the systems that are not ticked cannot hold anything of this person: the record of the search \
             keeps it"
                .to_owned(),
        ));
    }
    desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        let answers = tx.answers_of(request)?;
        for system in systems.iter().filter(|s| s.source != CASEBOOK) {
            let now = answers.iter().find(|a| a.source == system.source).map(|a| a.result.as_str());
            let wanted = chosen.contains(&system.system);
            // What was answered stays; only what is open or was left out changes.
            let result = match (now, wanted) {
                (None | Some("not-this-kind-of-person"), true) => "pending",
                (None | Some("pending"), false) => "not-this-kind-of-person",
                _ => continue,
            };
            let why = if wanted { String::new() } else { why_not.trim().to_owned() };
            let text = SourceText { method: String::new(), why, location: system.location.clone() };
            keep_result(tx, request, &system.source, result, 0, text)?;
            if !wanted {
                tx.end_questions(request, &system.source)?;
            }
        }
        Ok(())
    })
}

fn keep_result(
    tx: &mut Tx<'_>,
    request: &Request,
    source: &str,
    result: &str,
    items: i64,
    text: SourceText,
) -> std::result::Result<(), StoreError> {
    let answered_at = (result != "pending").then(|| tx.now());
    let (source, result) = (source.to_owned(), result.to_owned());
    tx.keep_answer(request, &SourceAnswer { source, result, items, text, answered_at })
}

/// An answer that the officer records: a paper file that was fetched, a word by telephone. An open question about the
/// source is withdrawn with it.
///
/// # Errors
/// [`ServiceError::Invalid`] for an answer that contradicts itself, comes after the pack was sealed, or would replace
/// items about which something was decided; a refusal of the gate.
pub fn record(desk: &Desk<'_>, reference: &str, source: &str, reply: &SourceReply) -> Result<()> {
    check(reply)?;
    let read = read_files(reply);
    desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        tx.end_questions(request, source)?;
        take(tx, request, source, "the officer", reply, &read)
    })
}

fn check(reply: &SourceReply) -> Result<()> {
    let refused = |why: &str| Err(ServiceError::Invalid(why.to_owned()));
    let said = reply.said.trim().chars().count() >= SAID;
    match (reply.result.as_str(), reply.files.is_empty()) {
        ("held", true) => refused("something is held: add the files that hold it"),
        ("none-held" | "not-this-kind-of-person" | "failed", false) => {
            refused("files were added: then something is held")
        }
        ("held", false) => Ok(()),
        ("none-held" | "not-this-kind-of-person" | "failed", true) if said => Ok(()),
        ("none-held" | "not-this-kind-of-person" | "failed", true) => {
            refused("say in a sentence where you looked and for what, or why you could not")
        }
        _ => refused("choose one of the answers"),
    }?;
    if reply.files.len() > MOST_FILES || reply.files.iter().any(|f| f.content.len() > LARGEST_FILE) {
        return refused("send no more than 50 files at once, none larger than 25 MB");
    }
    Ok(())
}

/// Each file's text about it, read before the transaction: reading takes time.
fn read_files(reply: &SourceReply) -> Vec<ItemText> {
    let one = |file: &Brought| {
        let kind = readable(&file.name, &file.content);
        ItemText {
            name: file.name.clone(),
            media_type: kind
                .as_ref()
                .map_or("application/octet-stream", |d| super::media_type(d.kind))
                .to_owned(),
            hash: Sha256::digest(&file.content).iter().map(|b| format!("{b:02x}")).collect(),
            unreadable: kind.err().unwrap_or_default(),
            ..ItemText::default()
        }
    };
    reply.files.iter().map(one).collect()
}

/// Makes an answer the source's, and its files items of the request. What was decided about other items stands; every
/// approval is void by itself, since it approved something else.
fn take(
    tx: &mut Tx<'_>,
    request: &Request,
    source: &str,
    by: &str,
    reply: &SourceReply,
    read: &[ItemText],
) -> std::result::Result<(), StoreError> {
    if !takes_answers(request) {
        return Err(StoreError::Invalid(
            "the pack is sealed or the request is over: nothing can be added to it".to_owned(),
        ));
    }
    let gave_before = tx.items_of(request)?.iter().any(|i| i.source == source);
    if gave_before && !tx.decisions_of(request)?.is_empty() {
        return Err(StoreError::Invalid(
            "decisions were made about what this source gave already: undo them before it answers again"
                .to_owned(),
        ));
    }
    tx.drop_items(request, source)?;
    for (file, text) in reply.files.iter().zip(read) {
        let text = ItemText { location: source.to_owned(), ..text.clone() };
        tx.add_item(request, source, &text, &file.content)?;
    }
    let items = i64::try_from(reply.files.len()).unwrap_or(i64::MAX);
    let failed = reply.result == "failed";
    let said = reply.said.trim().to_owned();
    let (method, why) = if failed { (String::new(), said) } else { (said, String::new()) };
    let text = SourceText { method, why, location: by.to_owned() };
    keep_result(tx, request, source, &reply.result, items, text)
}
