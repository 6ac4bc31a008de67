//! Decisions: about a person (everywhere), an item, a passage, or everyone else who is mentioned.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::place::Division;
use counterfoil_domain::questions::{Field, Response};
use counterfoil_domain::rights::exemptions::{self, Organisation};
use counterfoil_store::Terms;
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
            | Self::Passage { fate, .. } => *fate,
        }
    }

    /// The ground.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        match self {
            Self::Person { ground, .. }
            | Self::Others { ground, .. }
            | Self::Item { ground, .. }
            | Self::Passage { ground, .. } => ground,
        }
    }

    /// The part of an item that is withheld, in words for the record; never a name.
    const fn part(&self) -> &'static str {
        match self {
            Self::Person { .. } => "every mention of one other person",
            Self::Others { .. } => "every mention of people about whom nothing else was decided",
            Self::Item { .. } => "the whole item",
            Self::Passage { .. } => "a passage",
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
    if choice.fate() == Fate::Withhold {
        check_ground(desk, reference, choice.ground(), choice.part())?;
    }
    let kept =
        serde_json::to_value(choice).map_err(|_| ServiceError::Invalid("unreadable decision".to_owned()))?;
    let number = desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        if let Choice::Item { number, fate, .. } = choice {
            let items = tx.items_of(request)?;
            let item = items
                .iter()
                .find(|i| i.number == *number)
                .ok_or(counterfoil_store::StoreError::NotFound("item"))?;
            tx.set_item_state(
                item,
                match fate {
                    Fate::Release => "released",
                    Fate::Withhold => "withheld",
                    Fate::NotTheirs => "not-theirs",
                },
            )?;
        }
        tx.keep_decision(request, &kept)
    })?;
    Ok(Decided { number })
}

/// Takes a decision back.
///
/// # Errors
/// When there is none of that number, or a refusal of the gate.
pub fn undo(desk: &Desk<'_>, reference: &str, number: i64) -> Result<()> {
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.undo_decision(request, number)
    })
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
