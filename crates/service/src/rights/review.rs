//! Review: the people of a request and where they are mentioned, item by item.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::StaffId;
use counterfoil_finding::cast::{Cast, candidates, kinship};
use counterfoil_finding::detect::{Config, Detector};
use counterfoil_store::Terms;
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::items::{Item, KeptDecision};
use counterfoil_store::rights::requests::{Request, SourceAnswer};
use serde::Serialize;

use super::choice::Choice;
use super::own::Own;
use super::plan::Judge;
use super::{Desk, cast, search};
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
    /// Passages that will be withheld as things stand.
    pub withheld: usize,
    /// Mentions that could be of several people: someone must say who is meant.
    pub ambiguous: usize,
    /// Names and identifiers of people who are in no cast and about whom nothing was decided.
    pub others: usize,
    /// Mentions by kinship ("her sister"), which can single a person out.
    pub kinship: usize,
    /// Things that the original does not show.
    pub hidden: usize,
    /// Why it could not be read, or empty.
    pub unreadable: String,
}

/// Everything that the decisions of a request rest on, read in one act.
pub(crate) struct File {
    pub(crate) request: Request,
    pub(crate) items: Vec<(Item, Vec<u8>)>,
    pub(crate) decisions: Vec<KeptDecision>,
    pub(crate) answers: Vec<SourceAnswer>,
    pub(crate) profile: Profile,
    /// Who said whose request it is.
    pub(crate) identified_by: Option<StaffId>,
}

impl File {
    /// Reads it. `verb` is what the officer does with it.
    pub(crate) fn read(desk: &Desk<'_>, verb: Verb, reference: &str, terms: &Terms) -> Result<Self> {
        let (request, items, decisions, answers, identified_by) =
            desk.on_request(verb, reference, terms, |tx, request| {
                let items = tx
                    .items_of(request)?
                    .into_iter()
                    .map(|i| tx.item_content(&i).map(|content| (i, content)))
                    .collect::<std::result::Result<Vec<_>, _>>()?;
                let events = tx.events_of(request)?;
                let identified_by = events.iter().rev().find(|e| e.kind == "identified").and_then(|e| e.by);
                let (decisions, answers) = (tx.decisions_of(request)?, tx.answers_of(request)?);
                Ok((request.clone(), items, decisions, answers, identified_by))
            })?;
        let person = request
            .person
            .ok_or_else(|| ServiceError::NotReady("nobody is identified for this request yet".to_owned()))?;
        let profile = desk
            .store
            .act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
                tx.read_person(person, &Terms::default())
            })?
            .profile;
        Ok(Self { request, items, decisions, answers, profile, identified_by })
    }

    pub(crate) fn choices(&self) -> Result<Vec<Choice>> {
        self.decisions
            .iter()
            .map(|d| {
                serde_json::from_value(d.what.clone())
                    .map_err(|_| ServiceError::Invalid(format!("decision {} cannot be read", d.number)))
            })
            .collect()
    }
}

pub(crate) fn detector() -> Result<Detector> {
    Detector::new(&Config::default()).map_err(|e| ServiceError::Invalid(e.to_string()))
}

/// Shows the people and items of a request as they stand.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn review(desk: &Desk<'_>, reference: &str, progress: &dyn Fn(usize, usize)) -> Result<Review> {
    let file = File::read(desk, Verb::RequestReview, reference, &Terms::default())?;
    let choices = file.choices()?;
    let (cast, decided) = cast::cast(&file.profile, &choices)?;
    let detector = detector()?;
    let own = Own::of(&file.profile);
    let judge = Judge { cast: &cast, decided: &decided, choices: &choices, detector: &detector, own: &own };
    let mut counts = vec![(0usize, 0usize); cast.people().len()];
    let mut suggested: BTreeMap<String, usize> = BTreeMap::new();
    let mut items = Vec::new();
    for (done, (item, content)) in file.items.iter().enumerate() {
        progress(done, file.items.len());
        items.push(look(&judge, item, content, &mut counts, &mut suggested)?);
    }
    progress(file.items.len(), file.items.len());
    Ok(Review { people: people(&cast, &decided, &counts), suggested: ranked(suggested), items })
}

fn look(
    judge: &Judge<'_>,
    item: &Item,
    content: &[u8],
    counts: &mut [(usize, usize)],
    suggested: &mut BTreeMap<String, usize>,
) -> Result<ItemReview> {
    let mut seen = ItemReview {
        number: item.number,
        source: item.source.clone(),
        name: item.text.name.clone(),
        state: item.state.clone(),
        withheld: 0,
        ambiguous: 0,
        others: 0,
        kinship: 0,
        hidden: 0,
        unreadable: item.text.unreadable.clone(),
    };
    let Ok(document) = search::readable(&item.text.name, content) else { return Ok(seen) };
    let (plan, open) = judge.plan(item.number, &document)?;
    seen.withheld = plan.spans.len();
    seen.ambiguous = open.ambiguous;
    seen.others = open.others;
    seen.hidden = document.hidden.iter().map(|h| h.count).sum();
    seen.kinship = document.blocks.iter().map(|b| kinship(&b.text).len()).sum();
    let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
    let mut here = vec![0usize; counts.len()];
    for mention in judge.cast.mentions_in_thread(&texts).iter().flatten() {
        if let Some(n) = mention.person.and_then(|p| here.get_mut(p)) {
            *n += 1;
        }
    }
    for ((mentions, items), n) in counts.iter_mut().zip(here) {
        *mentions += n;
        *items += usize::from(n > 0);
    }
    let mut names: Vec<String> = candidates(&document, judge.cast).into_iter().map(|c| c.name).collect();
    names.sort();
    names.dedup();
    for name in names {
        *suggested.entry(name).or_default() += 1;
    }
    Ok(seen)
}

fn people(cast: &Cast, decided: &[Option<Choice>], counts: &[(usize, usize)]) -> Vec<PersonMentions> {
    cast.people()
        .iter()
        .zip(decided)
        .zip(counts)
        .map(|((person, choice), (mentions, items))| {
            let withheld = choice.as_ref().is_some_and(|c| c.fate() == super::Fate::Withhold);
            PersonMentions {
                name: person.name(),
                role: serde_json::to_value(person.role)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                mentions: *mentions,
                items: *items,
                decision: if withheld { "withheld" } else { "kept" }.to_owned(),
                code: choice.as_ref().map(|c| c.ground().code.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

fn ranked(suggested: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut names: Vec<_> = suggested.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    names
}
