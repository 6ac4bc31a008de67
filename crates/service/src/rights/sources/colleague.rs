//! One question to a colleague, who answers it through a link without an account.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::rights::chase::link_opens;
use counterfoil_store::rights::colleague::{QuestionText, SourceQuestion};
use counterfoil_store::rights::requests::{Request, SourceText};
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::civil::Date;
use serde::Serialize;

use super::{SAID, SourceReply, check, keep_result, read_files, take, takes_answers};
use crate::error::{Result, ServiceError};
use crate::letters::{Language, Letter, Piece, long_date};
use crate::rights::Desk;
use crate::rights::sources::words::Words;

/// How long a colleague has, in days, unless the officer says otherwise.
pub const USUAL_DAYS: i64 = 7;

/// The longest of what is written in a question or an answer, in characters.
const LONGEST: usize = 5000;

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
    /// Whose data is asked for: what the colleague must know, and no more.
    pub whom: String,
    /// By what they can be known there.
    pub known_by: String,
    /// The time that is asked about.
    pub period: String,
    /// Until when.
    pub due_on: Date,
}

/// What a colleague sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The request's reference.
    pub reference: String,
    /// Who is asked.
    pub name: String,
    /// Whose data is asked for.
    pub whom: String,
    /// By what they can be known.
    pub known_by: String,
    /// The time that is asked about.
    pub period: String,
    /// The source.
    pub source: String,
    /// The question.
    pub question: String,
    /// Until when.
    pub due_on: Date,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// The question.
    Open(Box<Asked>),
    /// It was answered with this link.
    Answered,
    /// Whoever had the link said that the question is not theirs.
    NotMine,
    /// The officer withdrew the question or asked it anew.
    Withdrawn,
    /// The link is too old, or the request is over.
    Over,
    /// There never was such a link: a part of the address may be missing.
    Unknown,
}

/// A colleague's word that the question is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotMine {
    /// Whom to ask, in words.
    pub whom: String,
}

/// Asks a colleague. The answer is the secret of the link, which is shown once and kept nowhere.
///
/// # Errors
/// [`ServiceError::Invalid`] for an empty question, an unlikely address, a day that is past, or a request that takes no
/// answers any more; a refusal of the gate.
pub fn ask_colleague(desk: &Desk<'_>, reference: &str, new: &NewQuestion) -> Result<String> {
    let today = desk.today()?;
    let parts = [&new.name, &new.question, &new.source, &new.whom];
    let empty = parts.iter().any(|part| part.trim().is_empty());
    if empty || !new.email.contains('@') || new.due_on < today {
        return Err(ServiceError::Invalid(
            "say who is asked, their e-mail address, whose data it is about, what you ask, and a day that is not past"
                .to_owned(),
        ));
    }
    let all = [&new.name, &new.email, &new.question, &new.whom, &new.known_by, &new.period];
    if all.iter().any(|part| part.chars().count() > LONGEST) {
        return Err(ServiceError::Invalid(format!("use no more than {LONGEST} characters in one field")));
    }
    let secret: String = desk.store.fresh_secret().iter().take(20).map(|b| format!("{b:02x}")).collect();
    let text = QuestionText {
        name: new.name.trim().to_owned(),
        email: new.email.trim().to_owned(),
        question: new.question.trim().to_owned(),
        whom: new.whom.trim().to_owned(),
        known_by: new.known_by.trim().to_owned(),
        period: new.period.trim().to_owned(),
        answer: String::new(),
    };
    desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        if !takes_answers(request) {
            return Err(StoreError::Invalid(
                "the pack is sealed or the request is over: nobody need be asked".to_owned(),
            ));
        }
        // What a source gave stays until it answers anew: the question is a second look.
        let answers = tx.answers_of(request)?;
        let gave = answers.iter().any(|a| a.source == new.source && a.items > 0);
        if !gave {
            let text_of = SourceText { location: text.name.clone(), ..SourceText::default() };
            keep_result(tx, request, &new.source, "pending", 0, text_of)?;
        }
        tx.ask_colleague(request, &new.source, &text, &secret, new.due_on)
    })?;
    Ok(secret)
}

/// Withdraws the open question about a source: its link opens nothing any more. The source owes its answer still.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing is asked; a refusal of the gate.
pub fn withdraw(desk: &Desk<'_>, reference: &str, source: &str) -> Result<()> {
    let ended = desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        tx.end_questions(request, source)
    })?;
    if ended == 0 {
        return Err(ServiceError::Invalid("nobody is asked about this source now".to_owned()));
    }
    Ok(())
}

/// The letter that brings a colleague their link; its subject names nobody.
///
/// # Errors
/// When the words cannot be read.
pub fn letter(reference: &str, new: &NewQuestion, address: &str, language: Language) -> Result<Letter> {
    let words = Words::of(language)?;
    let due = long_date(new.due_on, language);
    let say = |text: &str| {
        text.replace("{source}", &new.source)
            .replace("{reference}", reference)
            .replace("{due}", &due)
            .replace("{address}", address)
    };
    Ok(Letter {
        kind: "source-question".to_owned(),
        language: language.tag().to_owned(),
        subject: say(&words.question.subject),
        title: say(&words.question.title),
        said: String::new(),
        body: words.question.paragraphs.iter().map(|p| Piece::Paragraph(say(p))).collect(),
        event: (String::new(), String::new()),
        answerable: None,
    })
}

/// What is behind a link, for the colleague who has it.
///
/// # Errors
/// What the gate or the store answers.
pub fn link(desk: &Desk<'_>, secret: &str) -> Result<Link> {
    let today = desk.today()?;
    let found = desk.store.act(desk.who, Verb::RequestAnswer, Purpose::RightsRequest, |tx| {
        Ok(match open(tx, secret, today)? {
            Behind::Question(asked) => Link::Open(Box::new(seen(&asked.0, asked.1))),
            Behind::Nothing(link) => link,
        })
    })?;
    Ok(found)
}

enum Behind {
    Question(Box<(Request, SourceQuestion)>),
    Nothing(Link),
}

fn open(tx: &mut Tx<'_>, secret: &str, today: Date) -> std::result::Result<Behind, StoreError> {
    let nothing = |link| Ok(Behind::Nothing(link));
    match tx.colleague_link(secret)? {
        None => return nothing(Link::Unknown),
        Some((state, due)) => match state.as_str() {
            "asked" if link_opens(due, today) => {}
            "asked" => return nothing(Link::Over),
            "answered" => return nothing(Link::Answered),
            "not-mine" => return nothing(Link::NotMine),
            _ => return nothing(Link::Withdrawn),
        },
    }
    let colleague = tx.prove_colleague(secret)?.ok_or(StoreError::NotFound("question"))?;
    let (request, question) = tx.open_asked(&colleague)?;
    if takes_answers(&request) {
        Ok(Behind::Question(Box::new((request, question))))
    } else {
        nothing(Link::Over)
    }
}

fn seen(request: &Request, question: SourceQuestion) -> Asked {
    Asked {
        reference: request.reference.clone(),
        name: question.text.name,
        whom: question.text.whom,
        known_by: question.text.known_by,
        period: question.text.period,
        source: question.source,
        question: question.text.question,
        due_on: question.due_on,
    }
}

/// A colleague's answer, by their link, which is spent with it. Gives how the link stood: anything but
/// [`Link::Open`] means that nothing was taken.
///
/// # Errors
/// [`ServiceError::Invalid`] for an answer that contradicts itself.
pub fn reply(desk: &Desk<'_>, secret: &str, reply: &SourceReply) -> Result<Link> {
    check(reply)?;
    let read = read_files(reply);
    answer(desk, secret, |tx, request, question| {
        tx.close_question(request, question, "answered", reply.said.trim())?;
        take(tx, request, &question.source, &question.text.name, reply, &read)
    })
}

/// A colleague says that the question is somebody else's: the link is spent, and the source owes its answer still.
///
/// # Errors
/// [`ServiceError::Invalid`] without a word on whom to ask.
pub fn not_mine(desk: &Desk<'_>, secret: &str, said: &NotMine) -> Result<Link> {
    let whom = said.whom.trim();
    if whom.chars().count() < 3 || whom.chars().count() > LONGEST {
        return Err(ServiceError::Invalid("say whom to ask instead: a name, a post or a team".to_owned()));
    }
    answer(desk, secret, |tx, request, question| {
        tx.close_question(request, question, "not-mine", whom)?;
        // What the source gave before, if it did, stays.
        let gave = tx.answers_of(request)?.iter().any(|a| a.source == question.source && a.items > 0);
        if gave {
            return Ok(());
        }
        let why = format!("{} says that it is not theirs to answer; ask instead: {whom}", question.text.name);
        let text = SourceText { why, location: question.text.name.clone(), ..SourceText::default() };
        keep_result(tx, request, &question.source, "pending", 0, text)
    })
}

fn answer(
    desk: &Desk<'_>,
    secret: &str,
    work: impl Fn(&mut Tx<'_>, &Request, &SourceQuestion) -> std::result::Result<(), StoreError>,
) -> Result<Link> {
    let today = desk.today()?;
    let done = desk.store.act(desk.who, Verb::RequestAnswer, Purpose::RightsRequest, |tx| {
        match open(tx, secret, today)? {
            Behind::Nothing(link) => Ok(link),
            Behind::Question(asked) => {
                let (request, question) = *asked;
                work(tx, &request, &question)?;
                Ok(Link::Open(Box::new(seen(&request, question))))
            }
        }
    })?;
    Ok(done)
}

const _: () = assert!(SAID < LONGEST, "an answer can be long enough and short enough");
