//! Decisions: about a person (everywhere), an item, a passage, or everyone else who is mentioned.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::place::Division;
use counterfoil_domain::questions::{Field, Response};
use counterfoil_domain::rights::exemptions::{self, Organisation};
use counterfoil_store::Terms;
use counterfoil_store::rights::items::KeptDecision;
use serde::{Deserialize, Serialize};

use super::receive::law_of;
use super::{CastMember, Desk};
use crate::error::{Result, ServiceError};

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is given to the requester.
    Release,
    /// It is withheld under an exemption.
    Withhold,
    /// It is not about the requester at all (items only).
    NotTheirs,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Choice {
    /// A person of the cast: every mention, in every item.
    Person {
        /// Who.
        member: CastMember,
        /// What becomes of the mentions.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
        /// Which person of the review this is, by their key; empty when known by the name alone.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        who: String,
    },
    /// Everyone who is mentioned and about whom nothing else was decided.
    Others {
        /// What becomes of the mentions.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// A whole item.
    Item {
        /// Its number.
        number: i64,
        /// What becomes of it.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// Every place of one item in which a text stands; 0 for all items.
    Passage {
        /// The item's number, or 0 for all.
        number: i64,
        /// The text.
        text: String,
        /// What becomes of it.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// One mention, in one place, otherwise than the person elsewhere.
    Mention {
        /// The item's number.
        number: i64,
        /// Where.
        place: Spot,
        /// What stands there. If something else does, the decision does not hold.
        text: String,
        /// What becomes of it.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// A page of an item or of a file inside it, or such a file as a whole. To release a page is to say that a
    /// person has looked at what the system could not read.
    Page {
        /// The item's number.
        number: i64,
        /// The file inside the item; empty for the item itself.
        part: Vec<usize>,
        /// The page, from 0; none for the whole file inside.
        page: Option<usize>,
        /// What becomes of it.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// A box on a page image: a face, a signature, a number plate.
    Area {
        /// The item's number.
        number: i64,
        /// The file inside the item; empty for the item itself.
        part: Vec<usize>,
        /// The page, from 0.
        page: usize,
        /// Left, top, right, bottom, in tenths of a point from the top left of the page.
        area: [u32; 4],
        /// The exemption and its test.
        ground: Ground,
    },
    /// A region or span that is recorded with a picture or recording, otherwise than whose it is elsewhere.
    Region {
        /// The item's number.
        number: i64,
        /// Its place among the recorded ones, from 0.
        region: usize,
        /// What is recorded to be there. If it says something else, the decision does not hold.
        label: String,
        /// What becomes of it.
        fate: Fate,
        /// The exemption and its test, when withheld.
        ground: Ground,
    },
    /// From when to when somebody else speaks in a recording.
    Span {
        /// The item's number.
        number: i64,
        /// From, in milliseconds.
        from_ms: u64,
        /// Until, in milliseconds.
        until_ms: u64,
        /// The exemption and its test.
        ground: Ground,
    },
    /// Two people of the review are one.
    Same {
        /// The key of the one who stays.
        first: String,
        /// The key of the one who is the same person.
        second: String,
        /// Why.
        ground: Ground,
    },
    /// What was taken for one person are two.
    Apart {
        /// The key of the person.
        who: String,
        /// The names, addresses and numbers that are somebody else's.
        forms: Vec<String>,
        /// Why.
        ground: Ground,
    },
}

/// A place in an item: characters `start..end` of a block of the document, or of a file inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spot {
    /// The file inside the item; empty for the item itself.
    #[serde(default)]
    pub part: Vec<usize>,
    /// The block.
    pub block: usize,
    /// The first character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// Why something is withheld: the exemption, the part, and the answers to its test.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ground {
    /// The exemption's code, such as `S2-16`.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// The answers to the exemption's test, as typed.
    pub answers: BTreeMap<String, String>,
    /// Whether the requester knows it already: they wrote it, were told it, or were there.
    #[serde(skip_serializing_if = "is_false")]
    pub known: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision's number, by which it can be undone.
    pub number: i64,
}

impl Choice {
    /// What becomes of it.
    #[must_use]
    pub const fn fate(&self) -> Fate {
        match self {
            Self::Person { fate, .. }
            | Self::Others { fate, .. }
            | Self::Item { fate, .. }
            | Self::Passage { fate, .. }
            | Self::Mention { fate, .. }
            | Self::Page { fate, .. }
            | Self::Region { fate, .. } => *fate,
            Self::Area { .. } | Self::Span { .. } => Fate::Withhold,
            // Who is who decides nothing about what is given.
            Self::Same { .. } | Self::Apart { .. } => Fate::Release,
        }
    }

    /// The ground.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        match self {
            Self::Person { ground, .. }
            | Self::Others { ground, .. }
            | Self::Item { ground, .. }
            | Self::Passage { ground, .. }
            | Self::Mention { ground, .. }
            | Self::Page { ground, .. }
            | Self::Area { ground, .. }
            | Self::Region { ground, .. }
            | Self::Span { ground, .. }
            | Self::Same { ground, .. }
            | Self::Apart { ground, .. } => ground,
        }
    }

    /// The part of an item that is withheld, in words for the record; never a name.
    const fn part(&self) -> &'static str {
        match self {
            Self::Person { .. } => "every mention of one other person",
            Self::Others { .. } => "every mention of people about whom nothing else was decided",
            Self::Item { .. } => "the whole item",
            Self::Passage { .. } => "a passage",
            Self::Mention { .. } => "one mention of one other person",
            Self::Page { page: Some(_), .. } => "one page",
            Self::Page { page: None, .. } => "one file inside the item",
            Self::Area { .. } => "a part of a page image",
            Self::Region { .. } => "where one other person is in a picture or recording",
            Self::Span { .. } => "a span of a recording",
            Self::Same { .. } | Self::Apart { .. } => "nothing",
        }
    }
}

/// Records a decision. To withhold is valid only when the exemption's test is answered.
///
/// # Errors
/// [`ServiceError::Unlawful`] naming everything that is missing; a refusal of the gate.
pub fn decide(desk: &Desk<'_>, reference: &str, choice: &Choice) -> Result<Decided> {
    if choice.ground().reason.trim().is_empty() {
        return Err(ServiceError::Invalid(
            "say why, in a sentence that another officer would understand".to_owned(),
        ));
    }
    if choice.fate() == Fate::NotTheirs && !matches!(choice, Choice::Item { .. }) {
        return Err(ServiceError::Invalid("only a whole item can be someone else's".to_owned()));
    }
    super::regions::check(choice)?;
    if choice.fate() == Fate::Withhold {
        check_ground(desk, reference, choice.ground(), choice.part())?;
    }
    let kept =
        serde_json::to_value(choice).map_err(|_| ServiceError::Invalid("unreadable decision".to_owned()))?;
    let number = desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        match choice {
            Choice::Item { number, fate, .. } => {
                let item = tx.item_numbered(request, *number)?;
                tx.set_item_state(&item, state_of(*fate))?;
            }
            // A decision about an item that is not there would be a decision about nothing.
            Choice::Mention { number, .. }
            | Choice::Page { number, .. }
            | Choice::Area { number, .. }
            | Choice::Region { number, .. }
            | Choice::Span { number, .. } => {
                tx.item_numbered(request, *number)?;
            }
            _ => {}
        }
        tx.keep_decision(request, &kept)
    })?;
    Ok(Decided { number })
}

const fn state_of(fate: Fate) -> &'static str {
    match fate {
        Fate::Release => "released",
        Fate::Withhold => "withheld",
        Fate::NotTheirs => "not-theirs",
    }
}

/// Takes a decision back.
///
/// # Errors
/// When there is none of that number, or a refusal of the gate.
pub fn undo(desk: &Desk<'_>, reference: &str, number: i64) -> Result<()> {
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        let before = tx.decisions_of(request)?;
        tx.undo_decision(request, number)?;
        let mut left = before.iter().filter(|d| d.number != number).filter_map(item_choice);
        let Some((item, _)) = before.iter().find(|d| d.number == number).and_then(item_choice) else {
            return Ok(());
        };
        // The item is again as the last decision that counts has it.
        let state = left.rfind(|(n, _)| *n == item).map_or("found", |(_, fate)| state_of(fate));
        let item = tx.item_numbered(request, item)?;
        tx.set_item_state(&item, state)
    })
}

/// The item that a decision is about as a whole, and what it says.
fn item_choice(kept: &KeptDecision) -> Option<(i64, Fate)> {
    match serde_json::from_value(kept.what.clone()).ok()? {
        Choice::Item { number, fate, .. } => Some((number, fate)),
        _ => None,
    }
}

/// Whether an exemption stands, with its test answered, for a part of what is asked.
pub(super) fn check_ground(desk: &Desk<'_>, reference: &str, ground: &Ground, part: &str) -> Result<()> {
    let request =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |_, request| Ok(request.clone()))?;
    let controller = desk.store.controller(desk.controller())?;
    let exemption = exemptions::exemption(&ground.code).ok_or_else(|| {
        ServiceError::Invalid(format!(
            "`{}` is not an exemption: list them with `counterfoil exemptions`",
            ground.code
        ))
    })?;
    let mut answers = BTreeMap::new();
    for (key, value) in &ground.answers {
        let field = exemption.field(key).ok_or_else(|| {
            ServiceError::Invalid(format!(
                "`{key}` is not a question of {}: see `counterfoil exemptions --code {}`",
                exemption.code, exemption.code
            ))
        })?;
        answers.insert(key.clone(), response(field, value)?);
    }
    let (_, right) = law_of(&request.right)?;
    let decision = exemptions::Decision {
        code: exemption.code.to_owned(),
        right,
        organisation: organisation(&controller.kind)?,
        division: request
            .division
            .parse::<Division>()
            .map_err(|_| ServiceError::Invalid(format!("`{}` is not a division", request.division)))?,
        on: desk.today()?,
        part: part.to_owned(),
        answers,
        unmentioned_because: None,
    };
    exemptions::check(decision).map(|_| ()).map_err(|missing| {
        let lines: Vec<String> = missing.iter().map(ToString::to_string).collect();
        ServiceError::Unlawful(lines.join("; "))
    })
}

fn organisation(kind: &str) -> Result<Organisation> {
    kind.parse().map_err(|_| ServiceError::Invalid(format!("`{kind}` is not a kind of organisation")))
}

fn response(field: &Field, value: &str) -> Result<Response> {
    Response::read(field, value).map_err(|gap| ServiceError::Invalid(gap.to_string()))
}
