//! Review: the people of a request and where they are mentioned, item by item.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::StaffId;
use counterfoil_store::rights::items::{Item, KeptDecision};
use counterfoil_store::rights::requests::{Request, SourceAnswer};
use counterfoil_store::{Terms, Tx};
use serde::Serialize;

use super::cast::{self, People};
use super::choice::Choice;
use super::own::Own;
use super::plan::{Judge, Open, Verdict};
use super::prepare::{self, Choices, Prepared, Tally};
use super::{Desk, reading, regions};
use crate::error::{Result, ServiceError};

/// What an officer sees before deciding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The people of the cast, the requester first, and how often each is mentioned.
    pub people: Vec<PersonMentions>,
    /// Names that the documents suggest and that are in no cast yet, with the number of items.
    pub suggested: Vec<(String, usize)>,
    /// The items.
    pub items: Vec<ItemReview>,
}

/// One person of the cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonMentions {
    /// Forenames and surname.
    pub name: String,
    /// Their role in the request.
    pub role: String,
    /// Mentions in all items.
    pub mentions: usize,
    /// Items with a mention.
    pub items: usize,
    /// `kept`, `withheld` or `undecided`.
    pub decision: String,
    /// The exemption's code, when withheld.
    pub code: String,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReview {
    /// Its number.
    pub number: i64,
    /// The source that gave it.
    pub source: String,
    /// What it is called.
    pub name: String,
    /// `found`, `released`, `withheld` or `not-theirs`.
    pub state: String,
    /// Its pages, by the numbers of the pack.
    pub pages: usize,
    /// Mentions that will be withheld as things stand.
    pub withheld: usize,
    /// Mentions that could be of several people: someone must say who is meant.
    pub ambiguous: usize,
    /// Names and identifiers of people about whom nothing was decided.
    pub others: usize,
    /// Mentions by kinship ("her sister"), which can single a person out.
    pub kinship: usize,
    /// Things that the original does not show.
    pub hidden: usize,
    /// Why it could not be read, or empty.
    pub unreadable: String,
}

/// Everything that the decisions of a request rest on. The items' content is read when it is needed.
pub(crate) struct File {
    pub(crate) request: Request,
    pub(crate) items: Vec<Item>,
    pub(crate) decisions: Vec<KeptDecision>,
    pub(crate) choices: Choices,
    pub(crate) answers: Vec<SourceAnswer>,
    pub(crate) prepared: Option<Prepared>,
    /// Who said whose request it is.
    pub(crate) identified_by: Option<StaffId>,
}

/// The decisions with their numbers.
pub(crate) fn choices_of(decisions: &[KeptDecision]) -> Result<Choices> {
    decisions
        .iter()
        .map(|d| {
            let choice = serde_json::from_value(d.what.clone())
                .map_err(|_| ServiceError::Invalid(format!("decision {} cannot be read", d.number)))?;
            Ok((d.number, choice))
        })
        .collect()
}

impl File {
    /// Reads it. `verb` is what the officer does with it.
    pub(crate) fn read(desk: &Desk<'_>, verb: Verb, reference: &str, terms: &Terms) -> Result<Self> {
        let parts = desk.on_request(verb, reference, terms, Self::parts)?;
        Self::of(parts)
    }

    fn parts(
        tx: &mut Tx<'_>,
        request: &Request,
    ) -> std::result::Result<Parts, counterfoil_store::StoreError> {
        let identified_by =
            tx.events_of(request)?.iter().rev().find(|e| e.kind == "identified").and_then(|e| e.by);
        Ok(Parts {
            request: request.clone(),
            items: tx.items_of(request)?,
            decisions: tx.decisions_of(request)?,
            answers: tx.answers_of(request)?,
            cast: tx.cast_of(request)?,
            identified_by,
        })
    }

    fn of(parts: Parts) -> Result<Self> {
        let Parts { request, items, decisions, answers, cast, identified_by } = parts;
        let prepared = cast.map(|packed| prepare::prepared(Some(&packed))).transpose()?;
        let choices = choices_of(&decisions)?;
        Ok(Self { request, items, decisions, choices, answers, prepared, identified_by })
    }

    /// The same with everything read and counted as the decisions now stand; reads and counts what is missing.
    pub(crate) fn prepared(
        desk: &Desk<'_>,
        verb: Verb,
        reference: &str,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Self> {
        let file = Self::read(desk, verb, reference, &Terms::default())?;
        if file.is_counted()? {
            return Ok(file);
        }
        prepare::prepare_as(desk, verb, reference, progress)?;
        Self::read(desk, verb, reference, &Terms::default())
    }

    /// Whether what was counted is of these items and of who is who by now.
    pub(crate) fn is_counted(&self) -> Result<bool> {
        let Some(prepared) = &self.prepared else { return Ok(false) };
        let same = prepared.tallies.iter().map(|t| t.number).eq(self.items.iter().map(|i| i.number));
        Ok(same && self.people()?.shaped_by == prepared.shaped_by)
    }

    /// The cast as things stand.
    pub(crate) fn people(&self) -> Result<People> {
        let prepared = self.the_prepared()?;
        People::new(cast::requester(&prepared.profile), &prepared.found, &self.choices)
    }

    pub(crate) fn the_prepared(&self) -> Result<&Prepared> {
        self.prepared.as_ref().ok_or_else(|| {
            ServiceError::NotReady("the items have not been read for review yet: search again".to_owned())
        })
    }

    pub(crate) fn tally(&self, number: i64) -> Option<&Tally> {
        self.prepared.as_ref()?.tallies.iter().find(|t| t.number == number)
    }
}

struct Parts {
    request: Request,
    items: Vec<Item>,
    decisions: Vec<KeptDecision>,
    answers: Vec<SourceAnswer>,
    cast: Option<Vec<u8>>,
    identified_by: Option<StaffId>,
}

/// What is open and what is withheld in an item, from what was counted: exact, except where single mentions were
/// decided, which [`exactly`] counts anew.
pub(crate) fn standing(judge: &Judge<'_>, tally: &Tally) -> (Open, usize) {
    let mut open = Open { unread: tally.unread, ..Open::default() };
    let mut withheld = 0;
    let about = |key: &str| judge.people.by_key(key).map(|(p, _)| judge.about(p));
    for (key, count) in &tally.mentions {
        let Some(key) = counting(judge.people, key) else { continue };
        match about(key) {
            Some(Verdict::Keep(..)) => {}
            Some(Verdict::Withhold(..)) => withheld += count,
            _ => {
                withheld += count;
                open.others += count;
            }
        }
    }
    for (keys, count) in &tally.several {
        let weak = keys.starts_with('~');
        let keys: Vec<&str> = keys.trim_start_matches('~').split(' ').collect();
        if weak && !keys.iter().any(|k| is_known(judge.people, k)) {
            continue;
        }
        let fates: Vec<Verdict> = keys.into_iter().filter_map(about).collect();
        let kept = fates.len() > 1 && fates.iter().all(|v| matches!(v, Verdict::Keep(..)));
        let gone = !fates.is_empty() && fates.iter().all(|v| matches!(v, Verdict::Withhold(..)));
        withheld += if kept { 0 } else { *count };
        open.ambiguous += if kept || gone { 0 } else { *count };
    }
    for (text, count) in unknown(judge.people, tally) {
        match judge.passage_about(tally.number, text) {
            Some((_, choice)) if choice.fate() == super::Fate::Withhold => withheld += count,
            Some(_) => {}
            None => {
                withheld += count;
                open.others += count;
            }
        }
    }
    others_decided(judge, &mut open, &mut withheld, tally);
    for region in tally.regions.iter().filter(|r| !r.own) {
        match about(&region.who).unwrap_or_else(|| judge.about_others()) {
            Verdict::Keep(..) => {}
            Verdict::Withhold(..) => withheld += 1,
            Verdict::Undecided => {
                withheld += 1;
                open.others += 1;
            }
        }
    }
    (open, withheld)
}

/// What belongs to nobody in the cast, as things stand, and how often.
fn unknown<'t>(people: &'t People, tally: &'t Tally) -> impl Iterator<Item = (&'t String, usize)> {
    let free = |keys: &Vec<String>| !keys.iter().any(|k| is_known(people, k));
    let under = tally.under.iter().filter(move |(keys, ..)| free(keys)).map(|(_, text, n)| (text, *n));
    tally.unknown.iter().map(|(text, n)| (text, *n)).chain(under)
}

/// Whether an officer knows the person with this key.
fn is_known(people: &People, key: &str) -> bool {
    people.by_key(key).is_some_and(|(p, m)| p == 0 || m.decided.is_some())
}

/// The key of a tally, when what it counts counts by now.
pub(crate) fn counting<'k>(people: &People, key: &'k str) -> Option<&'k str> {
    match key.strip_prefix('~') {
        Some(weak) => is_known(people, weak).then_some(weak),
        None => Some(key),
    }
}

/// A decision about everyone else settles what is nobody's, and mentions that could be several people's.
fn others_decided(judge: &Judge<'_>, open: &mut Open, withheld: &mut usize, tally: &Tally) {
    let others = judge.choices.iter().rev().find(|(_, c)| matches!(c, Choice::Others { .. }));
    let Some((_, choice)) = others else { return };
    let unknown: usize = unknown(judge.people, tally)
        .filter(|(text, _)| judge.passage_about(tally.number, text).is_none())
        .map(|(_, n)| n)
        .sum();
    if choice.fate() == super::Fate::Release {
        *withheld = withheld.saturating_sub(unknown);
    } else {
        open.ambiguous = 0;
    }
    open.others = 0;
}

/// The numbers of the items in which single mentions were decided.
pub(crate) fn with_mentions(choices: &Choices) -> std::collections::BTreeSet<i64> {
    choices
        .iter()
        .filter_map(|(_, c)| match c {
            Choice::Mention { number, .. }
            | Choice::Page { number, page: None, .. }
            | Choice::Region { number, .. } => Some(*number),
            _ => None,
        })
        .collect()
}

/// What is open in an item, from the item itself.
pub(crate) fn exactly(
    desk: &Desk<'_>,
    verb: Verb,
    judge: &Judge<'_>,
    file: &File,
    item: &Item,
) -> Result<(Open, usize)> {
    let reference = &file.request.reference;
    let reading = desk.on_request(verb, reference, &Terms::default(), |tx, _| reading::open(tx, item))?;
    let Some(reading) = reading else { return Ok((Open { unread: 1, ..Open::default() }, 0)) };
    let regions = judge.regions(item.number, &item.text.regions);
    let in_regions = regions::withheld(&regions);
    let Some(document) = &reading.document else {
        let open = Open { unread: 1, others: regions::waiting(&regions), ..Open::default() };
        return Ok((open, in_regions));
    };
    let (_, open, seen) = judge.plan(item.number, document, &reading.marks)?;
    let withheld = seen.iter().filter(|s| !matches!(s.verdict, Verdict::Keep(..))).count();
    Ok((open, withheld + in_regions))
}

/// What is open and withheld in every item, by its number.
pub(crate) fn standings(
    desk: &Desk<'_>,
    verb: Verb,
    judge: &Judge<'_>,
    file: &File,
) -> Result<BTreeMap<i64, (Open, usize)>> {
    let exact = with_mentions(&file.choices);
    let mut all = BTreeMap::new();
    for item in &file.items {
        let counted = match file.tally(item.number) {
            Some(tally) if !exact.contains(&item.number) => standing(judge, tally),
            _ => exactly(desk, verb, judge, file, item)?,
        };
        all.insert(item.number, counted);
    }
    Ok(all)
}

/// Shows the people and items of a request as they stand.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn review(desk: &Desk<'_>, reference: &str, progress: &dyn Fn(usize, usize)) -> Result<Review> {
    let file = File::prepared(desk, Verb::RequestReview, reference, progress)?;
    let (people, own) = (file.people()?, Own::of(&file.the_prepared()?.profile));
    let judge = Judge { people: &people, choices: &file.choices, own: &own, everything: false };
    let standings = standings(desk, Verb::RequestReview, &judge, &file)?;
    let items =
        file.items.iter().map(|item| item_review(item, file.tally(item.number), &standings)).collect();
    let prepared = file.the_prepared()?;
    let names = prepared.strings.iter().filter(|s| s.kind == "PERSON");
    Ok(Review {
        people: mentions(&judge, &prepared.tallies),
        suggested: names.map(|s| (s.text.clone(), s.items)).collect(),
        items,
    })
}

pub(crate) fn item_review(
    item: &Item,
    tally: Option<&Tally>,
    standings: &BTreeMap<i64, (Open, usize)>,
) -> ItemReview {
    let none = Tally::default();
    let tally = tally.unwrap_or(&none);
    let (open, withheld) = standings.get(&item.number).cloned().unwrap_or_default();
    ItemReview {
        number: item.number,
        source: item.source.clone(),
        name: item.text.name.clone(),
        state: item.state.clone(),
        pages: tally.pages,
        withheld,
        ambiguous: open.ambiguous,
        others: open.others,
        kinship: tally.kinship,
        hidden: tally.hidden,
        unreadable: item.text.unreadable.clone(),
    }
}

/// How often each person of the cast is mentioned, and what becomes of it.
fn mentions(judge: &Judge<'_>, tallies: &[Tally]) -> Vec<PersonMentions> {
    let counts = counts(judge.people, tallies);
    judge
        .people
        .members
        .iter()
        .enumerate()
        .map(|(index, member)| {
            let (decision, code) = match judge.about(index) {
                Verdict::Keep(..) => ("kept", String::new()),
                Verdict::Withhold(code, _) => ("withheld", code),
                Verdict::Undecided => ("undecided", String::new()),
            };
            let (mentions, items) = counts.get(&member.key).copied().unwrap_or_default();
            PersonMentions {
                name: member.person.name(),
                role: role_word(member.person.role),
                mentions,
                items,
                decision: decision.to_owned(),
                code,
            }
        })
        .collect()
}

pub(crate) fn role_word(role: counterfoil_finding::cast::Role) -> String {
    let word = serde_json::to_value(role).ok();
    word.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Mentions and items with a mention, by the person's key as things stand.
pub(crate) fn counts(people: &People, tallies: &[Tally]) -> BTreeMap<String, (usize, usize)> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for tally in tallies {
        let mut here: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, n) in &tally.mentions {
            let Some(key) = counting(people, key) else { continue };
            let key = people.by_key(key).map_or(key, |(_, m)| m.key.as_str());
            *here.entry(key).or_default() += n;
        }
        for region in tally.regions.iter().filter(|r| !r.who.is_empty()) {
            let key = people.by_key(&region.who).map_or(region.who.as_str(), |(_, m)| m.key.as_str());
            *here.entry(key).or_default() += 1;
        }
        for (key, n) in here {
            let (mentions, items) = counts.entry(key.to_owned()).or_default();
            *mentions += n;
            *items += 1;
        }
    }
    counts
}
