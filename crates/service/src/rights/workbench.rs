//! The review workbench: what an officer sees of a request's items and people, and one page with what becomes of
//! it. Everything is read in one act; nothing here changes anything.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::exemptions;
use counterfoil_finding::cast::Role;
use counterfoil_store::Terms;
use jiff::Timestamp;
use serde::Serialize;

use super::cast::{self, Member, People};
use super::choice::{Choice, Fate};
use super::own::Own;
use super::plan::{Judge, Verdict};
use super::prepare::{Prepared, Tally};
use super::review::{self, File, role_word, standings};
use super::{Desk, REQUESTER};
use crate::error::Result;

/// The whole of a review, for its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bench {
    /// The request's reference.
    pub reference: String,
    /// Who asks.
    pub requester: String,
    /// Where the request is.
    pub state: String,
    /// Whether the items were read and counted as the decisions now stand.
    pub counted: bool,
    /// The items.
    pub items: Vec<BenchItem>,
    /// The people, the requester first.
    pub people: Vec<BenchPerson>,
    /// Names and numbers that belong to nobody of the people.
    pub loose: Vec<LooseString>,
    /// How many pages there are.
    pub pages: usize,
    /// Mentions that wait for a decision, in how many items.
    pub open: usize,
    /// Items with such mentions.
    pub open_items: usize,
    /// The decision about everyone else, if there is one.
    pub others: Option<DecisionLine>,
    /// The last decision, which can be undone at once.
    pub last: Option<DecisionLine>,
    /// How many decisions count.
    pub decisions: usize,
}

/// One item of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BenchItem {
    /// Its number.
    pub number: i64,
    /// The source that gave it.
    pub source: String,
    /// What it is called.
    pub name: String,
    /// `message`, `pdf`, `picture` ...
    pub kind: String,
    /// `found`, `released`, `withheld` or `not-theirs`.
    pub state: String,
    /// Pages, by the numbers of the pack.
    pub pages: usize,
    /// The conversation that it belongs to; empty for none.
    pub thread: String,
    /// `read`, `duplicate`, `contained` or `near`.
    pub standing: String,
    /// The item that it repeats or is inside; 0 for none.
    pub of: i64,
    /// Mentions that wait for a decision.
    pub open: usize,
    /// Mentions that are withheld.
    pub withheld: usize,
    /// Mentions by kinship.
    pub kinship: usize,
    /// Things that the original does not show.
    pub hidden: usize,
    /// Pages and files inside that could not be read.
    pub unread: usize,
    /// Why it could not be read at all, or empty.
    pub unreadable: String,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BenchPerson {
    /// Their key in this request.
    pub key: String,
    /// Forenames and surname.
    pub name: String,
    /// Their role in the request.
    pub role: String,
    /// Names, addresses and numbers by which they are found, the first the name.
    pub forms: Vec<String>,
    /// Mentions in all items.
    pub mentions: usize,
    /// Items with a mention.
    pub items: usize,
    /// The items with a mention, the first few.
    pub first_items: Vec<i64>,
    /// `own`, `kept`, `withheld` or `undecided`.
    pub state: String,
    /// What was decided about them.
    pub decision: Option<DecisionLine>,
    /// What speaks for a decision.
    pub suggestion: Suggestion,
    /// Whether others were found to be the same person.
    pub merged: usize,
}

/// A suggestion, for a person to confirm or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Suggestion {
    /// `release` or `withhold`; empty for the requester.
    pub fate: String,
    /// The reason to be recorded when it is followed.
    pub reason: String,
    /// The exemption's code, to withhold.
    pub code: String,
    /// Why it is suggested.
    pub why: Vec<String>,
    /// Whether the requester seems to know it already.
    pub known: bool,
}

/// A name or number that belongs to nobody of the people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LooseString {
    /// As it is written.
    pub text: String,
    /// What kind of finding.
    pub kind: String,
    /// How often.
    pub count: usize,
    /// In how many items.
    pub items: usize,
    /// The first of them.
    pub item: i64,
    /// `kept`, `withheld` or `undecided`.
    pub state: String,
    /// The decision about it, if one was made about these very words.
    pub decision: Option<i64>,
}

/// One decision in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionLine {
    /// Its number.
    pub number: i64,
    /// `person`, `others`, `item`, `passage`, `mention`, `page`, `file`, `area`, `region`, `span`, `same` or `apart`.
    pub about: String,
    /// Whom or what, in words.
    pub what: String,
    /// `release`, `withhold` or `not-theirs`.
    pub fate: String,
    /// The exemption's code.
    pub code: String,
    /// The exemption's name.
    pub exemption: String,
    /// Why.
    pub reason: String,
    /// Whether the requester knows it already.
    pub known: bool,
}

impl DecisionLine {
    pub(crate) fn new(number: i64, choice: &Choice, people: &People) -> Self {
        let ground = choice.ground();
        let name = |key: &str| people.by_key(key).map_or_else(String::new, |(_, m)| m.person.name());
        let (about, what) = match choice {
            Choice::Person { member, who, .. } => {
                let known = people.by_key(who).map(|(_, m)| m.person.name());
                let named = member.person().map(|p| p.name()).unwrap_or_default();
                ("person", known.unwrap_or(named))
            }
            Choice::Others { .. } => ("others", String::new()),
            Choice::Item { number, .. } => ("item", number.to_string()),
            Choice::Passage { text, .. } => ("passage", text.clone()),
            Choice::Mention { number, text, .. } => ("mention", format!("{number}: {text}")),
            Choice::Page { number, page: Some(page), part, .. } => {
                let inside: String = part.iter().map(|n| format!(".{}", n + 1)).collect();
                ("page", format!("{number}{inside}/{}", page + 1))
            }
            Choice::Page { number, page: None, part, .. } => {
                let inside: String = part.iter().map(|n| format!(".{}", n + 1)).collect();
                ("file", format!("{number}{inside}"))
            }
            Choice::Area { number, page, .. } => ("area", format!("{number}/{}", page + 1)),
            Choice::Region { number, label, .. } => ("region", format!("{number}: {label}")),
            Choice::Span { number, from_ms, until_ms, .. } => {
                ("span", format!("{number}: {} – {}", seconds(*from_ms), seconds(*until_ms)))
            }
            Choice::Same { first, .. } => ("same", name(first)),
            Choice::Apart { who, forms, .. } => ("apart", format!("{}: {}", name(who), forms.join(", "))),
        };
        let fate = match choice.fate() {
            Fate::Release => "release",
            Fate::Withhold => "withhold",
            Fate::NotTheirs => "not-theirs",
        };
        Self {
            number,
            about: about.to_owned(),
            what,
            fate: fate.to_owned(),
            code: ground.code.clone(),
            exemption: exemptions::exemption(&ground.code).map_or("", |e| e.name).to_owned(),
            reason: ground.reason.clone(),
            known: ground.known,
        }
    }
}

/// A moment of a recording, such as `1:04.5`.
pub(crate) fn seconds(ms: u64) -> String {
    format!("{}:{:02}.{}", ms / 60_000, ms / 1000 % 60, ms / 100 % 10)
}

/// The list of items and people of a review.
///
/// # Errors
/// A refusal of the gate; [`crate::ServiceError::NotReady`] before a search.
pub fn bench(desk: &Desk<'_>, reference: &str) -> Result<Bench> {
    let file = File::read(desk, Verb::RequestReview, reference, &Terms::default())?;
    let counted = file.is_counted()?;
    let (people, own) = (file.people()?, Own::of(&file.the_prepared()?.profile));
    let judge = Judge { people: &people, choices: &file.choices, own: &own, everything: false };
    let standings = standings(desk, Verb::RequestReview, &judge, &file)?;
    let items: Vec<BenchItem> = file
        .items
        .iter()
        .map(|item| {
            let seen = review::item_review(item, file.tally(item.number), &standings);
            bench_item(seen, file.tally(item.number))
        })
        .collect();
    let goes_out = |i: &&BenchItem| i.state != "withheld" && i.state != "not-theirs" && i.open > 0;
    let line = |(number, choice): &(i64, Choice)| DecisionLine::new(*number, choice, &people);
    let others = file.choices.iter().rev().find(|(_, c)| matches!(c, Choice::Others { .. })).map(line);
    let prepared = file.the_prepared()?;
    Ok(Bench {
        reference: file.request.reference.clone(),
        requester: file.request.text.requester.clone(),
        state: file.request.state.clone(),
        counted,
        pages: items.iter().map(|i| i.pages).sum(),
        open: items.iter().filter(goes_out).map(|i| i.open).sum(),
        open_items: items.iter().filter(goes_out).count(),
        people: bench_people(&judge, prepared),
        loose: loose(&judge, prepared),
        items,
        others,
        last: file.choices.last().map(line),
        decisions: file.choices.len(),
    })
}

fn bench_item(seen: review::ItemReview, tally: Option<&Tally>) -> BenchItem {
    let none = Tally::default();
    let tally = tally.unwrap_or(&none);
    BenchItem {
        number: seen.number,
        source: seen.source,
        name: seen.name,
        kind: tally.kind.clone(),
        state: seen.state,
        pages: seen.pages.max(1),
        thread: tally.thread.clone(),
        standing: tally.standing.clone(),
        of: tally.of,
        open: seen.ambiguous + seen.others,
        withheld: seen.withheld,
        kinship: seen.kinship,
        hidden: seen.hidden,
        unread: tally.unread,
        unreadable: seen.unreadable,
    }
}

/// The people with what was counted of them.
pub(crate) fn bench_people(judge: &Judge<'_>, prepared: &Prepared) -> Vec<BenchPerson> {
    let counts = review::counts(judge.people, &prepared.tallies);
    let places = first_items(judge.people, &prepared.tallies);
    let person = |(index, member): (usize, &Member)| {
        let (mentions, items) = counts.get(&member.key).copied().unwrap_or_default();
        BenchPerson {
            key: member.key.clone(),
            name: member.person.name(),
            role: role_word(member.person.role),
            forms: cast::forms(&member.person),
            mentions,
            items,
            first_items: places.get(&member.key).cloned().unwrap_or_default(),
            state: state_of(&judge.about(index), index).to_owned(),
            decision: member.decided.as_ref().map(|(n, c)| DecisionLine::new(*n, c, judge.people)),
            suggestion: suggestion(member),
            merged: member.also.len(),
        }
    };
    judge.people.members.iter().enumerate().map(person).collect()
}

/// The items in which each is mentioned, the first few of each.
fn first_items(people: &People, tallies: &[Tally]) -> BTreeMap<String, Vec<i64>> {
    const FEW: usize = 12;
    let mut places: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for tally in tallies {
        let here: BTreeSet<&str> = tally
            .mentions
            .keys()
            .filter_map(|k| review::counting(people, k))
            .map(|k| people.by_key(k).map_or(k, |(_, m)| m.key.as_str()))
            .collect();
        for key in here {
            let list = places.entry(key.to_owned()).or_default();
            if list.len() < FEW {
                list.push(tally.number);
            }
        }
    }
    places
}

pub(crate) fn state_of(verdict: &Verdict, index: usize) -> &'static str {
    match verdict {
        Verdict::Keep(..) if index == 0 => "own",
        Verdict::Keep(..) => "kept",
        Verdict::Withhold(..) => "withheld",
        Verdict::Undecided => "undecided",
    }
}

/// What speaks for releasing or withholding a person's name; a person decides.
fn suggestion(member: &Member) -> Suggestion {
    if member.key == REQUESTER {
        return Suggestion::default();
    }
    let mut why = member.found.as_ref().map_or_else(Vec::new, |f| f.why.clone());
    // Who also wrote behind the requester's back may have done so in confidence.
    let met = member.found.as_ref().filter(|f| f.apart == 0).map_or(0, |f| f.met);
    let (fate, code, reason, because) = match member.person.role {
        Role::Professional => (
            "release",
            "",
            "acts in a health, social work or education role",
            "such workers are presumed reasonable to name (DPA 2018 Sch 2 para 17)",
        ),
        Role::Staff => {
            ("release", "", "acts in a role for the organisation", "named in a role, not in private")
        }
        Role::Representative => ("release", "", "acts for the requester", "acts for the requester"),
        Role::Organisation => ("release", "", "not an individual", "no individual"),
        Role::ThirdParty | Role::Requester if met > 0 => (
            "release",
            "",
            "the requester knows it: they wrote to each other",
            "the requester was in this correspondence, so their name tells nothing new",
        ),
        Role::ThirdParty | Role::Requester => (
            "withhold",
            "S2-16",
            "another individual, who has not agreed",
            "another individual (DPA 2018 Sch 2 para 16): withheld unless they agree or it is reasonable without",
        ),
    };
    why.push(because.to_owned());
    Suggestion {
        fate: fate.to_owned(),
        reason: reason.to_owned(),
        code: code.to_owned(),
        why,
        known: met > 0 && member.person.role == Role::ThirdParty,
    }
}

fn loose(judge: &Judge<'_>, prepared: &Prepared) -> Vec<LooseString> {
    let others = match judge.choices.iter().rev().find(|(_, c)| matches!(c, Choice::Others { .. })) {
        Some((_, choice)) if choice.fate() == Fate::Withhold => "withheld",
        Some(_) => "kept",
        None => "undecided",
    };
    let one = |s: &super::prepare::Loose| {
        let decided = judge.passage_about(s.item, &s.text);
        let state = match decided.map(|(_, c)| c.fate()) {
            Some(Fate::Withhold) => "withheld",
            Some(_) => "kept",
            None => others,
        };
        LooseString {
            text: s.text.clone(),
            kind: s.kind.clone(),
            count: s.count,
            items: s.items,
            item: s.item,
            state: state.to_owned(),
            decision: decided.map(|(n, _)| *n),
        }
    };
    prepared.strings.iter().map(one).collect()
}

/// A ground that was recorded for this request and can be used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsedGround {
    /// The decision that it was last recorded with.
    pub number: i64,
    /// The exemption's code.
    pub code: String,
    /// The exemption's name.
    pub exemption: String,
    /// Why.
    pub reason: String,
    /// The answers to its test.
    pub answers: BTreeMap<String, String>,
}

/// The grounds on which something of this request is withheld, the last used first.
pub(crate) fn grounds(choices: &[(i64, Choice)]) -> Vec<UsedGround> {
    let mut all: Vec<UsedGround> = Vec::new();
    for (number, choice) in choices.iter().rev().filter(|(_, c)| c.fate() == Fate::Withhold) {
        let ground = choice.ground();
        let same = |g: &UsedGround| {
            g.code == ground.code && g.reason == ground.reason && g.answers == ground.answers
        };
        if !all.iter().any(same) {
            all.push(UsedGround {
                number: *number,
                code: ground.code.clone(),
                exemption: exemptions::exemption(&ground.code).map_or("", |e| e.name).to_owned(),
                reason: ground.reason.clone(),
                answers: ground.answers.clone(),
            });
        }
    }
    all
}

/// The grounds that were used for this request.
///
/// # Errors
/// A refusal of the gate.
pub fn used_grounds(desk: &Desk<'_>, reference: &str) -> Result<Vec<UsedGround>> {
    let decisions = desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.decisions_of(request)
    })?;
    Ok(grounds(&review::choices_of(&decisions)?))
}

/// A note, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteLine {
    /// The item; 0 for the request.
    pub item: i64,
    /// The page, from 1; 0 for the item.
    pub page: i64,
    /// In words.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
