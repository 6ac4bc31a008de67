//! The search plan: which systems are asked about a request, drafted from the register; the colleagues who answer
//! for those that no search reaches, and their reminders.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::rights::chase::{Rung, Step, due_step};
use counterfoil_store::access::Actor;
use counterfoil_store::rights::colleague::{QuestionText, SourceQuestion};
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::requests::{Request, SourceAnswer, SourceText};
use counterfoil_store::{Store, StoreError, Terms, Tx};
use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Desk;
use super::search::{CASEBOOK, readable};
use crate::error::{Result, ServiceError};
use crate::letters::{Letter, Piece, Sending, Way, send};
use crate::register::keep;
use crate::register::model::SystemKind;

const LADDER: &str = include_str!("../../../../content/chase.toml");

/// How long a colleague has, in days, unless the officer says otherwise.
pub const USUAL_DAYS: i64 = 7;

/// The most files that one answer may bring, and the largest, in bytes.
pub const MOST_FILES: usize = 50;
/// The largest file of an answer, in bytes.
pub const LARGEST_FILE: usize = 25 << 20;

/// A system of the register as a source of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PlannedSource {
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
    /// The open question to a colleague.
    pub asked: Option<AskedColleague>,
}

/// A question to a colleague, as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AskedColleague {
    /// Who.
    pub name: String,
    /// Until when.
    pub due_on: Date,
    /// How often they were reminded.
    pub chased: i64,
    /// Whom to turn to now: `colleague` or `officer`; empty while nobody.
    pub step: String,
}

/// A question that is about to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    /// The source.
    pub source: String,
    /// The colleague.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What is asked, in words.
    pub question: String,
    /// Until when.
    pub due_on: Date,
}

/// What a colleague sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The request's reference.
    pub reference: String,
    /// Whose data is asked for.
    pub subject: String,
    /// By what they can be known, as they said.
    pub known_by: String,
    /// The source.
    pub source: String,
    /// The question.
    pub question: String,
    /// Until when.
    pub due_on: Date,
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

#[derive(Deserialize)]
struct Ladder {
    step: Vec<LadderStep>,
}

#[derive(Deserialize)]
struct LadderStep {
    days: i32,
    to: String,
}

/// The ladder of reminders.
fn ladder() -> Result<Vec<Step>> {
    let trouble =
        |why: String| ServiceError::Invalid(format!("the ladder of reminders cannot be used: {why}"));
    let ladder: Ladder = toml::from_str(LADDER).map_err(|e| trouble(e.message().to_owned()))?;
    let step = |s: &LadderStep| {
        let to: Rung = s.to.parse().map_err(|_| trouble(format!("`{}` is nobody to turn to", s.to)))?;
        Ok(Step { days: s.days, to })
    };
    ladder.step.iter().map(step).collect()
}

/// Every system of the register with what it answered, then the sources that are not of the register.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn plan(desk: &Desk<'_>, reference: &str) -> Result<Vec<PlannedSource>> {
    let (answers, questions) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            Ok((tx.answers_of(request)?, tx.questions_of(request)?))
        })?;
    let (ladder, today) = (ladder()?, desk.today()?);
    let asked = |source: &str| {
        let open = questions.iter().find(|q| q.source == source && q.state == "asked");
        open.map(|q| shown(q, &ladder, today))
    };
    let answer = |source: &str| answers.iter().find(|a| a.source == source);
    let mut planned: Vec<PlannedSource> = systems(desk)?;
    for source in &mut planned {
        if let Some(a) = answer(&source.source) {
            (source.result, source.items, source.note) = (a.result.clone(), a.items, note(a));
        }
        source.asked = asked(&source.source);
    }
    let known: Vec<String> = planned.iter().map(|s| s.source.clone()).collect();
    planned.extend(answers.iter().filter(|a| !known.contains(&a.source)).map(|a| PlannedSource {
        source: a.source.clone(),
        system: String::new(),
        kind: String::new(),
        location: a.text.location.clone(),
        custodian: String::new(),
        instruction: String::new(),
        result: a.result.clone(),
        items: a.items,
        note: note(a),
        asked: asked(&a.source),
    }));
    Ok(planned)
}

fn note(answer: &SourceAnswer) -> String {
    if answer.text.why.is_empty() { answer.text.method.clone() } else { answer.text.why.clone() }
}

fn shown(question: &SourceQuestion, ladder: &[Step], today: Date) -> AskedColleague {
    let taken = usize::try_from(question.chased).unwrap_or(0);
    let step = due_step(ladder, taken, question.due_on, today);
    AskedColleague {
        name: question.text.name.clone(),
        due_on: question.due_on,
        chased: question.chased,
        step: step.map_or("", |s| s.to.code()).to_owned(),
    }
}

fn systems(desk: &Desk<'_>) -> Result<Vec<PlannedSource>> {
    let Some(register) = keep::current(desk.store, desk.controller())? else { return Ok(Vec::new()) };
    let planned = register.part.system.iter().map(|s| PlannedSource {
        // The casebook is searched by the product itself, under its own name.
        source: if s.kind == SystemKind::Casebook { CASEBOOK.to_owned() } else { s.name.clone() },
        system: s.id.clone(),
        kind: s.kind.code().to_owned(),
        location: s.location.clone(),
        custodian: s.custodian.clone(),
        instruction: s.request.clone(),
        result: String::new(),
        items: 0,
        note: String::new(),
        asked: None,
    });
    Ok(planned.collect())
}

/// Puts systems into the plan: each then owes an answer before the answer to the requester can be sealed. Those
/// that the officer leaves out are noted with the reason.
///
/// # Errors
/// [`ServiceError::Invalid`] when systems are left out without a reason; a refusal of the gate.
pub fn set_plan(desk: &Desk<'_>, reference: &str, chosen: &[String], why_not: &str) -> Result<()> {
    let systems = systems(desk)?;
    let left_out = systems.iter().any(|s| s.source != CASEBOOK && !chosen.contains(&s.system));
    if left_out && why_not.trim().chars().count() < 10 {
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

/// Asks a colleague. The answer is the secret of the link, which is shown once and kept nowhere.
///
/// # Errors
/// [`ServiceError::Invalid`] for an empty question, an unlikely address or a day that is past; a refusal of the
/// gate.
pub fn ask_colleague(desk: &Desk<'_>, reference: &str, new: &NewQuestion) -> Result<String> {
    let today = desk.today()?;
    let empty = new.name.trim().is_empty() || new.question.trim().is_empty() || new.source.trim().is_empty();
    if empty || !new.email.contains('@') || new.due_on < today {
        return Err(ServiceError::Invalid(
            "say who is asked, their e-mail address, what you ask, and a day that is not past".to_owned(),
        ));
    }
    let secret: String = desk.store.fresh_secret().iter().take(20).map(|b| format!("{b:02x}")).collect();
    let text = QuestionText {
        name: new.name.trim().to_owned(),
        email: new.email.trim().to_owned(),
        question: new.question.trim().to_owned(),
        answer: String::new(),
    };
    desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        let text_of = SourceText { location: text.name.clone(), ..SourceText::default() };
        keep_result(tx, request, &new.source, "pending", 0, text_of)?;
        tx.ask_colleague(request, &new.source, &text, &secret, new.due_on)
    })?;
    Ok(secret)
}

/// The question behind a link, for the colleague who has it.
///
/// # Errors
/// [`StoreError::NotFound`] when the link is spent, withdrawn or never was.
pub fn asked(store: &Store, controller: ControllerId, secret: &str) -> Result<Asked> {
    let system = Actor::Automation { controller };
    let done = store.act(&system, Verb::RequestAnswer, Purpose::RightsRequest, |tx| {
        let colleague = tx.prove_colleague(secret)?.ok_or(StoreError::NotFound("question"))?;
        let (request, question) = tx.open_asked(&colleague)?;
        let text = &request.text;
        let subject = if text.subject.is_empty() { &text.requester } else { &text.subject };
        Ok(Asked {
            reference: request.reference.clone(),
            subject: subject.clone(),
            known_by: text.known_by.clone(),
            source: question.source,
            question: question.text.question,
            due_on: question.due_on,
        })
    })?;
    Ok(done)
}

/// A colleague's answer, by their link, which is spent with it.
///
/// # Errors
/// [`ServiceError::Invalid`] for an answer that contradicts itself; [`StoreError::NotFound`] for a spent link.
pub fn reply(store: &Store, controller: ControllerId, secret: &str, reply: &SourceReply) -> Result<()> {
    check(reply)?;
    let read = read_files(reply);
    let system = Actor::Automation { controller };
    store.act(&system, Verb::RequestAnswer, Purpose::RightsRequest, |tx| {
        let colleague = tx.prove_colleague(secret)?.ok_or(StoreError::NotFound("question"))?;
        let (request, question) = tx.open_asked(&colleague)?;
        tx.close_question(&request, &question, reply.said.trim())?;
        take(tx, &request, &question.source, &question.text.name, reply, &read)
    })?;
    Ok(())
}

/// An answer that the officer records: a paper file that was fetched, a word by telephone.
///
/// # Errors
/// [`ServiceError::Invalid`] for an answer that contradicts itself or after decisions; a refusal of the gate.
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
    let said = reply.said.trim().chars().count() >= 10;
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

fn take(
    tx: &mut Tx<'_>,
    request: &Request,
    source: &str,
    by: &str,
    reply: &SourceReply,
    read: &[ItemText],
) -> std::result::Result<(), StoreError> {
    if !tx.decisions_of(request)?.is_empty() {
        return Err(StoreError::Invalid(
            "decisions were made about the items already: undo them before more is added".to_owned(),
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
    keep_result(
        tx,
        request,
        source,
        &reply.result,
        items,
        SourceText { method, why, location: by.to_owned() },
    )
}

/// A question whose next reminder is due.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ToChase {
    /// The request's reference.
    pub reference: String,
    /// The source.
    pub source: String,
    /// The colleague and the step.
    pub asked: AskedColleague,
}

/// The questions whose next reminder is due, oldest request first.
///
/// # Errors
/// What the store answers.
pub fn to_chase(desk: &Desk<'_>) -> Result<Vec<ToChase>> {
    let (ladder, today) = (ladder()?, desk.today()?);
    let found = desk.store.act(desk.who, Verb::RequestRead, Purpose::RightsRequest, |tx| {
        let mut found = Vec::new();
        for reference in tx.requests_with_questions()? {
            let id = tx.request_by_reference(&reference)?;
            match tx.open_request(id, &Terms::default()) {
                Ok(request) => {
                    let open = tx.questions_of(&request)?.into_iter().filter(|q| q.state == "asked");
                    found.extend(open.map(|q| (reference.clone(), q)));
                }
                Err(StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(found)
    })?;
    let line = |(reference, q): (String, SourceQuestion)| {
        let asked = shown(&q, &ladder, today);
        (!asked.step.is_empty()).then_some(ToChase { reference, source: q.source, asked })
    };
    Ok(found.into_iter().filter_map(line).collect())
}

/// Reminds everyone whose next reminder is due by e-mail; what is the officer's own task is left for them. Gives
/// how many were reminded. The link is not repeated: only its hash is kept.
///
/// # Errors
/// What the outbox or the store answers.
pub fn chase(desk: &Desk<'_>) -> Result<usize> {
    let due = to_chase(desk)?;
    let mut reminded = 0;
    for line in due.iter().filter(|l| l.asked.step == Rung::Colleague.code()) {
        let questions =
            desk.on_request(Verb::RequestReview, &line.reference, &Terms::default(), |tx, r| {
                tx.questions_of(r)
            })?;
        let Some(question) = questions.into_iter().find(|q| q.source == line.source && q.state == "asked")
        else {
            continue;
        };
        let sending = Sending { way: Way::Email, to: question.text.email.clone() };
        send(desk, &line.reference, &reminder(&line.reference, &line.source, question.due_on), &sending)?;
        desk.on_request(Verb::RequestReview, &line.reference, &Terms::default(), |tx, _| {
            tx.note_chased(&question)
        })?;
        reminded += 1;
    }
    Ok(reminded)
}

/// Notes that the officer did their own step: rang, or asked somebody else.
///
/// # Errors
/// A refusal of the gate.
pub fn chased_by_hand(desk: &Desk<'_>, reference: &str, source: &str) -> Result<()> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let questions = tx.questions_of(request)?;
        let open = questions.iter().find(|q| q.source == source && q.state == "asked");
        tx.note_chased(open.ok_or(StoreError::NotFound("question"))?)
    })
}

fn reminder(reference: &str, source: &str, due: Date) -> Letter {
    let due = due.strftime("%-d %B %Y");
    Letter {
        kind: "source-reminder".to_owned(),
        language: "en".to_owned(),
        subject: format!("Reminder: your answer about {reference}"),
        title: "We still need your answer".to_owned(),
        said: String::new(),
        body: vec![
            Piece::Paragraph(format!(
                "You were asked what {source} holds for request {reference}. The answer was wanted by {due}."
            )),
            Piece::Paragraph(
                "Please use the link that you were given. If you no longer have it, ask the information rights \
                 team for a new one. \"Nothing held\" is an answer too."
                    .to_owned(),
            ),
        ],
        event: (String::new(), String::new()),
    }
}
